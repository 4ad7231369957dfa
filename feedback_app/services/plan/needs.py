"""The needs that a plan answers: gaps of officers that a training may close, with their weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.needs import DELTA
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.needs.found import rows_of
from feedback_app.services.site import Site

Place = tuple[str, str]  # officer's id, item


@dataclass(frozen=True, slots=True)
class PlanNeeds:
    """Training needs: gap in points (above 0 is missing), answers a year, and their product.

    `first`, `last`: days of the answers they rest on; None where there are none yet.
    """

    gaps: Mapping[Place, float]
    answers: Mapping[Place, float]
    first: date | None
    last: date | None

    @property
    def weights(self) -> dict[Place, float]:
        """What a point of effect is worth: how much is missing times how many answers it moves."""
        return {key: gap * self.answers[key] for key, gap in self.gaps.items()}


def needs_of_officers(site: Site, *, agency_id: int) -> PlanNeeds:
    """Needs of the nature "training"; an office without answers has none."""
    try:
        found = rows_of(site, agency_id=agency_id, delta=DELTA)
    except NoDataError:
        return PlanNeeds({}, {}, None, None)
    years = ((found.last - found.first).days + 1) / 365.25
    rows = [
        row
        for row in found.rows
        if row["level"] == "officer" and row["nature"] == "training" and row["gap"] < 0
    ]
    return PlanNeeds(
        gaps={(row["ref"], row["item"]): -row["gap"] for row in rows},
        answers={(row["ref"], row["item"]): row["n"] / years for row in rows},
        first=found.first,
        last=found.last,
    )
