"""Changes that were made: which ones, by whom, and how the latest are taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from feedback_app.domain import roster_plans as plans
from feedback_app.domain.roster_plans import Line, Plan
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.roster.writing import (
    ChangedMeanwhileError,
    as_persons,
    by,
    day_span,
    refuse_clashes,
    save_plan,
)
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Shift as ShiftRow
from feedback_app.storage.queries import roster as queries

CHANGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One change: who made it and when, what it changed at the viewer's counters."""

    change_id: int
    kind: str
    name: str | None  # None: a script
    made_at: datetime
    second: str | None  # who confirmed it, where it needed two
    lines: Sequence[Line]
    may_undo: bool
    is_undone: bool


def changes_between(
    session: Session, site: Site, scope: Scope, *, first: date, last: date
) -> list[Change]:
    """The latest changes of these days at the viewer's counters, the newest first."""
    since, until = day_span(first, last)
    ids = scope.counter_names.keys()
    rows = queries.changes_at(session, ids, since=since, until=until, limit=CHANGES_SHOWN)
    undone = queries.undone_changes(session, [row.id for row, _name in rows])
    seconds = queries.account_names(session, {row.second_id for row, _name in rows})
    found = []
    for row, name in rows:
        gone, come = queries.shifts_of_change(session, row.id)
        plan = _plan(gone, come)
        own = Plan(
            tuple(shift for shift in plan.withdrawn if shift.counter_id in ids),
            tuple(shift for shift in plan.added if shift.counter_id in ids),
        )
        found.append(
            Change(
                change_id=row.id,
                kind=row.kind,
                name=name,
                made_at=row.made_at,
                second=seconds.get(row.second_id or 0),
                lines=sorted(plans.lines(own), key=lambda line: not _is_within(line, first, last)),
                may_undo=row.id not in undone and _may_undo(site, scope, plan, come),
                is_undone=row.id in undone,
            )
        )
    return found


def changes_of_day(site: Site, viewer: Viewer, code: str, day: date) -> list[Change]:
    """The latest changes of one counter's day, the newest first."""
    with site.db.read() as session:
        scope = scope_of(session, viewer)
        counter = scope.counter(code)
        found = changes_between(session, site, scope, first=day, last=day)
    return [one for one in found if any(line.at.counter_id == counter.id for line in one.lines)]


def undo(site: Site, viewer: Viewer, change_id: int) -> int:
    """Take a change back with a change of its own; its number.

    NotThereError when it may not be (older days, other units); ChangedMeanwhileError when it was
    taken back already, or what it brought was changed since.
    """
    with site.db.transaction() as tx:
        queries.hold_roster(tx, viewer.agency_id)
        scope = scope_of(tx, viewer)
        if queries.change_with_id(tx, change_id, agency_id=viewer.agency_id) is None:
            raise NotThereError
        gone, come = queries.shifts_of_change(tx, change_id)
        plan = _plan(gone, come)
        if not _is_recent(site, plan) or not _is_own(scope, plan):
            raise NotThereError
        if queries.is_undone(tx, change_id) or not _stands(come):
            raise ChangedMeanwhileError
        back = as_persons(tx, plans.reversed_plan(plan))
        refuse_clashes(tx, back, called=scope.called, counters=scope.counter_names)
        for entry in queries.entries_of_change(tx, change_id):
            entry.ended_at, entry.ended_by = site.now(), viewer.account_id
        return save_plan(tx, site, by(viewer), "undo", back, undoes_id=change_id)


def _is_within(line: Line, first: date, last: date) -> bool:
    """A month that was imported at once shows the days looked at before the others."""
    return first <= plans.day_of(line.at) <= last


def _plan(gone: Sequence[ShiftRow], come: Sequence[ShiftRow]) -> Plan:
    return Plan(
        tuple(queries.duty_of(row) for row in gone), tuple(queries.duty_of(row) for row in come)
    )


def _may_undo(site: Site, scope: Scope, plan: Plan, come: Sequence[ShiftRow]) -> bool:
    return _is_recent(site, plan) and _is_own(scope, plan) and _stands(come)


def _stands(come: Sequence[ShiftRow]) -> bool:
    return all(row.withdrawn_at is None for row in come)


def _is_recent(site: Site, plan: Plan) -> bool:
    first = plans.first_day_alone(site.today())
    return all(plans.day_of(shift) >= first for shift in (*plan.withdrawn, *plan.added))


def _is_own(scope: Scope, plan: Plan) -> bool:
    own: Mapping[int, str] = scope.counter_names
    return all(shift.counter_id in own for shift in (*plan.withdrawn, *plan.added))
