"""Survey periods: open one with its target sample, change it, call it off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from feedback_app.domain.elements import INSTRUMENT_VERSION
from feedback_app.domain.sample import krejcie_morgan, split_by_volume
from feedback_app.domain.survey import (
    ELEMENT_ORDERS,
    FIRST_YEAR,
    FORM_RULES,
    POPULATION_MEANINGS,
    Span,
    clash,
    day_words,
    kind_of,
    title,
)
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, PastResult, Survey, SurveyRevision, Unit
from feedback_app.storage.queries import surveys as queries

LONGEST_DAYS = 366  # a leap year: the longest period is a year (ADR 12)
LARGEST_POPULATION = 100_000_000
BOOK_DAYS = 365  # the books' last year tells how many come for what
SIGNER_FIELDS = ("place", "position", "name", "rank", "nip")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the supervisor chose for a survey; `population` None takes the books' number."""

    unit_id: int
    span: Span
    weight: str
    order: str
    meaning: str
    population: int | None


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """One survey in the list: how many complete forms of how many wanted, when last revised."""

    survey: Survey
    unit: Unit
    title: tuple[str, str]
    n: int
    revision: int


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit of the viewer with what the books say of its visits, by meaning; {} without books."""

    unit: Unit
    visits: Mapping[str, int]


def span_of_survey(survey: Survey | PastResult) -> Span:
    """Its days."""
    return Span(survey.first_day, survey.last_day)


def survey_lines(site: Site, viewer: Viewer) -> list[SurveyLine]:
    """Every survey of the viewer's units: open ones first, then the newest."""
    with site.db.read() as session:
        found = queries.surveys_of_units(session, viewer.unit_ids)
        units = queries.units_named(session, viewer.unit_ids)
        revisions = queries.revisions_of(session, [row.id for row in found])
        lines = [
            SurveyLine(
                survey=row,
                unit=units[row.unit_id][0],
                title=title(span_of_survey(row)),
                n=_complete_forms(session, row, revisions.get(row.id, [])),
                revision=len(revisions.get(row.id, ())),
            )
            for row in found
        ]
    return sorted(lines, key=lambda line: line.survey.closed_at is not None)


def _complete_forms(session: Session, survey: Survey, revisions: list[SurveyRevision]) -> int:
    if revisions:
        return int(revisions[-1].figures["whole"]["n"])
    counters = queries.counter_ids_of_unit(session, survey.unit_id)
    rows = queries.sizes_between(session, counters, survey.first_day, survey.last_day)
    return sum(row[5] for row in rows if row[3] == "counted")


def unit_choices(site: Site, viewer: Viewer, span: Span) -> list[UnitChoice]:
    """The viewer's units, with the books' visits for a survey of these days."""
    with site.db.read() as session:
        units = queries.units_named(session, viewer.unit_ids)
        return [
            UnitChoice(unit, _visits_by_meaning(session, unit.id, span))
            for unit, _agency in units.values()
        ]


def survey_of(
    site: Site, viewer: Viewer, survey_id: int
) -> tuple[Survey, Unit, Agency, list[SurveyRevision]]:
    """One survey of the viewer's units with its revisions, oldest first."""
    with site.db.read() as session:
        survey = owned(session, viewer, survey_id)
        unit, agency = queries.units_named(session, [survey.unit_id])[survey.unit_id]
        return survey, unit, agency, queries.revisions_of(session, [survey.id]).get(survey.id, [])


def owned(session: Session, viewer: Viewer, survey_id: int, *, to_change: bool = False) -> Survey:
    """The survey, if it is of the viewer's units; NotThereError for any other."""
    found = queries.survey_in_units(session, survey_id, viewer.unit_ids, to_change=to_change)
    if found is None:
        raise NotThereError
    return found


def open_survey(site: Site, viewer: Viewer, chosen: Settings) -> int:
    """Open a survey period of one of the viewer's units; return its number."""
    if chosen.unit_id not in viewer.unit_ids:
        raise NotThereError
    with site.db.transaction() as tx:
        values = _checked(tx, site, chosen, but=None)
        survey = Survey(
            agency_id=viewer.agency_id,
            unit_id=chosen.unit_id,
            **values,
            form_rule=next(iter(FORM_RULES)),
            instrument_version=INSTRUMENT_VERSION,
            signer=_last_signer(tx, chosen.unit_id),
            opened_at=site.now(),
            opened_by=viewer.account_id,
            closed_at=None,
            closed_by=None,
        )
        tx.add(survey)
        tx.flush()
        log_act(tx, site, viewer, "open_survey", _subject(survey), {"target": survey.target})
        return survey.id


def change_survey(site: Site, viewer: Viewer, survey_id: int, chosen: Settings) -> None:
    """Change an open survey; its unit stays."""
    with site.db.transaction() as tx:
        survey = _open_one(tx, viewer, survey_id)
        values = _checked(tx, site, chosen, but=survey)
        for name, value in values.items():
            setattr(survey, name, value)
        log_act(tx, site, viewer, "change_survey", _subject(survey), {"target": survey.target})


