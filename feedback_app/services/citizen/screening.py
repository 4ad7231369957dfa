"""Screen an answer as it comes in: gather what the rules ask for (what they name: holding.py)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from feedback_app.domain.local_time import local_day, local_instant
from feedback_app.domain.pace import FAMILY, HALF_HOUR, MINUTE, NIGHT, SPANS, Pace
from feedback_app.domain.roster import GRACE, Shift, on_duty
from feedback_app.domain.screening import (
    BESIDE,
    Around,
    Arrival,
    Circumstances,
    Screened,
    as_strong,
    screen,
    waited,
)
from feedback_app.services.citizen.place import ONE_DAY, Place
from feedback_app.storage.queries.place_material import UnitDuty

ROSTER_IS_KEPT_WITHIN = timedelta(days=7)
LEAST_A_DAY = 10  # answers; fewer are never more than a day's visits
FEW_HERE = 3  # answers in two hours; as few all day long are not more than LEAST_A_DAY either
BOOKS_OF = timedelta(days=28)  # four of each day of the week, a busy Monday among them
DAYS_TOLD = 5  # days of a busiest one


class Books(Protocol):
    """What screening asks about other answers: a transaction's tables or what is kept of them."""

    def near(
        self,
        counter_id: int,
        unit_id: int,
        *,
        since: datetime,
        marks: Collection[str],
        marks_since: datetime,
        tiers: Collection[str],
    ) -> Sequence[Arrival]:
        """As `queries.arrivals_near`."""

    def opened(
        self, counter_id: int, *, first: datetime, last: datetime, tiers: Collection[str]
    ) -> Sequence[Arrival]:
        """As `queries.arrivals_opened`."""

    def unheld_since(self, counter_id: int, *, since: datetime, tiers: Collection[str]) -> int:
        """As `queries.unheld_since`."""

    def with_text(self, counter_id: int, text_keys: Collection[str]) -> Sequence[str]:
        """As `queries.answers_with_text`."""

    def days_of_visits(self, counter_id: int, *, first: date, last: date) -> Sequence[int]:
        """As `queries.days_of_visits`."""


def screen_arrival(
    books: Books,
    place: Place,
    arrival: Arrival,
    circumstances: Circumstances,
    *,
    roster: UnitDuty,
    service_id: int | None,
) -> Screened:
    """Ask every rule; changes nothing."""
    duty = _duty_at(place, roster, arrival.received_at)
    around = _around(books, place, arrival, duty, circumstances.mark_of_yesterday)
    shortest = min(place.minutes.values(), default=1)  # a counter that offers nothing: a minute
    return screen(
        arrival,
        around,
        circumstances=circumstances,
        pace=Pace(
            minutes=shortest,
            own=place.minutes.get(service_id or 0, shortest),
            officers=duty.officers,
            unit_officers=duty.unit_officers,
            officers_at_opening=_officers_at_opening(place, arrival, duty),
            most_a_day=_most_a_day(books, place, arrival, roster if duty.keeps_roster else None)
            if around.today >= LEAST_A_DAY
            else None,
        ),
        shifts=place.shifts,
        keeps_roster=duty.keeps_roster,
    )


@dataclass(frozen=True, slots=True)
class _Duty:
    """Who is on duty when an answer is sent, and since when nobody is."""

    keeps_roster: bool
    officers: int
    unit_officers: int
    here_since: datetime  # what the counter's own spans look back to
    unit_since: datetime


def _duty_at(place: Place, roster: UnitDuty, at: datetime) -> _Duty:
    """An answer may follow its service by half an hour, so that counts as duty as well.

    Where no roster is kept nobody knows the hours: one officer is taken to be there.
    """
    night = at - NIGHT
    shifts = [
        shift for shift in roster.shifts if shift.starts_at <= at and shift.ends_at > night - GRACE
    ]
    here = [shift for shift in shifts if shift.counter_id == place.counter_id]
    last_end = roster.last_end.get(place.counter_id)
    keeps_roster = bool(here or place.shifts) or (
        last_end is not None and last_end >= at - ROSTER_IS_KEPT_WITHIN
    )
    officers = _present(here, at) if keeps_roster else 1
    unit_officers = max(_present(shifts, at), officers)
    return _Duty(
        keeps_roster=keeps_roster,
        officers=officers,
        unit_officers=unit_officers,
        here_since=at - max(SPANS) if officers else max([night, *_ends(here)]),
        unit_since=at - HALF_HOUR if unit_officers else max([night, *_ends(shifts)]),
    )


def _present(shifts: Sequence[Shift], at: datetime) -> int:
    """Officers on duty now, or half an hour ago when these were more."""
    return max(
        sum(1 for shift in shifts if shift.starts_at <= then < shift.ends_at)
        for then in (at, at - GRACE)
    )


def _ends(shifts: Sequence[Shift]) -> list[datetime]:
    return [shift.ends_at + GRACE for shift in shifts]


def _officers_at_opening(place: Place, arrival: Arrival, duty: _Duty) -> int:
    if not duty.keeps_roster:
        return 1
    return max(
        len(on_duty(place.shifts, counter_id=place.counter_id, at=at))
        for at in (arrival.opened_at, arrival.opened_at - GRACE)
    )


def _around(
    books: Books, place: Place, arrival: Arrival, duty: _Duty, mark_of_yesterday: str | None
) -> Around:
    """The other answers that the rules look at; those of a wait only after one."""
    tiers = as_strong(arrival.tier)
    marks = [mark for mark in (arrival.device, mark_of_yesterday) if mark]
    text_keys = [arrival.text] if arrival.text else []
    midnight = local_instant(local_day(arrival.received_at), time.min)
    counter_id = place.counter_id
    near = books.near(
        counter_id,
        place.unit_id,
        since=duty.here_since,
        marks=marks,
        marks_since=duty.unit_since,
        tiers=tiers,
    )
    here = [
        one for one in near if one.counter_id == counter_id and one.received_at >= duty.here_since
    ]
    return Around(
        here=here,
        own=[one for one in near if one.device in marks and one.received_at >= duty.unit_since],
        opened=books.opened(
            counter_id,
            first=arrival.opened_at - BESIDE,
            last=arrival.opened_at + BESIDE,
            tiers=tiers,
        )
        if waited(arrival)
        else (),
        today=books.unheld_since(counter_id, since=midnight, tiers=tiers)
        if len(here) >= FEW_HERE
        else 0,
        same_text=books.with_text(counter_id, text_keys) if text_keys else (),
    )


def _most_a_day(
    books: Books, place: Place, arrival: Arrival, roster: UnitDuty | None
) -> int | None:
    """The most answers of a day: as many as the busiest day's visits that the books tell of.

    Where they are silent, as many as the day's shifts can serve; a family more either way. `roster`
    is None where none is kept.
    """
    day = local_day(arrival.received_at)
    told = books.days_of_visits(place.counter_id, first=day - BOOKS_OF, last=day)
    if len(told) >= DAYS_TOLD:
        return max(LEAST_A_DAY, *told) + FAMILY
    if roster is None:
        return None
    begins, ends = (local_instant(d, time.min) for d in (day, day + ONE_DAY))
    open_for = sum(
        (
            shift.ends_at - shift.starts_at
            for shift in roster.shifts
            if shift.counter_id == place.counter_id
            and shift.starts_at < ends
            and shift.ends_at > begins
        ),
        timedelta(0),
    )
    shortest = min(place.minutes.values(), default=1)
    return max(LEAST_A_DAY, int(open_for / MINUTE / max(shortest, 1))) + FAMILY
