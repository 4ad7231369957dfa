"""What happened at counters during a study, other than trainings: whom it reached."""

from __future__ import annotations

import numpy as np

from feedback_app.domain.training import USUAL
from feedback_app.impact.others import ONE_SIDED
from feedback_app.impact.panel import Bools
from feedback_app.impact.stack import Stack


def reaches(stack: Stack, months: Bools | None) -> bool:
    """Whether something of `months` (O, T) fell on the months that a study compares."""
    return months is not None and bool(_reached(stack, months).any())


def one_sided(stack: Stack, months: Bools | None) -> bool:
    """Whether it reached one side's officers by ONE_SIDED more than the other's.

    Then the sides differ in more than the training, and no lag of the scores knows of it.
    """
    if months is None or not stack.trained.any():
        return False
    reached = _reached(stack, months)
    gap, weight = 0.0, 0
    for place in range(len(stack.dates)):
        went = (stack.date == place) & stack.trained
        others = (stack.date == place) & ~stack.trained
        if went.any() and others.any():
            gap += float(reached[went].mean() - reached[others].mean()) * int(went.sum())
            weight += int(went.sum())
    return weight > 0 and abs(gap) / weight >= ONE_SIDED


def _reached(stack: Stack, months: Bools) -> Bools:
    """(R,): whether a row's officer met it from nine months before the date to the horizon."""
    dates = np.array(stack.dates, dtype=np.int64)[stack.date]
    column = np.arange(months.shape[1])
    near = (column >= dates[:, None] - USUAL) & (column <= dates[:, None] + stack.horizon)
    return np.asarray((months[stack.officer] & near).any(axis=1))
