"""Keep a plan: withdraw and add shifts as one change that says who and when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import Plan, day_of, hours_text, same_as, without_clashes
from feedback_app.domain.texts import Text
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Officer
from feedback_app.storage.queries import audit, joins
from feedback_app.storage.queries import roster as queries

ONE_DAY = timedelta(days=1)


class ChangedMeanwhileError(Exception):
    """Somebody else changed these days since they were shown; nothing was kept."""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes the roster: an account of an agency, or a script (no account)."""

    agency_id: int
    account_id: int | None
    second_id: int | None = None  # who asked for it, where two are needed


def by(viewer: Viewer) -> By:
    """The viewer alone."""
    return By(viewer.agency_id, viewer.account_id)


def save_plan(
    tx: Session, site: Site, who: By, kind: str, plan: Plan, *, undoes_id: int | None = None
) -> int:
    """Keep the plan as one change and write it into the audit log; the change's number.

    The caller holds the roster (`queries.hold_roster`) and has looked for clashes.
    ChangedMeanwhileError when a shift that is to be withdrawn stands no more.
    """
    now = site.now()
    values = {
        "agency_id": who.agency_id,
        "account_id": who.account_id,
        "second_id": who.second_id,
        "undoes_id": undoes_id,
        "made_at": now,
        "kind": kind,
    }
    change_id = queries.add_change(tx, values)
    ids = [shift.shift_id for shift in plan.withdrawn]
    if queries.withdraw(tx, ids, at=now, change_id=change_id) != len(ids):
        raise ChangedMeanwhileError
    queries.add_shifts(tx, plan.added, agency_id=who.agency_id, at=now, change_id=change_id)
    days = sorted({day_of(shift) for shift in (*plan.withdrawn, *plan.added)})
    audit.append(
        tx,
        agency_id=who.agency_id,
        at=now,
        account_id=who.account_id,
        action="change_roster",
        subject=str(change_id),
        detail={
            "change": kind,
            "from": days[0].isoformat(),
            "to": days[-1].isoformat(),
            "added": len(plan.added),
            "withdrawn": len(plan.withdrawn),
        },
    )
    return change_id


def standing_around(session: Session, plan: Plan) -> list[Shift]:
    """What else the plan's new officers stand at around its days."""
    if not plan.added:
        return []
    return queries.shifts_around(
        session,
        {shift.officer_id for shift in plan.added},
        since=min(shift.starts_at for shift in plan.added) - ONE_DAY,
        until=max(shift.ends_at for shift in plan.added),
    )


def refuse_clashes(
    session: Session, plan: Plan, *, called: Mapping[int, str], counters: Mapping[int, str]
) -> None:
    """FieldFaultError on `officer` when the plan puts somebody at two counters at once, or who
    has left, or where the counter has ended."""
    for shift, (name, last) in ended(session, plan.added).items():
        raise FieldFaultError("officer", ended_text(shift, name, last))
    _kept, refused = without_clashes(plan, standing_around(session, plan))
    for new, other in refused:
        raise FieldFaultError("officer", clash_text(new, other, called=called, counters=counters))


def as_persons(session: Session, plan: Plan) -> Plan:
    """The same with who joined officers are today: their old rows take no shift (ADR 19)."""
    owners = joins.owners_now(session)
    added = (
        replace(one, officer_id=owners.get(one.officer_id, one.officer_id)) for one in plan.added
    )
    return Plan(plan.withdrawn, tuple(added))


def ended(session: Session, shifts: Iterable[Shift]) -> dict[Shift, tuple[str, date]]:
    """Shifts whose officer or counter is no more that day: its name and its last day."""
    every = tuple(shifts)
    officers = queries.last_days(session, Officer, {shift.officer_id for shift in every})
    counters = queries.last_days(session, Counter, {shift.counter_id for shift in every})
    found = {}
    for shift in every:
        for ends in (officers.get(shift.officer_id), counters.get(shift.counter_id)):
            if ends is not None and ends[1] <= day_of(shift):
                found[shift] = ends[0], ends[1] - ONE_DAY
    return found


def ended_text(shift: Shift, name: str, last: date) -> Text:
    """Why a shift cannot be: who, or where, was there only until a day."""
    return Text(
        "%(name)s hanya sampai %(last)s; tidak dapat dijadwalkan pada %(day)s.",
        name=name,
        last=f"{last:%d-%m-%Y}",
        day=f"{day_of(shift):%d-%m-%Y}",
    )


def clash_text(
    new: Shift, other: Shift, *, called: Mapping[int, str], counters: Mapping[int, str]
) -> Text:
    """Why an officer cannot stand there."""
    return Text(
        "%(name)s sudah bertugas di %(counter)s pada %(day)s pukul %(hours)s.",
        name=called[new.officer_id],
        counter=counters.get(other.counter_id, ("loket lain", "another counter")),
        day=f"{day_of(other):%d-%m-%Y}",
        hours=hours_text(other),
    )


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first day's midnight to that after the last."""
    return local_instant(first, time.min), local_instant(last + ONE_DAY, time.min)


def seen_mark(shifts: Iterable[Shift]) -> str:
    """A short mark of these shifts: another one tells that somebody changed them since."""
    text = "\n".join(sorted(f"{shift.shift_id}{same_as(shift)}" for shift in shifts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
