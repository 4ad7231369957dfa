"""Screen an answer as it comes in: gather what the rules ask for, and hold what they name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from feedback_app.domain.cases import DAYS_TO_DECIDE
from feedback_app.domain.local_time import last_of_month, local_day, local_instant
from feedback_app.domain.pace import FAMILY, HALF_HOUR, MINUTE, NIGHT, SPANS, Pace
from feedback_app.domain.rating import NewRating
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
from feedback_app.services.citizen.place import Place, shifts_of_day
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case
from feedback_app.storage.queries import cases
from feedback_app.storage.queries import screening as queries
from feedback_app.storage.queries.place_material import UnitDuty
from feedback_app.storage.verdicts import Change, append_verdicts, standings

ROSTER_IS_KEPT_WITHIN = timedelta(days=7)
LEAST_A_DAY = 10  # answers; fewer are never more than a day's visits
FEW_HERE = 3  # answers in two hours; as few all day long are not more than LEAST_A_DAY either
BOOKS_OF = timedelta(days=28)  # four of each day of the week, a busy Monday among them
DAYS_TOLD = 5  # days of a busiest one
FLOOD = "flood"  # in a case's detail: signs that came as a flood, counted apart
FREE_OF_CHARGE = 4  # the answer "Gratis"; a lower one at a free service may mean a charge


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that is held: why, and which earlier ones with it."""

    rating: NewRating
    screened: Screened


def screen_arrival(
    tx: Session,
    place: Place,
    arrival: Arrival,
    circumstances: Circumstances,
    *,
    roster: UnitDuty,
    service_id: int | None,
) -> Screened:
    """Ask every rule; changes nothing."""
    duty = _duty_at(place, roster, arrival.received_at)
    around = _around(tx, place, arrival, duty, circumstances.mark_of_yesterday)
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
            most_a_day=_most_a_day(tx, place, arrival, duty, shortest)
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
        shift
        for shift in roster.shifts
        if shift.starts_at <= at and shift.ends_at > night - GRACE
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
    tx: Session, place: Place, arrival: Arrival, duty: _Duty, mark_of_yesterday: str | None
) -> Around:
    """The other answers that the rules look at; those of a wait only after one."""
    tiers = as_strong(arrival.tier)
    marks = [mark for mark in (arrival.device, mark_of_yesterday) if mark]
    text_keys = [arrival.text] if arrival.text else []
    midnight = local_instant(local_day(arrival.received_at), time.min)
    counter_id = place.counter_id
    near = queries.arrivals_near(
        tx,
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
        opened=queries.arrivals_opened(
            tx,
            counter_id,
            first=arrival.opened_at - BESIDE,
            last=arrival.opened_at + BESIDE,
            tiers=tiers,
        )
        if waited(arrival)
        else (),
        today=queries.unheld_since(tx, counter_id, since=midnight, tiers=tiers)
        if len(here) >= FEW_HERE
        else 0,
        same_text=queries.answers_with_text(tx, counter_id, text_keys) if text_keys else (),
    )


def _most_a_day(
    tx: Session, place: Place, arrival: Arrival, duty: _Duty, shortest: int
) -> int | None:
    """The most answers of a day: as many as the busiest day's visits that the books tell of.

    Where they are silent, as many as the day's shifts can serve; a family more either way.
    """
    day = local_day(arrival.received_at)
    told = queries.days_of_visits(tx, place.counter_id, first=day - BOOKS_OF, last=day)
    if len(told) >= DAYS_TOLD:
        return max(LEAST_A_DAY, *told) + FAMILY
    if not duty.keeps_roster:
        return None
    shifts = shifts_of_day(tx, place.counter_id, day)
    open_for = sum((shift.ends_at - shift.starts_at for shift in shifts), timedelta(0))
    return max(LEAST_A_DAY, int(open_for / MINUTE / max(shortest, 1))) + FAMILY


