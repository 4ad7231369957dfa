"""The search over the few columns that can decide: the rest is shown to be where it belongs.

The relaxed problem (parts of a person may go) is solved in milliseconds and tells of each pair how
much the plan loses, at least, when the pair is turned round: its reduced cost. In a plan that is no
more than `reach` below the relaxed one, no pair of a larger loss is turned round. So the others are
searched for the best such plan; where there is none, `reach` is doubled. A plan that is found is
proven: all that was left out is worse. Wide cores, and all that takes long, are left to HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array

from feedback_app.impact.panel import Bools, Floats
from feedback_app.impact.plan.branches import Small, best_below
from feedback_app.impact.plan.simplex import KEPT, TooLongError

START, MOST_AT_FIRST = 0.15, 120  # such a share of the pairs is searched at first, or so many
LEAST = (
    10.0  # of LARGEST = 1e4 (solve.py): below a thousandth of the largest gain nothing is gained
)
SLACK = 1e-2  # of the same: more than both programs round, less than any gain
WIDER = 2.0
WIDEST = 900  # columns; dense arrays are slower from there on


@dataclass(frozen=True, slots=True)
class Problem:
    """Make cost @ x small; pairs first, then counts of people, both whole; then what is priced."""

    cost: Floats
    table: csr_array
    upper: Floats  # of the table's rows
    money: Bools  # which of them are limits of money
    low: Floats
    high: Floats
    pairs: int
    counts: int

    @property
    def whole(self) -> Bools:
        """Columns of whole numbers."""
        return np.arange(len(self.cost)) < self.pairs + self.counts


def search(problem: Problem) -> Floats | None:
    """The best x, proven; None where HiGHS is the better way (or nothing is possible).

    Without a limit of money that binds HiGHS is done in a tenth of a second.
    """
    relaxed = _relaxed(problem) if problem.money.any() else None
    if relaxed is None or relaxed.status != 0 or not relaxed.ineqlin.marginals[problem.money].any():
        return None
    loss = np.abs(relaxed.lower.marginals + relaxed.upper.marginals)
    loss[~problem.whole] = 0.0
    first = int(min(START * (problem.pairs - 1), MOST_AT_FIRST))
    reach = max(float(np.sort(loss[: problem.pairs])[first]), LEAST)
    x = np.where(problem.whole, np.round(relaxed.x), relaxed.x)
    is_all = False
    while not is_all:
        free = (loss <= reach) & (problem.high > problem.low)
        is_all = bool((loss <= reach).all())
        if np.count_nonzero(free) > WIDEST:
            return None
        limit = np.inf if is_all else relaxed.fun + reach - SLACK
        small, rest = _small(problem, free, x)
        try:
            best = best_below(small, limit - rest)
        except TooLongError:
            return None
        if best is not None:
            x[free] = best
            return np.asarray(x, dtype=float)
        reach *= WIDER
    return None


def _relaxed(problem: Problem) -> OptimizeResult:
    """The same with parts of persons: its optimum and reduced costs."""
    bounds = np.column_stack([problem.low, problem.high])
    found: OptimizeResult = linprog(  # type: ignore[call-overload]  # the stubs know no sparse rows
        problem.cost, A_ub=problem.table, b_ub=problem.upper, bounds=bounds, method="highs"
    )
    return found


def _small(problem: Problem, free: Bools, x: Floats) -> tuple[Small, float]:
    """The free columns and every row that can hold one of them back; what the others cost."""
    columns = problem.table.tocsc()
    rows = columns[:, np.flatnonzero(free)].toarray()
    upper = problem.upper - columns[:, np.flatnonzero(~free)] @ x[~free]
    low, high = problem.low[free], problem.high[free]
    most = (np.maximum(rows, 0) * np.minimum(high, 1e9)).sum(axis=1)
    most += (np.minimum(rows, 0) * low).sum(axis=1)
    binds = most > upper + KEPT
    place = np.flatnonzero(free)
    small = Small(
        cost=problem.cost[free],
        rows=rows[binds],
        upper=upper[binds],
        low=low,
        high=high,
        whole=problem.whole[free],
        counts=(place >= problem.pairs) & problem.whole[free],
    )
    return small, float(problem.cost[~free] @ x[~free])


def whole_by_highs(problem: Problem, *, longest: float) -> OptimizeResult:
    """HiGHS on all columns, until nothing better can exist; `status` 0 is proven."""
    return milp(
        problem.cost,
        integrality=problem.whole.astype(int),
        bounds=Bounds(problem.low, problem.high),
        constraints=[LinearConstraint(problem.table, -np.inf, problem.upper)],
        options={"mip_rel_gap": 0.0, "time_limit": longest},
    )
