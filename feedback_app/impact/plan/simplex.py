"""The relaxed problem of some hundred columns, solved again after a bound has moved.

A dual simplex with dense arrays. HiGHS could do it, but through scipy each call starts from nothing
(3 ms and more), while a moved bound needs about five pivots of a tenth of a millisecond each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from feedback_app.impact.panel import Bools, Floats, Ints

KEPT = 1e-7  # by so little a bound may be missed
TINY = 1e-9  # less is nothing: no pivot is made on it
MOST_PIVOTS = 5_000  # for one bound; usual are five, for the first time two hundred


class TooLongError(Exception):
    """More pivots or branches than a small problem needs."""


@dataclass(slots=True)
class Table:
    """Make cost @ x small where rows @ x + slack = upper and low <= x <= high.

    x holds the problem's columns, then a slack for each row. B of them are in the basis, N outside,
    each of these at a bound. One more of a column outside takes `inside` (B, N) from those in the
    basis and costs `loss` (N,). Each loss has the sign that makes `value` a bound from below.
    """

    cost: Floats
    low: Floats
    high: Floats
    x: Floats
    basis: Ints  # (B,)
    outside: Ints  # (N,)
    inside: Floats
    loss: Floats

    @property
    def value(self) -> float:
        """No x within the bounds costs less."""
        return float(self.cost @ self.x)

    def copy(self) -> Table:
        """One whose pivots and bounds are its own."""
        return replace(
            self, low=self.low.copy(), high=self.high.copy(), x=self.x.copy(),
            basis=self.basis.copy(), outside=self.outside.copy(), inside=self.inside.copy(),
            loss=self.loss.copy(),
        )  # fmt: skip

    def drop(self, still: Bools) -> None:
        """Forget columns outside (N,) that nothing moves any more."""
        self.outside, self.loss = self.outside[~still], self.loss[~still]
        self.inside = np.ascontiguousarray(self.inside[:, ~still])


def first_table(cost: Floats, rows: Floats, upper: Floats, low: Floats, high: Floats) -> Table:
    """Every column at its cheaper bound, which must be finite; only slacks may be out of theirs."""
    many, width = rows.shape
    x = np.where(cost >= 0, low, high)
    return Table(
        cost=np.concatenate([cost, np.zeros(many)]),
        low=np.concatenate([low, np.zeros(many)]),
        high=np.concatenate([high, np.full(many, np.inf)]),
        x=np.concatenate([x, upper - rows @ x]),
        basis=np.arange(width, width + many),
        outside=np.arange(width),
        inside=rows.astype(float),
        loss=cost.astype(float),
    )


def settle(table: Table, *, limit: float) -> bool:
    """Pivot until all columns keep their bounds; False when none can, or only above `limit`."""
    for _pivot in range(MOST_PIVOTS):
        if table.value >= limit:
            return False
        inside = table.x[table.basis]
        below, above = table.low[table.basis] - inside, inside - table.high[table.basis]
        missed = np.maximum(below, above)
        row = int(missed.argmax()) if len(missed) else -1
        if row < 0 or missed[row] <= KEPT:
            return True
        if not _mend(table, row, is_below=bool(below[row] > above[row])):
            return False
    raise TooLongError


def _mend(table: Table, row: int, *, is_below: bool) -> bool:
    """Bring a column of the basis to the bound that it misses; False when nothing can.

    Of the columns outside that help, the one whose loss turns its sign first comes in. As long as
    less than is missing would be mended, it goes to its other bound instead and the next is looked
    at (the bound flipping of Fourer 1994).
    """
    leaving = table.basis[row]
    target = float(table.low[leaving] if is_below else table.high[leaving])
    toward = table.inside[row] if is_below else -table.inside[row]
    bound = np.where(toward < 0, table.high[table.outside], table.low[table.outside])
    room = bound - table.x[table.outside]
    helps = np.flatnonzero((np.abs(toward) > TINY) & (room != 0))
    strength = np.abs(toward[helps])
    order = np.lexsort((-strength, np.abs(table.loss[helps]) / strength))
    helps = helps[order]
    mended = np.cumsum(strength[order] * np.abs(room[helps]))
    flips = int(np.searchsorted(mended, abs(table.x[leaving] - target) - TINY))
    if flips == len(helps):
        return False
    if flips:
        over = helps[:flips]
        table.x[table.outside[over]] += room[over]
        table.x[table.basis] -= table.inside[:, over] @ room[over]
    _swap(table, row, int(helps[flips]), target)
    return True


def _swap(table: Table, row: int, column: int, target: float) -> None:
    """The column comes into the basis, the row's leaves it for `target`."""
    leaving, coming = table.basis[row], table.outside[column]
    pivot = table.inside[row, column]
    step = (table.x[leaving] - target) / pivot
    old = table.inside[:, column].copy()
    table.x[table.basis] -= old * step
    table.x[coming] += step
    table.x[leaving] = target

    share = table.inside[row] / pivot
    lost = table.loss[column]
    table.loss -= lost * share
    table.loss[column] = -lost / pivot
    touched = np.flatnonzero(np.abs(old) > TINY)  # three quarters are 0
    table.inside[touched] -= np.multiply.outer(old[touched], share)
    table.inside[:, column] = -old / pivot
    table.inside[row] = share
    table.inside[row, column] = 1 / pivot
    table.basis[row], table.outside[column] = coming, leaving
