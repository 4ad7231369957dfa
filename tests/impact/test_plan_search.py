"""The search of a plan against HiGHS: bounds, branches, and the columns and rows it leaves out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from feedback_app.domain.training_plan import Prices
from feedback_app.impact.panel import Ints
from feedback_app.impact.plan import branches, core
from feedback_app.impact.plan.arrays import arrays_of
from feedback_app.impact.plan.branches import Small, best_below
from feedback_app.impact.plan.core import Problem, search, whole_by_highs
from feedback_app.impact.plan.matrix import build
from feedback_app.impact.plan.simplex import KEPT, first_table, settle
from feedback_app.impact.plan.solve import problem_of, solve
from tests.ground.plan_office import office_of_a_year


@st.composite
def small_problems(draw: st.DrawFn) -> Small:
    """Like a core: sums of people that have a limit, counts of them, money over the counts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width, many = int(rng.integers(1, 9)), int(rng.integers(0, 7))
    high = rng.integers(1, 4, width).astype(float)
    whole = rng.random(width) < 0.8
    cost = rng.integers(-40, 20, width) / 4
    high[~whole & (cost >= 0)] = np.inf
    rows = rng.integers(-2, 6, (many, width)).astype(float)
    rows[rng.random((many, width)) < 0.4] = 0.0
    return Small(
        cost=cost,
        rows=rows,
        upper=rng.integers(-3, 9, many) / draw(st.sampled_from([1, 2])),
        low=np.zeros(width),
        high=high,
        whole=whole,
        counts=whole & (rng.random(width) < 0.3),
    )


@pytest.mark.proof
@settings(max_examples=120, deadline=None)
@given(small_problems())
def test_bounds_and_branches_are_those_of_highs(small: Small) -> None:
    whole, upper = small.whole.astype(int), small.upper
    relaxed = by_highs(small, np.zeros_like(whole))
    table = first_table(small.cost, small.rows, upper, small.low, small.high)
    assert settle(table, limit=np.inf) == (relaxed is not None)
    if relaxed is not None:
        assert table.value == pytest.approx(relaxed, abs=1e-6)

    best, found = by_highs(small, whole), best_below(small, np.inf)
    assert (found is None) == (best is None)
    if found is not None and best is not None:
        assert small.cost @ found == pytest.approx(best, abs=1e-5)
        assert (small.rows @ found <= upper + KEPT).all()
        assert best_below(small, best - 1e-4) is None
        assert best_below(small, best + 1e-4) is not None


def by_highs(small: Small, whole: Ints) -> float | None:
    """The smallest cost; None where no x keeps the rows."""
    rows = [LinearConstraint(small.rows, -np.inf, small.upper)] if len(small.rows) else []
    bounds = Bounds(small.low, small.high)
    found = milp(small.cost, integrality=whole, bounds=bounds, constraints=rows)
    return None if found.status else float(found.fun)


def problem_of_a_year(seed: int) -> Problem:
    town = office_of_a_year(seed, officers=9, runs=14, days=60, prices=Prices(0.05, 0.005))
    return problem_of(build(arrays_of(town)))


@pytest.mark.parametrize("start", [0.0, 0.15, 1.0])
def test_the_first_core_decides_how_long_it_takes_and_nothing_else(
    start: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "START", start)
    monkeypatch.setattr(core, "LEAST", 1.0)
    for seed in range(4):
        problem = problem_of_a_year(seed)
        found, other = search(problem), whole_by_highs(problem, longest=60)
        assert found is not None
        assert problem.cost @ found == pytest.approx(other.fun, abs=1e-4)
        assert (problem.table @ found <= problem.upper + KEPT).all()


def test_a_row_that_is_left_out_of_a_core_holds_nobody_back() -> None:
    """Rows that are broken are all in the core, whoever goes; most others are left out."""
    rng = np.random.default_rng(1)
    problem = problem_of_a_year(2)
    broken_at_all = np.zeros(len(problem.upper), dtype=bool)
    for share in (0.1, 0.5, 0.9):
        free = (rng.random(len(problem.cost)) < share) | ~problem.whole
        x = np.zeros(len(problem.cost))
        small, rest = core._small(problem, free, x)
        assert len(small.rows) < len(problem.upper)
        for _choice in range(200):
            most = np.minimum(problem.high, 9) * (rng.random(len(x)) < rng.random())
            x[free] = most[free]
            broken = problem.table @ x > problem.upper + KEPT
            in_core = small.rows @ x[free] > small.upper + KEPT
            assert np.count_nonzero(in_core) == np.count_nonzero(broken)
            assert small.cost @ x[free] + rest == pytest.approx(problem.cost @ x)
            broken_at_all |= broken
    assert broken_at_all.mean() > 0.5


@pytest.mark.parametrize(("module", "limit"), [(branches, "MOST_NODES"), (core, "WIDEST")])
def test_what_is_left_to_highs_is_the_same_plan(
    module: object, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = office_of_a_year(4, officers=9, runs=14, days=60)
    mine = solve(town)
    monkeypatch.setattr(module, limit, 1)
    assert search(problem_of(build(arrays_of(town)))) is None
    assert solve(town) == mine
