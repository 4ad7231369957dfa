"""Are needs told apart? Simulated offices with known causes, and the bars that must hold.

Example: .venv/bin/python tests/rigs/needs_truth.py --offices 500 --markdown docs/method.md
Prints each bar with its Wilson interval and exits 1 when one is broken; appends the counts to
docs/rigs/needs.jsonl. --control plants a fault (every gap below 0 counts), which must break a bar.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import sqrt
from multiprocessing import Pool
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # one process a core; threads inside would only fight
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click

from feedback_app.domain.needs import DELTA
from feedback_app.impact.needs.find import find_needs
from feedback_app.impact.needs.rows import Found
from tests.rigs.faults import books
from tests.rigs.needs_worlds import BAD_COUNTER, BAD_OFFICER, Office, draw_office
from tests.rigs.truth import write_into

NOTHING = Office("nothing wrong")
FAULT = Office("process at fault at one counter", counter_fault=0.3)
GAP = Office("one officer, gap .3, 42 a month", officer_gap=0.3)
FEW = Office("one officer, gap .3, 15 a month", officer_gap=0.3, answers=15)
NEVER = Office("nobody ever moved", moves="never")
# A counter and its own service are one place: their sds are such that no place is really .1 lower
# (with .04 and .06 one office in ten had one, and it was named).
SHOCKS = Office(
    "nothing wrong, own services, large shocks",
    services="own",
    month_sd=0.12,
    spell_sd=0.12,
    counter_sd=0.03,
    service_sd=0.03,
)
OWN_FAULT = Office("process at fault, own services", services="own", counter_fault=0.3)
LEAVER = Office(
    "gap .3, specialists, one left",
    services="specialists",
    officer_gap=0.3,
    leaver=True,
    month_sd=0.12,
)
MOSTLY = Office("process at fault, most stay at one counter", moves="mostly", counter_fault=0.3)
OFFICES = (NOTHING, FAULT, GAP, FEW, NEVER, SHOCKS, OWN_FAULT, LEAVER, MOSTLY)

Counts = Mapping[str, int]
Repeat = Callable[[Callable[[int], Counts], Iterable[int]], Iterable[Counts]]


@dataclass(frozen=True)
class Bar:
    """A promise: a share of `among`, at most or at least the limit; None is only told."""

    words: str
    hits: str
    among: str
    at_most: float | None = None
    at_least: float | None = None

    def is_kept(self, share: float, *, slack: float = 0.0) -> bool:
        """Whether the share is on the right side; `slack` widens the bar."""
        too_many = self.at_most is not None and share > self.at_most + slack
        too_few = self.at_least is not None and share < self.at_least - slack
        return not (too_many or too_few)


def _training(at_most: float) -> Bar:
    return Bar("others sent to a course", "training", "others", at_most=at_most)


PROCESS = Bar("process said where there is none", "process", "offices", at_most=0.10)
SEPARABLE = Bar("offices with an inseparable officer", "hidden", "offices", at_most=0.05)
NAMED = Bar("the right counter named", "named", "offices", at_least=0.85)
FOUND = Bar("the gap found", "found", "offices", at_least=0.80)
BARS: Mapping[str, tuple[Bar, ...]] = {
    NOTHING.name: (_training(0.02), PROCESS, SEPARABLE),
    FAULT.name: (_training(0.05), NAMED, SEPARABLE),
    GAP.name: (FOUND, _training(0.02), PROCESS, SEPARABLE),
    FEW.name: (Bar("the gap found", "found", "offices"), _training(0.02), PROCESS, SEPARABLE),
    NEVER.name: (
        Bar("officers told as inseparable", "inseparable", "officers", at_least=0.85),
        _training(0.02),
        PROCESS,
    ),
    SHOCKS.name: (_training(0.02), PROCESS, SEPARABLE),
    OWN_FAULT.name: (_training(0.05), NAMED, SEPARABLE),
    LEAVER.name: (FOUND, _training(0.02), PROCESS, SEPARABLE),
    MOSTLY.name: (_training(0.05), NAMED, SEPARABLE),
}


def count_one(office: Office, delta: float, seed: int) -> Counts:
    """What one simulated office is told."""
    rows = find_needs(draw_office(office, seed), delta=delta)
    return _counts(office, rows)


def _counts(office: Office, rows: list[Found]) -> Counts:
    officers = [row for row in rows if row.level == "officer"]
    bad = f"o{BAD_OFFICER}" if office.officer_gap else ""
    faulty = f"L{BAD_COUNTER}" if office.counter_fault else ""
    sent = {row.ref for row in officers if row.nature == "training"}
    processes = [row.ref for row in rows if row.nature == "process"]
    hidden = sum(row.nature == "inseparable" for row in officers)
    return {
        "offices": 1,
        "officers": len(officers),
        "others": sum(row.ref != bad for row in officers),
        "training": len(sent - {bad}),
        "found": int(bad in sent),
        "named": int(faulty in processes),
        "process": int(bool(processes)),
        "inseparable": hidden,
        "hidden": int(hidden > 0),
    }


def count_world(
    office: Office, *, offices: int, seed: int = 0, delta: float = DELTA, repeat: Repeat = map
) -> Counts:
    """The sums over many offices; office i has the seed `seed` × 1,000,000 + i."""
    seeds = range(seed * 1_000_000, seed * 1_000_000 + offices)
    total: Counter[str] = Counter()
    for counts in repeat(partial(count_one, office, delta), seeds):
        total.update(counts)
    return dict(total)


@dataclass(frozen=True)
class Line:
    """One bar of one world, with what was counted."""

    world: str
    bar: Bar
    hits: int
    among: int

    @property
    def share(self) -> float:
        """What was counted as a share."""
        return self.hits / self.among

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval."""
        z, n, p = 1.96, self.among, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(middle - half, 0.0), min(middle + half, 1.0)

    @property
    def verdict(self) -> str:
        """Pass, FAIL, or nothing where a number is only told."""
        if self.bar.at_most is None and self.bar.at_least is None:
            return "–"
        return "pass" if self.bar.is_kept(self.share) else "FAIL"

    @property
    def limit(self) -> str:
        """The bar in words."""
        if self.bar.at_most is not None:
            return f"≤ {self.bar.at_most:.2f}"
        return "–" if self.bar.at_least is None else f"≥ {self.bar.at_least:.2f}"

    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        low, high = self.interval
        counted = f"{self.hits:,} of {self.among:,}"
        share, ends = f"{self.share:.3f}", f"{low:.3f} – {high:.3f}"
        return self.world, self.bar.words, self.limit, share, ends, counted, self.verdict


