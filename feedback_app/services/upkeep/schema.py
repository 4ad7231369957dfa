"""Keep the database in order: schema and tallies."""

from __future__ import annotations

from feedback_app.services.site import Site
from feedback_app.storage import ratings, revision
from feedback_app.storage.queries import agencies


def upgrade_schema(site: Site) -> str:
    """Bring the database to the newest schema; return its revision."""
    if site.db.is_sqlite:
        site.settings.instance_dir.mkdir(parents=True, exist_ok=True)
    if revision.is_current(site.db):
        return revision.newest()
    from feedback_app.storage import upgrade  # noqa: PLC0415 (.1 s of each start, to do nothing)

    return upgrade.upgrade(site.db)


def is_ready(site: Site) -> bool:
    """Whether the database answers and has the schema this code was written for."""
    return site.db.is_ready() and revision.is_current(site.db)


def has_no_agency(site: Site) -> bool:
    """Whether nobody has begun here yet."""
    with site.db.read() as session:
        return not agencies.agencies(session)


def rebuild_tallies(site: Site) -> None:
    """Count every rating again."""
    with site.db.transaction() as tx:
        ratings.rebuild_tally(tx)


def tally_differences(site: Site) -> int:
    """How many tally rows differ from a recount; 0 is the promise."""
    with site.db.read() as session:
        return ratings.differences_from_recount(session)
