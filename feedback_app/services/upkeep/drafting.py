"""Draft the migration that changed models ask for."""

from __future__ import annotations

import tempfile
from pathlib import Path

from feedback_app.storage import upgrade
from feedback_app.storage.db import open_database


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
