"""What else the officers of a study attended: their exposure, and whether it can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback_app.impact.ancova import Design, take_date_means
from feedback_app.impact.inference import actual
from feedback_app.impact.panel import NEVER, Bools, Floats, Ints
from feedback_app.impact.stack import LEAST_BEFORE, Stack

REACH = 9  # months before a date in which another training still moves the scores judged against
RECENT = 3  # of them the last, as the regression's first two lags have them
# Other trainings' effects are held near 0 as far as the data leave them open: noise of .15 points
# in an officer's window, effects of .25. So a course of which one month falls into the window
# takes a quarter of what it could explain, and not all that goes with it.
HELD = (0.15 / 0.25) ** 2
# What an effect carries from the last months and from the middle ones into the window: one column
# a training does for many rows, where three would cost minutes of draws.
CARRIED, MANY_ROWS = (0.6, 0.25), 20_000
# Warned of when another training reached so much more of one side. With less, adjusting for it
# kept false verdicts at .05 or below (docs/method.md, offices with several trainings).
ONE_SIDED = 0.45
# Share of the contrast that must be left beside the other trainings. With 8 of 24 sent to each,
# seven in both leave .34, six .61.
SEPARABLE = 0.4


@dataclass(frozen=True, slots=True)
class Others:
    """Other trainings on a stack of R rows.

    `columns` (R, Q) are covariates; `since` (R,) is the first column whose scores count as the
    past: a training long ago changed the level, and months before it are of another level.
    `overlapping` names those that reached one side more, `partners` those that cannot be told
    apart from the one studied. `left` is the share of the contrast beside all of them, 0 to 1.
    """

    columns: Floats
    since: Ints
    overlapping: tuple[str, ...]
    partners: tuple[str, ...]
    left: float


def other_trainings(
    stack: Stack, seen: Bools, firsts: Mapping[str, Ints], *, months: int
) -> Others:
    """Exposure of a stack's rows to every other training.

    `firsts` holds each other training's first columns (O,); `months` is the width of the panel.
    """
    rows = len(stack.date)
    nothing = Others(np.zeros((rows, 0)), np.zeros(rows, dtype=np.int64), (), (), 1.0)
    if not rows or not firsts:
        return nothing
    begun = {code: _months_since(stack, first) for code, first in firsts.items()}
    near = {
        code: since
        for code, since in begun.items()
        if ((since >= -REACH) & (since < stack.horizon)).any()
    }
    past = _history(stack, seen, list(begun.values()))
    if not near:
        return Others(nothing.columns, past, (), (), 1.0)
    shares = {code: _shares(stack, since, months) for code, since in near.items()}
    if rows > MANY_ROWS:
        shares = {
            code: (own[:, 0] - own[:, 1:] @ np.array(CARRIED))[:, None]
            for code, own in shares.items()
        }
    columns = np.column_stack(list(shares.values()))
    left = share_left(stack, columns)
    partners = tuple(code for code, own in shares.items() if share_left(stack, own) < SEPARABLE)
    if left < SEPARABLE and not partners:  # only together do they say who went
        partners = tuple(shares)
    return Others(
        columns,
        past,
        tuple(code for code, since in near.items() if _is_one_sided(stack, since)),
        partners,
        left,
    )


def _months_since(stack: Stack, first: Ints) -> Floats:
    """Months from each row's date to the other training (R,), negative before; inf for never."""
    start = first[stack.officer]
    date = np.array(stack.dates)[stack.date]
    return np.where(start == NEVER, np.inf, np.where(start == NEVER, 0, start) - date)


def _shares(stack: Stack, since: Floats, months: int) -> Floats:
    """Shares exposed of the window, of months −3..−1 and of −9..−4 (R, 3); zero if long ago."""
    date = np.array(stack.dates)[stack.date]
    window = np.minimum(stack.horizon, months - 1 - date)
    now = np.clip(window - np.maximum(since, 0), 0, None) / window
    recent = np.clip(-1 - since, 0, RECENT) / RECENT
    earlier = np.clip(-1 - RECENT - since, 0, REACH - RECENT) / (REACH - RECENT)
    return np.asarray(np.column_stack([now, recent, earlier]) * (since >= -REACH)[:, None])


def _history(stack: Stack, seen: Bools, begun: Sequence[Floats]) -> Ints:
    """First column of each row's past: after its newest training of long ago, if enough is left."""
    long_ago = [np.where(since < -REACH, since, -np.inf) for since in begun]
    newest = np.max(long_ago, axis=0)
    date = np.array(stack.dates)[stack.date]
    start = np.where(np.isfinite(newest), np.maximum(date + newest + 1, 0), 0).astype(np.int64)
    for row in np.flatnonzero(start):
        known = seen[stack.officer[row], start[row] : date[row]].sum()
        if known < LEAST_BEFORE:
            start[row] = 0
    return start


def _is_one_sided(stack: Stack, since: Floats) -> bool:
    """Whether the share that began it near the date differs by ONE_SIDED between the sides."""
    near = ((since >= -REACH) & (since < stack.horizon)).astype(float)
    gap, weight = 0.0, 0
    for place in range(len(stack.dates)):
        here = stack.date == place
        went = here & stack.trained
        gap += float(near[went].mean() - near[here & ~stack.trained].mean()) * int(went.sum())
        weight += int(went.sum())
    return abs(gap) / weight >= ONE_SIDED


def share_left(stack: Stack, columns: Floats) -> float:
    """Share of the contrast that is left beside columns, less what any columns would take."""
    ones = np.ones(len(stack.date))
    held = np.full(columns.shape[1], HELD)
    who = actual(stack.date, stack.trained)
    alone = Design.build(stack.date, columns[:, :0], ones).strength(who)[0]
    beside = Design.build(stack.date, columns, ones, held=held).strength(who)[0]
    free = len(stack.date) - len(stack.dates)
    within = take_date_means(stack.date, columns, ones)
    sizes = np.linalg.eigvalsh(within.T @ within)
    by_chance = 1 - float((sizes / (sizes + HELD)).sum()) / free if free > 0 else 0.0
    if alone <= 0 or by_chance <= 0:
        return 0.0
    return float(min(max(beside / alone / by_chance, 0.0), 1.0))
