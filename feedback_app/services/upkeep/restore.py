"""Bring an office back from a copy: into an empty folder or an empty database only."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from feedback_app.config import Settings
from feedback_app.domain.backups import BackupFaultError, Done
from feedback_app.domain.local_time import local_zone
from feedback_app.files import copies as files
from feedback_app.instance import FILE, TIME_ZONES
from feedback_app.instance import write as write_settings
from feedback_app.services.site import Clock, Site, open_site
from feedback_app.services.upkeep.backup import add_run
from feedback_app.services.upkeep.copies import faults_told
from feedback_app.services.upkeep.fingerprint import office_fingerprint, secret_fingerprint
from feedback_app.services.upkeep.retention import screening_kept_from
from feedback_app.storage import ratings, restored, revision, snapshot
from feedback_app.storage.db import Session, open_database
from feedback_app.storage.models import BackupRun
from feedback_app.storage.queries import agencies, audit
from feedback_app.storage.queries import backups as queries
from feedback_app.storage.queries import retention as old_rows

DATABASE = "suara_loket.db"  # as config.py names it
Tallies = Literal["as they are", "counted again"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A copy that was unpacked and found sound; `run` is the backup that wrote it."""

    path: Path
    file: str
    taken_at: datetime
    sentinel: str
    ratings: int
    office: str
    secret: str
    settings: Mapping[str, str]  # of settings.toml, by the environment's names


def open_copy(copy: Path, work: Path) -> Opened:
    """Unpack a copy into a folder and check all of it; BackupFaultError says what is wrong."""
    if not copy.is_file():
        raise BackupFaultError("no_copy", str(copy))
    path = work / DATABASE
    files.unpack(copy, path)
    try:
        looked = restored.look(path)
    except restored.DamagedDatabaseError as error:
        raise BackupFaultError("damaged", str(error)) from error
    if looked.revision not in revision.known():
        raise BackupFaultError("newer", looked.revision)
    if "backup_run" not in looked.counts:
        raise BackupFaultError("not_a_copy", copy.name)
    settings = snapshot.take_settings(path)
    restored.bring_up_to_date(path)
    run = _run_in(path)
    if run is None or run.taken_at is None:
        raise BackupFaultError("not_a_copy", copy.name)
    return Opened(
        path=path,
        file=copy.name,
        taken_at=run.taken_at,
        sentinel=run.sentinel,
        ratings=looked.counts["rating"],
        office=run.office,
        secret=run.secret,
        settings=settings,
    )


def _run_in(path: Path) -> BackupRun | None:
    """The newest backup that a copy knows of is the one that wrote it."""
    db = open_database(f"sqlite:///{path}")
    try:
        with db.read() as session:
            return queries.newest_run(session, "backup")
    finally:
        db.close()


def keys_must_fit(found: Opened, keys: files.KeyFile) -> None:
    """BackupFaultError for another office's keys, and for keys from before the copy."""
    if office_fingerprint(keys.place) != found.office:
        raise BackupFaultError("other_office")
    if found.secret not in {secret_fingerprint(key) for key in keys.secrets}:
        raise BackupFaultError("old_keys")


