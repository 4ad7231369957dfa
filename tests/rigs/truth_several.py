"""The truth harness between trainings: credit, counters, what is shown, and trying many elements.

Example: .venv/bin/python tests/rigs/truth_several.py --repetitions 300 --markdown docs/method.md
Prints a row a design and exits 1 when a bar is broken. Other seeds: --seed 7.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import numpy as np

from feedback_app.impact.estimates import estimates_of
from feedback_app.impact.measure import measure_impact
from feedback_app.impact.results import Estimate, Plan
from feedback_app.impact.study import prepare
from tests.rigs.several import SMALL, Course, History, Office, draw_office, offices

DRAWS = 399
COVERAGE, MOST_FALSE, LEAST_TOLD = (0.93, 0.97), 0.05, 0.95
MOST_SHOWN, LEAST_POWER_OF_COUNTERS = 1.15, 0.70
MARKS = "<!-- several:begin -->\n", "<!-- several:end -->\n"


@dataclass(frozen=True)
class Row:
    """One design's repetitions: a line of the table, and the bars that it breaks."""

    name: str
    said: str
    broken: tuple[str, ...]


def slack_of(rate: float, count: int, slack: float) -> float:
    """So many Monte Carlo errors of a rate."""
    return float(slack * np.sqrt(rate * (1 - rate) / max(count, 1)))


def estimate_of(history: History, code: str, seed: int) -> Estimate:
    """The first item's estimate of one course."""
    own = [event for event in history.events if event.training == code]
    plan = Plan(draws=DRAWS, seed=seed)
    return estimates_of(prepare(history.panel, own, history.events, plan)).estimates[0]


def credit(office: Office, *, repetitions: int, seed: int, slack: float) -> Row:
    """False verdicts on courses of no use, and coverage where there is an interval."""
    found: list[tuple[Course, Estimate, float]] = []
    for number in range(repetitions):
        history = draw_office(office, seed * 1_000_000 + number)
        courses = office.courses[1:] if len(office.courses) == 2 else office.courses
        found += [
            (course, estimate_of(history, course.code, number), history.truth[course.code])
            for course in courses
        ]
    empty = [e for course, e, _truth in found if not course.effect]
    false = float(np.mean([e.verdict in ("improved", "worse") for e in empty]))
    apart = float(np.mean([e.verdict == "cannot be told apart" for e in empty]))
    known = [(e, truth) for _course, e, truth in found if e.ci_lo is not None]
    covered = [(e.ci_lo or 0) <= truth <= (e.ci_hi or 0) for e, truth in known]
    coverage = float(np.mean(covered)) if covered else float("nan")
    broken = []
    if false > MOST_FALSE + slack_of(MOST_FALSE, len(empty), slack):
        broken.append(f"false verdicts {false:.3f}")
    wide = slack_of(0.95, len(known), slack)
    is_same_people = any(c.who.startswith("same") for c in office.courses)
    if not is_same_people and not COVERAGE[0] - wide <= coverage <= COVERAGE[1] + wide:
        broken.append(f"coverage {coverage:.3f}")
    is_near = is_same_people and "twelve" not in office.name
    if is_near and apart < LEAST_TOLD - slack_of(LEAST_TOLD, len(empty), slack):
        broken.append(f"told apart in {1 - apart:.2f}")
    overlap = float(np.mean(["OVERLAP" in e.warnings for e in empty]))
    said = f"{false:.3f} | {apart:.2f} | {overlap:.2f} | {coverage:.3f}"
    return Row(office.name, said, tuple(broken))


def of_counters(sent: int, *, repetitions: int, seed: int, slack: float) -> str:
    """How often whole counters of +.40 are found, or a fault where nothing may be said."""
    office = Office("c", (Course("A", 15, 0.4, size=sent, sent="counter"),))
    found = [
        estimate_of(draw_office(office, seed * 1_000_000 + n), "A", n) for n in range(repetitions)
    ]
    if sent < 3:
        told = sum(e.ci_lo is not None or e.mde80 is not None for e in found)
        return f"an interval or a smallest effect with {sent} of 8" if told else ""
    power = float(np.mean([e.verdict == "improved" for e in found]))
    least = LEAST_POWER_OF_COUNTERS - slack_of(LEAST_POWER_OF_COUNTERS, repetitions, slack)
    return f"power of {sent} of 8 counters {power:.2f}" if power < least else ""


