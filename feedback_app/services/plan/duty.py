"""Who stands where in a plan's year: the roster, and beyond its end what was usual before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.roster_ahead import LOOK_BACK, Place, with_pattern
from feedback_app.domain.roster_plans import day_of
from feedback_app.domain.working_days import SATURDAY, Calendar, days_between
from feedback_app.services.roster.days import calendar_of
from feedback_app.services.roster.writing import day_span
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Officer, Plan
from feedback_app.storage.queries import joins, roster

MOSTLY = 0.5  # of the weeks looked at: a weekday that was served on fewer is no working day


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is where on the plan's days that are still to come.

    `written_until`: the last day of the roster; later days are a guess. None: no roster at all.
    """

    roster: tuple[Place, ...]
    leave: frozenset[tuple[str, date]]
    written_until: date | None
    counters: Mapping[str, str]  # code -> name


def serving(session: Session, agency_id: int) -> list[Officer]:
    """Officers who serve, by name; of joined rows the one that goes on."""
    owners = joins.owners_now(session)
    return [
        row
        for row in roster.officers_of(session, agency_id)
        if row.retired_on is None and row.id not in owners
    ]


def duty_of_year(session: Session, plan: Plan, *, today: date, people: Sequence[Officer]) -> Duty:
    """The rest of the plan's year from tomorrow on; holidays and own closed days are left out."""
    first, last = max(today + timedelta(days=1), date(plan.year, 1, 1)), date(plan.year, 12, 31)
    units = [unit.id for unit in roster.units_of_agency(session, plan.agency_id)]
    counters = {row.id: row for row in roster.counters_in(session, units)}
    names = {row.code: row.name for row in counters.values()}
    since = today - timedelta(days=LOOK_BACK)
    known = _written(session, plan, counters, since=since, last=last, people=people)
    until = max((day for _who, _counter, day in known), default=None)
    calendar = calendar_of(session, plan.agency_id, first=since, last=last)
    ahead = with_pattern(known, until=last) if last >= first else ()
    unit_of = {row.code: row.unit_id for row in counters.values()}
    usual = _usual_weekdays(known)
    standing = tuple(
        place
        for place in ahead
        if place[2] >= first and _is_served(place, until, calendar, unit_of, usual)
    )
    return Duty(standing, _leave(calendar, people, first=first, last=last), until, names)


def _written(
    session: Session,
    plan: Plan,
    counters: Mapping[int, Counter],
    *,
    since: date,
    last: date,
    people: Sequence[Officer],
) -> tuple[Place, ...]:
    """The roster as it stands, of officers who stay; an officer is named by the person's id."""
    owners = joins.owners_now(session)
    own = {row.id for row in people}
    begins, ends = day_span(since, max(last, since))
    shifts = roster.standing_shifts(session, agency_id=plan.agency_id, since=begins, until=ends)
    found = {
        (str(officer), counters[shift.counter_id].code, day_of(shift))
        for shift in shifts
        if (officer := owners.get(shift.officer_id, shift.officer_id)) in own
        and shift.counter_id in counters
    }
    return tuple(sorted(found))


def _usual_weekdays(known: Sequence[Place]) -> frozenset[int]:
    """Weekdays that are served in most of the weeks that were looked at."""
    days = {day for _who, _counter, day in known}
    if not days:
        return frozenset()
    weeks = max(((max(days) - min(days)).days + 1) / 7, 1.0)
    counts = [sum(day.weekday() == weekday for day in days) for weekday in range(7)]
    return frozenset(day for day, count in enumerate(counts) if count >= MOSTLY * weeks)


def _is_served(
    place: Place,
    until: date | None,
    calendar: Calendar,
    unit_of: Mapping[str, int],
    usual: frozenset[int],
) -> bool:
    """Whether a guessed day is one of work; what the roster says itself is believed."""
    _officer, counter, day = place
    if until is not None and day <= until:
        return True
    if day.weekday() < SATURDAY and day.weekday() not in usual:
        return False
    return calendar.works(day, unit_id=unit_of[counter], usual_weekdays=usual)


def _leave(
    calendar: Calendar, people: Sequence[Officer], *, first: date, last: date
) -> frozenset[tuple[str, date]]:
    """Days of absence, and for who will have left every day from then on."""
    own = {row.id: row for row in people}
    found = {
        (str(entry.officer_id), day)
        for entry in calendar.entries
        if entry.kind == "leave" and entry.officer_id in own
        for day in days_between(max(entry.first, first), min(entry.last, last))
    }
    for row in people:
        if row.ends_on is not None:
            found |= {(str(row.id), day) for day in days_between(max(row.ends_on, first), last)}
    return frozenset(found)
