"""A counter as the citizen meets it: what the form must say and whom it may offer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from feedback_app.domain.codes import PlaceName, place_code, read_place_code
from feedback_app.domain.local_time import local_day, local_instant, local_zone
from feedback_app.domain.roster import GRACE, Shift, offered, on_day
from feedback_app.domain.tiers import UNTIL_SET
from feedback_app.services.citizen.mended import newest_mended
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters, places
from feedback_app.storage.queries.place_material import (
    STAMP,
    Material,
    OfferedService,
    UnitDuty,
    duty_of_unit,
    material_of,
)

Value = TypeVar("Value")
ONE_DAY = timedelta(days=1)
CODES_REMEMBERED = timedelta(days=3)  # a code lives two days and may be made the day before


class UnknownPlaceError(Exception):
    """No counter has this code."""


class RetiredPlaceError(Exception):
    """The counter is closed or its card was replaced; `successor` is '' or what took over."""

    def __init__(self, successor: str = "") -> None:
        """Name the counter that took over."""
        super().__init__(successor)
        self.successor = successor


@dataclass(frozen=True, slots=True)
class Place:
    """Everything the form shows about where it is; hashable, so that pages can be kept by it."""

    agency_id: int
    agency: str
    is_demo: bool
    unit: str
    counter_id: int
    counter: str
    code: str
    services: tuple[tuple[int, str, str], ...]  # id, name, English name
    day: date  # of the visit that `officers` are of: that of the opening, or the ticket's own
    officers: tuple[tuple[int, str], ...]  # id, display name; as domain/roster.py: offered
    officers_before: tuple[tuple[int, str], ...]  # those of the day before; none for a ticket
    is_of_ticket: bool  # the day is the ticket's: nobody need be asked for it
    is_retired: bool
    has_fork: bool  # whether the form offers to stop after the officer's questions
    mended: str  # the newest of what was mended because of answers, '' for none
    takes_codes: bool  # whether the unit hands out visit codes, so that the form asks for one
    unit_id: int
    minutes: Mapping[int, int] = field(compare=False)  # shortest usual service, by service
    officer_tiers: frozenset[str] = field(compare=False)  # which count for officers now
    free_services: frozenset[int] = field(compare=False)
    shifts: tuple[Shift, ...] = field(compare=False)  # of the day of opening; not shown
    successor: str = field(compare=False)  # name of the counter that took over, '' for none

    @property
    def day_before(self) -> date:
        """The day that `officers_before` are of."""
        return self.day - ONE_DAY

    def named_on(self, visit_day: date | None) -> tuple[int, ...]:
        """Officers whom the form names for a day of visit; none for a day it does not know."""
        if visit_day == self.day:
            return tuple(officer_id for officer_id, _name in self.officers)
        if visit_day == self.day_before and not self.is_of_ticket:
            return tuple(officer_id for officer_id, _name in self.officers_before)
        return ()


def open_place(site: Site, code: str, *, ticket_day: date | None = None) -> Place:
    """The place a scanned or typed code names, as it is now; raises when it is not in use."""
    place = place_at(site, code, at=site.now(), ticket_day=ticket_day)
    if place.is_retired:
        raise RetiredPlaceError(place.successor)
    return place


def place_at(
    site: Site, code: str, *, at: datetime, ticket_day: date | None = None, stamp: str | None = None
) -> Place:
    """The place as it was offered at an instant, retired or not.

    A change of the roster counts from its own moment on: who opened a form before it was shown the
    officers of then, and the answer is about them. A ticket has a day of its own: then the officers
    are those of that day. `stamp` is of what was known just now, None to ask for it.
    """
    named = read_place_code(code, key=site.settings.place_key)
    if named is None:
        raise UnknownPlaceError
    day = ticket_day or local_day(at)
    span = (min(day, local_day(at)) - ONE_DAY, local_day(at))
    found = _material(site, named.counter_number, *span, stamp=stamp)
    if found is None:
        raise UnknownPlaceError
    now = site.now()
    part = bisect_right(_turns(found, local_day(at)), at)
    key = (named.serial, ticket_day, part, _tiers_at(found, now))
    drawn: Place | None = found.drawn.get(key)
    if drawn is None:
        drawn = found.drawn[key] = _place(site, found, named, at=at, ticket_day=ticket_day)
    return drawn


def _turns(found: Material, day: date) -> list[datetime]:
    """The instants at which something of a day's form turns: between two it stays the same."""
    turns: list[datetime] | None = found.drawn.get("turns")
    if turns is None:
        hours = [h for one in found.services for h in (one.opens_at, one.closes_at) if h]
        points = {local_instant(day, hour) for hour in hours}
        for one in found.shifts:
            ends = (one.shift.starts_at, one.shift.ends_at)
            points |= {*ends, *(end + GRACE for end in ends), one.recorded_at}
            points |= {one.withdrawn_at} if one.withdrawn_at else set()
        turns = found.drawn["turns"] = sorted(points)
    return turns


def _material(
    site: Site, number: int, first: date, last: date, *, stamp: str | None
) -> Material | None:
    """The counter's rows with the shifts of these local days, from memory where nothing changed."""

    def read() -> Material | None:
        with site.db.read() as session:
            found = material_of(
                session,
                number,
                since=local_instant(first, time.min),
                until=local_instant(last + ONE_DAY, time.min),
            )
            return found and replace(found, mended=newest_mended(session, found.unit_id))

    key = ("counter", number, first, last)
    return site.places.get(key, stamp_now(site) if stamp is None else stamp, read)


