"""One suggestion to an officer: the weakest element, a training that aims at it, hours left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure import Answers
from feedback_app.domain.training import YearlyHours
from feedback_app.services.officer.figures import OfficerBatch
from feedback_app.services.trainings.hours import OfficerHistory
from feedback_app.storage.db import Session
from feedback_app.storage.models import Officer, Training
from feedback_app.storage.queries import counters, tallies, trainings

LATELY = timedelta(days=91)
LEAST_DAYS = 6  # of one weekday within that time: half of them
QUIET = 0.8  # of the mean of the weekdays


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The element told lowest, its mean, a training that aims at it, and its next run if any.

    Where a lot has the officer on its list the own seat's day is the next run, or None.
    """

    element: str
    mean: float
    title: str
    jp: int | None
    next_run: date | None


@dataclass(frozen=True, slots=True)
class QuietDay:
    """A weekday (0 is Monday) with far fewer visits at the officer's counters than the others."""

    weekday: int
    visits: float
    others: float


def suggest(
    session: Session,
    officer: Officer,
    newest: OfficerBatch | None,
    history: OfficerHistory,
    *,
    today: date,
    own_days: Mapping[int, date | None],
) -> Suggestion | None:
    """None where no element stands below the others' level, or no training is left that aims so.

    `own_days`: by training, what a lot gave the officer; others sit on its other dates.
    """
    told = {} if newest is None else newest.items
    means = {key: one.mean.mean for key, one in told.items() if isinstance(one, Answers)}
    if len(means) < len(told) or not means:
        return None  # a band hides which is lowest
    weakest = min(means, key=lambda key: (means[key], key))
    had = {line.code for line in history.lines}
    fitting = [
        row
        for row in trainings.catalogue(session, agency_id=officer.agency_id)
        if weakest in row.elements and row.code not in had and _fits(row, history.hours)
    ]
    if not fitting:
        return None
    runs = {
        line.run.training_id: line.run.starts_on  # newest first: the nearest one stays
        for line in trainings.runs_of(session, [row.id for row in fitting])
        if line.run.starts_on > today
    }
    runs |= {row.id: day for row in fitting if (day := own_days.get(row.id)) is not None}
    best = min(fitting, key=lambda row: (row.id not in runs, row.cost or 0, row.title))
    next_run = own_days[best.id] if best.id in own_days else runs.get(best.id)
    return Suggestion(weakest, means[weakest], best.title, best.jp, next_run)


def _fits(training: Training, hours: YearlyHours) -> bool:
    """PPPK may not take more hours than the year has left."""
    return hours.is_floor or (training.jp or 0) <= hours.bound - hours.jp


def quiet_day(session: Session, officer_rows: tuple[int, ...], *, today: date) -> QuietDay | None:
    """The quietest weekday of the last 13 weeks; None where books are missing or days alike."""
    counter_ids = tallies.counters_of_officer(session, officer_rows, since=today - LATELY)
    by_day = counters.visits_by_day(session, counter_ids, first=today - LATELY, last=today)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for day, visits in by_day.items():
        found[day.weekday()].append(visits)
    means = {day: sum(x) / len(x) for day, x in found.items() if len(x) >= LEAST_DAYS}
    if len(means) < 3:
        return None
    quietest = min(means, key=lambda day: (means[day], day))
    others = sum(mean for day, mean in means.items() if day != quietest) / (len(means) - 1)
    if means[quietest] > QUIET * others:
        return None
    return QuietDay(quietest, means[quietest], others)
