"""The needs that a plan answers: gaps of officers that a training may close, with their weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.disclosure.needs import tenths
from feedback_app.services.site import Site
from feedback_app.storage.models import NeedRow
from feedback_app.storage.queries import joins
from feedback_app.storage.queries import needs as queries

Place = tuple[str, str]  # officer's id, item
ANSWERED_BY_A_PLAN = ("", "plan")  # not decided yet, or that a training be planned


@dataclass(frozen=True, slots=True)
class PlanNeeds:
    """Training needs: points missing, as HR reads them; answers a year; what a point is worth.

    `weights`: how much is missing times how many answers a point of effect moves. `first`, `last`:
    days of the answers they rest on; None where nobody has looked yet.
    """

    gaps: Mapping[Place, float]
    answers: Mapping[Place, float]
    weights: Mapping[Place, float]
    first: date | None
    last: date | None


def needs_of_officers(site: Site, *, agency_id: int) -> PlanNeeds:
    """Needs of officers that the newest look found and a training may answer.

    HR's word stands: what was put off, handed to the supervisor or found to be none is left out.
    Rows joined since then are one person: the wider gap, the answers of both (ADR 19).
    """
    with site.db.read() as session:
        run = queries.newest_run(session, agency_id=agency_id, state="done")
        if run is None:
            return PlanNeeds({}, {}, {}, None, None)
        found = [row for row in queries.needs_of_run(session, run) if _is_for_training(row)]
        decisions = queries.decisions_of(session, [row.id for row in found])
        owners = joins.owners_now(session)
        first, last = run.first_day, run.last_day
    years = ((last - first).days + 1) / 365.25
    gaps, answers, weights = dict[Place, float](), dict[Place, float](), dict[Place, float]()
    for row in found:
        decided = decisions.get(row.id)
        if (decided[0].kind if decided else "") in ANSWERED_BY_A_PLAN:
            key, missing = (str(owners.get(row.ref_id, row.ref_id)), row.item), -(row.gap or 0.0)
            gaps[key] = max(gaps.get(key, 0.0), tenths(missing))
            answers[key] = answers.get(key, 0.0) + row.n / years
            weights[key] = weights.get(key, 0.0) + missing * row.n / years
    return PlanNeeds(gaps, answers, weights, first, last)


def _is_for_training(row: NeedRow) -> bool:
    return row.level == "officer" and row.nature == "training" and (row.gap or 0.0) < 0