def restore_into_folder(
    copy: Path,
    keys: files.KeyFile,
    folder: Path,
    *,
    clock: Clock,
    tallies: Tallies = "as they are",
) -> Done:
    """Make a folder that a program can start from; it is there whole or not at all."""
    began = time.monotonic()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupFaultError("not_empty", str(folder))
    parent = folder.absolute().parent
    if not parent.is_dir():
        raise BackupFaultError("no_folder", str(parent))
    part = parent / f".{folder.name}-{os.urandom(8).hex()}{files.PART}"
    with faults_told():
        part.mkdir(mode=0o700)
    try:
        with faults_told():
            found = open_copy(copy, part)
            keys_must_fit(found, keys)
            _write_keys(keys, part / "keys")
            finish = Finish(_site_of(found, keys, clock), found, tallies)
            if restored.finish_file(found.path, finish):
                raise BackupFaultError("tally")
            _write_settings(found, part)
            _put_in_place(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Done("proven", "", found.ratings, time.monotonic() - began, found.taken_at)


def restore_into_postgres(
    copy: Path,
    keys: files.KeyFile,
    url: str,
    *,
    instance: Path,
    clock: Clock,
    tallies: Tallies = "as they are",
) -> Done:
    """Fill an empty database in one transaction; the keys go into the program's own folder."""
    began = time.monotonic()
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    _must_be_free_for(keys, instance / "keys")
    work = instance / f".restore-{os.urandom(8).hex()}"
    work.mkdir(mode=0o700)
    try:
        with faults_told():
            found = open_copy(copy, work)
            keys_must_fit(found, keys)
            finish = Finish(_site_of(found, keys, clock), found, tallies)
            _write_keys(keys, instance / "keys")
            if restored.into_postgres(url, found.path, finish):
                raise BackupFaultError("tally")
            _write_settings(found, instance)
    except restored.NotEmptyError:
        raise BackupFaultError("not_empty", url.rpartition("@")[2]) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Done("proven", "", found.ratings, time.monotonic() - began, found.taken_at)


def _site_of(found: Opened, keys: files.KeyFile, clock: Clock) -> Site:
    """The office as it will run, for what a restore writes down."""
    settings = Settings(
        database_url=f"sqlite:///{found.path}",
        base_url="http://127.0.0.1:8000",
        instance_dir=found.path.parent,
        trusted_hosts=(),
        proxy_hops=0,
        secret_keys=keys.secrets,
        place_key=keys.place,
        time_zone=TIME_ZONES.get(found.settings.get("TIME_ZONE", ""), local_zone().key),
    )
    return open_site(settings, clock=clock)


@dataclass(frozen=True, slots=True)
class Finish:
    """What a restore does to the data, within the transaction that brings them."""

    site: Site
    found: Opened
    tallies: Tallies = "as they are"

    def __call__(self, tx: Session) -> None:
        """End log-ins, delete what is past its time by now, write down the restore."""
        now = self.site.now()
        restored.end_log_ins(tx, now=now)
        if self.tallies == "counted again":
            ratings.rebuild_tally(tx)
        for name in snapshot.ARRIVALS:
            old_rows.delete_before(tx, name, "received_at", before=screening_kept_from(self.site))
        add_run(
            tx,
            self.site,
            act="restore",
            outcome="proven",
            reason="",
            file=self.found.file,
            taken_at=self.found.taken_at,
            ratings=self.found.ratings,
        )
        for agency in agencies.agencies(tx):
            audit.append(
                tx,
                agency_id=agency.id,
                at=now,
                account_id=None,
                action="restore_backup",
                subject=self.found.file,
                detail={"taken_at": self.found.taken_at.isoformat()},
            )


def _write_keys(keys: files.KeyFile, folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, lines in (("place", (keys.place,)), ("secret", keys.secrets)):
        path = folder / name
        if path.exists():
            continue
        with files.written_whole(folder) as (file, part):
            file.write("".join(f"{key.hex()}\n" for key in lines).encode())
            files.on_disk(file)
            files.give_name(part, path)


def _write_settings(found: Opened, folder: Path) -> None:
    """The office's settings, where a person has not written others meanwhile."""
    if found.settings and not (folder / FILE).exists():
        write_settings(folder / FILE, found.settings)


def _must_be_free_for(keys: files.KeyFile, folder: Path) -> None:
    """Keys that lie there already must be the same: they are never written over."""
    for name, lines in (("place", (keys.place,)), ("secret", keys.secrets)):
        path = folder / name
        if path.exists() and path.read_text().split() != [key.hex() for key in lines]:
            raise BackupFaultError("not_empty", str(path))


def _put_in_place(part: Path, folder: Path) -> None:
    """Give the whole folder its name; where it is a disk of its own, the database comes last."""
    for path in part.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    try:
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except OSError:
        folder.mkdir(mode=0o700, exist_ok=True)
        for path in sorted(part.iterdir(), key=lambda path: path.name == DATABASE):
            shutil.move(path, folder / path.name)
    files.name_is_on_disk(folder.absolute().parent)
