"""A week of the roster: counters by days, with what is empty, closed, changed and waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_gaps import gaps, usual_hours
from feedback_app.domain.roster_plans import day_of, hours_text
from feedback_app.domain.working_days import SATURDAY, Calendar, days_between, monday_of
from feedback_app.services.access.people import Viewer
from feedback_app.services.roster.ahead import UnitEnd, ends_of, usual_weekdays
from feedback_app.services.roster.days import calendar_of
from feedback_app.services.roster.proposals import Proposal, waiting
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.roster.undo import Change, changes_between
from feedback_app.services.roster.writing import day_span
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import roster as queries

SUNDAY, A_WEEK = timedelta(days=6), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for: a day of the week, a unit's code, an officer."""

    day: date
    unit: str
    officer_id: int | None


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift as the page shows it."""

    shift_id: int
    officer: str
    hours: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Usual hours in which nobody stands there."""

    starts: time
    ends: time

    @property
    def text(self) -> str:
        """12.00–16.00."""
        return f"{self.starts:%H.%M}–{self.ends:%H.%M}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One counter on one day."""

    day: date
    duties: Sequence[Duty]
    gaps: Sequence[Gap]  # from today on
    closed_as: str | None  # why it is closed; '' on a plain weekend


@dataclass(frozen=True, slots=True)
class Row:
    """One counter."""

    code: str
    name: str
    unit: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Week:
    """Everything the page shows."""

    monday: date
    days: Sequence[date]
    shown: date  # the day that a phone shows
    before: date  # a day of the week before, and of the one after
    after: date
    holidays: Mapping[date, str]  # of these days, public ones and those of all units
    rows: Sequence[Row]
    units: Sequence[tuple[str, str]]
    officers: Sequence[tuple[int, str]]
    changes: Sequence[Change]
    proposals: Sequence[Proposal]
    ends: Sequence[UnitEnd]
    called: Mapping[int, str]
    counters: Mapping[int, str]
    n_shifts: int


def week_page(site: Site, viewer: Viewer, choice: Choice) -> Week:
    """The week in which the chosen day lies.

    Shifts of the week before are read too: both tell which hours are usual, so that a week in
    which somebody fell away altogether still shows what is empty.
    """
    monday = monday_of(choice.day)
    sunday = monday + SUNDAY
    since, until = day_span(monday - A_WEEK, sunday)
    with site.db.read() as session:
        scope = scope_of(session, viewer)
        calendar = calendar_of(session, viewer.agency_id, first=monday, last=sunday)
        shifts = queries.standing_shifts(
            session, agency_id=viewer.agency_id, since=since, until=until
        )
        days = _days_shown(monday, shifts)
        rows = _rows(session, site, scope, calendar, shifts, days, choice)
        return Week(
            monday=monday,
            days=days,
            shown=choice.day if choice.day in days else days[0],
            before=monday - A_WEEK,
            after=monday + A_WEEK,
            holidays={day: calendar.holidays[day] for day in days if day in calendar.holidays},
            rows=rows,
            units=[(unit.code, unit.name) for unit in scope.units],
            officers=[(one.id, scope.called[one.id]) for one in scope.officers],
            changes=changes_between(session, site, scope, first=monday, last=sunday),
            proposals=waiting(session, viewer, scope),
            ends=ends_of(session, site, scope),
            called=scope.called,
            counters=scope.counter_names,
            n_shifts=sum(len(cell.duties) for row in rows for cell in row.cells),
        )


def _days_shown(monday: date, shifts: Sequence[Shift]) -> list[date]:
    """Monday to Friday, and days of the weekend on which somebody is rostered."""
    rostered = {day_of(shift) for shift in shifts}
    every = days_between(monday, monday + SUNDAY)
    return [day for day in every if day.weekday() < SATURDAY or day in rostered]


def _rows(
    session: Session,
    site: Site,
    scope: Scope,
    calendar: Calendar,
    shifts: Sequence[Shift],
    days: Sequence[date],
    choice: Choice,
) -> list[Row]:
    units = {unit.id: unit for unit in scope.units}
    usual = usual_weekdays(session, site, list(scope.counter_names))
    found = []
    for counter in scope.counters:
        unit = units[counter.unit_id]
        if choice.unit not in ("", unit.code):
            continue
        own = [shift for shift in shifts if shift.counter_id == counter.id]
        if choice.officer_id is not None:
            own = [shift for shift in own if shift.officer_id == choice.officer_id]
            if not any(day_of(shift) in days for shift in own):
                continue
        cells = [
            _cell(site, counter, day, own, scope, calendar, usual.get(counter.id, set()), choice)
            for day in days
        ]
        found.append(Row(counter.code, counter.name, unit.name, cells))
    return found


def _cell(
    site: Site,
    counter: Counter,
    day: date,
    own: Sequence[Shift],
    scope: Scope,
    calendar: Calendar,
    weekdays: set[int],
    choice: Choice,
) -> Cell:
    here = [shift for shift in own if day_of(shift) == day]
    works = calendar.works(day, unit_id=counter.unit_id, usual_weekdays=weekdays)
    hours = usual_hours(own)
    wants = works and day >= site.today() and choice.officer_id is None and hours
    return Cell(
        day=day,
        duties=[
            Duty(shift.shift_id, scope.called[shift.officer_id], hours_text(shift))
            for shift in here
        ],
        gaps=[Gap(*gap) for gap in gaps(here, usual=hours)] if wants and hours else (),
        closed_as=calendar.closed_as(day, unit_id=counter.unit_id),
    )
