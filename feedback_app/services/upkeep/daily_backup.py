"""The backup and the drill of each day, in a process of their own: nobody waits for them."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from datetime import datetime, time, timedelta
from pathlib import Path

from feedback_app.config import ROOT
from feedback_app.domain.backups import BackupFaultError, Done
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.local_time import local_instant
from feedback_app.services.site import Site
from feedback_app.services.upkeep import backup, copies
from feedback_app.services.upkeep.drill import drill
from feedback_app.storage.queries import backups as queries

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(hours=1)


def is_due(site: Site) -> bool:
    """Whether a folder is set, today has no proven backup, and none was tried this hour."""
    if site.settings.backup_to is None:
        return False
    now, today = site.now(), local_instant(site.today(), time.min)
    with site.db.read() as session:
        return not (
            queries.is_tried(session, since=today, until=now, only_proven=True)
            or queries.is_tried(session, since=now - TRY_AGAIN_AFTER, until=now, only_proven=False)
        )


def start(site: Site) -> subprocess.Popen[bytes] | None:
    """Begin today's backup and drill where they are due; they read the same environment."""
    if not is_due(site):
        return None
    command = [sys.executable, str(ROOT / "scripts" / "backup.py"), "--daily"]
    running = subprocess.Popen(  # noqa: S603 (our own program)
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=running.wait, daemon=True).start()  # so that no dead child stays
    return running


def run_where_due(site: Site) -> Done | None:
    """The same as `run` unless another process has begun it, as where several start at once."""
    try:
        return run(site, unless_since=site.now() - TRY_AGAIN_AFTER)
    except backup.AlreadyBegunError:
        return None


def run(site: Site, *, unless_since: datetime | None = None) -> Done:
    """Back up, let older copies go, and try the newest; also where the backup failed."""
    folder = site.settings.backup_to
    if folder is None:
        raise BackupFaultError("no_folder", "BACKUP_TO")
    order = backup.Order(
        folder,
        site.settings.backup_keys_to,
        site.settings.backup_keep,
        unless_since=unless_since,
    )
    try:
        backup.back_up(site, order)
    except BackupFaultError as fault:
        log.error("backup: %s", fault)
        _write_down(site, fault)
    _age(site, folder)
    return drill(site, folder)


def _write_down(site: Site, fault: BackupFaultError) -> None:
    """Nothing could be begun, as where a stick is missing: the admin reads why."""
    try:
        with site.db.transaction() as tx:
            backup.add_run(tx, site, act="backup", outcome=fault.outcome, reason=fault.reason)
    except NotSavedError as error:
        log.error("that there is no backup was not written down: %s", error)


def _age(site: Site, folder: Path) -> None:
    """Also on a day without a new copy nothing stays past its time."""
    try:
        copies.age(site, folder)
    except BackupFaultError as fault:
        log.error("earlier copies: %s", fault)
