"""Event stack: for each training month, who went and everybody still untrained then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback_app.impact.panel import NEVER, Bools, Floats, Ints, cell_weights

LAGS = (1, 3, 6, 9, 24)  # last month, months -3..-2, -6..-4, -9..-7, -24..-10
LEAST_BEFORE, LEAST_AFTER = 4, 2  # months with answers that an officer must have
LEAST_TRAINED = 3  # fewer is TOO_FEW_TRAINED
LEAST_CONTROLS = 8  # untrained on the date; fewer is NO_COMPARISON (docs/method.md)


@dataclass(frozen=True, slots=True)
class Pool:
    """A lot's date: its column, who went by it (O,), and who stood on its list (O,)."""

    column: int
    went: Bools
    listed: Bools


@dataclass(frozen=True, slots=True)
class Stack:
    """Rows (date, officer), R of them, in the order of dates.

    `date` (R,) is the place of the date in `dates`, where two lots of one month stand apart;
    `officer` (R,) the place in the panel;
    `trained` (R,) whether this officer went on this date; `exposure` (R,) the share of the
    window that the officer spent trained (1 for those who went, more than 0 for comparison
    officers who were trained later inside the window).
    """

    dates: tuple[int, ...]
    date: Ints
    officer: Ints
    trained: Bools
    exposure: Floats
    horizon: int
    since: Ints | None = None  # (R,) first column that counts as the past; None: all of it


def window_mean(values: Floats, weights: Floats, first: int, last: int) -> Floats:
    """Weighted mean over columns first..last (both ends, cut to the grid); NaN without weight."""
    start, stop = max(first, 0), min(last, values.shape[1] - 1) + 1
    if stop <= start:
        return np.full(values.shape[0], np.nan)
    weight = weights[:, start:stop]
    total = weight.sum(axis=1)
    mass = (np.nan_to_num(values[:, start:stop]) * weight).sum(axis=1)
    return np.where(total > 0, mass / np.where(total > 0, total, 1.0), np.nan)


def comparable(seen: Bools, date: int, horizon: int) -> Bools:
    """Officers with enough months before and after column `date`; `seen` is (O, T)."""
    before = seen[:, max(date - LAGS[-1], 0) : max(date, 0)].sum(axis=1)
    after = seen[:, date + 1 : date + 1 + horizon].sum(axis=1)
    return np.asarray((before >= LEAST_BEFORE) & (after >= LEAST_AFTER))


def build_stack(
    seen: Bools, first_trained: Ints, *, horizon: int, pools: Sequence[Pool] = ()
) -> Stack:
    """Stack all dates that have someone to compare and at least LEAST_CONTROLS to compare with.

    `first_trained` (O,) holds the column of each officer's training, NEVER for none. Officers
    trained later, even inside the window, stay in the comparison: leaving them out would select
    on the future. Their exposure is kept so that the estimate can be scaled (see ancova.py).
    Who was drawn by lot is compared with those of the same list who had not gone yet, nobody else:
    that is what the lot could have brought about, and so the draws repeat it.
    """
    months = seen.shape[1]
    dates: list[int] = []
    parts = []
    for column, sent, listed in _dates(first_trained, pools):
        if not LEAST_BEFORE <= column < months - LEAST_AFTER:
            continue
        usable = comparable(seen, column, horizon) & (first_trained >= column) & listed
        went = usable & sent
        if not went.any() or (usable & ~went).sum() < LEAST_CONTROLS:
            continue
        rows = np.flatnonzero(usable)
        parts.append((np.full(len(rows), len(dates)), rows, went[rows], column))
        dates.append(column)
    if not dates:
        empty = np.zeros(0, dtype=np.int64)
        return Stack((), empty, empty, empty.astype(bool), np.zeros(0), horizon)
    exposure = [
        _exposure(seen, first_trained, rows, column, horizon) for _, rows, _, column in parts
    ]
    return Stack(
        tuple(dates),
        np.concatenate([part[0] for part in parts]).astype(np.int64),
        np.concatenate([part[1] for part in parts]).astype(np.int64),
        np.concatenate([part[2] for part in parts]),
        np.concatenate(exposure),
        horizon,
    )


def _dates(first_trained: Ints, pools: Sequence[Pool]) -> list[tuple[int, Bools, Bools]]:
    """Column, who went and who is compared (O,) of each date: lots, and whoever went otherwise."""
    found = []
    for column in map(int, np.unique(first_trained[first_trained != NEVER])):
        later = first_trained > column
        otherwise = first_trained == column
        for pool in pools:
            if pool.column == column:
                otherwise = otherwise & ~pool.went
                found.append((column, pool.went, (later & pool.listed) | pool.went))
        if otherwise.any():
            found.append((column, otherwise, later | otherwise))
    return found


def _exposure(seen: Bools, first_trained: Ints, rows: Ints, column: int, horizon: int) -> Floats:
    stop = min(column + 1 + horizon, seen.shape[1])
    window = np.arange(column + 1, stop)
    trained = window[None, :] > first_trained[rows][:, None]
    weight = seen[rows, column + 1 : stop]
    return np.asarray((trained * weight).sum(axis=1) / weight.sum(axis=1), dtype=float)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item on a stack: the mean after, the lags before (R, 4), their mean, answers after."""

    after: Floats
    lags: Floats
    before: Floats
    answers: Floats


def outcome(stack: Stack, score: Floats, n: Floats) -> Outcome:
    """Means before and after of one item (O, T); a missing lag takes the officer's own mean."""
    weights = cell_weights(score, n)
    parts: list[Sequence[Floats]] = []
    for place, column in enumerate(stack.dates):
        rows = stack.officer[stack.date == place]
        part, weight = score[rows], weights[rows]
        if stack.since is not None:
            first = stack.since[stack.date == place]
            weight = np.where(np.arange(weight.shape[1]) >= first[:, None], weight, 0.0)
        before = window_mean(part, weight, column - LAGS[-1], column - 1)
        ends = zip((0, *LAGS), LAGS, strict=False)
        lags = np.column_stack(
            [window_mean(part, weight, column - far, column - near - 1) for near, far in ends]
        )
        lags = np.where(np.isnan(lags), before[:, None], lags)
        after = window_mean(part, weight, column + 1, column + stack.horizon)
        answers = n[rows, column + 1 : column + 1 + stack.horizon].sum(axis=1)
        parts.append((after, lags, before, answers))
    return Outcome(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
        np.concatenate([part[3] for part in parts]),
    )