def call_off_survey(site: Site, viewer: Viewer, survey_id: int) -> None:
    """Call an open survey off; the ratings of its days stay as they are."""
    with site.db.transaction() as tx:
        survey = _open_one(tx, viewer, survey_id)
        if queries.follow_ups_of(tx, [survey_id]):
            raise FieldFaultError("survey", "Periode ini sudah memiliki rencana tindak lanjut.")
        log_act(tx, site, viewer, "call_off_survey", _subject(survey))
        tx.delete(survey)


def sign_survey(site: Site, viewer: Viewer, survey_id: int, signer: Mapping[str, str]) -> None:
    """Write down who signs report and poster; the next survey of the unit starts with it."""
    with site.db.transaction() as tx:
        survey = owned(tx, viewer, survey_id, to_change=True)
        survey.signer = {name: signer.get(name, "").strip() for name in SIGNER_FIELDS}
        log_act(tx, site, viewer, "sign_survey", _subject(survey))


def _open_one(tx: Session, viewer: Viewer, survey_id: int) -> Survey:
    survey = owned(tx, viewer, survey_id, to_change=True)
    if survey.closed_at is not None:
        raise FieldFaultError("survey", "Periode survei ini sudah ditutup dan tidak dapat diubah.")
    return survey


def _subject(survey: Survey) -> str:
    return f"{survey.unit_id} {survey.first_day}–{survey.last_day}"


def _checked(tx: Session, site: Site, chosen: Settings, *, but: Survey | None) -> dict[str, Any]:
    """What a survey keeps of the settings, or the first fault in them."""
    span = chosen.span
    _check_days(site, span)
    queries.hold_unit(tx, chosen.unit_id)
    surveys = queries.surveys_of_units(tx, [chosen.unit_id])
    others = [span_of_survey(row) for row in surveys if row is not but]
    others += [span_of_survey(row) for row in queries.past_results(tx, [chosen.unit_id])]
    cut = clash(span, others)
    if cut is not None:
        raise OverlapError(cut)
    visits = _visits_by_meaning(tx, chosen.unit_id, span)
    population = chosen.population or visits.get(chosen.meaning)
    if not population:
        raise FieldFaultError(
            "population", "Isi jumlah populasi: jumlah kunjungan belum pernah diimpor."
        )
    target = krejcie_morgan(population)
    return {
        "first_day": span.first,
        "last_day": span.last,
        "weight": chosen.weight,
        "element_order": list(ELEMENT_ORDERS[chosen.order]),
        "population_meaning": chosen.meaning,
        "population": population,
        "target": target,
        "targets": _split(tx, chosen.unit_id, target),
    }


class OverlapError(FieldFaultError):
    """The days cut into another survey, whose days are told."""

    def __init__(self, other: Span) -> None:
        """Name the other survey's days."""
        super().__init__(
            "kind",
            "Periode ini memotong periode survei lain dari unit ini. (%(days)s)",
            days=day_words(other),
        )


def _check_days(site: Site, span: Span) -> None:
    if kind_of(span) == "free":  # days of one's choice could be taken from the closed blocks
        raise FieldFaultError("kind", "Pilih satu triwulan, semester, atau tahun.")
    if span.first.year < FIRST_YEAR:
        raise FieldFaultError("first", "Sembilan unsur ini berlaku sejak tahun 2017.")
    if span.first > site.today() + timedelta(days=LONGEST_DAYS):
        raise FieldFaultError("first", "Periode survei mulai paling lambat setahun dari sekarang.")


def _visits_by_meaning(session: Session, unit_id: int, span: Span) -> dict[str, int]:
    """A month's, the period's and a year's visits, from the daily mean of the books' last year."""
    counters = queries.counter_ids_of_unit(session, unit_id)
    first, last = queries.first_and_last_visit(session, counters)
    if first is None or last is None:
        return {}
    books = Span(max(first, last - timedelta(days=BOOK_DAYS - 1)), last)
    total = sum(queries.visits_by_service(session, counters, books.first, books.last).values())
    a_day = total / books.days
    days = {"month": BOOK_DAYS / 12, "period": span.days, "year": BOOK_DAYS}
    return {meaning: max(1, round(a_day * days[meaning])) for meaning in POPULATION_MEANINGS}


def _split(session: Session, unit_id: int, target: int) -> dict[str, int]:
    """The target by service id; nothing when the books hold fewer visits than the target."""
    counters = queries.counter_ids_of_unit(session, unit_id)
    _first, last = queries.first_and_last_visit(session, counters)
    if last is None:
        return {}
    since = last - timedelta(days=BOOK_DAYS - 1)
    volumes = queries.visits_by_service(session, counters, since, last)
    if sum(volumes.values()) < target:
        return {}
    return {str(key): part for key, part in split_by_volume(target, volumes).items()}


def _last_signer(session: Session, unit_id: int) -> dict[str, str]:
    for row in queries.surveys_of_units(session, [unit_id]):
        if any(row.signer.values()):
            return dict(row.signer)
    return dict.fromkeys(SIGNER_FIELDS, "")


def order_name(survey: Survey) -> str:
    """Which of the known orders of elements a survey has."""
    kept = tuple(survey.element_order)
    return next((name for name, order in ELEMENT_ORDERS.items() if order == kept), "sarana_8")
