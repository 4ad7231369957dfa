"""Solve a year's plan: the best choice, proven, the same for the same office."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

import numpy as np
from scipy.sparse import csr_array

from feedback_app.domain.plan_rules import broken, summed_up
from feedback_app.domain.training_plan import MONEY, Office, Pair, YearPlan, money_of, worth
from feedback_app.impact.panel import Floats, Ints
from feedback_app.impact.plan.arrays import arrays_of
from feedback_app.impact.plan.core import Problem, search, whole_by_highs
from feedback_app.impact.plan.matrix import Matrix, build

LONGEST = 120.0  # seconds; 400 officers × 80 runs took under 2
# The solver calls a plan proven when nothing can be better by 1e-6. The largest coefficient is
# made so large that this is less than what decides between equal plans.
LARGEST = 1e4
# What decides between plans of equal worth, in the unit of the largest coefficient: rupiah first,
# then the order of codes. All of it together stays below 1e-6 of the largest gain a pair.
BY_COST, BY_CODE = 1e-7, 1e-9


class NotProvenError(Exception):
    """The solver found no proven plan in its time."""


class DroppedRuleError(Exception):
    """The solver's answer breaks a hard rule: the matrix did not hold all of them."""


def solve(office: Office, *, forced: Collection[Pair] = (), longest: float = LONGEST) -> YearPlan:
    """The plan of the highest worth; `forced` pairs are in it whatever it costs.

    NotProvenError when it is not proven in `longest` seconds; a helper process has a minute.

    All hard rules are of one form, a sum of non-negative parts that has a limit, and nobody has
    to be sent. So a plan exists exactly if the forced pairs alone keep every rule, and each rule
    that they break collides by itself: no search is needed to name them.
    """
    arrays = arrays_of(office)
    # Where nobody has to go, only the roster itself can break a rule.
    is_short = any((counter.spare < 0).any() for counter in arrays.counters)
    faults = broken(office, forced) if forced or is_short else []
    if faults:
        return YearPlan("infeasible", None, (), dict.fromkeys(MONEY, 0), summed_up(faults))
    matrix = build(arrays, forced)
    chosen: tuple[Pair, ...] = ()
    if matrix.width:
        taken = np.flatnonzero(run_solver(matrix, longest=longest)[: len(matrix.officer)] > 0.5)
        pairs = zip(matrix.officer[taken], matrix.run[taken], strict=True)
        chosen = tuple(sorted((arrays.officers[o].code, arrays.runs[r].code) for o, r in pairs))
    faults = broken(office, chosen)
    if faults:
        raise DroppedRuleError("; ".join(summed_up(faults)))
    return YearPlan("optimal", worth(office, chosen), chosen, money_of(office, chosen))


def run_solver(matrix: Matrix, *, longest: float = LONGEST) -> Floats:
    """The best choice of the matrix, proven."""
    problem = problem_of(matrix)
    with silent_stdout():
        found = search(problem)
        if found is not None:
            return found
        whole = whole_by_highs(problem, longest=longest)
    if whole.status != 0:
        raise NotProvenError(whole.message)
    return np.asarray(whole.x)


def problem_of(matrix: Matrix) -> Problem:
    """The matrix as arrays for the search."""
    pairs, counts = len(matrix.officer), len(matrix.seats)
    low, high = np.zeros(matrix.width), np.full(matrix.width, np.inf)
    high[:pairs] = 1
    high[pairs : pairs + counts] = matrix.seats
    low[:pairs] = matrix.forced
    upper = np.array([row.upper for row in matrix.rows], dtype=float)
    money = np.array([row.rule == "money" for row in matrix.rows], dtype=bool)
    return Problem(objective(matrix), _table(matrix), upper, money, low, high, pairs, counts)


@contextmanager
def silent_stdout() -> Iterator[None]:
    """HiGHS 1.12 (scipy 1.17) leaves lines of its own search on the process's standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        # What C has not written yet would come after the script's own lines.
        with suppress(OSError, TypeError, AttributeError):  # Windows has no library of this process
            ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def objective(matrix: Matrix) -> Floats:
    """What is made small: lost gain and prices, then cost, then the order of codes."""
    none = np.zeros(len(matrix.seats))
    worth_of = np.concatenate([matrix.gain, none, -matrix.price])
    largest = float(np.abs(worth_of).max(initial=0.0)) or 1.0
    tie = np.zeros(matrix.width)
    pairs = len(matrix.officer)
    dearest = float(matrix.cost.max(initial=0)) or 1.0
    tie[:pairs] = BY_COST * matrix.cost / dearest
    tie[:pairs] += BY_CODE * np.arange(1, pairs + 1) / max(pairs, 1)
    return np.asarray(LARGEST * (tie - worth_of / largest))


def _table(matrix: Matrix) -> csr_array:
    """The rows as the solver takes them."""
    values: list[Floats] = [np.empty(0), *(row.values for row in matrix.rows)]
    columns: list[Ints] = [np.empty(0, dtype=np.int64), *(row.columns for row in matrix.rows)]
    ends = np.cumsum([len(one) for one in values])
    return csr_array(
        (np.concatenate(values), np.concatenate(columns), ends),
        shape=(len(matrix.rows), matrix.width),
    )
