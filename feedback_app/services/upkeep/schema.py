"""Keep the database in order: schema and tallies."""

from __future__ import annotations

import tempfile
from pathlib import Path

from feedback_app.services.site import Site
from feedback_app.storage import ratings, upgrade
from feedback_app.storage.db import open_database


def upgrade_schema(site: Site) -> str:
    """Bring the database to the newest schema; return its revision."""
    if site.db.is_sqlite:
        site.settings.instance_dir.mkdir(parents=True, exist_ok=True)
    return upgrade.upgrade(site.db)


def is_ready(site: Site) -> bool:
    """Whether the database answers and has the schema this code was written for."""
    return site.db.is_ready() and upgrade.is_current(site.db)


def draft_migration(*, name: str) -> Path | None:
    """Write the migration from the newest schema to what the models say; None where they agree.

    It compares with an empty database of its own, so that no developer's data matters.
    """
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(f"sqlite:///{Path(folder) / 'newest.db'}")
        upgrade.upgrade(db)
        written = upgrade.draft(db, name=name)
        db.close()
    return written


def rebuild_tallies(site: Site) -> None:
    """Count every rating again."""
    with site.db.transaction() as tx:
        ratings.rebuild_tally(tx)


def tally_differences(site: Site) -> int:
    """How many tally rows differ from a recount; 0 is the promise."""
    with site.db.read() as session:
        return ratings.differences_from_recount(session)
