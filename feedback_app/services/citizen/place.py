"""A counter as the citizen meets it: what the form must say and whom it may offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from feedback_app.domain.codes import place_code, read_place_code
from feedback_app.domain.local_time import local_day, local_instant, local_zone
from feedback_app.domain.roster import Shift, offered, on_day
from feedback_app.domain.tiers import UNTIL_SET
from feedback_app.services.citizen.mended import newest_mended
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters, places, visit_codes

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


def place_at(site: Site, code: str, *, at: datetime, ticket_day: date | None = None) -> Place:
    """The place as it was offered at an instant, retired or not.

    A change of the roster counts from its own moment on: who opened a form before it was shown the
    officers of then, and the answer is about them. A ticket has a day of its own: then the officers
    are those of that day.
    """
    named = read_place_code(code, key=site.settings.place_key)
    if named is None:
        raise UnknownPlaceError
    local = at.astimezone(local_zone())
    with site.db.read() as session:
        found = places.counter_with_number(session, named.counter_number)
        if found is None:
            raise UnknownPlaceError
        counter, unit, agency = found
        services = places.services_at_counter(session, counter.id, at=local.time())
        takes_codes = visit_codes.are_in_use(
            session, unit.id, since=local_day(at) - CODES_REMEMBERED
        )
        officer_tiers = tiers_for_officers(session, counter.id, at=site.now())
        day = ticket_day or local_day(at)
        shifts = _shifts_of_days(
            session, counter.id, first=day - ONE_DAY, last=local_day(at), known_at=at
        )
        if day == local_day(at):
            officers = offered(shifts, counter_id=counter.id, at=at)
        else:
            officers = on_day(shifts, counter_id=counter.id, day=day)
        before = () if ticket_day else on_day(shifts, counter_id=counter.id, day=day - ONE_DAY)
        names = places.display_names(session, sorted({*officers, *before}))
        successor = places.successor_name(session, counter)
        mended = newest_mended(session, unit.id)
    is_retired = counter.retired_on is not None or named.serial < counter.card_serial
    return Place(
        agency_id=agency.id,
        agency=agency.name,
        is_demo=agency.is_demo,
        unit=unit.name,
        counter_id=counter.id,
        counter=counter.name,
        code=place_code(named.counter_number, named.serial, key=site.settings.place_key),
        services=tuple((row.id, row.name, row.name_en) for row in services),
        day=day,
        officers=tuple((officer_id, names[officer_id]) for officer_id in officers),
        officers_before=tuple((officer_id, names[officer_id]) for officer_id in before),
        is_of_ticket=ticket_day is not None,
        is_retired=is_retired,
        has_fork=counter.has_fork,
        mended=mended,
        takes_codes=takes_codes,
        unit_id=unit.id,
        minutes={row.id: row.minutes for row in services},
        officer_tiers=officer_tiers,
        free_services=frozenset(row.id for row in services if row.is_free),
        shifts=tuple(s for s in shifts if local_day(s.starts_at) == local_day(at)),
        successor=successor,
    )


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
