"""Hold what screening names: into which case it goes; and count signs for the inspectorate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from feedback_app.domain.cases import DAYS_TO_DECIDE
from feedback_app.domain.local_time import last_of_month, local_instant
from feedback_app.domain.rating import NewRating
from feedback_app.domain.screening import Screened
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Case
from feedback_app.storage.prepared import Statements, of_session
from feedback_app.storage.queries import cases, open_cases
from feedback_app.storage.verdicts import Change, append_verdicts, standings

FLOOD = "flood"  # in a case's detail: signs that came as a flood, counted apart
FREE_OF_CHARGE = 4  # the answer "Gratis"; a lower one at a free service may mean a charge


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that is held: why, and which earlier ones with it."""

    rating: NewRating
    screened: Screened


def hold(tx: Session, site: Site, held: Held, *, unit_id: int) -> None:
    """Put a held answer, and those of today that belong to it, into a case, and hold these too.

    Earlier days are over and their figures were shown: taking single answers out of them would let
    these be subtracted. What is written tells the day only: its hour is an arrival's (ADR 14).
    """
    today = site.today()
    counted = [
        row
        for row in standings(tx, held.screened.also)
        if row.state == "counted" and row.counted_on == today
    ]
    with_it = {row.rating["id"]: row.rating["day"] for row in counted}
    case_id = put_into_case(of_session(tx), site, held, unit_id=unit_id, with_it=with_it)
    changes = [Change(row.rating["id"], "held", row.for_officer, row.counted_on) for row in counted]
    reason = f"penyaringan: {','.join(held.screened.rules)}"
    at = local_instant(today, time.min)
    append_verdicts(tx, changes, reason=reason, at=at, case_id=case_id)


def put_into_case(
    statements: Statements, site: Site, held: Held, *, unit_id: int, with_it: Mapping[str, date]
) -> int:
    """Put a held answer, and earlier ones with their days, into today's case; return its number."""
    rating, today = held.rating, site.today()
    alike = open_cases.Alike(
        rating.agency_id, "held", rating.counter_id, ",".join(held.screened.rules), today
    )
    case_id = open_cases.find_untouched(statements, alike)
    if case_id is None:
        case_id = _open_case(statements, alike, unit_id=unit_id, last_day=today)
    added = [
        open_cases.add_answer(statements, case_id, agency_id=rating.agency_id, rating_id=rating_id)
        for rating_id in (rating.id, *with_it)
    ]
    first = min([rating.day, *with_it.values()])
    open_cases.grow(statements, case_id, more=sum(added), first=first, last=rating.day)
    return case_id


def _open_case(
    statements: Statements, alike: open_cases.Alike, *, unit_id: int, last_day: date
) -> int:
    """A case of no answers yet, from the day that its like begin with; due in 14 days."""
    first = alike.first_day
    row = alike.values() | {
        "id": open_cases.unused_number(statements),
        "unit_id": unit_id,
        "officer_id": None,
        "comment_id": None,
        "size": 0,
        "last_day": last_day,
        "due_on": last_day + DAYS_TO_DECIDE,
        "opened_at": local_instant(first, time.min),
        "closed_at": None,
        "outcome": None,
        "detail": {},
    }
    open_cases.add(statements, row)
    return int(row["id"])


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
    count_sign(of_session(tx), site, where, kind, unit_id=unit_id)


def count_sign(
    statements: Statements, site: Site, where: AtCounter, kind: str, *, unit_id: int
) -> None:
    """The same by prepared statements."""
    month = site.today().replace(day=1)
    last = last_of_month(month)
    alike = open_cases.Alike(where.agency_id, kind, where.counter_id, "", month)
    case_id = open_cases.find(statements, alike)
    if case_id is None:
        case_id = _open_case(statements, alike, unit_id=unit_id, last_day=last)
    open_cases.grow(statements, case_id, more=1, first=month, last=last)


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
