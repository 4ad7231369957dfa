"""Bring a database to the newest schema, and draft the migration that the models ask for."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection

from feedback_app.storage.db import Database
from feedback_app.storage.revision import MIGRATIONS


def upgrade(db: Database) -> str:
    """Run what is missing in one transaction; return the revision the database is at."""
    with db.engine.execution_options(begin_immediate=True).begin() as connection:
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
