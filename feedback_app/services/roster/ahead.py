"""Looking ahead: when a unit's roster ends, which counter has nobody on its next working day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.local_time import local_day
from feedback_app.domain.working_days import Calendar, days_between
from feedback_app.services.roster.days import calendar_of
from feedback_app.services.roster.scope import Scope
from feedback_app.services.roster.writing import day_span
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import roster as queries

DAYS_AHEAD = 14  # two weeks: time enough to make the next month's roster
USUAL = timedelta(days=28)  # four weeks tell on which weekdays a counter is served


@dataclass(frozen=True, slots=True)
class UnitEnd:
    """A unit whose roster ends within two weeks."""

    code: str
    name: str
    empty_from: date  # the first working day without anybody
    days_left: int


def ends_of(session: Session, site: Site, scope: Scope) -> list[UnitEnd]:
    """Units whose roster ends within two weeks, the earliest first."""
    today = site.today()
    days = days_between(today, today + timedelta(days=DAYS_AHEAD))
    found = []
    for unit in scope.units:
        counters = [counter for counter in scope.counters if counter.unit_id == unit.id]
        if not counters:
            continue
        served = _days_served(session, counters, first=today, last=days[-1])
        calendar = calendar_of(session, unit.agency_id, first=today, last=days[-1])
        usual = {day.weekday() for day in served}
        working = [d for d in days if calendar.works(d, unit_id=unit.id, usual_weekdays=usual)]
        last = max(served, default=today - timedelta(days=1))
        empty = next((day for day in working if day > last), None)
        if empty is not None:
            found.append(UnitEnd(unit.code, unit.name, empty, (empty - today).days))
    return sorted(found, key=lambda end: end.empty_from)


def next_days_without_shift(
    session: Session, site: Site, counters: Sequence[Counter]
) -> dict[int, date]:
    """Counters with nobody on their next working day, within a week from tomorrow: that day."""
    if not counters:
        return {}
    first = site.today() + timedelta(days=1)
    last = first + timedelta(days=6)
    calendar = calendar_of(session, counters[0].agency_id, first=first, last=last)
    usual = usual_weekdays(session, site, [counter.id for counter in counters])
    since, until = day_span(first, last)
    ids = [counter.id for counter in counters]
    served = {
        (counter_id, local_day(at))
        for counter_id, at in queries.weekdays_served(session, ids, since=since, until=until)
    }
    found = {}
    for counter in counters:
        day = _next_working(calendar, counter, usual.get(counter.id, set()), first, last)
        if day is not None and (counter.id, day) not in served:
            found[counter.id] = day
    return found


def usual_weekdays(session: Session, site: Site, counter_ids: Sequence[int]) -> dict[int, set[int]]:
    """Weekdays on which each counter was served in the last four weeks."""
    today = site.today()
    since, until = day_span(today - USUAL, today)
    found: dict[int, set[int]] = {}
    for counter_id, at in queries.weekdays_served(session, counter_ids, since=since, until=until):
        found.setdefault(counter_id, set()).add(local_day(at).weekday())
    return found


def _next_working(
    calendar: Calendar, counter: Counter, usual: set[int], first: date, last: date
) -> date | None:
    for day in days_between(first, last):
        if calendar.works(day, unit_id=counter.unit_id, usual_weekdays=usual):
            return day
    return None


def _days_served(
    session: Session, counters: Sequence[Counter], *, first: date, last: date
) -> set[date]:
    since, until = day_span(first, last)
    ids = [counter.id for counter in counters]
    found = queries.weekdays_served(session, ids, since=since, until=until)
    return {local_day(at) for _counter_id, at in found}
