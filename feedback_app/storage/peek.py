"""Look at a database from outside, before it is opened: nothing is made, changed or repaired."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import NullPool, create_engine, exc, text

from feedback_app.storage import sqlite

State = Literal[
    "absent",  # no file, or no such database
    "empty",  # no table in it
    "folder",
    "unreadable",
    "unwritable",
    "damaged",  # the file is none of SQLite's, or was one
    "half",
    "foreign",  # tables of another program
    "away",  # the server does not answer
    "busy",  # somebody keeps it locked
    "office",
]
WAIT_S = 5
MAGIC = b"SQLite format 3\x00"
HEADER_BYTES = 100  # sqlite.org/fileformat2.html, 1.3
WAL_FORMAT = 2
UNDEFINED_DATABASE = "3D000"
BUSY_CODES = ("SQLITE_BUSY", "SQLITE_LOCKED")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is there. `marks`, `revision` and `has_data` are known of an office's database only."""

    state: State
    told: str = ""  # what engine or system said
    revision: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    has_data: bool = False
    has_agency: bool = False
    has_demo: bool = False  # a made-up agency, whose passwords everybody knows


def look_at(url: str, file: Path | None) -> Seen:
    """What lies behind a database's URL; `file` is SQLite's."""
    return _postgres(url) if file is None else _file(file)


def _file(path: Path) -> Seen:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return Seen("absent")
    except OSError as error:
        return Seen("unreadable", error.strerror or "")
    if not stat.S_ISREG(mode):
        return Seen("folder")
    try:
        with path.open("rb") as file:
            header, size = file.read(HEADER_BYTES), os.fstat(file.fileno()).st_size
    except OSError as error:
        return Seen("unreadable", error.strerror or "")
    if size == 0:
        return Seen("empty")
    return _fault_of_header(path, header, size) or _fault_of_access(path) or _opened(path, header)


def _fault_of_header(path: Path, header: bytes, size: int) -> Seen | None:
    page = int.from_bytes(header[16:18]) or 0
    page = 65536 if page == 1 else page
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC) or page < 512 or page & page - 1:
        return Seen("damaged")
    is_counted = header[24:28] == header[92:96]  # else SQLite itself goes by the file's size
    is_short = is_counted and size < int.from_bytes(header[28:32]) * page
    # A cut in the middle of a checkpoint leaves a short file, and all of it in the WAL.
    return Seen("half") if is_short and not _size(path, "-wal") else None


def _fault_of_access(path: Path) -> Seen | None:
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK):
        return None
    return Seen("unwritable")


def _size(path: Path, ending: str) -> int:
    try:
        return Path(f"{path}{ending}").stat().st_size
    except OSError:
        return 0


def _opened(path: Path, header: bytes) -> Seen:
    """Read it by SQLite. Only `immutable` makes no file beside a WAL database that nobody uses."""
    is_used = _size(path, "-wal") or Path(f"{path}-shm").exists() or header[18] != WAL_FORMAT
    how = "mode=ro" if is_used else "mode=ro&immutable=1"
    try:
        connection = sqlite.library.connect(f"{path.as_uri()}?{how}", uri=True, timeout=WAIT_S)
        try:
            return _read(lambda sql: connection.execute(sql).fetchall(), _SQLITE_TABLES)
        finally:
            connection.close()
    except sqlite.library.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        is_locked = name.startswith(BUSY_CODES) or "locked" in str(error)
        # A journal that is left says that a write was cut off: SQLite mends it at the opening.
        is_hot = bool(_size(path, "-journal"))
        return Seen("busy" if is_locked or is_hot else "damaged", str(error))
    except sqlite.library.DatabaseError as error:
        return Seen("damaged", str(error))


def _postgres(url: str) -> Seen:
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": WAIT_S}, hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SET statement_timeout = {WAIT_S * 1000}"))
            return _read(
                lambda sql: [tuple(row) for row in connection.execute(text(sql))], _POSTGRES_TABLES
            )
    except exc.DBAPIError as error:
        said = str(error.orig).partition("\n")[0]
        code = getattr(error.orig, "sqlstate", None) or ""
        if code.startswith("57014"):  # query_canceled: a lock was waited for
            return Seen("busy", said)
        is_absent = code == UNDEFINED_DATABASE or ("database" in said and "not exist" in said)
        return Seen("absent" if is_absent else "away", said)
    finally:
        engine.dispose()


_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_POSTGRES_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = ANY(current_schemas(false))"
Ask = Callable[[str], list[Any]]


def _read(ask: Ask, tables_sql: str) -> Seen:
    tables = {row[0] for row in ask(tables_sql)}
    if "alembic_version" not in tables:
        return Seen("foreign" if tables else "empty")
    revisions = ask("SELECT version_num FROM alembic_version")
    if not revisions:
        return Seen("foreign")
    marks = ask("SELECT name, text FROM office_mark") if "office_mark" in tables else []
    agencies = ask("SELECT is_demo FROM agency") if "agency" in tables else []
    return Seen(
        "office",
        revision=str(revisions[0][0]),
        marks=dict(map(tuple, marks)),
        has_data=bool(marks or agencies),
        has_agency=bool(agencies),
        has_demo=any(bool(row[0]) for row in agencies),
    )
