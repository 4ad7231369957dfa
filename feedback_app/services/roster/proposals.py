"""Changes of older days need two people: an admin and the unit's supervisor, either may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback_app.domain.roles import Role
from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import Line, Plan, lines
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.roster.writing import (
    By,
    ChangedMeanwhileError,
    as_persons,
    refuse_clashes,
    save_plan,
)
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.models import RosterProposal
from feedback_app.storage.queries import roster as queries


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits: who asks for it, why, and what it would change."""

    proposal_id: int
    kind: str
    name: str
    made_at: datetime
    reason: str
    lines: Sequence[Line]
    may_decide: bool  # whether this viewer is the second person that it needs
    is_own: bool


def propose(tx: Session, site: Site, viewer: Viewer, kind: str, plan: Plan, *, reason: str) -> int:
    """Keep a plan for the second person; its number. FieldFaultError without a reason."""
    if not reason.strip():
        raise FieldFaultError("reason", "Tulis sebabnya: perubahan ini perlu persetujuan.")
    row = {
        "agency_id": viewer.agency_id,
        "account_id": viewer.account_id,
        "made_at": site.now(),
        "kind": kind,
        "reason": reason.strip()[:300],
        "plan": kept(plan) | {"by_admin": viewer.role is Role.ADMIN},
        "decided_by": None,
        "decided_at": None,
        "is_confirmed": None,
    }
    proposal_id = bulk.add_rows(tx, "roster_proposal", [row])[0]
    detail = {"change": kind, "added": len(plan.added), "withdrawn": len(plan.withdrawn)}
    log_act(tx, site, viewer, "propose_roster", str(proposal_id), detail)
    return proposal_id


def waiting(session: Session, viewer: Viewer, scope: Scope) -> list[Proposal]:
    """What waits for a decision and touches the viewer's counters."""
    found = []
    for row, name in queries.proposals_waiting(session, viewer.agency_id):
        plan = plan_of(row)
        if _counters(plan) & scope.counter_names.keys():
            found.append(_shown(row, name, plan, viewer, scope))
    return found


def proposal_for(site: Site, viewer: Viewer, proposal_id: int) -> tuple[Proposal, Scope]:
    """One that waits and that the viewer may see; NotThereError for any other."""
    with site.db.read() as session:
        scope = scope_of(session, viewer)
        for proposal in waiting(session, viewer, scope):
            if proposal.proposal_id == proposal_id:
                return proposal, scope
    raise NotThereError


def confirm(site: Site, viewer: Viewer, proposal_id: int) -> int:
    """Do what was asked for; the number of the change. ChangedMeanwhileError when it cannot be."""
    with site.db.transaction() as tx:
        row, scope = _to_decide(tx, site, viewer, proposal_id, is_confirmed=True)
        plan = as_persons(tx, plan_of(row))
        refuse_clashes(tx, plan, called=scope.called, counters=scope.counter_names)
        who = By(viewer.agency_id, row.account_id, second_id=viewer.account_id)
        change_id = save_plan(tx, site, who, row.kind, plan)
        log_act(tx, site, viewer, "confirm_roster", str(proposal_id))
        return change_id


def refuse(site: Site, viewer: Viewer, proposal_id: int) -> None:
    """Leave the roster as it is; who asked may also take it back this way."""
    with site.db.transaction() as tx:
        _to_decide(tx, site, viewer, proposal_id, is_confirmed=False)
        log_act(tx, site, viewer, "refuse_roster", str(proposal_id))


def _to_decide(
    tx: Session, site: Site, viewer: Viewer, proposal_id: int, *, is_confirmed: bool
) -> tuple[RosterProposal, Scope]:
    queries.hold_roster(tx, viewer.agency_id)
    scope = scope_of(tx, viewer)
    row = queries.proposal_with_id(tx, proposal_id, agency_id=viewer.agency_id)
    if row is None or not _counters(plan_of(row)) & scope.counter_names.keys():
        raise NotThereError
    if row.decided_at is not None:
        raise ChangedMeanwhileError
    shown = _shown(row, "", plan_of(row), viewer, scope)
    if not (shown.may_decide or (shown.is_own and not is_confirmed)):
        raise NotThereError
    row.decided_by, row.decided_at = viewer.account_id, site.now()
    row.is_confirmed = is_confirmed
    return row, scope


def _shown(row: RosterProposal, name: str, plan: Plan, viewer: Viewer, scope: Scope) -> Proposal:
    """The second person has the other role: what an admin asks a supervisor confirms."""
    asked_by_admin = bool(row.plan["by_admin"])
    is_other_role = (viewer.role is Role.ADMIN) is not asked_by_admin
    is_whole = _counters(plan) <= scope.counter_names.keys()
    is_own = row.account_id == viewer.account_id
    return Proposal(
        proposal_id=row.id,
        kind=row.kind,
        name=name,
        made_at=row.made_at,
        reason=row.reason,
        lines=lines(plan),
        may_decide=is_other_role and is_whole and not is_own,
        is_own=is_own,
    )


def _counters(plan: Plan) -> set[int]:
    return {shift.counter_id for shift in (*plan.withdrawn, *plan.added)}


def kept(plan: Plan) -> dict[str, Any]:
    """A plan as JSON."""
    return {
        "withdrawn": [_row(shift) for shift in plan.withdrawn],
        "added": [_row(shift) for shift in plan.added],
    }


def plan_of(row: RosterProposal) -> Plan:
    """The plan that `kept` wrote."""
    return Plan(
        tuple(_shift(one) for one in row.plan["withdrawn"]),
        tuple(_shift(one) for one in row.plan["added"]),
    )


def _row(shift: Shift) -> list[Any]:
    times = (shift.starts_at.isoformat(), shift.ends_at.isoformat())
    return [shift.shift_id, shift.officer_id, shift.counter_id, *times]


def _shift(row: list[Any]) -> Shift:
    starts, ends = (datetime.fromisoformat(text) for text in row[3:])
    return Shift(row[0], row[1], row[2], starts, ends)
