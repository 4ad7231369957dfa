"""Copy a whole database, as of one instant, into one SQLite file: from either engine, online.

SQLite's own backup within a read transaction, PostgreSQL's rows in a REPEATABLE READ snapshot. The
file is the same from both, so it can be looked at, tried and restored without PostgreSQL's tools
and into another version of it (ADR 16).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Engine,
    Integer,
    Table,
    Time,
    cast,
    exc,
    func,
    select,
    text,
)
from sqlalchemy.types import String

from feedback_app.storage import sqlite
from feedback_app.storage.db import Base, Database, UtcDateTime, open_database
from feedback_app.storage.models import PlaceStamp

# Of no use after a restore, and better in no copy: log-ins, links, brakes (docs/privacy.md). The
# stamp of places is drawn anew by the copy's own triggers.
NEVER_COPIED = (
    *("staff_session", "access_link", "login_throttle", "code_guess", "display_use"),
    "place_stamp",
)
ARRIVALS = ("screening", "note")  # with the minute of each, for 14 days
ROWS_AT_ONCE = 5_000
SETTINGS = "office_settings"  # the table of a copy that holds settings.toml

Counts = dict[str, int]


class SourceFaultError(Exception):
    """The database that should be copied does not let itself be read."""


def copy_whole(db: Database, path: Path) -> Counts:
    """Copy into a new file; return how many rows of each table there were at that instant.

    OSError where the disk takes no more, SourceFaultError where the database is damaged.
    """
    with _told_apart():
        return _from_sqlite(db.engine, path) if db.is_sqlite else _from_postgres(db.engine, path)


@contextmanager
def _told_apart() -> Iterator[None]:
    """SQLite says "full" for a full disk and "malformed" for damage, by one kind of error."""
    try:
        yield
    except (sqlite.library.DatabaseError, exc.DatabaseError) as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise OSError(errno.ENOSPC, "no room left") from error
        raise SourceFaultError(str(error)) from error


def _from_sqlite(engine: Engine, path: Path) -> Counts:
    """The transaction's first read fixes the instant; in WAL nobody waits for it."""
    source = engine.raw_connection()
    target = sqlite.library.connect(path)
    try:
        cursor = source.cursor()
        cursor.execute("BEGIN")
        counts = count_rows(cursor)
        source.driver_connection.backup(target)  # type: ignore[union-attr]
        cursor.execute("ROLLBACK")
    finally:
        target.close()
        source.close()
    return counts


