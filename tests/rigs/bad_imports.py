"""P10: a bad file is refused whole, with row, column and reason; a good one is taken whole.

Example: .venv/bin/python tests/rigs/bad_imports.py --files 20000
Spoilt files of every kind go through the import on both engines; after each refusal a digest of
all tables must be what it was. Each database's share (250 files) is a line of
docs/rigs/bad_imports.jsonl, so that slices add up: --first 2500 goes on after the first 2,500.
Prints counts and exits 1 when one file broke the promise.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click
from sqlalchemy import select

from feedback_app.files.kinds import KINDS
from feedback_app.files.reading.book import FileFaultError
from feedback_app.services.imports.office import Imported, import_records
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage.db import Base
from tests.conftest import SteppedClock, settings_for
from tests.ground.office import Office, build_office
from tests.ground.postgres import on_server, running_postgres
from tests.ground.quick_folder import quick_folder
from tests.rigs.faults import books
from tests.rigs.faults.ledger import Account
from tests.rigs.spoilt_files import good_rows, spoilt

# Where a kind's rows go: as many rows more as the import says it added.
TABLE_OF = {
    "services": "service", "counters": "counter", "officers": "officer", "roster": "shift",
    "visits": "visit_count", "happenings": "happening", "past-results": "past_result", "trainings": "training",
    "attendance": "attendance", "siasn-kursus": "attendance",
}  # fmt: skip
PASSES_ROWS_OVER = {
    "siasn-kursus",  # people who are no officers here, each with a warning
    "roster",  # days older than yesterday, which need two people: each day with a warning
}
# What changes is withdrawn, and a row of its own takes its place.
REPLACES_ROWS = {"roster", "happenings"}
SLOWEST_SECONDS = 30.0
FAULTS_SHOWN = 20


@dataclass
class Counted:
    """What happened to the files; `broken` tells each broken promise with its file's number."""

    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0


def import_spoilt(site: Site, office: Office, numbers: Iterable[int], *, seed: int) -> Counted:
    """Import the files of these numbers, one after the other, and check each outcome."""
    counted = Counted()
    _import(site, office, "trainings", _csv("trainings"))  # attendances need a catalogue
    before = rows_by_table(site)
    for number in numbers:
        rng = random.Random(f"{seed}/{number}")
        key = rng.choice(sorted(KINDS))
        file = spoilt(rng, KINDS[key])
        began = time.monotonic()
        outcome, fault = _outcome(site, office, key, file.content)
        counted.slowest = max(counted.slowest, time.monotonic() - began)
        after = rows_by_table(site)
        fault = fault or fault_of(key, outcome, before, after, lines=file.lines)
        if fault:
            counted.broken.append(f"number {number}, {key}: {fault}\n{file.content[:300]!r}")
        counted.outcomes[_name(outcome)] += 1
        before = after
    if counted.slowest > SLOWEST_SECONDS:
        counted.broken.append(f"a file took {counted.slowest:.0f} s")
    return counted


Outcome = Imported | FileFaultError | None
Tables = dict[str, tuple[int, str]]  # rows and their digest


def _outcome(site: Site, office: Office, key: str, content: bytes) -> tuple[Outcome, str]:
    try:
        return _import(site, office, key, content), ""
    except FileFaultError as fault:
        return fault, ""
    except Exception:  # any other exception is what this rig looks for
        return None, traceback.format_exc()


def _import(site: Site, office: Office, key: str, content: bytes) -> Imported:
    return import_records(site, KINDS[key], content, agency_id=office.agency_id, by=None)


def _csv(key: str) -> bytes:
    return "\n".join(";".join(row) for row in good_rows(KINDS[key])).encode()


def _name(outcome: Outcome) -> str:
    if isinstance(outcome, Imported):
        return "imported" if outcome.is_saved else "refused by cells"
    return "no table" if outcome else "exception"


