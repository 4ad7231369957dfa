"""Whether an answer could be saved now, tried without saving anything."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import exc, text

from feedback_app.domain.faults import NotSavedError
from feedback_app.storage import sqlite
from feedback_app.storage.db import Database, DatabaseError

JUST_NOW_S = 5  # somebody's answer was saved: nothing need be tried
REFUSED_S = 60  # a disk that was full or failing is taken for so until something is saved again
PATIENCE_S = 10  # as long as a citizen waits for a locked database before "not saved"
STEP_S = 1  # who tries must not stand in the way of those who save
LEAST_BYTES = 1_000_000  # an answer writes some twenty pages of 4 kB
TRIAL = (
    f"SET LOCAL lock_timeout = {STEP_S * 1000}",
    "LOCK TABLE rating, screening, tally IN ROW EXCLUSIVE MODE",  # what saving takes
    "UPDATE upkeep_mark SET day = day WHERE false",  # refused by a server that only reads
)


@dataclass
class Trial:
    """Tries to save, one thread at a time; the others are told what was found last."""

    patience_s: float = PATIENCE_S
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _last: str | None = None

    def fault(self, db: Database, file: Path | None) -> str | None:
        """Why nothing can be saved; None when it can. It waits for a short lock to pass."""
        said = _fault_of_disk(file) if file else None
        if said or db.has_saved_within(JUST_NOW_S):
            return said
        if db.was_refused_within(REFUSED_S):
            return "the disk has just refused an answer"
        if not self._lock.acquire(blocking=False):
            return self._last
        try:
            self._last = self._try(db, file)
            return self._last
        finally:
            self._lock.release()

    def _try(self, db: Database, file: Path | None) -> str | None:
        began = time.monotonic()
        while True:
            said, is_busy = _try_sqlite(db, file) if file else _try_postgres(db)
            waited = time.monotonic() - began
            if said is None or db.has_saved_within(waited):
                return None
            if not is_busy or waited > self.patience_s:
                return said
            time.sleep(STEP_S / 20)


def _fault_of_disk(file: Path) -> str | None:
    """What a look tells: the file gone, a disk that only reads or is full."""
    if not os.access(file, os.R_OK | os.W_OK) or not os.access(file.parent, os.W_OK):
        return f"{file} is missing or cannot be written to"
    if shutil.disk_usage(file.parent).free < LEAST_BYTES:
        return f"the disk of {file} is full"
    return None


def _try_sqlite(db: Database, file: Path) -> tuple[str | None, bool]:
    """Take the lock that every save takes, on a connection of its own; (what is wrong, busy)."""
    try:
        with db.in_turn(within_s=STEP_S):
            connection = sqlite.library.connect(
                f"{file.as_uri()}?mode=rw", uri=True, timeout=STEP_S, isolation_level=None
            )
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            finally:
                connection.close()
    except NotSavedError as error:
        return str(error), True
    except sqlite.library.Error as error:
        return str(error), "locked" in str(error)
    return None, False


def _try_postgres(db: Database) -> tuple[str | None, bool]:
    try:
        with db.engine.connect() as connection:
            for statement in TRIAL:
                connection.execute(text(statement))
            connection.rollback()
    except exc.TimeoutError as error:  # every connection is in use
        return str(error), True
    except DatabaseError as error:
        is_locked = getattr(error.orig, "sqlstate", None) == "55P03"  # lock_not_available
        return str(error.orig), is_locked
    return None, False
