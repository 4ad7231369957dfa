"""What the database says of itself: version, durability settings, its clock."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from feedback_app.storage.db import Database, sqlite_journal_mode


@dataclass(frozen=True, slots=True)
class Health:
    """Engine and version; what is unsafe about its durability; a server's clock, or None."""

    engine: str
    faults: tuple[str, ...]
    clock: datetime | None


def health_of(db: Database) -> Health:
    """Ask a database that answers."""
    with db.engine.connect() as connection:
        return _sqlite(connection) if db.is_sqlite else _postgres(connection)


def _sqlite(connection: Connection) -> Health:
    journal = str(connection.execute(text("PRAGMA journal_mode")).scalar()).upper()
    synchronous = connection.execute(text("PRAGMA synchronous")).scalar()
    wanted = sqlite_journal_mode(sqlite3.sqlite_version_info)
    faults = []
    if journal != wanted:
        faults.append(f"journal_mode is {journal}, should be {wanted}")
    if synchronous != 2:
        faults.append(f"synchronous is {synchronous}, should be 2 (FULL)")
    if connection.execute(text("PRAGMA quick_check(1)")).scalar() != "ok":
        faults.append("quick_check finds the file damaged: restore a backup")
    name = f"SQLite {sqlite3.sqlite_version}, {journal}"
    return Health(name, tuple(faults), None)


def _postgres(connection: Connection) -> Health:
    settings = {
        name: str(connection.execute(text(f"SHOW {name}")).scalar())
        for name in ("server_version", "fsync", "synchronous_commit", "full_page_writes")
    }
    safe = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    also = ("remote_write", "remote_apply")  # safer still, with a standby
    faults = [
        f"{name} is {settings[name]}, should be {value}"
        for name, value in safe.items()
        if settings[name] != value and settings[name] not in also
    ]
    clock = connection.execute(text("SELECT now()")).scalar()
    name = f"PostgreSQL {settings['server_version']}"
    return Health(name, tuple(faults), clock if isinstance(clock, datetime) else None)