def fault_of(
    key: str, outcome: Outcome, before: Tables, after: Tables, *, lines: int | None
) -> str:
    """How this outcome breaks the promise; '' when it keeps it."""
    if isinstance(outcome, Imported) and outcome.is_saved:
        return _fault_of_saved(key, outcome, before, after, lines)
    if before != after:
        return "refused, yet the database changed"
    if isinstance(outcome, FileFaultError):
        text = str(outcome)
        return "" if text and "\n" not in text and len(text) < 300 else f"no clear line: {text!r}"
    if not isinstance(outcome, Imported) or not outcome.errors:
        return "refused without an error"
    unclear = [e for e in outcome.errors if e.row < 1 or not e.column or not e.reason]
    return f"no place or reason: {unclear[0]}" if unclear else ""


def _fault_of_saved(
    key: str, outcome: Imported, before: Tables, after: Tables, lines: int | None
) -> str:
    if outcome.errors:
        return f"saved in spite of {outcome.errors[0]}"
    table = TABLE_OF[key]
    more = after[table][0] - before[table][0]
    added = outcome.added + (outcome.changed if key in REPLACES_ROWS else 0)
    if more != added:
        return f"says {added} added, {more} are there"
    # A roster that changes has a line of its own beside the import's.
    has_moved = key == "roster" and bool(added or outcome.withdrawn)
    if after["audit_entry"][0] != before["audit_entry"][0] + 1 + has_moved:
        return "an import without its line in the audit log"
    above = sum("di atas judul" in note.text for note in outcome.notes)  # told, each by its number
    taken = outcome.added + outcome.changed + outcome.same + above
    if key in PASSES_ROWS_OVER and outcome.warnings:
        return ""
    if not taken or (lines is not None and taken != lines):
        return f"{taken} rows taken of {lines}"
    return ""


def rows_by_table(site: Site) -> Tables:
    """How many rows each table has, and a digest of them all."""
    found: Tables = {}
    with site.db.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = sorted(map(repr, session.execute(select(table))))
            found[table.name] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def run(engine: str, *, first: int, files: int, seed: int, folder: Path) -> Counted:
    """Import spoilt files into fresh databases of one engine."""
    counted = Counted()
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres()) if engine == "postgresql" else None
        starts = range(first, first + files, FILES_A_DATABASE)
        bar = stack.enter_context(click.progressbar(starts, label=engine, file=sys.stderr))
        for start in bar:
            site = _fresh_site(folder, server, f"office_{start}")
            numbers = range(start, min(start + FILES_A_DATABASE, first + files))
            part = import_spoilt(site, build_office(site), numbers, seed=seed)
            _note(engine, part, files=len(numbers))
            counted.outcomes += part.outcomes
            counted.broken += part.broken
            counted.slowest = max(counted.slowest, part.slowest)
            site.db.close()
    return counted


def _note(engine: str, part: Counted, *, files: int) -> None:
    """A receipt is a file taken whole; what broke the promise counts as changed."""
    told = {
        name.replace(" ", "_"): part.outcomes[name] for name in ("refused by cells", "no table")
    }
    books.write_down(
        "bad_imports",
        engine=engine,
        case="spoilt files",
        control="",
        count=files,
        account=Account(part.outcomes["imported"], changed=len(part.broken)),
        max_s=round(part.slowest, 2),
        **told,
    )


FILES_A_DATABASE = 250  # what good files bring makes each digest dearer


def _fresh_site(folder: Path, server: str | None, name: str) -> Site:
    url = f"sqlite:///{folder / f'{name}.db'}"
    if server:
        on_server(server, f"CREATE DATABASE {name}")
        url = server.replace("/postgres?", f"/{name}?")
    site = open_site(settings_for(url, folder), clock=SteppedClock())
    upgrade_schema(site)
    return site


def main() -> int:
    """Import and print what happened."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000, help="on each engine")
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=10)
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgresql"))
    chosen = parser.parse_args()
    broken = 0
    for engine in chosen.engine or ("sqlite", "postgresql"):
        with quick_folder() as folder:
            counted = run(
                engine,
                first=chosen.first,
                files=chosen.files,
                seed=chosen.seed,
                folder=folder,
            )
        broken += len(counted.broken)
        print(f"{engine}: {chosen.files} files, {len(counted.broken)} broke the promise; "
              f"{dict(counted.outcomes)}; slowest {counted.slowest:.1f} s")  # fmt: skip
        for fault in counted.broken[:FAULTS_SHOWN]:
            print(f"  {fault}")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
