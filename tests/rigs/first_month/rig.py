"""A real office's first month in a real browser, from an empty folder: counted, and its end checked.

.venv/bin/python tests/rigs/first_month/rig.py
.venv/bin/python tests/rigs/first_month/rig.py --month "a clock one day wrong"
.venv/bin/python tests/rigs/first_month/rig.py --looks FOLDER      pictures of each page

8 counters, 24 officers, the office's own files, a swap on the second day, one ill with a substitute,
one who leaves, answers of citizens, the first survey with its report. The server is the one that
run.py starts, with a clock that the rig sets. Prints pages, clicks and typed fields of each step; a
person takes 10 s a page and 5 s a field. Exits 1 above 150 clicks and fields or 60 minutes, or when
the end is not as it should be; each month is a line of docs/rigs/first_month.jsonl. Taking up
invitations is not counted, but for the first admin's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import click
from playwright.sync_api import sync_playwright

from tests.ground.browser import ARGUMENTS, find_chromium
from tests.rigs.faults import books
from tests.rigs.faults.ledger import Account
from tests.rigs.first_month.check import faults_of
from tests.rigs.first_month.office import NAME, new_computer
from tests.rigs.first_month.steps import Month
from tests.rigs.first_month.troubles import ClockWrong, SwitchedOff

MONTHS: dict[str, type[Month]] = {
    "usual": Month,
    "a clock one day wrong": ClockWrong,
    "off for two weeks": SwitchedOff,
}
MOST_ACTS, MOST_MINUTES = 150, 60


def drive(name: str, looks: Path | None) -> list[str]:
    """The month once; its faults, which are written down with its counts."""
    with (
        tempfile.TemporaryDirectory(prefix="slmonth") as folder,
        sync_playwright() as playwright,
        new_computer(Path(folder)) as computer,
    ):
        resolver = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*ARGUMENTS, resolver]
        )
        month = MONTHS[name](computer, browser, looks)
        month.run()
        faults = [*month.faults, *faults_of(month)]
        browser.close()
    total = month.book.total
    click.echo(month.book.table())
    click.echo(f"{total.acts} clicks and fields, {total.minutes:.0f} minutes")
    if total.acts > MOST_ACTS or total.minutes > MOST_MINUTES:
        faults.append(f"more than {MOST_ACTS} clicks and fields, or {MOST_MINUTES} minutes")
    books.write_down(
        "first_month",
        engine="sqlite",
        case=name,
        control="",
        count=1,
        account=Account(len(month.hall.sent), changed=len(faults)),
        max_pages=total.pages,
        max_clicks_and_fields=total.acts,
        max_minutes=round(total.minutes, 1),
    )
    return faults


def main(arguments: list[str]) -> int:
    """Drive a month, and say what is wrong at its end."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--month", choices=tuple(MONTHS), default="usual")
    parser.add_argument("--looks", type=Path, help="a folder for pictures of each page")
    chosen = parser.parse_args(arguments)
    if chosen.looks:
        chosen.looks.mkdir(parents=True, exist_ok=True)
    faults = drive(chosen.month, chosen.looks)
    for fault in faults:
        click.echo(f"FAULT: {fault}")
    click.echo("as it must be" if not faults else f"{len(faults)} faults")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
