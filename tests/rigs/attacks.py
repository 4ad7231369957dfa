"""Simulated cheating among honest visitors: what screening holds, and what it holds wrongly (P20).

Every answer goes through `submit_rating` on a real database; only the clock is stepped. The rig
prints each attack, each kind of honest visitors, what a flood takes away (nothing), and how far
those who cheat at the pace of people move an officer's mean. docs/trust.md holds its table.

.venv/bin/python tests/rigs/attacks.py                  everything
.venv/bin/python tests/rigs/attacks.py --least 400      fewer honest answers of each kind
.venv/bin/python tests/rigs/attacks.py --control        without screening: it must miss
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from feedback_app.config import ROOT
from feedback_app.domain.screening import Screened
from feedback_app.services.citizen import screening
from tests.rigs.cheating.attacks import ATTACKS
from tests.rigs.cheating.honest import KINDS
from tests.rigs.cheating.measure import (
    Attacked,
    Flood,
    Honest,
    Share,
    attacked,
    honest,
    suppressed,
)

Found = TypeVar("Found")
HELD = 0.95  # of every attack faster than people
WAYS: tuple[tuple[Literal["poster", "kiosk"], bool], ...] = (
    ("poster", False),
    ("poster", True),
    ("kiosk", True),
)
PAUSES = (10, 60, 300)  # seconds between the last honest answer and a flood
FLOODS = tuple(
    Flood(way, number, pause, looks_alike)
    for way, looks_alike in WAYS
    for number in (6, 30)
    for pause in PAUSES
)
BEGIN, END = "<!-- attacks:begin -->", "<!-- attacks:end -->"
NOTHING = Screened((), frozenset())


said: list[str] = []


def say(line: str) -> None:
    """Print a line, and keep it for the document."""
    print(line, flush=True)
    said.append(line)


def write_into(document: Path) -> None:
    """Put what was said between the document's marks."""
    text = document.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    document.write_text(f"{text[:start]}\n" + "\n".join(said).strip() + f"\n{text[end:]}")


def without_screening() -> AbstractContextManager[object]:
    """The control: a rig that finds what no rule found would prove nothing."""
    return patch.object(screening, "screen_arrival", lambda *_args, **_told: NOTHING)


def main() -> int:
    """Run it and print the tables; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--least", type=int, default=2000, help="honest answers of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="attacks and visitors with this in their name")
    parser.add_argument("--control", action="store_true")
    parser.add_argument("--markdown", type=Path, help="document to write the tables into")
    chosen = parser.parse_args()
    if not chosen.control:
        missed = report(chosen.least, chosen.seed, chosen.only)
        if chosen.markdown:
            write_into(chosen.markdown)
        return missed
    with without_screening():
        is_missed = report(chosen.least, chosen.seed, chosen.only) == 1
    print("the control misses, as it must" if is_missed else "THE CONTROL MISSES NOTHING")
    return 0 if is_missed else 1


def report(least: int, seed: int, only: str) -> int:
    """Print everything that was asked for."""
    say(f"Made by `tests/rigs/attacks.py --least {least} --seed {seed}` at {_commit()}.\n")
    missed = _attacks(seed, only) + _honest(least, seed, only)
    missed += _suppression() if not only else 0
    print("kept" if not missed else f"MISSED: {missed} bars")
    return 1 if missed else 0


def _commit() -> str:
    """Of the code that is measured, with its day."""
    told = ["git", "log", "-1", "--format=%h, %cd", "--date=format:%d %B %Y"]
    done = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no commit"


def _attacks(seed: int, only: str) -> int:
    chosen = [attack for attack in ATTACKS if only in attack.name]
    if not chosen:
        return 0
    found, differences = _in_folder(partial(attacked, attacks=chosen, seed=seed))
    say("| attack | sent | held | share (95% interval) | counts for the officer | moves the mean |")
    say("|---|---|---|---|---|---|")
    for one in found:
        moves = "–" if one.gain is None else f"{one.gain:+.2f}"
        say(f"| {one.attack.name} | {_share(one.share)} | {one.for_officer} | {moves} |")
    most = max(found, key=lambda one: one.for_officer)
    say(f"\nThe most in a day: {most.for_officer} answers for the officer ({most.attack.name}).")
    beside = Share(sum(one.honest.held for one in found), sum(one.honest.sent for one in found))
    say(f"Honest answers beside attacks: {beside.held} of {beside.sent} held.")
    say(f"Tally: {differences} differences from a recount.\n")
    return sum(not _is_held(one) for one in found) + bool(differences)


def _is_held(one: Attacked) -> bool:
    return not one.attack.is_fast or one.share.rate >= HELD


def _honest(least: int, seed: int, only: str) -> int:
    missed = 0
    say("| honest visitors | sent | held | share (95% interval) | bar | by |")
    say("|---|---|---|---|---|---|")
    for kind in (kind for kind in KINDS if only in kind.name):
        found: Honest = _in_folder(partial(honest, kind=kind, least=least, seed=seed))
        rules = ", ".join(f"{name} {n}" for name, n in found.wrongly.most_common()) or "–"
        say(f"| {kind.name} | {_share(found.share)} | {kind.bar:.0%} | {rules} |")
        missed += found.share.rate > kind.bar
    say("")
    return missed


def _suppression() -> int:
    missed = 0
    say("| 3 honest bad ratings, then | pause | no longer count | after 14 days undecided |")
    say("|---|---|---|---|")
    for flood in FLOODS:
        at_once, in_the_end = _in_folder(partial(suppressed, flood=flood))
        say(f"| {flood.name} | {flood.pause} s | {at_once} | {in_the_end} |")
        missed += bool(at_once or in_the_end)
    say("")
    return missed


def _in_folder(measure: Callable[[Path], Found]) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder))


def _share(share: Share) -> str:
    low, high = share.interval()
    return f"{share.sent} | {share.held} | {share.rate:.1%} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    sys.exit(main())
