"""How often do alarms come without cause, and how soon with one, in simulated offices?

Example: .venv/bin/python tests/rigs/alarms_truth.py --offices 200 --markdown docs/method.md
Answers are whole numbers from 1 to 4; months are alike (correlation .4) or not; one chart falls
after its baseline. Exits 1 when a bar is broken.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # one process a core; threads inside would only fight
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import numpy as np

from feedback_app.impact.alarms import BASELINE, Chart, find_alarms

COUNTERS, ITEMS, ANSWERS = 8, 12, 60  # an office of a regency, answers a counter and month
SPREAD, MONTH = 0.75, 0.06  # of an answer before it is a whole number; of a month's mean
DROP = 0.3  # of what is answered; the observed mean falls by about a quarter of a point
FALSE_A_YEAR = (0.5, 1.5)
SOON = {0.0: (0.5, 0.9), 0.4: (0.4, 0.75)}  # found by month 3 and by month 6, at least
BEGIN, END = "<!-- alarms: make alarms-truth -->\n", "<!-- end of alarms -->\n"


@dataclass(frozen=True)
class Office:
    """How alike neighbouring months are, and how much the first chart falls."""

    alike: float = 0.0
    drop: float = DROP
    months: int = 2 * BASELINE


@dataclass(frozen=True)
class Seen:
    """Alarms without a cause, and after how many months the fall was found (0: not)."""

    false: int
    found_after: int


def draw(office: Office, seed: int) -> list[Chart]:
    """Charts of one office; the first falls in the month after its baseline and stays there."""
    rng = np.random.default_rng([seed, round(100 * office.alike)])
    size = (COUNTERS * ITEMS, office.months)
    chance = rng.standard_normal(size) * MONTH
    for month in range(1, office.months):
        kept = office.alike * chance[:, month - 1]
        chance[:, month] = kept + np.sqrt(1 - office.alike**2) * chance[:, month]
    level = rng.normal(3.2, 0.25, (len(chance), 1)) + chance
    level[0, BASELINE:] -= office.drop
    n = np.maximum(rng.poisson(ANSWERS, size), 5)
    mean = np.array(
        [
            [_mean(rng, *cell) for cell in zip(*row, strict=True)]
            for row in zip(level, n, strict=True)
        ]
    )
    months = np.arange(office.months)
    return [
        Chart(f"L{at // ITEMS + 1}", f"U{at % ITEMS + 1}", months, mean[at], n[at].astype(float))
        for at in range(len(mean))
    ]


def _mean(rng: np.random.Generator, level: float, n: int) -> float:
    return float(np.clip(np.rint(rng.normal(level, SPREAD, n)), 1, 4).mean())


def look(office: Office, seed: int) -> Seen:
    """One office: its alarms against what was planted."""
    alarms = find_alarms(draw(office, seed))
    told = [one for one in alarms if (one.counter, one.item) == ("L1", "U1")]
    right = [one for one in told if office.drop and one.direction == "down"]
    after = right[0].month - BASELINE + 1 if right else 0
    return Seen(len(alarms) - len(right), after)


def table(offices: int, processes: int) -> tuple[list[str], bool]:
    """A line each kind of months, and whether every bar holds."""
    lines = [
        "| months alike | offices | false alarms a year | found by month 3 | by month 6 |",
        "|---|---|---|---|---|",
    ]
    holds = True
    with Pool(processes) as pool:
        for alike, least in SOON.items():
            work = [(Office(alike), seed) for seed in range(offices)]
            seen = pool.starmap(look, work, chunksize=5)
            false = float(np.mean([one.false for one in seen]))
            after = np.array([one.found_after for one in seen])
            soon = [float(((after > 0) & (after <= by)).mean()) for by in (3, 6)]
            lines.append(f"| {alike:g} | {offices} | {false:.2f} | {soon[0]:.2f} | {soon[1]:.2f} |")
            holds &= FALSE_A_YEAR[0] <= false <= FALSE_A_YEAR[1]
            holds &= soon[0] >= least[0] and soon[1] >= least[1]
    return lines, holds


def main() -> int:
    """Print the table, put it into a page if asked; 1 when a bar is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--offices", type=int, default=200)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    lines, holds = table(arguments.offices, arguments.processes)
    text = "\n".join(lines) + "\n"
    print(text + ("all bars hold" if holds else "A BAR IS BROKEN"))
    if arguments.markdown is not None:
        page = arguments.markdown.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        after = rest.partition(END)[2]
        arguments.markdown.write_text(before + BEGIN + text + END + after, encoding="utf-8")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
