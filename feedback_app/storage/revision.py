"""Where the schema stands and where this code wants it, without the library that migrates."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from feedback_app.storage.db import Database

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def known() -> frozenset[str]:
    """Every revision of this code: files of migrations are numbered and named by them."""
    return frozenset(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def newest() -> str:
    """The revision this code was written for."""
    return max(known())


def current(db: Database) -> str | None:
    """The revision the database is at; None where there are no tables yet."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        at: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return at


def is_current(db: Database) -> bool:
    """Whether the schema is the one this code was written for."""
    return current(db) == newest()
