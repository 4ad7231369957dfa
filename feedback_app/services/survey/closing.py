"""Close a survey: count its forms once, keep the figures, and number every later change."""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from feedback_app.domain.elements import ALL_KEYS, OFFICIAL_KEYS
from feedback_app.domain.published import number_to_publish
from feedback_app.domain.respondent import BANDS, Band
from feedback_app.domain.survey import Span, clash, parts_of
from feedback_app.domain.survey_figures import (
    UNTOLD,
    Figures,
    ServiceFigures,
    as_json,
    from_json,
    group_of,
)
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.site import Site
from feedback_app.services.survey.periods import owned, span_of_survey
from feedback_app.storage.db import Session
from feedback_app.storage.models import Survey, SurveyRevision, Unit
from feedback_app.storage.queries import surveys as queries

Answers = list[tuple[int, ...]]  # one tuple a complete form, in the order of OFFICIAL_KEYS

COLUMNS = (*ALL_KEYS, "service_id", "tier", *(band.key for band in BANDS))
FIRST_REASON = "Penutupan periode survei."


@dataclass(frozen=True, slots=True)
class Found:
    """What the days of a survey hold now."""

    figures: Figures
    answers: Answers


def close_survey(site: Site, viewer: Viewer, survey_id: int) -> None:
    """Count, keep the figures as revision 1, and close; FieldFaultError says why it may not be."""
    with site.db.transaction() as tx:
        survey = owned(tx, viewer, survey_id, to_change=True)
        if survey.closed_at is not None:
            raise FieldFaultError("survey", "Periode survei ini sudah ditutup.")
        if site.today() <= survey.last_day:  # a day of one's choice would cut the closed blocks
            raise FieldFaultError("survey", "Periode survei ini belum berakhir.")
        _check_parts(tx, survey, span_of_survey(survey))
        found = count_forms(tx, survey)
        if not found.answers:
            raise FieldFaultError(
                "survey",
                "Belum ada formulir lengkap dalam periode ini. "
                "Perpanjang periodenya atau batalkan.",
            )
        survey.closed_at, survey.closed_by = site.now(), viewer.account_id
        survey.closed_as = tx.get_one(Unit, survey.unit_id).name
        tx.add(_revision(site, viewer, survey, found, number=1, reason=FIRST_REASON, changed=0))
        log_act(tx, site, viewer, "close_survey", str(survey.id), {"n": found.figures.whole.n})


def revise_survey(site: Site, viewer: Viewer, survey_id: int, *, reason: str) -> int | None:
    """Count a closed survey again; return the new revision's number, None when nothing changed."""
    with site.db.transaction() as tx:
        survey = owned(tx, viewer, survey_id, to_change=True)
        revisions = queries.revisions_of(tx, [survey_id]).get(survey_id, [])
        if not revisions:
            raise FieldFaultError("survey", "Periode survei ini belum ditutup.")
        last = revisions[-1]
        found = _named_as_closed(count_forms(tx, survey), revisions[0])
        if digest_of(found) == last.digest:
            return None
        public = revisions[number_to_publish([row.changed for row in revisions]) - 1]
        before = unpack_answers(queries.answers_of_revision(tx, public.id))
        changed = _difference(before, found.answers)
        number = last.number + 1
        tx.add(
            _revision(site, viewer, survey, found, number=number, reason=reason, changed=changed)
        )
        log_act(tx, site, viewer, "revise_survey", str(survey_id), {"number": number})
        return number


def _named_as_closed(found: Found, first: SurveyRevision) -> Found:
    """Services as they were called at the closing: a later name is no change of a figure."""
    names = {line.code: line.name for line in from_json(first.figures).services}
    services = tuple(
        replace(line, name=names.get(line.code, line.name)) for line in found.figures.services
    )
    return replace(found, figures=replace(found.figures, services=services))


def has_changed(session: Session, survey: Survey, last: SurveyRevision) -> bool:
    """Whether a verdict has changed the days of a closed survey since its last revision."""
    counters = queries.counter_ids_of_unit(session, survey.unit_id)
    return queries.verdicts_since(
        session, counters, survey.first_day, survey.last_day, since=last.made_at
    )


