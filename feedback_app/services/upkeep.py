"""Keep the database in order: schema, screening rows past their time, tallies."""

from __future__ import annotations

from datetime import timedelta

from feedback_app.services.site import Site
from feedback_app.storage import ratings, upgrade

SCREENING_DAYS = 14  # fine times and device marks live no longer (docs/privacy.md)


def upgrade_schema(site: Site) -> str:
    """Bring the database to the newest schema; return its revision."""
    if site.db.is_sqlite:
        site.settings.instance_dir.mkdir(parents=True, exist_ok=True)
    return upgrade.upgrade(site.db)


def is_ready(site: Site) -> bool:
    """Whether the database answers and has the schema this code was written for."""
    return site.db.is_ready() and upgrade.is_current(site.db)


def delete_old_screening(site: Site) -> int:
    """Delete screening rows older than 14 days; return how many there were."""
    with site.db.transaction() as tx:
        return ratings.delete_screening_before(
            tx, before=site.now() - timedelta(days=SCREENING_DAYS)
        )


def rebuild_tallies(site: Site) -> None:
    """Count every rating again."""
    with site.db.transaction() as tx:
        ratings.rebuild_tally(tx)


def tally_differences(site: Site) -> int:
    """How many tally rows differ from a recount; 0 is the promise."""
    with site.db.read() as session:
        return ratings.differences_from_recount(session)
