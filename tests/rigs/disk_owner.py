"""The owner of one copy of the database, who noted when each visitor sent: what is recovered?

A simulated fortnight, every answer by the citizen's own service and the upkeep each morning. On the
fifteenth day one copy is taken, after the marks of the first day are gone, and read byte by byte:
numbers of rows, places in tables and indexes, transactions, deleted rows, WAL, hours, links. Each
route gives an order of the first day's answers, which is laid beside the order of the visitors.

Controls that must succeed: the same copy taken on the first evening, before anything was written
anew, and the same answers in the tables of before (SQLite), in the order in which they came.

PostgreSQL is also played with its WAL as it comes: what that still tells is printed, and
docs/privacy.md says which settings end it.

Example: .venv/bin/python tests/rigs/disk_owner.py --engine postgresql
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy import create_engine, text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from feedback_app.services.upkeep.schema import tally_differences
from tests.ground.postgres import running_postgres
from tests.rigs.faults import books
from tests.rigs.faults.ledger import Account
from tests.rigs.owner import fortnight, postgres_copy, sqlite_copy
from tests.rigs.owner.fortnight import Fortnight, Noted
from tests.rigs.owner.score import Found, table

# docs/privacy.md: no WAL segment is used again, and each day begins a new one (`archive_timeout`).
SHORT_WAL = ("-c", "wal_recycle=off")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one copy told about the first day's visitors."""

    found: tuple[Found, ...]
    hours: int
    links: int

    @property
    def recovered(self) -> int:
        """The most that any one route gave, beyond chance."""
        return max((one.recovered for one in self.found), default=0)

    @property
    def telling(self) -> list[str]:
        """Routes by which anything was learnt."""
        return [one.route for one in self.found if one.tells]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The copy of the fifteenth day, and the controls that must be readable."""

    late: Reading
    first_evening: Reading
    before: Found | None
    differences: int


@dataclass(frozen=True, slots=True)
class Played:
    """Which engine, and how many visitors a counter on the first day and on each later one."""

    engine: str
    visitors: int
    later: int
    seed: int
    short_wal: bool


def play(folder: Path, played: Played) -> Outcome:
    """A fortnight, and what its copies tell."""
    rng = np.random.default_rng(played.seed)
    with _database(played) as url:
        days = fortnight.start(folder, url)
        fortnight.live_day(days, days.first, rng, visitors=played.visitors)
        first_evening = _read(days, folder / "evening")
        _night(days, new_segment=played.short_wal)
        fortnight.pass_days(
            days,
            rng,
            visitors=played.later,
            at_night=lambda: _night(days, new_segment=played.short_wal),
        )
        late = _read(days, folder / "late")
        before = None if url else _in_tables_of_before(folder, days.notebook.of(days.first))
        differences = tally_differences(days.world.site)
        days.world.site.db.close()
    return Outcome(late, first_evening, before, differences)


@contextmanager
def _database(played: Played) -> Iterator[str]:
    if played.engine == "sqlite":
        yield ""
        return
    with running_postgres(*(SHORT_WAL if played.short_wal else ())) as server:
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE owned"))
        admin.dispose()
        yield server.replace("/postgres?", "/owned?")


def _night(days: Fortnight, *, new_segment: bool) -> None:
    """What a server does by itself within a day: a checkpoint, and as set a new WAL segment."""
    db = days.world.site.db
    if db.is_sqlite:
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if new_segment:
            connection.execute(text("SELECT pg_switch_wal()"))
        connection.execute(text("CHECKPOINT"))


def _read(days: Fortnight, folder: Path) -> Reading:
    groups = days.notebook.of(days.first)
    db = days.world.site.db
    if db.is_sqlite:
        folder.mkdir()
        path = sqlite_copy.copy_of(Path(str(db.engine.url.database)), folder)
        found = sqlite_copy.routes(path, groups)
        hours = sqlite_copy.hours_told(path, groups)
        return Reading(tuple(found), hours, sqlite_copy.links_told(path, groups))
    _night(days, new_segment=False)  # the files are then as the tables are
    found = postgres_copy.routes(db.engine, groups)
    hours = postgres_copy.hours_told(db.engine, groups)
    return Reading(tuple(found), hours, postgres_copy.links_told(db.engine, groups))


def _in_tables_of_before(folder: Path, groups: Sequence[Sequence[Noted]]) -> Found:
    """The control: a table with rowid, as `rating` was, filled as the visitors came."""
    (folder / "before").mkdir()
    path = folder / "before" / "old.db"
    came = sorted((one for group in groups for one in group), key=lambda one: one.at)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE rating (counter_id, day, id VARCHAR(32) PRIMARY KEY)")
        rows = [(one.counter_id, str(one.day), one.rating_id) for one in came]
        connection.executemany("INSERT INTO rating VALUES (?, ?, ?)", rows)
    connection.close()
    return sqlite_copy.by_rowid(path, groups)


def report(outcome: Outcome, *, engine: str) -> str:
    """The numbers, and what they come to."""
    late, evening = outcome.late, outcome.first_evening
    lines = [
        f"## {engine}, the copy of the fifteenth day",
        table(late.found),
        f"hours of an arrival: {late.hours}; rows that link a comment and its answer: {late.links}",
        f"recovered beyond chance: {late.recovered}; routes that tell anything: {late.telling}",
        f"## {engine}, the control: the copy of the first evening",
        table(evening.found),
        f"hours of an arrival: {evening.hours}; links: {evening.links}",
        f"recovered beyond chance: {evening.recovered}",
    ]
    if outcome.before:
        lines.append(
            f"control, rowid in the tables of before: {outcome.before.matched} of "
            f"{outcome.before.visitors} matched"
        )
    lines.append(f"tally rows that differ from a recount: {outcome.differences}")
    return "\n".join(lines)


def main() -> int:
    """Play it on both engines or one; exit 1 when anything is recovered or a control fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--visitors", type=int, default=40, help="a counter, on the first day")
    parser.add_argument("--later", type=int, default=8, help="a counter, on each later day")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    is_bad = False
    for engine in [asked.engine] if asked.engine else ["sqlite", "postgresql"]:
        played = Played(engine, asked.visitors, asked.later, asked.seed, short_wal=True)
        with tempfile.TemporaryDirectory() as folder:
            outcome = play(Path(folder), played)
        print(report(outcome, engine=engine), flush=True)
        _note(engine, asked.visitors, outcome)
        is_bad |= is_told(outcome)
        if engine == "postgresql":
            with tempfile.TemporaryDirectory() as folder:
                long = play(Path(folder), replace(played, short_wal=False)).late
            wal = [one for one in long.found if one.route == "WAL"]
            print("## postgresql, WAL as it comes, on the fifteenth day", table(wal), sep="\n")
    return int(is_bad)


def _note(engine: str, visitors: int, outcome: Outcome) -> None:
    """What broke the promise counts as changed; the control is the copy of the first evening."""
    readings = (("", outcome.late), ("the copy of the first evening", outcome.first_evening))
    for control, one in readings:
        books.write_down(
            "disk_owner",
            engine=engine,
            case="the copy of the fifteenth day",
            control=control,
            count=visitors * fortnight.COUNTERS,
            account=Account(
                0,
                changed=len(one.telling) + one.hours + one.links,
                differences=outcome.differences,
            ),
            recovered=one.recovered,
        )


def is_told(outcome: Outcome) -> bool:
    """Whether the late copy told anything, or a control told nothing."""
    late, evening = outcome.late, outcome.first_evening
    is_blind = not evening.recovered or not evening.hours or not evening.links
    return bool(late.telling or late.hours or late.links or outcome.differences) or is_blind


if __name__ == "__main__":
    sys.exit(main())
