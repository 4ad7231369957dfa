"""The truth harness: does the method find what was put in, and nothing else?

Example: .venv/bin/python tests/rigs/truth.py --repetitions 2000 --markdown docs/method.md
Prints a row a world and exits 1 when a bar is broken. Other seeds: --seed 7.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import Pool
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # one process a core; threads inside would only fight
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click
import numpy as np

from feedback_app.impact.detect import minimum_detectable_effect
from feedback_app.impact.estimates import estimates_of
from feedback_app.impact.results import Estimate, Plan
from feedback_app.impact.study import prepare
from tests.rigs.worlds import Drawn, World, draw

WORLDS = (
    World("by lot, 40 officers"),
    World("by lot, 24 officers", officers=24, counters=8, a_date=3),
    World("lowest last month, 40", selection="last_1"),
    World("lowest last month, 24", officers=24, counters=8, a_date=3, selection="last_1"),
    World("lowest 3 months, 40", selection="last_3"),
    World("lowest 3 months, 24", officers=24, counters=8, a_date=3, selection="last_3"),
    World("lowest 6 months, 40", selection="last_6"),
    World("lowest 6 months, 24", officers=24, counters=8, a_date=3, selection="last_6"),
    World("one date, 3 of 40", dates=(15,), a_date=3),
    World("one date, 5 of 40", dates=(15,), a_date=5),
    World("one date, 8 of 40", dates=(15,), a_date=8),
    World("whole counters, 40", selection="counters", a_date=1),
    World("whole counters, 24", officers=24, counters=8, selection="counters", a_date=1),
    World("uneven volumes", uneven=True, answers=40),
    World("a fifth of months missing", missing=0.2),
    World("more answers when trained", more_answers_when_trained=0.5),
    World("four items, lowest 3 months", items=4, selection="last_3"),
    World("power: +.10, 16 of 40 by lot", effect=0.105),  # .105 wanted gives +.10 in the cells
    World("+.20, lowest 3 months", effect=0.21, selection="last_3"),
    World("+.20, dates inside the window", effect=0.21, dates=(12, 14, 16, 18)),
    World("growing effect", effect=0.21, grows=True),
    World("limit: the boss knows more", selection="private", is_limit=True),
    World("limit: improving volunteers", selection="improving", is_limit=True),
)
POWER_WORLD = "power: +.10, 16 of 40 by lot"
DIP_WORLDS = ("lowest 3 months, 40", "lowest 3 months, 24")
COVERAGE, COVERAGE_COUNTERS = (0.93, 0.97), (0.93, 0.98)
MOST_FALSE, MOST_BIAS, LEAST_POWER, LEAST_DIP = 0.07, 0.01, 0.75, 0.80
DRAWS = 499

Method = Callable[[Drawn, int], Estimate]
Row = tuple[float, Estimate]
Repeat = Callable[[Callable[[int], Row], Iterable[int]], Iterable[Row]]  # on one core, or on all


@dataclass(frozen=True)
class Result:
    """What one world's repetitions showed; rates are shares of repetitions."""

    world: World
    repetitions: int
    truth: float
    bias: float
    spread: float  # standard deviation of estimate − truth
    se: float
    coverage: float
    found: float  # p <= .05: false positives where there is no effect, else power
    improved: float
    warned: dict[str, float]

    @property
    def error(self) -> float:
        """Monte Carlo standard error of a coverage of .95."""
        return float(np.sqrt(0.95 * 0.05 / self.repetitions))


Measure = Callable[[World], Result]


def measured(drawn: Drawn, seed: int) -> Estimate:
    """The product's headline estimate of the first item."""
    study = prepare(drawn.panel, drawn.events, drawn.events, Plan(draws=DRAWS, seed=seed))
    return estimates_of(study).estimates[0]


