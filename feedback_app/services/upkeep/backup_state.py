"""How the office's backup stands, for whoever answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from feedback_app.domain.backups import REASONS, Level, Outcome, level_of
from feedback_app.services.site import Site
from feedback_app.services.upkeep import copies
from feedback_app.storage.models import BackupRun
from feedback_app.storage.queries import backups as queries

RESTORE_IS_NEWS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Proven:
    """The last copy that was proven: what it shows, how long restoring took, how many answers."""

    taken_at: datetime
    seconds: float
    ratings: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """The last attempt where it was not proven; `words` say what to do."""

    at: datetime
    outcome: Outcome
    words: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Restored:
    """When the office came back from a copy, and what instant that showed."""

    at: datetime
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class BackupState:
    """What to show. `is_set_up`: there was a backup; `is_daily`: a folder for one a day is set."""

    level: Level
    is_set_up: bool
    is_daily: bool
    proven: Proven | None
    trouble: Trouble | None
    restored: Restored | None
    same_disk: bool


def backup_state(site: Site) -> BackupState:
    """Look at what was written down; nothing is tried."""
    with site.db.read() as session:
        drill = queries.newest_proven(session, "drill")
        backup = queries.newest_run(session, "backup")
        tried = queries.newest_run(session, "drill")
        restore = queries.newest_run(session, "restore")
    folder = site.settings.backup_to
    proven = _proven(drill)
    return BackupState(
        level=level_of(proven.taken_at if proven else None, now=site.now()),
        is_set_up=folder is not None or backup is not None,
        is_daily=folder is not None,
        proven=proven,
        trouble=_trouble(site, backup, tried),
        restored=_restored(site, restore),
        same_disk=folder is not None and copies.is_on_the_same_disk(site, folder),
    )


def _proven(run: BackupRun | None) -> Proven | None:
    if run is None or run.taken_at is None:
        return None
    return Proven(run.taken_at, run.seconds or 0.0, run.ratings or 0)


def _trouble(site: Site, backup: BackupRun | None, drill: BackupRun | None) -> Trouble | None:
    """The newest of both that is not proven; one that is perhaps still running is none."""
    for run in (drill, backup):
        if run is None or run.outcome == "proven" or run.reason not in REASONS:
            continue
        is_running = run.reason == "started" and site.now() - run.at < timedelta(hours=1)
        if not is_running:
            return Trouble(run.at, cast("Outcome", run.outcome), REASONS[run.reason])
    return None


def _restored(site: Site, run: BackupRun | None) -> Restored | None:
    if run is None or run.taken_at is None or site.now() - run.at > RESTORE_IS_NEWS:
        return None
    return Restored(run.at, run.taken_at)