def count_rows(cursor: Any) -> Counts:
    """Rows of each table of a SQLite database."""
    names = [
        row[0]
        for row in cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    return {
        name: int(cursor.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
        for name in names
    }


def _from_postgres(engine: Engine, path: Path) -> Counts:
    from feedback_app.storage import upgrade  # noqa: PLC0415 (.1 s of each start, else)

    empty = open_database(f"sqlite:///{path}")
    upgrade.upgrade(empty)
    empty.close()
    target = sqlite.library.connect(path)
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as source:
        try:
            cursor = target.cursor()
            cursor.execute("PRAGMA synchronous=OFF")  # written once more before it is a copy
            counts = {"alembic_version": 1, PlaceStamp.__tablename__: 0}
            for table in tables_to_fill():
                counts[table.name] = _fill(source, cursor, table)
            target.commit()
        finally:
            target.close()
    return counts


def tables_to_fill() -> list[Table]:
    """Every table that a copy brings, those that point to others first: references are asked at
    the end, and a frozen list (`lot`) takes no more names (`lot_entry`) once it is there.

    The stamp of places is left out: triggers draw it.
    """
    tables = reversed(Base.metadata.sorted_tables)
    return [table for table in tables if table.name != PlaceStamp.__tablename__]


def _fill(source: Any, cursor: Any, table: Table) -> int:
    """Rows by their keys, in SQLite's own forms."""
    columns = list(table.columns)
    wanted = select(*(_as_sqlite_has_it(column) for column in columns))
    rows = source.execution_options(yield_per=ROWS_AT_ONCE).execute(
        wanted.order_by(*table.primary_key)
    )
    names = ", ".join(f'"{column.name}"' for column in columns)
    places = ", ".join("?" * len(columns))
    insert = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608
    count = 0
    for part in rows.partitions():
        cursor.executemany(insert, [tuple(row) for row in part])
        count += len(part)
    return count


def _as_sqlite_has_it(column: Column[Any]) -> Any:
    """As SQLAlchemy writes it into SQLite; PostgreSQL does the work, which Python does slowly."""
    kind = column.type
    if isinstance(kind, UtcDateTime):
        utc = func.timezone("UTC", column)
        return func.to_char(utc, "YYYY-MM-DD HH24:MI:SS.US").label(column.name)
    if isinstance(kind, Date | Time | JSON):
        return cast(column, String).label(column.name)
    if isinstance(kind, Boolean):
        return cast(column, Integer).label(column.name)
    return column


def strip(path: Path, *, tables: Iterable[str], arrivals_before: datetime | None) -> None:
    """Delete whole tables of a copy, and fine times before an instant; overwritten with zeros."""
    target = sqlite.library.connect(path, isolation_level=None)
    try:
        cursor = target.cursor()
        cursor.execute("PRAGMA journal_mode=DELETE")  # a copy from WAL says so in its header
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("BEGIN")
        for name in tables:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 (our own names)
        if arrivals_before is not None:
            before = f"{arrivals_before.replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}"
            for name in ARRIVALS:
                cursor.execute(f"DELETE FROM {name} WHERE received_at < ?", (before,))  # noqa: S608
        cursor.execute("COMMIT")
    finally:
        target.close()


def forget_paper(path: Path) -> None:
    """Forget which answers sheets of paper became, and what was keyed."""
    target = sqlite.library.connect(path, isolation_level=None)
    try:
        cursor = target.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute(
            "UPDATE paper_sheet SET entry = NULL, second = NULL, rating_id = NULL, "
            "comment_id = NULL"
        )
        cursor.execute("UPDATE paper_batch SET waits_since = NULL")
    finally:
        target.close()


def put_settings(path: Path, settings: Mapping[str, str]) -> None:
    """Lay the office's settings into a copy, in a table that the program itself has not."""
    target = sqlite.library.connect(path, isolation_level=None)
    try:
        target.execute(f"CREATE TABLE {SETTINGS} (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        target.executemany(f"INSERT INTO {SETTINGS} VALUES (?, ?)", settings.items())  # noqa: S608
    finally:
        target.close()


def take_settings(path: Path) -> dict[str, str]:
    """Take them out again; nothing from a copy of before November 2026."""
    target = sqlite.library.connect(path, isolation_level=None)
    try:
        asked = "SELECT count(*) FROM sqlite_schema WHERE name = ?"
        if not target.execute(asked, (SETTINGS,)).fetchone()[0]:
            return {}
        found = dict(target.execute(f"SELECT name, value FROM {SETTINGS}"))  # noqa: S608
        target.execute(f"DROP TABLE {SETTINGS}")
    finally:
        target.close()
    return {str(name): str(value) for name, value in found.items()}


def write_compact(path: Path, compact: Path) -> None:
    """Write the same database into a new file, by its keys: no free pages, no deleted rows."""
    source = sqlite.library.connect(path, isolation_level=None)
    try:
        with _told_apart():
            source.execute("VACUUM INTO ?", (os.fspath(compact),))
    finally:
        source.close()


def oldest_arrival(path: Path) -> datetime | None:
    """When the oldest fine time of a copy is from; None when there is none."""
    db = open_database(f"sqlite:///{path}")
    try:
        with db.read() as session:
            tables = [Base.metadata.tables[name] for name in ARRIVALS]
            found = [session.scalar(select(func.min(table.c.received_at))) for table in tables]
    finally:
        db.close()
    return min((at for at in found if isinstance(at, datetime)), default=None)


def size_of(db: Database) -> int:
    """Bytes that a copy needs while it is made, not packed."""
    with db.engine.connect() as connection:
        if not db.is_sqlite:
            asked = "SELECT pg_database_size(current_database())"
            return int(connection.execute(text(asked)).scalar_one())
        pages, size = (
            int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
            for name in ("page_count", "page_size")
        )
        return pages * size