def shown(effect: float, *, repetitions: int, seed: int) -> tuple[float, float, float]:
    """Rate of finds at an effect, and the mean of what finds show over the truth: raw, shrunk."""
    office = Office("s", (Course("A", 15, effect * 1.04),))
    raw, shrunk, truth = [], [], []
    for number in range(repetitions):
        history = draw_office(office, seed * 1_000_000 + number)
        plan = Plan(draws=DRAWS, seed=number)
        (one,) = measure_impact(history.panel, history.events, plan).overall
        truth.append(history.truth["A"])
        if one.estimate.verdict == "improved":
            raw.append(one.estimate.estimate or 0.0)
            shrunk.append(one.expected or 0.0)
    if not raw:
        return 0.0, float("nan"), float("nan")
    mean = float(np.mean(truth))
    return len(raw) / repetitions, float(np.mean(raw)) / mean, float(np.mean(shrunk)) / mean


def false_somewhere(*, repetitions: int, seed: int) -> float:
    """Share of courses of no use that are called improved on any of 4 elements and 5 horizons."""
    office = Office("u", (Course("A", 15, 0.0),), base=replace(SMALL, items=4))
    hits = []
    for number in range(repetitions):
        history = draw_office(office, seed * 1_000_000 + number)
        measured = (
            measure_impact(
                history.panel, history.events, Plan(draws=DRAWS, seed=number, horizon=horizon)
            )
            for horizon in (2, 4, 6, 12, None)
        )
        said = [
            verdict
            for found in measured
            for verdict in (
                *(e.verdict for e in found.estimates),
                *(one.estimate.verdict for one in found.overall),
            )
        ]
        hits.append("improved" in said)
    return float(np.mean(hits))


def rest(*, repetitions: int, seed: int, slack: float) -> tuple[list[str], list[str]]:
    """What is told of counters, finds and many tries, and the bars that are broken."""
    faults = [
        of_counters(sent, repetitions=max(repetitions // 4, 20), seed=seed, slack=slack)
        for sent in (1, 2, 3)
    ]
    broken = [fault for fault in faults if fault]
    rate, raw, shrunk = shown(0.10, repetitions=repetitions, seed=seed)
    if shrunk > MOST_SHOWN:
        broken.append(f"finds at +.10 show ×{shrunk:.2f}")
    count = max(repetitions // 2, 20)
    false = false_somewhere(repetitions=count, seed=seed)
    if false > MOST_FALSE + slack_of(MOST_FALSE, count, slack):
        broken.append(f"improved somewhere {false:.3f}")
    notes = [
        f"Finds at a true +.10 (8 of 24): {rate:.2f} of studies; shown ×{shrunk:.2f} of the truth,"
        f" the estimate ×{raw:.2f}",
        f"A course of no use called improved on any of 4 elements and 5 horizons: {false:.3f}",
        "One or two whole counters of eight: no interval and no smallest effect; three find +.40"
        f" in {LEAST_POWER_OF_COUNTERS:.2f} or more",
    ]
    return notes, broken


def main() -> int:
    """Print the table; 1 when a bar is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slack", type=float, default=2.0, help="Monte Carlo errors")
    parser.add_argument("--only", nargs="*", default=[], help="words in names of designs")
    parser.add_argument("--markdown", type=Path, help="write the table between its marks")
    arguments = parser.parse_args()
    much = {"repetitions": arguments.repetitions, "seed": arguments.seed}
    rows = []
    for office in offices():
        if arguments.only and not any(word in office.name for word in arguments.only):
            continue
        rows.append(credit(office, **much, slack=arguments.slack))
        print(rows[-1].name, "|", rows[-1].said, *rows[-1].broken, flush=True)
    notes, broken = ([], []) if arguments.only else rest(**much, slack=arguments.slack)
    print(*notes, *broken, sep="\n")
    if arguments.markdown:
        write(arguments.markdown, rows, notes, repetitions=arguments.repetitions)
    return 1 if broken or any(row.broken for row in rows) else 0


def write(path: Path, rows: Sequence[Row], notes: Sequence[str], *, repetitions: int) -> None:
    """Put the table between its marks."""
    text = path.read_text(encoding="utf-8")
    before, after = text.split(MARKS[0])[0], text.split(MARKS[1])[1]
    lines = [
        f"Made by `tests/rigs/truth_several.py --repetitions {repetitions}`.",
        "",
        "| design (24 officers) | false verdict on B | cannot be told apart | OVERLAP | coverage |",
        "|---|---|---|---|---|",
        *(f"| {row.name} | {row.said} |" for row in rows),
        "",
        *(f"- {note}" for note in notes),
        "",
    ]
    path.write_text(before + MARKS[0] + "\n".join(lines) + MARKS[1] + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
