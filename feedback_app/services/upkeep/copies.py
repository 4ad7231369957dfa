"""The folder of copies: which are there, which go, and what older ones may still hold."""

from __future__ import annotations

import errno
import logging
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from feedback_app.domain.backups import BackupFaultError, CopyName, Stage, newest_first, read_name
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.paper import DAYS_TO_CHECK
from feedback_app.files import copies as files
from feedback_app.services.site import Site
from feedback_app.services.upkeep import clock
from feedback_app.services.upkeep.fingerprint import office_fingerprint
from feedback_app.services.upkeep.retention import screening_kept_from
from feedback_app.storage import snapshot, sqlite
from feedback_app.storage.db import DatabaseError

log = logging.getLogger(__name__)

WORK = ".backup-"  # folders in the instance where copies are made and tried
LEFT_AFTER_S = 6 * 3600  # what was left by a killed run; no run takes so long
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
ROOM_BESIDE = 200_000_000  # bytes that stay free for citizens' answers meanwhile
# Of no use in an archive: what they tell is past its time before anybody restores it.
NOT_ARCHIVED = (*snapshot.ARRIVALS, "visit_code")


@contextmanager
def faults_told() -> Iterator[None]:
    """What a disk or a database refuses, as words."""
    try:
        yield
    except (DatabaseError, NotSavedError, sqlite.library.Error) as error:
        is_full = "full" in str(error)
        raise BackupFaultError("full" if is_full else "database", str(error)) from error
    except snapshot.SourceFaultError as error:
        raise BackupFaultError("source", str(error)) from error
    except OSError as error:
        reason = "full" if error.errno in NO_ROOM else "unwritable"
        raise BackupFaultError(reason, error.strerror or str(error)) from error


def must_be_good(site: Site, folder: Path) -> None:
    """BackupFaultError where copies cannot or must not go."""
    if not folder.is_dir():  # never made by us: below a missing stick lies the same disk
        raise BackupFaultError("no_folder", str(folder))
    if folder.resolve().is_relative_to(site.settings.instance_dir):
        raise BackupFaultError("inside", str(folder))
    probe = folder / f".suara-loket-{secrets.token_hex(8)}{files.PART}"
    with faults_told():
        probe.touch(mode=0o600)
        probe.unlink()


def is_on_the_same_disk(site: Site, folder: Path) -> bool:
    """Whether one broken disk takes the original and its copies."""
    try:
        return folder.stat().st_dev == site.settings.instance_dir.stat().st_dev
    except OSError:
        return False


def own_copies(site: Site, folder: Path) -> list[CopyName]:
    """This office's copies, newest first; other files and other offices' are passed over."""
    try:
        found = [read_name(path.name) for path in folder.iterdir()]
    except OSError as error:
        raise BackupFaultError("no_folder", str(folder)) from error
    office = office_fingerprint(site.settings.place_key)
    return newest_first([name for name in found if name is not None], office=office)


@contextmanager
def workplace(site: Site, *, needs: int) -> Iterator[Path]:
    """A folder of our own on the office's disk; BackupFaultError where there is no room for it."""
    instance = site.settings.instance_dir
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(instance, f"{WORK}*")
    if shutil.disk_usage(instance).free < needs + ROOM_BESIDE:
        raise BackupFaultError("full", str(instance))
    folder = instance / f"{WORK}{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(folder: Path, pattern: str) -> None:
    """Remove what a killed run left; also where the clock has gone back since."""
    for path in folder.glob(pattern):
        try:
            if abs(time.time() - path.stat().st_mtime) > LEFT_AFTER_S:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError as error:
            log.warning("left over, and stays: %s: %s", path, error.strerror)


def add_copy(packed_from: Path, folder: Path, name: CopyName) -> CopyName:
    """Write a copy, proven to be on the disk, under a number that is free; return its name."""
    with faults_told(), _verified(packed_from, folder) as part:
        while not files.give_name(part, folder / name.file):
            name = replace(name, number=name.number + 1)
    return name


@contextmanager
def _verified(packed_from: Path, folder: Path) -> Iterator[Path]:
    """A packed file without its name yet, read back from the disk as it was written."""
    with files.written_whole(folder) as (file, part):
        digest = files.pack(packed_from, file)
        files.on_disk(file)
        if files.digest_of(part) != digest:
            raise BackupFaultError("damaged", part.name)
        yield part


def tidy(site: Site, folder: Path, *, keep: int) -> None:
    """Let the copies before the newest ones go, and take out of the others what is past its time.

    To be called once the newest is proven.
    """
    _sweep(folder, f".suara-loket-*{files.PART}")
    names = own_copies(site, folder)
    numbers = sorted({name.number for name in names}, reverse=True)
    with faults_told():
        for name in names:
            if name.number not in numbers[:keep]:
                (folder / name.file).unlink()
    age(site, folder)


def age(site: Site, folder: Path) -> None:
    """Take out of copies what is past its time; the newest keeps what is not.

    Nothing while the clock is in doubt: what is taken out comes back from nowhere.
    """
    with faults_told():
        found = clock.doubt(site)
    if found:
        log.error("copies keep all they hold: %s", clock.UpkeepStoppedError(found))
        return
    names = own_copies(site, folder)
    done: set[int] = set()
    for place, name in enumerate(names):
        if name.number in done:  # both are there where a run was killed between naming and removing
            (folder / name.file).unlink()
            continue
        done.add(name.number)
        stage = _stage_due(site, name, is_newest=place == 0)
        if stage != name.stage or (place == 0 and not stage and name.day != site.today()):
            try:
                _write_anew(site, folder, name, stage)
            except BackupFaultError as error:
                log.error("%s keeps what is past its time: %s", name.file, error)


def arrivals_kept_from(site: Site) -> datetime:
    """Fine times from before this instant go out of copies; none by a clock that is in doubt."""
    return clock.LONG_AGO if clock.doubt(site) else screening_kept_from(site)


def _stage_due(site: Site, name: CopyName, *, is_newest: bool) -> Stage:
    is_old = name.day < site.today() - DAYS_TO_CHECK - timedelta(days=1)
    is_undated = name.day > site.today() and not is_newest  # a wrong clock named it
    if is_old or is_undated:
        return "-lama"
    if name.stage:
        return name.stage
    return "" if is_newest else "-arsip"


def _write_anew(site: Site, folder: Path, name: CopyName, stage: Stage) -> None:
    before = folder / name.file
    kept_from = arrivals_kept_from(site)
    with workplace(site, needs=20 * before.stat().st_size) as work, faults_told():
        whole = work / "whole.db"
        files.unpack(before, whole)
        if not stage:
            oldest = snapshot.oldest_arrival(whole)
            if oldest is None or oldest >= kept_from:
                return
        take_out(whole, stage, kept_from=kept_from)
        snapshot.write_compact(whole, work / "copy.db")
        with _verified(work / "copy.db", folder) as part:
            part.replace(folder / replace(name, stage=stage).file)
            files.name_is_on_disk(folder)
        if stage != name.stage:
            before.unlink()


def take_out(path: Path, stage: Stage, *, kept_from: datetime) -> None:
    """Take out of a copy's database what is past its time, or what a stage no longer holds."""
    tables = (*snapshot.NEVER_COPIED, *(NOT_ARCHIVED if stage else ()))
    snapshot.strip(path, tables=tables, arrivals_before=kept_from)
    if stage == "-lama":
        snapshot.forget_paper(path)