def before_and_after(drawn: Drawn, _seed: int) -> Estimate:
    """What offices do by hand: mean after minus mean before of the trained, all months.

    A planted fault for the harness; it must be caught.
    """
    honest = measured(drawn, 0)
    score = drawn.panel.score[0]
    gains = []
    for event in drawn.events:
        own = score[int(event.officer)]
        gains.append(np.nanmean(own[event.month + 1 :]) - np.nanmean(own[: event.month]))
    estimate, se = float(np.mean(gains)), float(np.std(gains, ddof=1) / np.sqrt(len(gains)))
    p = 0.01 if abs(estimate) > 1.96 * se else 0.5
    low, high = estimate - 1.96 * se, estimate + 1.96 * se
    return replace(honest, estimate=estimate, se=se, ci_lo=low, ci_hi=high, p=p)


def _repeat(world: World, method: Method, seed: int) -> Row:
    drawn = draw(world, seed)
    return drawn.truth, method(drawn, seed)


def measure_world(
    world: World,
    *,
    repetitions: int,
    seed: int = 0,
    method: Method = measured,
    repeat: Repeat = map,
) -> Result:
    """Repeat one world; repetition i has the seed `seed` × 1,000,000 + i."""
    seeds = range(seed * 1_000_000, seed * 1_000_000 + repetitions)
    rows = list(repeat(partial(_repeat, world, method), seeds))
    truth = np.array([row[0] for row in rows])
    found = [row[1] for row in rows]
    value = np.array([_known(e.estimate) for e in found])
    low, high = (np.array([_known(getattr(e, n)) for e in found]) for n in ("ci_lo", "ci_hi"))
    codes = ("DIP", "PRETREND", "ESTIMATORS_DISAGREE", "RESPONSE_SHIFT")
    return Result(
        world=world,
        repetitions=repetitions,
        truth=float(truth.mean()),
        bias=float((value - truth).mean()),
        spread=float((value - truth).std()),
        se=float(np.mean([_known(e.se) for e in found])),
        coverage=float(((low <= truth) & (truth <= high)).mean()),
        found=float(np.mean([_known(e.p) <= 0.05 for e in found])),
        improved=float(np.mean([e.verdict == "improved" for e in found])),
        warned={code: float(np.mean([code in e.warnings for e in found])) for code in codes},
    )


def _known(value: float | None) -> float:
    return float("nan") if value is None else value


def judge(result: Result, *, slack: float = 0.0) -> list[str]:
    """Bars that this result breaks; `slack` widens them by so many Monte Carlo errors."""
    if result.world.is_limit:
        return []
    lowest, highest = COVERAGE_COUNTERS if "counters" in result.world.name else COVERAGE
    broken = []
    if not lowest - slack * result.error <= result.coverage <= highest + slack * result.error:
        broken.append(f"coverage {result.coverage:.3f}")
    if not result.world.effect and result.found > MOST_FALSE + slack * result.error:
        broken.append(f"false positives {result.found:.3f}")
    if abs(result.bias) > MOST_BIAS + slack * result.spread / np.sqrt(result.repetitions):
        broken.append(f"bias {result.bias:+.3f}")
    rate_error = slack * np.sqrt(0.8 * 0.2 / result.repetitions)
    if result.world.name == POWER_WORLD and result.found < LEAST_POWER - rate_error:
        broken.append(f"power {result.found:.3f}")
    if result.world.name in DIP_WORLDS and result.warned["DIP"] < LEAST_DIP - rate_error:
        broken.append(f"DIP in {result.warned['DIP']:.2f}")
    return broken


def power_at_mde(measure: Measure, *, trained: int) -> tuple[float, float]:
    """The MDE told before a course for `trained` of 40, and the power really had at that effect.

    The MDE is read from worlds without any training, as an office would; then a course of that
    effect is held on one date.
    """
    quiet = World("quiet", dates=())
    told = float(
        np.mean(
            [
                minimum_detectable_effect(
                    draw(quiet, s).panel, item=0, n_trained=trained, n_controls=40 - trained
                )
                for s in range(40)
            ]
        )
    )
    course = World("course", dates=(19,), a_date=trained, effect=told * 1.04)
    return told, measure(course).found


