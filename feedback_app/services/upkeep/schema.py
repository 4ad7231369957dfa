"""Keep the database in order: schema and tallies."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from feedback_app.config import UNUSED, Locations
from feedback_app.services.site import Site
from feedback_app.services.upkeep.fingerprint import office_fingerprint, secret_fingerprint
from feedback_app.storage import ratings, revision
from feedback_app.storage.db import DatabaseError
from feedback_app.storage.queries import agencies, audit, happenings, office_marks, unit_officers


def upgrade_schema(site: Site) -> str:
    """Bring the database to the newest schema; return its revision.

    It notes whose keys are beside it. Where another process migrates it waits, then has nothing to
    do.
    """
    where = Locations(site.settings.database_url, site.settings.instance_dir)
    if where.database_file:
        _make_folder_and_file(where.instance_dir, where.database_file)
    reached = _upgraded(site)
    note_keys(site)
    with site.db.transaction() as tx:
        happenings.note_instrument(tx, day=site.today(), at=site.now())
        unit_officers.note_by_counter(tx, day=site.today())
    (where.keys / UNUSED).unlink(missing_ok=True)
    return reached


def _upgraded(site: Site) -> str:
    with suppress(DatabaseError):  # full or locked: the upgrade says it in words, or waits
        if revision.is_current(site.db):
            return revision.newest()
    from feedback_app.storage import upgrade  # noqa: PLC0415 (.1 s of each start, to do nothing)

    return upgrade.upgrade(site.db)


def _make_folder_and_file(folder: Path, file: Path) -> None:
    """Closed to others from the first byte; SQLite gives its WAL the rights of the file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))


def note_keys(site: Site) -> None:
    """Note that these keys belong to this database; a newer key of sessions joins the others."""
    settings = site.settings
    with site.db.transaction() as tx:
        office_marks.put_keys(
            tx,
            cards=office_fingerprint(settings.place_key),
            secrets=map(secret_fingerprint, settings.secret_keys),
            at=site.now(),
        )


def accept_keys(site: Site) -> None:
    """Let these keys be this database's, whatever others were; each agency's log tells it."""
    with site.db.transaction() as tx:
        office_marks.forget_keys(tx)
        for agency in agencies.agencies(tx):
            audit.append(
                tx,
                agency_id=agency.id,
                at=site.now(),
                account_id=None,
                action="accept_keys",
                subject=agency.code,
            )
    note_keys(site)


def is_ready(site: Site) -> bool:
    """Whether the database answers and has the schema this code was written for."""
    return site.db.is_ready() and revision.is_current(site.db)


def fault_of_saving(site: Site) -> str | None:
    """Why no answer can be saved now; None when one can. A lock is waited for, as citizens do."""
    file = Locations(site.settings.database_url, site.settings.instance_dir).database_file
    said = site.trial.fault(site.db, file)
    if said:
        return said
    try:
        return None if is_ready(site) else "the schema is not the one of this program"
    except DatabaseError as error:
        return str(error.orig)


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
