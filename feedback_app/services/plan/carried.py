"""What of the plan that holds has begun already: a new version takes it over as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.training_plan import MONEY
from feedback_app.storage.db import Session
from feedback_app.storage.models import Officer, Plan, PlanLine, PlanVersionRun
from feedback_app.storage.queries import plans


@dataclass(frozen=True, slots=True)
class Carried:
    """A run of the version that holds whose first day has come; `seated` only without a lot."""

    run: PlanVersionRun
    lines: Sequence[tuple[PlanLine, Officer]]
    is_recorded: bool  # attendance and money are written down

    @property
    def seated(self) -> frozenset[int]:
        """Officers who sit for sure."""
        return frozenset() if self.run.is_by_lot else frozenset(who.id for _line, who in self.lines)


def carried_runs(session: Session, plan: Plan, *, today: date) -> list[Carried]:
    """Runs that have begun, of the version that was fixed last."""
    fixings = plans.fixings_of(session, plan.id)
    if not fixings:
        return []
    version_id = fixings[0].version_id
    lines = plans.lines_of_version(session, version_id)
    recorded = {row.run_id for row in plans.spent_of(session, plan.id)}
    return [
        Carried(
            one.run,
            [pair for pair in lines if pair[0].version_run_id == one.run.id],
            one.run.run_id in recorded,
        )
        for one in plans.runs_of_version(session, version_id)
        if one.run.starts_on <= today
        and (one.source.withdrawn_at is None or one.run.run_id in recorded)
    ]


def money_used(session: Session, plan: Plan, kept: Sequence[Carried]) -> dict[str, int]:
    """Rupiah by kind that is spent, or bound by runs that have begun and are not recorded yet."""
    spent = plans.spent_of(session, plan.id)
    return {
        kind: sum(getattr(row, kind) for row in spent)
        + sum(one.run.bought * getattr(one.run, kind) for one in kept if not one.is_recorded)
        for kind in MONEY
    }
