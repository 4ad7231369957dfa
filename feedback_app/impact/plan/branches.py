"""Branch and bound over a small problem: the best x, or a proof that none is below a limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_app.impact.panel import Bools, Floats, Ints
from feedback_app.impact.plan.simplex import TINY, Table, TooLongError, first_table, settle

WHOLE = 1e-6  # so near to a whole number is one
BETTER = 1e-6  # of LARGEST = 1e4 (solve.py): a gain of less is none, to HiGHS too
MOST_NODES = 2_000  # a hundred are usual; past these HiGHS is quicker
COUNTS_FIRST = 4.0  # how many go is asked before who goes: a third fewer nodes on the bench


@dataclass(frozen=True, slots=True)
class Small:
    """Make cost @ x small where rows @ x <= upper, low <= x <= high; dense arrays."""

    cost: Floats
    rows: Floats
    upper: Floats
    low: Floats
    high: Floats
    whole: Bools  # columns of whole numbers
    counts: Bools  # those of them that count people

    @property
    def moves_whole(self) -> Bools:
        """Columns, and slacks of rows of whole numbers alone: none moves by less than one."""
        even = (self.rows == np.round(self.rows)).all(axis=1) & (self.upper == np.round(self.upper))
        return np.concatenate([self.whole, even & ~(self.rows[:, ~self.whole] != 0).any(axis=1)])


def best_below(small: Small, limit: float) -> Floats | None:
    """The best x that costs less than `limit`; None is a proof that there is none.

    TooLongError past MOST_NODES. Depth first: of two branches the one that seems to cost less.
    """
    width, moves_whole = len(small.cost), small.moves_whole
    best: Floats | None = None
    first = first_table(small.cost, small.rows, small.upper, small.low, small.high)
    waiting, nodes = [(first.value, first)], 0
    while waiting:
        bound, table = waiting.pop()
        if bound >= limit or not settle(table, limit=limit):
            continue
        nodes += 1
        if nodes > MOST_NODES:
            raise TooLongError
        _fix(table, moves_whole, gap=limit - table.value)
        parted = _parted(table, small.whole)
        if len(parted):
            waiting += _branches(table, parted, small.counts, gap=limit - table.value)
        else:
            best, limit = table.x[:width], table.value - BETTER
    return best


def _fix(table: Table, moves_whole: Bools, *, gap: float) -> None:
    """Columns outside the basis whose first step costs more than the gap stay where they are."""
    stays = moves_whole[table.outside] & (np.abs(table.loss) > gap)
    columns = table.outside[stays]
    table.low[columns] = table.high[columns] = table.x[columns]
    still = table.low[table.outside] == table.high[table.outside]
    if still.mean() > 0.1:
        table.drop(still)


def _parted(table: Table, whole: Bools) -> Ints:
    """Rows of the basis whose column should be a whole number and is none."""
    own = np.flatnonzero(table.basis < len(whole))
    column = table.basis[own]
    x = table.x[column]
    return own[whole[column] & (np.abs(x - np.round(x)) > WHOLE)]


def _branches(
    table: Table, parted: Ints, counts: Bools, *, gap: float
) -> list[tuple[float, Table]]:
    """Down and up of the column that costs most both ways; the cheaper one last, to be next."""
    down, up = _least_costs(table, parted)
    weight = np.where(counts[table.basis[parted]], COUNTS_FIRST, 1.0)
    little = 1e-3 * gap  # or a way that costs nothing would hide what the other costs
    score = (np.minimum(weight * down, gap) + little) * (np.minimum(weight * up, gap) + little)
    at = int(score.argmax())
    column = table.basis[parted[at]]
    fewer, more = table, table.copy()
    fewer.high[column] = np.floor(table.x[column])
    more.low[column] = np.ceil(table.x[column])
    found = [(table.value + down[at], fewer), (table.value + up[at], more)]
    return found[::-1] if down[at] < up[at] else found


def _least_costs(table: Table, parted: Ints) -> tuple[Floats, Floats]:
    """What the next whole number below, and above, costs at least: up to the first pivot."""
    inside, x = table.inside[parted], table.x[table.outside]
    rises = np.where(inside < 0, table.high[table.outside], table.low[table.outside]) != x
    falls = np.where(inside > 0, table.high[table.outside], table.low[table.outside]) != x
    size = np.abs(inside)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(size > TINY, np.abs(table.loss) / size, np.inf)
    over = table.x[table.basis[parted]] % 1.0
    down = np.where(falls, each, np.inf).min(axis=1, initial=np.inf) * over
    up = np.where(rises, each, np.inf).min(axis=1, initial=np.inf) * (1.0 - over)
    return down, up
