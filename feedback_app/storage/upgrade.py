"""Bring a database to the newest schema, and draft the migration that the models ask for."""

from __future__ import annotations

import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from feedback_app.domain.faults import NotSavedError
from feedback_app.storage import sqlite
from feedback_app.storage.db import Database
from feedback_app.storage.revision import MIGRATIONS

# A migration of some million answers takes minutes, and who comes second waits for it.
LONGEST_WAIT_S = 1800
PAUSE_S = 0.2
TURN_OF_MIGRATIONS = 6_027_214  # any number: the name of a lock on PostgreSQL


def upgrade(db: Database) -> str:
    """Run what is missing in one transaction; return the revision the database is at.

    One at a time: where another process migrates this one waits. NotSavedError when it never ends.
    """
    until = time.monotonic() + LONGEST_WAIT_S
    while True:
        try:
            return _upgrade(db)
        except (OperationalError, sqlite.library.OperationalError) as error:
            said = str(getattr(error, "orig", error))
            # SQLite's own waiting ends after some seconds; PostgreSQL waits as long as it takes.
            if "locked" not in said or time.monotonic() > until:
                raise NotSavedError(said) from error
        time.sleep(PAUSE_S)


def _upgrade(db: Database) -> str:
    with db.engine.execution_options(begin_immediate=True).begin() as connection:
        if not db.is_sqlite:  # there BEGIN IMMEDIATE has taken the turn already
            turn = text("SELECT pg_advisory_xact_lock(:number)")
            connection.execute(turn, {"number": TURN_OF_MIGRATIONS})
        return upgrade_within(connection)


def upgrade_within(connection: Connection) -> str:
    """The same within a transaction that goes on."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return MigrationContext.configure(connection).get_current_revision() or ""


def draft(db: Database, *, name: str) -> Path | None:
    """Write the next numbered migration: what the models have and this database has not.

    Return its file, or None where both agree. Triggers and rows are the author's to add.
    """
    config = _config()
    newest = ScriptDirectory.from_config(config).get_current_head() or "0000"
    number = int(newest.partition("_")[0]) + 1
    config.set_main_option("file_template", "%%(rev)s")  # %% is one % in a configuration
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        script = command.revision(
            config,
            message=name.replace("_", " ").capitalize(),
            rev_id=f"{number:04}_{name}",
            autogenerate=True,
            process_revision_directives=_drop_when_empty,
        )
    return Path(script.path) if isinstance(script, Script) else None


def _drop_when_empty(
    _context: object, _revision: object, directives: list[MigrationScript]
) -> None:
    operations = directives[0].upgrade_ops
    if operations is None or operations.is_empty():
        directives.clear()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