HEAD = (
    "world",
    "truth",
    "bias",
    "sd of error",
    "mean se",
    "coverage",
    "p ≤ .05",
    "improved",
    "DIP",
    "PRETREND",
    "disagree",
    "response",
)


def row(result: Result) -> tuple[str, ...]:
    """One line of the table."""
    rates = [f"{result.warned[code]:.2f}" for code in result.warned]
    return (
        result.world.name,
        f"{result.truth:+.3f}",
        f"{result.bias:+.4f}",
        f"{result.spread:.3f}",
        f"{result.se:.3f}",
        f"{result.coverage:.3f}",
        f"{result.found:.3f}",
        f"{result.improved:.2f}",
        *rates,
    )


def markdown(rows: Iterable[tuple[str, ...]], notes: Iterable[str], *, made_by: str) -> str:
    """The table for the documents."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(cells) + " |" for cells in rows]
    commit = subprocess.run(
        ["git", "log", "-1", "--format=%h of %cs"], capture_output=True, text=True, check=True
    ).stdout.strip()
    made_on = datetime.now(UTC).date()
    return "\n".join(
        [
            f"Made by `{made_by}` on {made_on}, at commit {commit}.",
            "",
            *lines,
            "",
            *(f"- {note}" for note in notes),
        ]
    )


def write_into(path: Path, text: str, *, mark: str) -> None:
    """Replace what stands between the two marks of this name in a document."""
    old = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {mark}:begin -->", f"<!-- {mark}:end -->"
    head, rest = old.split(begin)
    tail = rest.split(end)[1]
    path.write_text(f"{head}{begin}\n{text}\n{end}{tail}", encoding="utf-8")


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--world", help="only worlds whose name holds this")
    parser.add_argument("--markdown", type=Path, help="document to write the table into")
    arguments = parser.parse_args()
    chosen = [w for w in WORLDS if not arguments.world or arguments.world in w.name]
    with Pool() as pool:
        measure = partial(
            measure_world,
            repetitions=arguments.repetitions,
            seed=arguments.seed,
            repeat=partial(pool.map, chunksize=25),
        )
        rows, broken = _table(chosen, measure)
        notes = [] if arguments.world else _notes(measure, broken)
    print("\n".join(notes))
    print("\n".join(f"BROKEN {line}" for line in broken) or "every bar is kept")
    if arguments.markdown:
        made_by = (
            f"tests/rigs/truth.py --repetitions {arguments.repetitions} --seed {arguments.seed}"
        )
        notes += [f"broken bar: {line}" for line in broken]
        write_into(arguments.markdown, markdown(rows, notes, made_by=made_by), mark="truth")
    return 1 if broken else 0


def _table(worlds: list[World], measure: Measure) -> tuple[list[tuple[str, ...]], list[str]]:
    """A row a world, printed as it comes, and the bars that are broken."""
    rows: list[tuple[str, ...]] = []
    broken: list[str] = []
    with click.progressbar(worlds, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for world in bar:
            result = measure(world)
            rows.append(row(result))
            broken += [f"{world.name}: {fault}" for fault in judge(result)]
            print("  ".join(f"{c:<30}" if i == 0 else f"{c:>9}" for i, c in enumerate(rows[-1])))
            sys.stdout.flush()
    return rows, broken


def _notes(measure: Measure, broken: list[str]) -> list[str]:
    """What the effect told before a course is worth; adds to the broken bars."""
    notes = []
    for trained in (16, 5):
        told, power = power_at_mde(measure, trained=trained)
        notes.append(f"MDE told for {trained} of 40: {told:.3f}; power really had: {power:.2f}")
        if not 0.70 <= power <= 0.90:
            broken.append(notes[-1])
    return notes


if __name__ == "__main__":
    sys.exit(main())