def hold(tx: Session, site: Site, held: Held, *, unit_id: int) -> None:
    """Put a held answer, and those of today that belong to it, into a case, and hold these too.

    Earlier days are over and their figures were shown: taking single answers out of them would let
    these be subtracted. What is written tells the day only: its hour is an arrival's (ADR 14).
    """
    rules, today = ",".join(held.screened.rules), site.today()
    at = local_instant(today, time.min)
    counted = [
        row
        for row in standings(tx, held.screened.also)
        if row.state == "counted" and row.counted_on == today
    ]
    case = case_of_day(tx, site, held.rating, kind="held", rules=rules, unit_id=unit_id)
    changes = [Change(row.rating["id"], "held", row.for_officer, row.counted_on) for row in counted]
    append_verdicts(tx, changes, reason=f"penyaringan: {rules}", at=at, case_id=case.id)
    ids = [held.rating.id, *(change.rating_id for change in changes)]
    case.size += cases.add_answers(tx, case, ids)
    days = [held.rating.day, *(row.rating["day"] for row in counted)]
    case.first_day = min(case.first_day, *days)
    case.last_day = max(case.last_day, held.rating.day)


class AtCounter(Protocol):
    """A place or a rating: whatever tells its agency and counter."""

    @property
    def agency_id(self) -> int:
        """The agency that runs the counter."""

    @property
    def counter_id(self) -> int:
        """The counter."""


def case_of_day(
    tx: Session, site: Site, where: AtCounter, *, kind: str, rules: str, unit_id: int
) -> Case:
    """Today's open case of these rules that nobody has looked at yet, or a new one."""
    found = cases.open_case_like(
        tx,
        agency_id=where.agency_id,
        kind=kind,
        counter_id=where.counter_id,
        rules=rules,
        first_day=site.today(),
        untouched=True,
    )
    if found is not None:
        return found
    return new_case(
        tx,
        site,
        agency_id=where.agency_id,
        unit_id=unit_id,
        counter_id=where.counter_id,
        kind=kind,
        rules=rules,
        at=local_instant(site.today(), time.min),
    )


def new_case(
    tx: Session,
    site: Site,
    *,
    agency_id: int,
    unit_id: int,
    counter_id: int | None,
    kind: str,
    rules: str,
    at: datetime,
) -> Case:
    """Open a case of no answers yet; it is due in 14 days."""
    today = site.today()
    case = Case(
        id=cases.unused_number(tx),
        agency_id=agency_id,
        unit_id=unit_id,
        counter_id=counter_id,
        officer_id=None,
        kind=kind,
        rules=rules,
        size=0,
        first_day=today,
        last_day=today,
        due_on=today + DAYS_TO_DECIDE,
        opened_at=at,
        closed_at=None,
        outcome=None,
        detail={},
    )
    tx.add(case)
    tx.flush()
    return case


def signal_charge(
    tx: Session,
    site: Site,
    rating: NewRating,
    *,
    free_services: Collection[int],
    unit_id: int,
) -> None:
    """Count a sign of a charge, where the service is free and the answer says otherwise."""
    if tells_charge(rating, free_services):
        signal(tx, site, rating, "fee", unit_id=unit_id)


def tells_charge(rating: NewRating, free_services: Collection[int]) -> bool:
    """Whether a free service is said to have cost something."""
    is_charged = (rating.answers.get("biaya") or FREE_OF_CHARGE) < FREE_OF_CHARGE
    return is_charged and rating.service_id in free_services


def signal(tx: Session, site: Site, where: AtCounter, kind: str, *, unit_id: int) -> None:
    """Count one sign of pressure or of a charge at a counter and month; no answer is linked to it.

    Not the day either: at a quiet counter few answers of one day can be meant.
    """
    _case_of_month(tx, site, where, kind, unit_id=unit_id).size += 1


def signal_of_flood(tx: Session, site: Site, where: AtCounter, kind: str, *, unit_id: int) -> None:
    """Count it apart: a sign that came alone, with so many others that it may be a flood."""
    case = _case_of_month(tx, site, where, kind, unit_id=unit_id)
    case.detail = case.detail | {FLOOD: int(case.detail.get(FLOOD, 0)) + 1}


def _case_of_month(tx: Session, site: Site, where: AtCounter, kind: str, *, unit_id: int) -> Case:
    month = site.today().replace(day=1)
    case = cases.open_case_like(
        tx,
        agency_id=where.agency_id,
        kind=kind,
        counter_id=where.counter_id,
        rules="",
        first_day=month,
        untouched=False,
    )
    if case is None:
        case = new_case(
            tx,
            site,
            agency_id=where.agency_id,
            unit_id=unit_id,
            counter_id=where.counter_id,
            kind=kind,
            rules="",
            at=local_instant(month, time.min),
        )
        case.first_day, case.last_day = month, last_of_month(month)
        case.due_on = case.last_day + DAYS_TO_DECIDE
    return case
