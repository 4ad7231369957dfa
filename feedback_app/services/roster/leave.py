"""An officer is away from one day to another: who takes each shift, or nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import Plan, day_of, first_day_alone, parted
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.roster.days import calendar_of
from feedback_app.services.roster.proposals import propose
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.roster.writing import (
    ChangedMeanwhileError,
    by,
    day_span,
    refuse_clashes,
    save_plan,
    seen_mark,
)
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.queries import roster as queries

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Leave:
    """Who is away, from which day to which."""

    officer_id: int
    first: date
    last: date
    reason: str  # asked for only where older days are in it


@dataclass(frozen=True, slots=True)
class Affected:
    """The shifts that fall away, with who is free for each."""

    officer: str
    shifts: Sequence[Shift]
    free: Mapping[int, Sequence[tuple[int, str]]]  # by shift: officers who stand nowhere then
    counters: Mapping[int, str]
    has_old_days: bool
    seen: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of it: how many shifts changed at once, and a proposal for older days."""

    shifts: int
    proposal_id: int | None


def officers_to_choose(site: Site, viewer: Viewer) -> list[tuple[int, str]]:
    """Officers whose absence the viewer may record, by what they are called."""
    with site.db.read() as session:
        scope = scope_of(session, viewer)
    return sorted(
        ((one.id, scope.called[one.id]) for one in scope.officers), key=lambda pair: pair[1]
    )


def affected_by(site: Site, viewer: Viewer, leave: Leave) -> Affected:
    """What the absence would empty; FieldFaultError when officer or days cannot be."""
    with site.db.read() as session:
        return _affected(session, site, viewer, scope_of(session, viewer), leave)


def record_leave(
    site: Site, viewer: Viewer, leave: Leave, substitutes: Mapping[int, int], *, seen: str
) -> Recorded:
    """Keep the absence, and withdraw its shifts or give each to a substitute.

    `substitutes`: officers by shift. ChangedMeanwhileError when the shifts are no longer those
    that were shown.
    """
    with site.db.transaction() as tx:
        queries.hold_roster(tx, viewer.agency_id)
        scope = scope_of(tx, viewer)
        found = _affected(tx, site, viewer, scope, leave)
        if found.seen != seen:
            raise ChangedMeanwhileError
        plan = Plan(tuple(found.shifts), tuple(_given(found, substitutes)))
        refuse_clashes(tx, plan, called=scope.called, counters=scope.counter_names)
        recent, old = parted(plan, first_alone=first_day_alone(site.today()))
        detail = {"from": leave.first.isoformat(), "to": leave.last.isoformat()}
        log_act(tx, site, viewer, "add_leave", found.officer, detail)
        change_id = None
        if not recent.is_empty:
            change_id = save_plan(tx, site, by(viewer), "leave", recent)
        bulk.add_rows(tx, "calendar_entry", [_entry(site, viewer, leave, change_id)])
        asked = None
        if not old.is_empty:
            asked = propose(tx, site, viewer, "leave", old, reason=leave.reason)
        return Recorded(len(recent.withdrawn), asked)


def _affected(session: Session, site: Site, viewer: Viewer, scope: Scope, leave: Leave) -> Affected:
    if leave.officer_id not in {one.id for one in scope.officers}:
        raise FieldFaultError("officer", "Pilih petugas.")
    if leave.last < leave.first:
        raise FieldFaultError("last", "Hari terakhir tidak boleh sebelum hari pertama.")
    if leave.last - leave.first > LONGEST:
        raise FieldFaultError("last", "Paling lama satu tahun.")
    since, until = day_span(leave.first, leave.last)
    every = queries.standing_shifts(session, agency_id=viewer.agency_id, since=since, until=until)
    own = [shift for shift in every if shift.officer_id == leave.officer_id]
    hidden = [shift for shift in own if shift.counter_id not in scope.counter_names]
    if hidden:
        raise FieldFaultError(
            "officer", "Petugas ini juga bertugas di unit lain; minta admin mencatatnya."
        )
    calendar = calendar_of(session, viewer.agency_id, first=leave.first, last=leave.last)
    free = {}
    for shift in own:
        busy = {s.officer_id for s in every if _overlap(s, shift)}
        free[shift.shift_id] = [
            (one.id, scope.called[one.id])
            for one in scope.officers
            if one.id not in busy
            and not calendar.is_away(one.id, day_of(shift))
            and not (one.ends_on and one.ends_on <= day_of(shift))
        ]
    return Affected(
        officer=scope.called[leave.officer_id],
        shifts=own,
        free=free,
        counters=scope.counter_names,
        has_old_days=any(day_of(s) < first_day_alone(site.today()) for s in own),
        seen=seen_mark(own),
    )


def _overlap(one: Shift, other: Shift) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _given(found: Affected, substitutes: Mapping[int, int]) -> list[Shift]:
    given = []
    for shift in found.shifts:
        officer_id = substitutes.get(shift.shift_id)
        if officer_id is None:
            continue
        if officer_id not in dict(found.free[shift.shift_id]):
            raise FieldFaultError("officer", "Salah satu pengganti tidak bebas pada jam itu.")
        given.append(replace(shift, shift_id=0, officer_id=officer_id))
    return given


def _entry(site: Site, viewer: Viewer, leave: Leave, change_id: int | None) -> dict[str, object]:
    return {
        "agency_id": viewer.agency_id,
        "unit_id": None,
        "officer_id": leave.officer_id,
        "change_id": change_id,
        "kind": "leave",
        "first_day": leave.first,
        "last_day": leave.last,
        "name": "",
        "made_by": viewer.account_id,
        "made_at": site.now(),
        "ended_by": None,
        "ended_at": None,
    }
