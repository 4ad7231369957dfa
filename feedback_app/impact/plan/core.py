"""The search over the few columns that can decide: the rest is shown to be where it belongs.

The relaxed problem (parts of a person may go) is solved in milliseconds and tells of each pair how
much the plan loses, at least, when the pair is turned round: its reduced cost. A plan in hand is
so much worse than the relaxed one. A pair whose loss is more than that stays as it is in every plan
that is as good, so it needs no search. The proof is as complete as over the whole matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_array

from feedback_app.impact.panel import Floats, Ints

START = 150  # pairs that the first search may move: a few hundredths of a second each
NEARLY = 2.5  # times as many are searched at once; more only with a better plan in hand
SLACK = 1e-2  # of LARGEST = 1e4 (solve.py): more than both programs round, less than any gain


@dataclass(frozen=True, slots=True)
class Problem:
    """Make cost @ x small; `movable` columns (pairs) may be fixed at a bound, others never."""

    cost: Floats
    table: csr_array | None
    upper: Floats  # of the table's rows
    low: Floats
    high: Floats
    integrality: Ints
    movable: int  # the first so many columns


def search(problem: Problem, *, longest: float) -> OptimizeResult:
    """The best x, proven; `status` is the solver's (0: proven).

    First over START pairs, which brings a good plan; where that leaves far more to look at, over
    twice as many for a better one; then over what is left.
    """
    relaxed = _relaxed(problem) if problem.movable > START else None
    if relaxed is None or relaxed.status != 0:
        return solved_within(problem, problem.low, problem.high, longest)
    loss = np.abs(relaxed.lower.marginals + relaxed.upper.marginals)
    loss[problem.movable :] = 0.0
    by_size = np.sort(loss[: problem.movable])
    best = float("inf")
    for size in (START, 2 * START, problem.movable):
        # All that may be part of a better plan, where they are few enough.
        few = np.searchsorted(by_size, best, side="right") <= NEARLY * size / 2
        reach = best if few or size >= problem.movable else min(best, float(by_size[size - 1]))
        stays = loss > reach
        low = np.where(stays, np.round(relaxed.x), problem.low)
        high = np.where(stays, low, problem.high)
        found = solved_within(problem, low, high, longest)
        if found.status != 0 or not stays.any():
            return found
        best = min(best, float(found.fun - relaxed.fun) + SLACK)
        if best - SLACK / 2 <= reach:
            return found
    raise AssertionError("the last search holds all that may be better")


def _relaxed(problem: Problem) -> OptimizeResult:
    """The same with parts of persons: its optimum and reduced costs."""
    return linprog(
        problem.cost,
        A_ub=problem.table,
        b_ub=problem.upper,
        bounds=np.column_stack([problem.low, problem.high]),
        method="highs",
    )


def solved_within(problem: Problem, low: Floats, high: Floats, longest: float) -> OptimizeResult:
    """HiGHS within these bounds, until nothing better can exist."""
    rows = [] if problem.table is None else [problem.table]
    return milp(
        problem.cost,
        integrality=problem.integrality,
        bounds=Bounds(low, high),
        constraints=[LinearConstraint(table, -np.inf, problem.upper) for table in rows],
        options={"mip_rel_gap": 0.0, "time_limit": longest},
    )
