"""Time a year's plan beside the bare solver on the same matrix.

    .venv/bin/python bench/plan.py [--officers 24] [--runs 40] [--days 250] [--offices 5]

Each office: the whole (arrays, matrix, solver, check against the rules) and scipy's milp alone, in
turn, in one process. What counts is the ratio; seconds depend on who else uses the machine.
Exits 1 where the two differ in what their plans are worth.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dataclasses import replace
from functools import partial

from feedback_app.domain.training_plan import Office
from feedback_app.impact.plan.arrays import arrays_of
from feedback_app.impact.plan.core import whole_by_highs
from feedback_app.impact.plan.matrix import Matrix, build
from feedback_app.impact.plan.solve import objective, problem_of, run_solver, silent_stdout, solve
from tests.ground.plan_office import office_of_a_year

MONEYS = {
    "three kinds of money": ("fee", "travel", "daily"),
    "fee alone": ("fee",),
    "money enough": (),
}
EQUAL = 1e-2  # of LARGEST = 1e4: a millionth of the largest gain a pair


def main() -> int:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--officers", type=int, default=24)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--days", type=int, default=250)
    parser.add_argument("--offices", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{arguments.officers} officers, {arguments.runs} runs, {arguments.days} days")
    print(f"{'limits':<22}{'columns':>8}{'rows':>6}{'bare s':>8}{'whole s':>9}{'ratio':>7}")
    differ = 0
    for name, kinds in MONEYS.items():
        bare, whole, sizes = [], [], []
        for seed in range(arguments.offices):
            office = _office(seed, arguments, kinds)
            matrix = build(arrays_of(office))
            sizes.append((matrix.width, len(matrix.rows)))
            bare.append(_seconds(partial(_bare, matrix)))
            whole.append(_seconds(partial(solve, office)))
            differ += abs(_bare(matrix) - float(objective(matrix) @ run_solver(matrix))) > EQUAL
        ratio = statistics.median(w / b for w, b in zip(whole, bare, strict=True))
        columns, rows = sizes[0]
        print(
            f"{name:<22}{columns:>8}{rows:>6}{statistics.median(bare):>8.2f}"
            f"{statistics.median(whole):>9.2f}{ratio:>7.2f}",
            flush=True,
        )
    print(f"{differ} plans differ from the bare solver's")
    return 1 if differ else 0


def _bare(matrix: Matrix) -> float:
    """scipy's milp on all columns at once; what its plan costs."""
    problem = problem_of(matrix)
    with silent_stdout():
        return float(whole_by_highs(problem, longest=120.0).fun)


def _office(seed: int, arguments: argparse.Namespace, kinds: tuple[str, ...]) -> Office:
    office = office_of_a_year(
        seed, officers=arguments.officers, runs=arguments.runs, days=arguments.days
    )
    limits = {kind: limit if kind in kinds else None for kind, limit in office.limits.items()}
    return replace(office, limits=limits)


def _seconds(work: Callable[[], object]) -> float:
    """Seconds of this process alone: others on the machine do not count."""
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
