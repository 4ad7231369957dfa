"""Keep the database in order: schema upgrades."""

from __future__ import annotations

from feedback_app.services.site import Site
from feedback_app.storage import upgrade


def upgrade_schema(site: Site) -> str:
    """Bring the database to the newest schema; return its revision."""
    if site.db.is_sqlite:
        site.settings.instance_dir.mkdir(parents=True, exist_ok=True)
    return upgrade.upgrade(site.db)
