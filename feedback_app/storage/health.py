"""What the database says of itself: version, durability settings, its clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from feedback_app.storage import sqlite
from feedback_app.storage.db import Database


@dataclass(frozen=True, slots=True)
class Health:
    """Engine and version; what is unsafe about its durability; a server's clock, or None."""

    engine: str
    faults: tuple[str, ...]
    clock: datetime | None


def health_of(db: Database) -> Health:
    """Ask a database that answers; SQLite also reads its whole file (a second for some 100 MB)."""
    found = durability_of(db)
    if not db.is_sqlite:
        return found
    with db.engine.connect() as connection:
        is_whole = connection.execute(text("PRAGMA quick_check(1)")).scalar() == "ok"
    damage = () if is_whole else ("quick_check finds the file damaged: restore a backup",)
    return replace(found, faults=(*found.faults, *damage))


def durability_of(db: Database) -> Health:
    """The same without reading the data: what a page may ask at each view."""
    with db.engine.connect() as connection:
        return _sqlite(connection) if db.is_sqlite else _postgres(connection)


def _sqlite(connection: Connection) -> Health:
    def pragma(name: str) -> Any:
        return connection.execute(text(f"PRAGMA {name}")).scalar()

    journal, synchronous = str(pragma("journal_mode")).upper(), int(pragma("synchronous"))
    faults = sqlite.durability_faults(
        journal=journal,
        synchronous=synchronous,
        secure_delete=int(pragma("secure_delete")),
        version=sqlite.VERSION,
    )
    level = sqlite.SYNCHRONOUS[synchronous]
    name = f"SQLite {sqlite.VERSION_TEXT} ({sqlite.ORIGIN}), {journal}, synchronous={level}"
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
