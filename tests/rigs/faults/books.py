"""What a rig found, one JSON line a run in docs/rigs/ (or RIG_BOOKS); and the sum over all runs."""

from __future__ import annotations

import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from feedback_app.config import ROOT
from tests.rigs.faults.ledger import Account

BOOKS = Path(os.environ.get("RIG_BOOKS") or ROOT / "docs" / "rigs")
NAMES = ("commit", "date", "engine", "case", "control")


def total(accounts: list[Account]) -> Account:
    """The sum of several."""
    fields = [asdict(account) for account in accounts]
    return Account(**{name: sum(one[name] for one in fields) for name in asdict(Account(0))})


def worst_of(accounts: list[Account]) -> Account:
    """The last account counts receipts; of faults the greatest number ever seen."""
    return Account(
        acknowledged=accounts[-1].acknowledged,
        lost=max(one.lost for one in accounts),
        doubled=max(one.doubled for one in accounts),
        changed=max(one.changed for one in accounts),
        differences=max(one.differences for one in accounts),
    )


def write_down(
    rig: str, *, engine: str, case: str, control: str, count: int, account: Account, **more: float
) -> None:
    """Append what one run of a rig found; `control` names the planted fault, '' is the product."""
    line = {
        "commit": commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "engine": engine,
        "case": case,
        "control": control,
        "count": count,
        **asdict(account),
        **more,
    }
    BOOKS.mkdir(exist_ok=True)
    with (BOOKS / f"{rig}.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    click.echo(json.dumps(line))


def print_sum(rig: str) -> None:
    """What all runs so far add up to, a line for each engine, case and control."""
    click.echo(f"{rig}: all runs in {BOOKS / rig}.jsonl")
    for (engine, case, control), sums in sums_of(BOOKS / f"{rig}.jsonl").items():
        told = ", ".join(f"{name} {value:g}" for name, value in sums.items())
        click.echo(f"  {engine}, {case}{f', CONTROL {control}' if control else ''}: {told}")


def sums_of(path: Path) -> Mapping[tuple[str, str, str], Mapping[str, float]]:
    """Sums by (engine, case, control); a name that starts with max_ takes the greatest."""
    sums: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    for text in path.read_text().splitlines() if path.exists() else []:
        line = json.loads(text)
        into = sums[line["engine"], line["case"], line["control"]]
        for name, value in line.items():
            if name in NAMES:
                continue
            into[name] = (
                max(into.get(name, value), value)
                if name.startswith("max_")
                else into.get(name, 0) + value
            )
    return sums


def commit() -> str:
    """The commit, with a + where files differ from it."""
    told = _git("rev-parse", "--short=9", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/rigs")
    return told + ("+" if changed else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
