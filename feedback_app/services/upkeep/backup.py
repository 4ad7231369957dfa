"""Take a backup: online, verified, dated; the keys go into a file of their own."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedback_app import instance
from feedback_app.domain.backups import BackupFaultError, CopyName, Done, Outcome, Stage
from feedback_app.domain.faults import NotSavedError
from feedback_app.files import copies as files
from feedback_app.services.site import Site
from feedback_app.services.upkeep import copies, schema
from feedback_app.services.upkeep.fingerprint import (
    keys_fingerprint,
    office_fingerprint,
    secret_fingerprint,
)
from feedback_app.storage import bulk, restored, snapshot
from feedback_app.storage.db import Session
from feedback_app.storage.queries import backups as queries

log = logging.getLogger(__name__)

OF_THIS_COMPUTER = ("DATABASE_URL",)  # it may hold a password, and a restore is told another
OFFICE_FIGURES = 8  # of the fingerprint, in a copy's name


@dataclass(frozen=True, slots=True)
class Order:
    """What should be done: where copies go, where keys go, how many copies stay.

    `unless_since`: nothing is done where another backup was begun from this instant on.
    """

    folder: Path
    keys_to: Path | None
    keep: int
    stage: Stage = ""
    unless_since: datetime | None = None


class AlreadyBegunError(Exception):
    """Another process has begun this backup."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written. `keys`: the file of keys, None where it is written already."""

    done: Done
    copy: Path | None
    keys: Path | None


@dataclass(frozen=True, slots=True)
class _Started:
    run_id: int
    sentinel: str
    at: datetime
    began: float


def back_up(site: Site, order: Order) -> Backup:
    """Copy everything and prove that the copy can be read; what became of it is kept.

    BackupFaultError where nothing could be begun, AlreadyBegunError where nothing need be; the
    outcome tells of everything later.
    """
    copies.must_be_good(site, order.folder)
    if order.keys_to is not None:
        copies.must_be_good(site, order.keys_to)
    try:
        if not schema.is_ready(site):
            raise BackupFaultError("database")
        started = _start(site, order)
    except NotSavedError as error:
        raise BackupFaultError("database", str(error)) from error
    try:
        keys = _write_keys(site, order.keys_to or order.folder)
        name, ratings = _take(site, order)
    except BackupFaultError as fault:
        log.error("backup: %s", fault)
        return Backup(_settle(site, started, fault.outcome, fault.reason), None, None)
    copy = order.folder.resolve() / name.file
    done = _settle(site, started, "proven", "", file=copy.as_posix(), ratings=ratings)
    try:
        copies.tidy(site, order.folder, keep=order.keep)
    except BackupFaultError as fault:  # the new copy is there all the same
        log.error("earlier copies: %s", fault)
    return Backup(done, copy, keys)


def _start(site: Site, order: Order) -> _Started:
    """Write the mark that the copy must hold; of several processes one at a time."""
    began, at, sentinel = time.monotonic(), site.now(), secrets.token_hex(16)
    since = order.unless_since
    with site.db.transaction() as tx:
        queries.hold_runs(tx)
        if since and queries.is_tried(tx, since=since, until=at, only_proven=False):
            raise AlreadyBegunError
        run_id = add_run(tx, site, act="backup", sentinel=sentinel, taken_at=at)
    return _Started(run_id, sentinel, at, began)


def add_run(
    tx: Session,
    site: Site,
    *,
    act: str,
    sentinel: str = "",
    outcome: Outcome = "not sure",
    reason: str = "started",
    file: str = "",
    taken_at: datetime | None = None,
    ratings: int | None = None,
    seconds: float | None = None,
) -> int:
    """Write down one backup, drill, restore or file of keys; return its number."""
    settings = site.settings
    row = {
        "act": act,
        "at": site.now(),
        "outcome": outcome,
        "reason": reason,
        "file": file,
        "taken_at": taken_at,
        "ratings": ratings,
        "seconds": seconds,
        "sentinel": sentinel,
        "office": office_fingerprint(settings.place_key),
        "secret": secret_fingerprint(settings.secret_keys[0]),
    }
    return bulk.add_rows(tx, "backup_run", [row])[0]


def _settle(
    site: Site,
    started: _Started,
    outcome: Outcome,
    reason: str,
    *,
    file: str = "",
    ratings: int | None = None,
) -> Done:
    done = Done(outcome, reason, ratings, time.monotonic() - started.began, started.at)
    try:
        with site.db.transaction() as tx:
            queries.settle(
                tx,
                started.run_id,
                outcome=outcome,
                reason=reason,
                file=file,
                ratings=ratings,
                seconds=done.seconds,
            )
    except NotSavedError as error:  # the copy stands; only its line is missing
        log.error("what became of the backup was not written down: %s", error)
    return done


def _take(site: Site, order: Order) -> tuple[CopyName, int]:
    needs = 2 * snapshot.size_of(site.db)
    with copies.workplace(site, needs=needs) as work, copies.faults_told():
        whole, copy = work / "whole.db", work / "copy.db"
        counts = snapshot.copy_whole(site.db, whole)
        copies.take_out(whole, order.stage, kept_from=copies.arrivals_kept_from(site))
        snapshot.put_settings(whole, _settings_kept(site))
        snapshot.write_compact(whole, copy)
        whole.unlink()
        _must_be_whole(copy, counts, order.stage)
        newest = copies.own_copies(site, order.folder)
        name = CopyName(
            office=office_fingerprint(site.settings.place_key)[:OFFICE_FIGURES],
            day=site.today(),
            number=newest[0].number + 1 if newest else 1,
            stage=order.stage,
        )
        return copies.add_copy(copy, order.folder, name), counts["rating"]


def _settings_kept(site: Site) -> dict[str, str]:
    """The office's settings.toml without what belongs to this computer alone."""
    kept = instance.read(site.settings.instance_dir / instance.FILE)
    return {name: value for name, value in kept.items() if name not in OF_THIS_COMPUTER}


def _must_be_whole(copy: Path, counts: snapshot.Counts, stage: Stage) -> None:
    """Each page, each reference, and as many rows of each table as the original had."""
    try:
        looked = restored.look(copy)
    except restored.DamagedDatabaseError as error:
        raise BackupFaultError("source", str(error)) from error
    taken_out = {
        *snapshot.NEVER_COPIED,
        *snapshot.ARRIVALS,
        *(copies.NOT_ARCHIVED if stage else ()),
    }
    if any(looked.counts[name] != n for name, n in counts.items() if name not in taken_out):
        raise BackupFaultError("damaged", "counts")


def _write_keys(site: Site, folder: Path) -> Path | None:
    """Once for each folder and each change of keys, so that the file can lie on another stick."""
    fingerprint = keys_fingerprint(site.settings)
    known = folder.resolve().as_posix()
    with site.db.read() as session:
        if queries.keys_are_written(session, fingerprint=fingerprint, folder=known):
            return None
    office = office_fingerprint(site.settings.place_key)[:OFFICE_FIGURES]
    path = folder / f"suara-loket-{office}-kunci-{site.today()}-{fingerprint[:6]}.json"
    settings = site.settings
    content = files.keys_text(files.KeyFile(settings.place_key, settings.secret_keys))
    with copies.faults_told(), files.written_whole(folder) as (file, part):
        file.write(content)
        files.on_disk(file)
        if not files.give_name(part, path):
            files.read_keys(path)  # it was written before: whole, or said to be damaged
    with site.db.transaction() as tx:
        add_run(
            tx,
            site,
            act="keys",
            sentinel=fingerprint,
            outcome="proven",
            reason="",
            file=f"{known}/{path.name}",
        )
    return path