def count_forms(session: Session, survey: Survey) -> Found:
    """Count every form of the survey's unit and days, complete ones apart."""
    counters = queries.counter_ids_of_unit(session, survey.unit_id)
    first, last = survey.first_day, survey.last_day
    forms = list(queries.forms_between(session, counters, COLUMNS, first, last))
    complete = [form for form in forms if all(form[key] for key in OFFICIAL_KEYS)]
    service_ids = sorted({form["service_id"] or 0 for form in complete})
    names = queries.services_named(session, service_ids)
    sizes = queries.sizes_between(session, counters, first, last)
    visits = queries.visits_by_service(session, counters, first, last)
    figures = Figures(
        whole=group_of(complete),
        services=tuple(
            ServiceFigures(
                *names.get(service_id, ("", "")),
                group_of(form for form in complete if (form["service_id"] or 0) == service_id),
            )
            for service_id in service_ids
        ),
        tiers={
            tier: group_of(form for form in complete if form["tier"] == tier)
            for tier in sorted({form["tier"] for form in complete})
        },
        profile={band.key: _profile(band, complete) for band in BANDS},
        partial=len(forms) - len(complete),
        held=sum(row[4] for row in sizes if row[3] == "held"),
        aside=sum(row[4] for row in sizes if row[3] == "aside"),
        visits=sum(visits.values()) if visits else None,
    )
    answers = [tuple(form[key] for key in OFFICIAL_KEYS) for form in complete]
    return Found(figures, answers)


def _profile(band: Band, forms: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Respondents by choice, in the order of the form; untold last."""
    sizes = Counter(form[band.key] or UNTOLD for form in forms)
    order = [*(choice for choice, _words, _english in band.choices), UNTOLD]
    return {choice: sizes[choice] for choice in order if sizes[choice]}


def pack_answers(answers: Sequence[tuple[int, ...]]) -> bytes:
    """Shuffled rows under a heading, compressed; the order of receipt is nowhere kept."""
    rows = list(answers)
    secrets.SystemRandom().shuffle(rows)
    lines = [",".join(OFFICIAL_KEYS), *(",".join(map(str, row)) for row in rows)]
    return zlib.compress("\n".join(lines).encode(), 9)


def unpack_answers(packed: bytes) -> Answers:
    """The rows again, in the order of OFFICIAL_KEYS however they were packed."""
    heading, *lines = zlib.decompress(packed).decode().splitlines()
    keys = heading.split(",")
    places = [keys.index(key) for key in OFFICIAL_KEYS]
    rows = (line.split(",") for line in lines)
    return [tuple(int(row[place]) for place in places) for row in rows]


def digest_of(found: Found) -> str:
    """SHA-256 of the figures and the sorted answers: equal findings give equal digests."""
    body = json.dumps([as_json(found.figures), sorted(found.answers)], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _check_parts(tx: Session, survey: Survey, span: Span) -> None:
    """A year made of quarters: all of them must be closed, and still make it up."""
    others = [row for row in queries.surveys_of_units(tx, [survey.unit_id]) if row is not survey]
    spans = {span_of_survey(row): row for row in others}
    if clash(span, list(spans)) is not None:
        raise FieldFaultError(
            "survey", "Periode di dalamnya tidak lagi lengkap. Ubah tanggal periode ini."
        )
    if any(spans[part].closed_at is None for part in parts_of(span, spans)):
        raise FieldFaultError("survey", "Tutup dahulu setiap periode survei di dalam periode ini.")


def _revision(
    site: Site,
    viewer: Viewer,
    survey: Survey,
    found: Found,
    *,
    number: int,
    reason: str,
    changed: int,
) -> SurveyRevision:
    return SurveyRevision(
        agency_id=survey.agency_id,
        survey_id=survey.id,
        number=number,
        made_at=site.now(),
        made_by=viewer.account_id,
        reason=reason,
        figures=as_json(found.figures),
        answers=pack_answers(found.answers),
        digest=digest_of(found),
        changed=changed,
    )


def _difference(before: Answers, after: Answers) -> int:
    """By how many forms they differ."""
    old, new = Counter(before), Counter(after)
    return sum((old - new).values()) + sum((new - old).values())
