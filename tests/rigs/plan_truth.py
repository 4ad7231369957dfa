"""Are a plan's forecasts and the power said before a lot what they claim, in simulated offices?

Example: .venv/bin/python tests/rigs/plan_truth.py --years 400 --markdown docs/method.md
Answers, officers, months and counters are those of the truth harness (tests/rigs/worlds.py), and
every effect is measured by the product's own study. Exits 1 when a bar is broken; appends what
was counted to docs/rigs/plan.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import Pool
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # one process a core; threads inside would only fight
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import numpy as np

from feedback_app.impact.detect import officer_spread
from feedback_app.impact.plan import forecast as f
from feedback_app.impact.plan.lot_power import shown_by_lot
from tests.rigs.faults import books
from tests.rigs.truth import Repeat, measure_world, measured
from tests.rigs.worlds import HORIZON, World, draw

OFFICERS, SEATS, DATES, GAP = 24, 12, (11, 15, 19), 4
PAST = 5  # trainings measured in earlier years
CALIBRATED, POWERED = (0.75, 0.85), (0.70, 0.90)
ONE = World("lot", officers=OFFICERS, counters=8, dates=DATES, a_date=SEATS // len(DATES))


@dataclass(frozen=True)
class Year:
    """Whether the interval of each kind held what came: the study's figure, the true effect."""

    known: bool
    unknown: bool
    best: bool
    truth: bool


def year(seed: int, *, narrow: float = 1.0) -> Year:
    """One office: its past studies, what it then expected, what the next studies found.

    The office's mean effect and their spread are drawn widely, not from the forecast's own prior
    beliefs. The plan takes the training that is believed best, one of the others, and one that was
    never measured. `narrow` < 1 is a planted fault: intervals that are too sure.
    """
    rng = np.random.default_rng([seed, 16])
    middle, spread = rng.uniform(-0.05, 0.15), rng.uniform(0.0, 0.10)
    effects = rng.normal(middle, spread, PAST + 1)
    past = {}
    for n, effect in enumerate(effects[:PAST]):
        found = _study(effect, seed * 100 + n)
        past[f"T{n}", "score"] = f.Measured(found[0], found[1])
    new = (f"T{PAST}", "score")
    beliefs = f.believe(past, [new])
    best = max(past, key=lambda key: beliefs.of(key)[0])
    other = next(key for key in past if key != best)
    held, true = {}, {}
    for place, key in enumerate((best, other, new)):
        estimate, se, truth = _study(effects[int(key[0][1:])], seed * 100 + 50 + place)
        mean, sd = beliefs.of(key)
        held[key] = _holds(f.interval(mean, narrow * float(np.hypot(sd, se))), estimate)
        true[key] = _holds(f.interval(mean, narrow * sd), truth)
    return Year(held[other], held[new], held[best], true[best])


def _study(effect: float, seed: int) -> tuple[float, float, float]:
    """Estimate, its standard error, and the effect that was really there."""
    drawn = draw(World(**{**vars(ONE), "effect": float(effect)}), seed)
    found = measured(drawn, seed)
    assert found.estimate is not None
    assert found.se is not None
    return found.estimate, found.se, drawn.truth


def _holds(told: f.Interval, came: float) -> bool:
    return told.low <= came <= told.high


def calibration(
    years: int, *, seed: int = 0, narrow: float = 1.0, repeat: Repeat | None = None
) -> dict[str, float]:
    """Shares of 80% intervals that held what came, by kind, and over all that a study found."""
    seeds = range(seed * 100_000, seed * 100_000 + years)
    every = list((repeat or map)(partial(year, narrow=narrow), seeds))  # type: ignore[arg-type]
    names = ("known", "unknown", "best", "truth")
    shares = {name: float(np.mean([getattr(one, name) for one in every])) for name in names}
    return shares | {"all": (shares["known"] + shares["unknown"] + shares["best"]) / 3}


