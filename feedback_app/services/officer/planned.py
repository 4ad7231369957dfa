"""What the plans that hold give an officer: seats, places in a lot to come, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from feedback_app.storage.db import Session
from feedback_app.storage.models import Officer
from feedback_app.storage.queries import joins, plans
from feedback_app.storage.queries import lots as lot_queries
from feedback_app.storage.queries.plans import BoughtRun


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    """One training of a plan that holds, on days ahead; `by_lot`: one of them, if drawn.

    `is_withdrawn`: it was taken back since, and the plan is not fixed anew yet.
    """

    title: str
    days: tuple[date, ...]
    by_lot: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class PlannedYear:
    """What a year's plan holds for one person; `is_left_out`: nothing in the whole year."""

    year: int
    seats: tuple[PlannedSeat, ...]
    is_left_out: bool


def own_plans(session: Session, officer: Officer, *, today: date) -> tuple[PlannedYear, ...]:
    """Plans of this year and later. What a lot decides by now is told with the lot, not here."""
    drawn = {
        (row.training.id, day)
        for row in lot_queries.lots_of(session, agency_id=officer.agency_id)
        if row.lot.frozen_at is not None and row.lot.called_off_at is None
        for day in row.days
    }
    found = []
    for plan, version_id in plans.fixed_plans(
        session, agency_id=officer.agency_id, since=today.year
    ):
        runs = plans.runs_of_person(session, version_id, joins.rows_of(session, officer.id))
        ahead = [
            one
            for one in runs
            if one.run.starts_on > today and (one.training.id, one.run.starts_on) not in drawn
        ]
        found.append(PlannedYear(plan.year, _seats(ahead), is_left_out=not runs))
    return tuple(found)


def _seats(runs: Collection[BoughtRun]) -> tuple[PlannedSeat, ...]:
    """Dates of one training that one lot fills are one line."""
    kept: dict[tuple[int, bool, bool], list[BoughtRun]] = {}
    for one in runs:
        key = (one.training.id, one.run.is_by_lot, one.source.withdrawn_at is not None)
        kept.setdefault(key, []).append(one)
    return tuple(
        PlannedSeat(
            own[0].training.title, tuple(one.run.starts_on for one in own), by_lot, is_withdrawn
        )
        for (_training, by_lot, is_withdrawn), own in kept.items()
    )
