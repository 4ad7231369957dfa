"""Copies for tests: take one, look into it, change it as damage or an attacker would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from feedback_app.files import copies as files
from feedback_app.services.site import Site
from feedback_app.services.upkeep import backup
from feedback_app.services.upkeep import clock as upkeep_clock
from feedback_app.storage import sqlite
from feedback_app.storage.db import Base, open_database
from feedback_app.storage.snapshot import NEVER_COPIED

# What a restore itself changes.
CHANGED = (*NEVER_COPIED, "backup_run", "audit_entry", "visit_code", "device", "screening")


def take(site: Site, folder: Path, *, keep: int = 14) -> backup.Backup:
    """A backup that must be proven."""
    made = backup.back_up(site, backup.Order(folder, None, keep))
    assert made.done.outcome == "proven", made.done
    assert made.copy is not None
    return made


def keep_up(site: Site) -> None:
    """The clock is believed, as after an upkeep that was done today."""
    with site.db.transaction() as tx:
        upkeep_clock.note_upkeep(tx, site)


def keys_of(site: Site) -> files.KeyFile:
    """The office's keys, as a file of keys holds them."""
    return files.KeyFile(site.settings.place_key, site.settings.secret_keys)


def inside(copy: Path) -> bytes:
    """The database in a copy, byte by byte."""
    return b"".join(files.unpacked(copy))


def changed(copy: Path, work: Path, *statements: str) -> None:
    """Change a copy's database as somebody would who can pack it again."""
    path = work / "changed.db"
    path.unlink(missing_ok=True)
    files.unpack(copy, path)
    connection = sqlite.library.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()
    with copy.open("wb") as file:
        files.pack(path, file)


def rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a restore leaves as it was."""
    db = open_database(url)
    with db.read() as session:
        found = {
            table.name: [
                tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in CHANGED
        }
    db.close()
    return found