def power(dates: int, *, repetitions: int, repeat: Repeat) -> tuple[float, float]:
    """The smallest effect told for 12 of 24 over so many dates, and the power had at it."""
    quiet = World("quiet", officers=OFFICERS, counters=8, dates=())
    spread = float(np.mean([officer_spread(draw(quiet, s).panel, 0, HORIZON) for s in range(40)]))
    told = shown_by_lot(
        spread, officers=OFFICERS, seats=SEATS, dates=dates, gap=GAP, horizon=HORIZON
    ).smallest
    world = World(
        "lot", officers=OFFICERS, counters=8, dates=DATES[:dates], a_date=SEATS // dates,
        effect=told * 1.04,
    )  # fmt: skip
    return told, measure_world(world, repetitions=repetitions, seed=5, repeat=repeat).found


def judge(shares: dict[str, float], *, slack: float = 0.0) -> list[str]:
    """Bars that are broken; `slack` widens them."""
    low, high = CALIBRATED
    return [
        f"{name}: {share:.3f} of the 80% intervals"
        for name, share in shares.items()
        if not low - slack <= share <= high + slack
    ]


def main() -> int:
    """Simulate, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, help="default: one a core")
    parser.add_argument("--markdown", type=Path, help="document to write the table into")
    arguments = parser.parse_args()
    with Pool(arguments.processes) as pool:
        repeat = partial(pool.map, chunksize=10)
        shares = calibration(arguments.years, seed=arguments.seed, repeat=repeat)
        powers = {n: power(n, repetitions=arguments.years, repeat=repeat) for n in (1, 2, 3)}
    lines = ["| 80% interval of | held |", "|---|---|"]
    lines += [f"| {WORDS[name]} | {share:.3f} |" for name, share in shares.items()]
    lines += [
        "",
        "| 12 of 24 by lot, dates | smallest effect told | power had there |",
        "|---|---|---|",
    ]
    lines += [f"| {n} | {told:.3f} | {had:.2f} |" for n, (told, had) in powers.items()]
    print("\n".join(lines))
    broken = judge({"all": shares["all"]})
    # The power is itself an estimate: two of its errors are allowed.
    slack = 2 * float(np.sqrt(0.8 * 0.2 / arguments.years))
    broken += [
        f"{n} dates: power {had:.2f}"
        for n, (_told, had) in powers.items()
        if not POWERED[0] - slack <= had <= POWERED[1] + slack
    ]
    print("\n".join(f"BROKEN {line}" for line in broken) or "every bar is kept")
    _keep(arguments, shares, powers, broken)
    if arguments.markdown:
        call = f"tests/rigs/plan_truth.py --years {arguments.years} --seed {arguments.seed}"
        _write_into(arguments.markdown, "\n".join([f"Made by `{call}`.", "", *lines]))
    return 1 if broken else 0


WORDS = {
    "known": "a training measured before, as the next study found it",
    "unknown": "one never measured",
    "best": "the one believed best (chosen for that)",
    "truth": "the true effect of that one",
    "all": "all that a study found",
}


def _keep(
    arguments: argparse.Namespace,
    shares: dict[str, float],
    powers: dict[int, tuple[float, float]],
    broken: list[str],
) -> None:
    kept = {
        "commit": books.commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "years": arguments.years,
        "seed": arguments.seed,
        "held": {name: round(share, 4) for name, share in shares.items()},
        "told": {n: round(told, 4) for n, (told, _had) in powers.items()},
        "power": {n: round(had, 4) for n, (_told, had) in powers.items()},
        "broken": broken,
    }
    with (books.BOOKS / "plan.jsonl").open("a") as file:
        file.write(json.dumps(kept) + "\n")


def _write_into(path: Path, text: str) -> None:
    begin, end = "<!-- plan:begin -->", "<!-- plan:end -->"
    head, rest = path.read_text(encoding="utf-8").split(begin)
    path.write_text(f"{head}{begin}\n{text}\n{end}{rest.split(end)[1]}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
