"""The tables of docs/reliability.md and docs/trust.md, from what the rigs wrote into docs/rigs.

.venv/bin/python tests/rigs/sums.py            print it
.venv/bin/python tests/rigs/sums.py --write    put them into the pages
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click

from feedback_app.config import ROOT
from tests.rigs.faults import books

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- sums: make rig-sums -->\n", "<!-- end of sums -->\n"
TRUST = ROOT / "docs" / "trust.md"
PROMISES_BEGIN, PROMISES_END = "<!-- promises: make rig-sums -->\n", "<!-- end of promises -->\n"
# Rig, what it promises, how far it is meant to go on each engine.
PROMISES = (
    ("kill", "a killed server loses and doubles no receipt", "300 real, 1,000 forked"),
    ("power", "nor does a power cut", "60 quiet, 60 loaded"),
    ("disk", "nor a full disk or a failing one", "500 fill points, 1,000 faults (SQLite)"),
    ("failover", "nor the death of the primary", "100"),
    ("clock", "nor a clock that is set wrong", "12 steps"),
    ("busy", "a busy database shows no citizen a server error", "p99 under 2 s"),
    ("one_code", "one code, one answer", "1,000 x 50"),
    ("bad_imports", "a file is taken whole or refused whole", "10,000"),
    ("odd_requests", "no request gives a server error", "1,000,000"),
    ("formulas", "no cell of an export runs", "100,000"),
    ("disk_owner", "who owns the file and noted minutes recovers nobody", "one fortnight"),
)
RIGS = {
    "power": "cuts",
    "interrupted": "cuts",
    "kill": "kills",
    "disk": "points, faults",
    "busy": "POSTs",
    "failover": "failovers",
    "clock": "steps",
    "bad_imports": "files",
    "one_code": "codes",
    "odd_requests": "requests",
    "formulas": "texts",
    "disk_owner": "visitors",
    "first_month": "months",
}
ALWAYS = ("count", "acknowledged", "lost", "doubled", "changed", "differences")


def table() -> str:
    """One line for each rig, engine, case and control; the product's own first."""
    lines = [
        "| rig | engine | case | control | times | receipts | lost | doubled | changed "
        "| tally differences | also |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for rig, unit in RIGS.items():
        sums = books.sums_of(books.BOOKS / f"{rig}.jsonl")
        for (engine, case, control), one in sorted(sums.items(), key=lambda item: item[0][::-1]):
            numbers = " | ".join(f"{one.get(name, 0):,.0f}" for name in ALWAYS[1:])
            words = f"| {rig} | {engine} | {case} | {control} | {one['count']:,.0f} {unit} "
            lines.append(f"{words}| {numbers} | {_others(one)} |")
    return "\n".join(lines) + "\n"


def promises() -> str:
    """A line a promise and engine: how often it was tried, faults, when last, what controls gave."""
    lines = [
        "| promise | engine | tried | faults | reach | last | controls, and the faults they showed |",
        "|---|---|---|---|---|---|---|",
    ]
    for rig, words, reach in PROMISES:
        path = books.BOOKS / f"{rig}.jsonl"
        told = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
        for engine in sorted({line["engine"] for line in told}):
            own = [line for line in told if line["engine"] == engine]
            lines.append(f"| {words} | {engine} | {_promise(own, RIGS[rig], reach)} |")
    return "\n".join(lines) + "\n"


def _promise(lines: list[dict[str, Any]], unit: str, reach: str) -> str:
    cases: dict[str, int] = defaultdict(int)
    controls: dict[str, int] = defaultdict(int)
    for line in lines:
        if line["control"]:
            controls[line["control"]] += _faults(line)
        else:
            cases[line["case"]] += line["count"]
    tried = ", ".join(f"{case} {count:,}" for case, count in sorted(cases.items()))
    faults = sum(_faults(line) for line in lines if not line["control"])
    shown = "; ".join(f"{control}: {count:,}" for control, count in sorted(controls.items()))
    last = max(line["date"] for line in lines)[:10]
    return f"{tried} ({unit}) | {faults} | {reach} | {last} | {shown or '–'}"


def _faults(line: Mapping[str, Any]) -> int:
    return int(sum(line.get(name, 0) for name in (*ALWAYS[2:], "destroyed", "refused")))


def _others(sums: Mapping[str, float]) -> str:
    told = {
        name.replace("max_", "at most ").replace("_", " "): value
        for name, value in sums.items()
        if name not in ALWAYS and value
    }
    return ", ".join(f"{name} {value:,g}" for name, value in told.items())


def written(page: str, new: str, *, begin: str = BEGIN, end: str = END) -> str:
    """The page with the new table between its marks."""
    before, _, rest = page.partition(begin)
    return before + begin + new + end + rest.partition(end)[2]


def main(arguments: list[str]) -> int:
    """Print or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    if parser.parse_args(arguments).write:
        PAGE.write_text(written(PAGE.read_text(), table()))
        TRUST.write_text(
            written(TRUST.read_text(), promises(), begin=PROMISES_BEGIN, end=PROMISES_END)
        )
    else:
        click.echo(table())
        click.echo(promises())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
