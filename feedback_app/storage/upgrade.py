"""Bring a database to the newest schema; does nothing where it is there already."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from feedback_app.storage.db import Database

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def upgrade(db: Database) -> str:
    """Run what is missing in one transaction; return the revision the database is at."""
    config = _config()
    with db.engine.execution_options(begin_immediate=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return MigrationContext.configure(connection).get_current_revision() or ""


def is_current(db: Database) -> bool:
    """Whether the schema is the one this code was written for."""
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
