"""JP of a year and an officer's training history, as HR sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.training import YearlyHours, yearly_hours
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Officer
from feedback_app.storage.queries import joins
from feedback_app.storage.queries import trainings as queries

PAGE = 50  # officers on one page


@dataclass(frozen=True, slots=True)
class HoursLine:
    """One officer's JP in a year."""

    officer_id: int
    name: str
    employment: str
    hours: YearlyHours
    unknown: int  # attendances whose JP are not known


@dataclass(frozen=True, slots=True)
class Group:
    """How many of one employment keep their bound; `total` may be 0."""

    met: int
    total: int


@dataclass(frozen=True, slots=True)
class HoursPage:
    """One page of officers, with what was asked; the bound is a floor for PNS, for PPPK a ceiling.

    The groups count everybody whose name was asked for, on whatever page.
    """

    lines: tuple[HoursLine, ...]
    pns: Group
    pppk: Group
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One attendance in an officer's history."""

    title: str
    code: str
    kind: str
    starts_on: date
    ends_on: date
    jp: int | None
    result: str
    certificate: str
    reason: str


@dataclass(frozen=True, slots=True)
class OfficerHistory:
    """An officer's trainings, newest first, and the JP of one year."""

    name: str
    employment: str
    year: int
    hours: YearlyHours
    lines: tuple[HistoryLine, ...]


def hours_of_year(
    site: Site, viewer: Viewer, *, year: int, text: str, only: str, order: str, page: int
) -> HoursPage:
    """Officers with their JP of a year; `only` is '', 'met' or 'unmet'.

    `order` is 'name', 'jp', or anything else for those who are farthest from their bound.
    """
    with site.db.read() as session:
        officers = queries.officers(session, agency_id=viewer.agency_id)
        hours = _hours(session, viewer, year)
    wanted = text.strip().casefold()
    lines = [
        HoursLine(
            officer_id=row.id,
            name=row.name,
            employment=row.employment,
            hours=yearly_hours(hours.get(row.id, (0, 0))[0], employment=row.employment),
            unknown=hours.get(row.id, (0, 0))[1],
        )
        for row in officers
        if row.retired_on is None and wanted in row.name.casefold()
    ]
    pns = _group(line.hours for line in lines if line.hours.is_floor)
    pppk = _group(line.hours for line in lines if not line.hours.is_floor)
    if only in ("met", "unmet"):
        lines = [line for line in lines if line.hours.is_met == (only == "met")]
    if order == "jp":
        lines.sort(key=lambda line: (line.hours.jp, line.name))
    elif order != "name":
        lines.sort(key=lambda line: (-line.hours.missing, -line.hours.above, line.name))
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(page, 1), pages)
    return HoursPage(tuple(lines[(page - 1) * PAGE : page * PAGE]), pns, pppk, page, pages)


def _group(hours: Iterable[YearlyHours]) -> Group:
    kept = [one.is_met for one in hours]
    return Group(sum(kept), len(kept))


def _hours(session: Session, viewer: Viewer, year: int) -> dict[int, tuple[int, int]]:
    return _of_persons(session, agency_id=viewer.agency_id, year=year)


def _of_persons(session: Session, *, agency_id: int, year: int) -> dict[int, tuple[int, int]]:
    """(JP, attendances without) of a year; a run that two rows of a person have counts once."""
    found = queries.hours_by_officer(
        session, agency_id=agency_id, first=date(year, 1, 1), last=date(year, 12, 31)
    )
    for owner in set(joins.owners_now(session).values()):
        rows = joins.rows_of(session, owner)
        attended = queries.attendances(session, agency_id=agency_id, officer_ids=rows)
        own = {a.run.id: a.attendance.jp for a in attended if a.run.ends_on.year == year}
        found[owner] = sum(jp or 0 for jp in own.values()), list(own.values()).count(None)
    return found


def history(site: Site, viewer: Viewer, officer_id: int, *, year: int) -> OfficerHistory:
    """One officer's trainings, newest first; who looked is logged."""
    with site.db.transaction() as tx:
        officer = queries.officer_of_agency(tx, officer_id, agency_id=viewer.agency_id)
        if officer is None:
            raise NotThereError
        log_act(tx, site, viewer, "view_training_history", str(officer_id))
        return own_history(tx, officer, year=year)


def own_history(session: Session, officer: Officer, *, year: int) -> OfficerHistory:
    """The same, for the officer's own page: looking at oneself is not logged."""
    attended = queries.attendances(
        session,
        agency_id=officer.agency_id,
        officer_ids=joins.rows_of(session, officer.id),
    )
    hours = _of_persons(session, agency_id=officer.agency_id, year=year).get(officer.id, (0, 0))[0]
    lines = tuple(
        HistoryLine(
            title=a.training.title,
            code=a.training.code,
            kind=a.training.kind,
            starts_on=a.run.starts_on,
            ends_on=a.run.ends_on,
            jp=a.attendance.jp,
            result=a.attendance.result,
            certificate=a.attendance.certificate,
            reason=a.attendance.reason,
        )
        for a in reversed(attended)
    )
    return OfficerHistory(
        name=officer.name,
        employment=officer.employment,
        year=year,
        hours=yearly_hours(hours, employment=officer.employment),
        lines=lines,
    )


def years_with_trainings(site: Site, viewer: Viewer) -> Sequence[int]:
    """Years that can be chosen, newest first; the present one always."""
    with site.db.read() as session:
        attended = queries.attendances(session, agency_id=viewer.agency_id)
    return sorted({site.today().year, *(a.run.ends_on.year for a in attended)}, reverse=True)
