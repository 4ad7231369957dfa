"""Repeat a week: copy it to the next one, or fill its pattern up to a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import day_of, repeated, replaced
from feedback_app.domain.texts import Text
from feedback_app.domain.working_days import SATURDAY, Calendar, days_between, monday_of
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.roster.days import calendar_of
from feedback_app.services.roster.preview import Preview, away_text, preview_of
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.roster.writing import (
    ChangedMeanwhileError,
    by,
    day_span,
    save_plan,
)
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import roster as queries

FARTHEST = timedelta(days=366)  # a year ahead
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Which week is the pattern, which days it fills, at which unit ('' for all)."""

    source: date
    first: date
    last: date
    unit: str


def preview_repeat(site: Site, viewer: Viewer, wanted: Repeat) -> Preview:
    """What repeating would change; FieldFaultError for days that cannot be."""
    with site.db.read() as session:
        return _preview(session, site, viewer, wanted)


def repeat_week(site: Site, viewer: Viewer, wanted: Repeat, *, seen: str) -> int:
    """Keep it as it was shown; the change's number. ChangedMeanwhileError when it would differ."""
    with site.db.transaction() as tx:
        queries.hold_roster(tx, viewer.agency_id)
        found = _preview(tx, site, viewer, wanted)
        if found.seen != seen or found.plan.is_empty:
            raise ChangedMeanwhileError
        return save_plan(tx, site, by(viewer), "copy", found.plan)


def _preview(session: Session, site: Site, viewer: Viewer, wanted: Repeat) -> Preview:
    monday = monday_of(wanted.source)
    if wanted.last < wanted.first:
        raise FieldFaultError("last", "Hari terakhir harus sesudah hari pertama.")
    if wanted.last > site.today() + FARTHEST:
        raise FieldFaultError("last", "Paling jauh satu tahun dari hari ini.")
    if monday_of(wanted.first) <= monday:
        raise FieldFaultError("first", "Mulai sesudah minggu yang disalin.")
    scope = scope_of(session, viewer)
    calendar = calendar_of(session, viewer.agency_id, first=wanted.first, last=wanted.last)
    pattern = _pattern(session, viewer, scope, monday, wanted.unit)
    if not pattern:
        raise FieldFaultError("source", "Minggu ini belum berisi jadwal untuk disalin.")
    copied, skipped = _copied(scope, calendar, pattern, monday, wanted)
    since, until = day_span(wanted.first, wanted.last)
    standing = queries.standing_shifts(
        session, agency_id=viewer.agency_id, since=since, until=until
    )
    # the cell of a shift that nobody can take is emptied all the same: its old one is gone too
    cells = {(s.counter_id, day_of(s)) for s in copied}
    kept = [shift for shift in copied if not calendar.is_away(shift.officer_id, day_of(shift))]
    plan = replaced(standing, kept, cells=cells)
    return preview_of(session, site, scope, plan, skipped=skipped)


def _pattern(
    session: Session, viewer: Viewer, scope: Scope, monday: date, unit: str
) -> list[Shift]:
    """The week's shifts at the viewer's counters, of officers who are still there."""
    since, until = day_span(monday, monday + timedelta(days=6))
    every = queries.standing_shifts(session, agency_id=viewer.agency_id, since=since, until=until)
    units = {one.id for one in scope.units if unit in ("", one.code)}
    counters = {one.id for one in scope.counters if one.unit_id in units}
    gone = queries.officers_gone(session, viewer.agency_id)
    return [s for s in every if s.counter_id in counters and s.officer_id not in gone]


def _copied(
    scope: Scope, calendar: Calendar, pattern: Sequence[Shift], monday: date, wanted: Repeat
) -> tuple[list[Shift], list[Text]]:
    """The pattern's shifts on the days that are worked, and what was left out of them."""
    unit_of = scope.units_of_counters
    weekend = {day_of(shift).weekday() for shift in pattern} & {SATURDAY, SATURDAY + 1}
    found, closed, skipped = [], {}, []
    for shift in repeated(pattern, monday=monday, days=days_between(wanted.first, wanted.last)):
        day, unit_id = day_of(shift), unit_of[shift.counter_id]
        if not calendar.works(day, unit_id=unit_id, usual_weekdays=weekend):
            closed[day] = calendar.closed_as(day, unit_id=unit_id) or ""
            continue
        found.append(shift)
        if calendar.is_away(shift.officer_id, day):
            skipped.append(away_text(scope, shift))
    told = [
        Text("%(day)s libur (%(name)s); tidak diisi.", day=f"{day:%d-%m-%Y}", name=name)
        for day, name in sorted(closed.items())
    ]
    return found, [*told, *skipped]
