"""What a plan expected beside what came: effects in points, as the newest study found them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_app.services.plan.versions import Version
from feedback_app.storage.db import Session
from feedback_app.storage.queries import panel as studies
from feedback_app.storage.queries import trainings


@dataclass(frozen=True, slots=True)
class Expected:
    """One training and item: the 80% interval said before, and the estimate once there is one.

    `known`: whether the training had been measured when the plan was worked out.
    """

    training: str
    title: str
    item: str
    people: int
    known: bool
    mean: float
    low: float
    high: float
    came: float | None

    @property
    def is_inside(self) -> bool:
        """Whether what came lies in what was said."""
        return self.came is not None and self.low <= self.came <= self.high


def expectations(session: Session, version: Version) -> Sequence[Expected]:
    """Forecasts of a version; what came counts from a study whose data end after the course."""
    study = studies.latest_done(session, agency_id=version.plan.agency_id)
    ends = {one.run.training.code: one.run.run.ends_on for one in version.bought}
    now = trainings.merged_codes(session, agency_id=version.plan.agency_id)
    found = {
        (now.get(row["training"], row["training"]), row["item"]): row["estimate"]
        for row in (study.estimates if study else [])
        if row["estimate"] is not None
    }
    is_over = {
        code: study is not None and study.last_day is not None and study.last_day > day
        for code, day in ends.items()
    }
    return tuple(
        Expected(
            training=code,
            title=version.titles.get(code, code),
            item=row["item"],
            people=row["people"],
            known=row["known"],
            mean=row["mean"],
            low=row["low"],
            high=row["high"],
            came=found.get((code, row["item"])) if is_over.get(code) else None,
        )
        for row in version.facts["forecast"]["trainings"]
        for code in [now.get(row["training"], row["training"])]
    )
