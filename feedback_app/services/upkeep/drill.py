"""The drill: bring the newest copy back to scratch, and prove that it is what the office had."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path

from feedback_app.domain.backups import OLD_AFTER, BackupFaultError, CopyName, Done
from feedback_app.domain.faults import NotSavedError
from feedback_app.files import copies as files
from feedback_app.services.site import Site
from feedback_app.services.upkeep import copies
from feedback_app.services.upkeep.backup import add_run
from feedback_app.services.upkeep.fingerprint import keys_fingerprint
from feedback_app.services.upkeep.restore import Finish, Opened, keys_must_fit, open_copy
from feedback_app.storage import restored
from feedback_app.storage.queries import backups as queries

log = logging.getLogger(__name__)

PACKED_AT_MOST = 25  # times smaller than it was, with room for what a restore writes


@dataclass(frozen=True, slots=True)
class Tried:
    """A copy that was opened, and why it is not proven; '' when it is."""

    found: Opened | None
    reason: str


def folder_of(site: Site) -> Path:
    """Where the copies are: by the setting, else where the last proven one was written."""
    if site.settings.backup_to is not None:
        return site.settings.backup_to
    with site.db.read() as session:
        last = queries.newest_proven(session, "backup")
    if last is None:
        raise BackupFaultError("no_copy", "BACKUP_TO")
    return Path(last.file).parent


def drill(site: Site, folder: Path, *, keys: Path | None = None) -> Done:
    """Restore the newest copy to scratch; keep and return what came of it."""
    began = time.monotonic()
    newest = None
    tried = Tried(None, "")
    try:
        newest = _newest(site, folder)
        needs = PACKED_AT_MOST * (folder / newest.file).stat().st_size
        with copies.workplace(site, needs=needs) as work, copies.faults_told():
            tried = _try(site, newest, open_copy(folder / newest.file, work), keys)
    except BackupFaultError as fault:
        log.error("drill: %s", fault)
        tried = Tried(tried.found, fault.reason)
    done = Done(
        outcome=BackupFaultError(tried.reason).outcome if tried.reason else "proven",
        reason=tried.reason,
        ratings=tried.found.ratings if tried.found else None,
        seconds=time.monotonic() - began,
        taken_at=tried.found.taken_at if tried.found else None,
    )
    _keep(site, done, (folder / newest.file).as_posix() if newest else "")
    return done


def _newest(site: Site, folder: Path) -> CopyName:
    if not folder.is_dir():
        raise BackupFaultError("no_folder", str(folder))
    names = copies.own_copies(site, folder)
    if not names:
        raise BackupFaultError("no_copy", str(folder))
    return names[0]


def _try(site: Site, name: CopyName, found: Opened, keys: Path | None) -> Tried:
    """What of the copy can be told; a fault is one of the copy or of its keys."""
    settings = site.settings
    if keys is not None:
        keys_must_fit(found, files.read_keys(keys))
    keys_must_fit(found, files.KeyFile(settings.place_key, settings.secret_keys))
    with site.db.read() as session:
        written = queries.run_of_copy(session, replace(name, stage="").file)
        # Killed between the copy's name and its line: the mark in the copy is the office's own.
        written = written or queries.unsettled_run(session, found.sentinel)
    if written is not None and written.sentinel != found.sentinel:
        raise BackupFaultError("sentinel", name.file)
    if _differences(site, found):
        raise BackupFaultError("tally", name.file)
    return Tried(found, _doubt(site, found, is_known=written is not None, keys=keys))


def _differences(site: Site, found: Opened) -> int:
    """Bring the copy back as a restore does, on the engine on which the office runs."""
    finish = Finish(site, found, copies.arrivals_kept_from(site))
    if site.db.is_sqlite:
        return restored.finish_file(found.path, finish)
    try:
        return restored.tried_in_postgres(site.db.engine, found.path, finish)
    except restored.NoSchemaError:
        raise BackupFaultError("no_permission") from None


def _doubt(site: Site, found: Opened, *, is_known: bool, keys: Path | None) -> str:
    """Why a copy that could be restored is not proven to be what is wanted; '' when it is."""
    if not is_known:
        return "unknown_copy"
    if abs(site.now() - found.taken_at) > OLD_AFTER:
        return "old"
    fingerprint = keys_fingerprint(site.settings)
    with site.db.read() as session:
        written = queries.newest_keys(session, fingerprint=fingerprint)
    if keys is None and written is None:
        return "no_keys"
    if written is not None and Path(written.file).is_file():  # else it lies on another stick
        keys_must_fit(found, files.read_keys(Path(written.file)))
    return ""


def _keep(site: Site, done: Done, file: str) -> None:
    try:
        with site.db.transaction() as tx:
            add_run(
                tx,
                site,
                act="drill",
                outcome=done.outcome,
                reason=done.reason,
                file=file,
                taken_at=done.taken_at,
                ratings=done.ratings,
                seconds=done.seconds,
            )
    except NotSavedError as error:
        log.error("what came of the drill was not written down: %s", error)