HEAD = ("world", "share", "bar", "found", "95%", "counted", "")


def lines_of(office: Office, counts: Counts) -> list[Line]:
    """Each bar of a world with its counts."""
    return [
        Line(office.name, bar, counts[bar.hits], counts[bar.among]) for bar in BARS[office.name]
    ]


def markdown(lines: Iterable[Line], *, made_by: str) -> str:
    """The table for the documents."""
    now = datetime.now(UTC).date()
    return "\n".join(
        [
            f"Made by `{made_by}` on {now}, at commit {books.commit()}.",
            "",
            "| " + " | ".join(HEAD) + " |",
            "|" + "---|" * len(HEAD),
            *("| " + " | ".join(line.cells()) + " |" for line in lines),
        ]
    )


def _note(office: Office, counts: Counts, *, seed: int, control: str) -> None:
    """A line a world in docs/rigs/needs.jsonl."""
    line = {
        "commit": books.commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "case": office.name,
        "control": control,
        "seed": seed,
        **counts,
    }
    books.BOOKS.mkdir(exist_ok=True)
    with (books.BOOKS / "needs.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offices", type=int, default=500, help="of each world (500)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--world", help="only worlds whose name holds this")
    parser.add_argument("--processes", type=int, help="default: one a core")
    parser.add_argument("--control", action="store_true", help="plant a fault")
    parser.add_argument("--markdown", type=Path, help="document to write the table into")
    return parser.parse_args()


def main() -> int:
    """Simulate, print, judge."""
    arguments = _arguments()
    delta, control = (0.0, "every gap below 0 counts") if arguments.control else (DELTA, "")
    chosen = [o for o in OFFICES if not arguments.world or arguments.world in o.name]
    lines: list[Line] = []
    hidden = not sys.stderr.isatty()
    with Pool(arguments.processes) as pool, click.progressbar(chosen, hidden=hidden) as bar:
        repeat = partial(pool.imap_unordered, chunksize=5)
        for office in bar:
            counts = count_world(
                office, offices=arguments.offices, seed=arguments.seed, delta=delta, repeat=repeat
            )
            _note(office, counts, seed=arguments.seed, control=control)
            for line in lines_of(office, counts):
                lines.append(line)
                click.echo(
                    "  ".join(
                        f"{cell:<42}" if i < 2 else cell for i, cell in enumerate(line.cells())
                    )
                )
    broken = [line for line in lines if line.verdict == "FAIL"]
    click.echo(f"{len(broken)} bars broken" if broken else "every bar is kept")
    if arguments.markdown:
        made_by = f"tests/rigs/needs_truth.py --offices {arguments.offices} --seed {arguments.seed}"
        write_into(arguments.markdown, markdown(lines, made_by=made_by), mark="needs")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
