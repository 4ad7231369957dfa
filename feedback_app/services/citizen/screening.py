"""Screen an answer as it comes in: gather what the rules ask for, and hold what they name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from feedback_app.domain.cases import DAYS_TO_DECIDE
from feedback_app.domain.local_time import last_of_month, local_instant
from feedback_app.domain.rating import NewRating
from feedback_app.domain.roster import on_duty
from feedback_app.domain.screening import (
    WINDOW,
    Arrival,
    Circumstances,
    Pace,
    Screened,
    screen,
)
from feedback_app.services.citizen.place import Place
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case
from feedback_app.storage.queries import cases
from feedback_app.storage.queries import screening as queries
from feedback_app.storage.verdicts import Change, append_verdicts, standings

ROSTER_IS_KEPT_WITHIN = timedelta(days=7)
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
    service_id: int | None,
) -> Screened:
    """Ask every rule; changes nothing."""
    text_keys = [arrival.text] if arrival.text else []
    return screen(
        arrival,
        earlier=queries.arrivals_at_counter(
            tx, arrival.counter_id, since=arrival.received_at - 2 * WINDOW
        ),
        same_text=queries.answers_with_text(tx, place.counter_id, text_keys) if text_keys else (),
        circumstances=circumstances,
        pace=Pace(
            minutes=_shortest(place),
            officers=len(on_duty(place.shifts, counter_id=place.counter_id, at=arrival.opened_at)),
            own=place.minutes.get(service_id or 0, _shortest(place)),
        ),
        shifts=place.shifts,
        keeps_roster=bool(place.shifts)
        or queries.keeps_roster(
            tx, place.counter_id, since=arrival.received_at - ROSTER_IS_KEPT_WITHIN
        ),
    )


def _shortest(place: Place) -> int:
    """Minutes of the quickest service that the counter offers; 1 when it offers none."""
    return min(place.minutes.values(), default=1)


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
    case = _case(tx, site, held, rules, unit_id=unit_id)
    changes = [Change(row.rating["id"], "held", row.for_officer, row.counted_on) for row in counted]
    append_verdicts(tx, changes, reason=f"penyaringan: {rules}", at=at, case_id=case.id)
    ids = [held.rating.id, *(change.rating_id for change in changes)]
    case.size += cases.add_answers(tx, case, ids)
    days = [held.rating.day, *(row.rating["day"] for row in counted)]
    case.first_day = min(case.first_day, *days)
    case.last_day = max(case.last_day, held.rating.day)


def _case(tx: Session, site: Site, held: Held, rules: str, *, unit_id: int) -> Case:
    day = held.rating.day
    found = cases.open_case_like(
        tx,
        agency_id=held.rating.agency_id,
        kind="held",
        counter_id=held.rating.counter_id,
        rules=rules,
        first_day=day,
        untouched=True,
    )
    if found is not None:
        return found
    return new_case(
        tx,
        site,
        agency_id=held.rating.agency_id,
        unit_id=unit_id,
        counter_id=held.rating.counter_id,
        kind="held",
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
    is_charged = (rating.answers.get("biaya") or FREE_OF_CHARGE) < FREE_OF_CHARGE
    if is_charged and rating.service_id in free_services:
        signal(tx, site, rating, "fee", unit_id=unit_id)


def signal(tx: Session, site: Site, rating: NewRating, kind: str, *, unit_id: int) -> None:
    """Count one sign of pressure or of a charge at a counter and month; no answer is linked to it.

    Not the day either: at a quiet counter few answers of one day can be meant.
    """
    month = site.today().replace(day=1)
    case = cases.open_case_like(
        tx,
        agency_id=rating.agency_id,
        kind=kind,
        counter_id=rating.counter_id,
        rules="",
        first_day=month,
        untouched=False,
    )
    if case is None:
        case = new_case(
            tx,
            site,
            agency_id=rating.agency_id,
            unit_id=unit_id,
            counter_id=rating.counter_id,
            kind=kind,
            rules="",
            at=local_instant(month, time.min),
        )
        case.first_day, case.last_day = month, last_of_month(month)
        case.due_on = case.last_day + DAYS_TO_DECIDE
    case.size += 1
