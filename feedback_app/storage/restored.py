"""Look into a copy's database, and bring one back: as it is, or row by row into PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    Table,
    create_engine,
    exc,
    text,
    update,
)

from feedback_app.storage import sqlite
from feedback_app.storage.db import Session, open_database
from feedback_app.storage.models import AccessLink, Device, StaffSession, VisitCode
from feedback_app.storage.ratings import differences_from_recount
from feedback_app.storage.snapshot import ROWS_AT_ONCE, Counts, count_rows, tables_to_fill

Finish = Callable[[Session], None]
NO_PERMISSION = "42501"  # PostgreSQL: insufficient_privilege
FOREIGN_KEYS = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)
INDEXES = (
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
    "JOIN pg_class ON pg_class.oid = indexrelid "
    "WHERE relnamespace = current_schema()::regnamespace "
    "AND indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE conindid <> 0)"
)
TABLES_THERE = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p', 'S') AND "
OUTSIDE_SYSTEM = (
    "relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN "
    "('pg_catalog', 'information_schema') OR nspname LIKE 'pg_toast%' OR nspname LIKE 'pg_temp%')"
)


class DamagedDatabaseError(Exception):
    """SQLite finds the database damaged, or what refers to rows that are not there."""


class NotEmptyError(Exception):
    """The database that was meant to be filled holds something already."""


class NoSchemaError(Exception):
    """The database's role may not make a schema for a try."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a sound copy says of itself."""

    revision: str
    counts: Counts


def look(path: Path) -> Looked:
    """Check every page, index and reference; DamagedDatabaseError at the first fault."""
    try:
        source = sqlite.library.connect(path, isolation_level=None)
        try:
            cursor = source.cursor()
            if cursor.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise DamagedDatabaseError("integrity_check")
            if cursor.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise DamagedDatabaseError("foreign_key_check")
            counts = count_rows(cursor)
            revision = cursor.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        finally:
            source.close()
    except sqlite.library.DatabaseError as error:
        raise DamagedDatabaseError(str(error)) from error
    return Looked(str(revision), counts)


def bring_up_to_date(path: Path) -> None:
    """Run the migrations that came after the copy."""
    from feedback_app.storage import upgrade  # noqa: PLC0415 (.1 s of each start, else)

    db = open_database(f"sqlite:///{path}")
    upgrade.upgrade(db)
    db.close()


def finish_file(path: Path, finish: Finish) -> int:
    """Do in one transaction what a restore does to the data; return differences from a recount.

    Afterwards the file stands alone, without a WAL beside it.
    """
    db = open_database(f"sqlite:///{path}")
    try:
        with db.transaction() as tx:
            finish(tx)
        with db.read() as session:
            differences = differences_from_recount(session)
        db.empty_wal()
    finally:
        db.close()
    return differences


def into_postgres(url: str, path: Path, finish: Finish) -> int:
    """Fill an empty database from a copy in one transaction; return differences from a recount.

    With a difference nothing is kept. NotEmptyError when a table is there already.
    """
    with _engine(url) as engine, engine.connect() as connection, connection.begin() as begun:
        if connection.execute(text(TABLES_THERE + OUTSIDE_SYSTEM)).scalar_one():
            raise NotEmptyError
        differences = _fill(connection, path, finish)
        if differences:
            begun.rollback()
    return differences


def tried_in_postgres(engine: Engine, path: Path, finish: Finish) -> int:
    """The same in a schema of its own that is gone afterwards, whatever happens."""
    try:
        with engine.connect() as connection, connection.begin() as begun:
            connection.execute(text("CREATE SCHEMA suara_loket_drill"))
            connection.execute(text("SET LOCAL search_path TO suara_loket_drill"))
            differences = _fill(connection, path, finish)
            begun.rollback()
    except exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == NO_PERMISSION:
            raise NoSchemaError from error
        raise
    return differences


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url, hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _fill(connection: Connection, path: Path, finish: Finish) -> int:
    from feedback_app.storage import upgrade  # noqa: PLC0415 (.1 s of each start, else)

    upgrade.upgrade_within(connection)
    connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))  # a copy's instants are UTC
    keys = connection.execute(text(FOREIGN_KEYS)).all()
    indexes = connection.execute(text(INDEXES)).all()
    # Asked once at the end: row by row the references of 1,000,000 answers take a minute.
    for table, name, _made in keys:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    for name, _made in indexes:
        connection.execute(text(f"DROP INDEX {name}"))
    source = sqlite.library.connect(path)
    try:
        for table in tables_to_fill():
            _copy_rows(connection, source, table)
    finally:
        source.close()
    for _name, made in indexes:
        connection.exec_driver_sql(made)
    for table, name, made in keys:
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}"))
    connection.execute(text("ANALYZE"))
    session = Session(bind=connection)
    finish(session)
    session.flush()
    return differences_from_recount(session)


def _copy_rows(connection: Connection, source: Any, table: Table) -> None:
    """PostgreSQL's COPY in its text form; SQLite writes each line, which Python does slowly."""
    columns = list(table.columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    line = " || char(9) || ".join(_in_line(column) for column in columns)
    rows = source.execute(f"SELECT {line} FROM {table.name}")  # noqa: S608
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as into:
        while part := rows.fetchmany(ROWS_AT_ONCE):
            into.write("".join(f"{row[0]}\n" for row in part))
    if "id" in table.c and isinstance(table.c.id.type, Integer):
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608
                f"greatest((SELECT max(id) FROM {table.name}), 1))"
            )
        )


def _in_line(column: Any) -> str:
    """One value in PostgreSQL's text form: backslash, tab and ends of line are escaped."""
    name = f'"{column.name}"'
    if isinstance(column.type, LargeBinary):
        value = f"'\\\\x' || hex({name})"
    elif isinstance(column.type, Integer | Boolean):
        value = f"CAST({name} AS TEXT)"
    else:
        value = f"replace({name}, '\\', '\\\\')"
        for code, escaped in ((9, "\\t"), (10, "\\n"), (13, "\\r")):
            value = f"replace({value}, char({code}), '{escaped}')"
    return f"coalesce({value}, '\\N')"


def end_log_ins(session: Session, *, now: datetime) -> None:
    """End sessions, one-time links and pairing codes, and mark unspent visit codes.

    A code may have been spent after the copy was taken: from now on it opens the poster's tier.
    """
    session.execute(
        update(StaffSession).where(StaffSession.revoked_at.is_(None)).values(revoked_at=now)
    )
    session.execute(
        update(AccessLink)
        .where(AccessLink.used_at.is_(None), AccessLink.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.execute(update(Device).values(pairing_hash=None, pairing_ends_at=None))
    session.execute(update(VisitCode).values(is_restored=True))