def place_and_duty(site: Site, code: str, *, at: datetime) -> tuple[Place, UnitDuty]:
    """The place as it was offered at an instant, and who is on duty in its unit now."""
    stamp = stamp_now(site)
    place = place_at(site, code, at=at, stamp=stamp)
    return place, duty_in_unit(site, place.unit_id, day=site.today(), stamp=stamp)


def duty_in_unit(site: Site, unit_id: int, *, day: date, stamp: str | None = None) -> UnitDuty:
    """Who is on duty at the unit's counters on a local day, the night before it and the day after.

    Read before a transaction within which midnight may pass.
    """

    def read() -> UnitDuty:
        with site.db.read() as session:
            return duty_of_unit(
                session,
                unit_id,
                since=local_instant(day - ONE_DAY, time.min),
                until=local_instant(day + 2 * ONE_DAY, time.min),
            )

    key = ("unit", unit_id, day)
    return site.places.get(key, stamp_now(site) if stamp is None else stamp, read)


def kept(site: Site, question: Hashable, work_out: Callable[[], Value]) -> Value:
    """What rests on places alone, in memory until one of them changes."""
    return site.places.get(("kept", question), stamp_now(site), work_out)


def stamp_now(site: Site) -> str:
    """What changes with places and rosters; read before what is kept by it."""
    with site.db.glance() as statements:
        rows = statements.rows(STAMP, {})
    return str(rows[0][0]) if rows else ""


def _place(
    site: Site, found: Material, named: PlaceName, *, at: datetime, ticket_day: date | None
) -> Place:
    today = local_day(at)
    day = ticket_day or today
    shifts = [
        one.shift
        for one in found.shifts
        if one.recorded_at <= at and (one.withdrawn_at is None or one.withdrawn_at > at)
    ]
    counter_id = found.counter_id
    if day == today:
        officers = offered(shifts, counter_id=counter_id, at=at)
    else:
        officers = on_day(shifts, counter_id=counter_id, day=day)
    before = () if ticket_day else on_day(shifts, counter_id=counter_id, day=day - ONE_DAY)
    names = found.names({*officers, *before})
    services = _offered_at(found, at.astimezone(local_zone()).time())
    codes_since = today - CODES_REMEMBERED
    return Place(
        agency_id=found.agency_id,
        agency=found.agency,
        is_demo=found.is_demo,
        unit=found.unit,
        counter_id=counter_id,
        counter=found.counter,
        code=place_code(named.counter_number, named.serial, key=site.settings.place_key),
        services=tuple((one.service_id, one.name, one.name_en) for one in services),
        day=day,
        officers=tuple((officer_id, names[officer_id]) for officer_id in officers),
        officers_before=tuple((officer_id, names[officer_id]) for officer_id in before),
        is_of_ticket=ticket_day is not None,
        is_retired=found.is_retired or named.serial < found.card_serial,
        has_fork=found.has_fork,
        mended=found.mended,
        takes_codes=found.codes_until is not None and found.codes_until >= codes_since,
        unit_id=found.unit_id,
        minutes={one.service_id: one.minutes for one in services},
        officer_tiers=_tiers_at(found, site.now()),
        free_services=frozenset(one.service_id for one in services if one.is_free),
        shifts=tuple(shift for shift in shifts if local_day(shift.starts_at) == today),
        successor=found.successor,
    )


def _offered_at(found: Material, hour: time) -> list[OfferedService]:
    """The services at a local hour."""
    return [
        one
        for one in found.services
        if (one.opens_at is None or one.opens_at <= hour)
        and (one.closes_at is None or one.closes_at > hour)
    ]


def _tiers_at(found: Material, at: datetime) -> frozenset[str]:
    for from_at, tiers in found.tiers:
        if from_at <= at:
            return frozenset(tiers.split(","))
    return UNTIL_SET


def neighbours(site: Site, place: Place) -> list[tuple[str, str]]:
    """(name, place code) of the other open counters of the same unit, by code."""
    key = site.settings.place_key
    with site.db.read() as session:
        return [
            (one.name, place_code(one.number, one.card_serial, key=key))
            for one in counters.counters_of_units(session, [place.unit_id])
            if one.id != place.counter_id
        ]


def tiers_for_officers(session: Session, counter_id: int, *, at: datetime) -> frozenset[str]:
    """The tiers whose answers may enter an officer's score at this counter."""
    tiers = places.officer_tiers(session, counter_id, at=at)
    return UNTIL_SET if tiers is None else frozenset(tiers.split(","))


def shifts_of_day(session: Session, counter_id: int, day: date) -> tuple[Shift, ...]:
    """Every shift at the counter on a local day, as the roster stands now."""
    return _shifts_of_days(session, counter_id, first=day, last=day, known_at=None)


def _shifts_of_days(
    session: Session, counter_id: int, *, first: date, last: date, known_at: datetime | None
) -> tuple[Shift, ...]:
    return places.shifts_at_counter(
        session,
        counter_id,
        since=local_instant(first, time.min),
        until=local_instant(last + ONE_DAY, time.min),
        known_at=known_at,
    )
