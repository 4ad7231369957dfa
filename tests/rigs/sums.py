"""The table of docs/reliability.md, from what the rigs wrote into docs/rigs.

.venv/bin/python tests/rigs/sums.py            print it
.venv/bin/python tests/rigs/sums.py --write    put it into docs/reliability.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import click

from feedback_app.config import ROOT
from tests.rigs.faults import books

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- sums: make rig-sums -->\n", "<!-- end of sums -->\n"
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


def _others(sums: Mapping[str, float]) -> str:
    told = {
        name.replace("max_", "at most ").replace("_", " "): value
        for name, value in sums.items()
        if name not in ALWAYS and value
    }
    return ", ".join(f"{name} {value:,g}" for name, value in told.items())


def written(page: str, new: str) -> str:
    """The page with the new table between its marks."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + new + END + rest.partition(END)[2]


def main(arguments: list[str]) -> int:
    """Print or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    if parser.parse_args(arguments).write:
        PAGE.write_text(written(PAGE.read_text(), table()))
    else:
        click.echo(table())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
