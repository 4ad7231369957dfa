"""SQLite: which library, which journal, what each connection must be told, what is unsafe."""

from __future__ import annotations

import time
from typing import Any

try:
    from pysqlite3 import dbapi2

    ORIGIN = "brought along"
except ImportError:  # no wheel for this machine: see requirements.in
    from sqlite3 import dbapi2

    ORIGIN = "this Python's own"

library: Any = dbapi2  # chosen once: migrations, scripts and rigs take it from here
VERSION: tuple[int, int, int] = library.sqlite_version_info
VERSION_TEXT: str = library.sqlite_version

BUSY_TIMEOUT_MS = 10_000  # a writer waits this long, then "not saved, try again" (ADR 2)
# SQLite 3.7.0 to 3.51.2 can corrupt a WAL file when two connections write or checkpoint at once
# (sqlite.org/wal.html, "the WAL-reset bug"); 3.52.0 was withdrawn, so none of 3.52 is trusted.
WAL_IS_SAFE_FROM = (3, 51, 3)
WITHDRAWN = (3, 52)
SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
# A checkpoint that empties the WAL keeps writers out while it waits for readers: so it waits a
# short while, several times, and citizens pass in between.
CHECKPOINT_WAIT_MS = 300
CHECKPOINT_TRIES = 6
CHECKPOINT_PAUSE_S = 0.3


def journal_for(version: tuple[int, int, int]) -> str:
    """WAL only where it cannot corrupt the file, else TRUNCATE; both want synchronous=FULL.

    Never DELETE: its commit is the unlinking of the journal, which a power cut takes back until
    the file system has written its folder (up to 5 s on ext4), and with it the last answer.
    """
    return "WAL" if is_wal_safe(version) else "TRUNCATE"


def is_wal_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite may write a WAL."""
    return version >= WAL_IS_SAFE_FROM and version[:2] != WITHDRAWN


def prepare(connection: Any, *, wait_ms: int = BUSY_TIMEOUT_MS) -> None:
    """Tell a new connection what this product promises; SQLite forgets most of it at each close."""
    connection.isolation_level = None  # BEGIN is said by storage/db.py
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={wait_ms}")
    _choose_journal(cursor, wait_ms=wait_ms)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")  # Debian's SQLite has it built in, wheels do not
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


WAIT_TOLD = "busy_timeout"  # in a pooled connection's info (ms)


def tell_wait(cursor: Any, info: dict[Any, Any], wait_ms: int) -> None:
    """How long SQLite waits for a lock, where it has not been told the same."""
    if info.get(WAIT_TOLD) != wait_ms:
        cursor.execute(f"PRAGMA busy_timeout={wait_ms}")
        info[WAIT_TOLD] = wait_ms


def _choose_journal(cursor: Any, *, wait_ms: int | None = None) -> None:
    """Switch the file too where an older version of this program left it in another mode."""
    wanted = journal_for(VERSION)
    until = time.monotonic() + (wait_ms or BUSY_TIMEOUT_MS) / 1000
    while cursor.execute("PRAGMA journal_mode").fetchone()[0].upper() != wanted:
        try:
            cursor.execute(f"PRAGMA journal_mode={wanted}")
        except library.OperationalError:
            # The busy timeout does not hold here: two that switch at once are both told "locked".
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            break
    if cursor.execute("PRAGMA journal_mode").fetchone()[0].upper() == "DELETE":
        cursor.execute("PRAGMA journal_mode=TRUNCATE")  # a disk that cannot do WAL says no word


def empty_wal(connection: Any) -> bool:
    """Write the WAL into the file and cut it to nothing; whether no reader stood in the way.

    Without it a deleted row stays readable in the WAL until later writes cover it.
    """
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={CHECKPOINT_WAIT_MS}")
    try:
        for attempt in range(CHECKPOINT_TRIES):
            time.sleep(CHECKPOINT_PAUSE_S if attempt else 0)
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not is_busy:
                return True
        return False
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.close()


def durability_faults(
    *, journal: str, synchronous: int, secure_delete: int, version: tuple[int, int, int]
) -> list[str]:
    """What is unsafe about a connection's settings, in words; empty when nothing is."""
    faults = []
    level = SYNCHRONOUS[synchronous]
    wanted = journal_for(version)
    if journal == "WAL" and not is_wal_safe(version):
        number = ".".join(map(str, version))
        faults.append(f"WAL under SQLite {number} can damage the file: should be {wanted}")
    elif journal in ("OFF", "MEMORY"):
        faults.append(f"journal_mode is {journal}: a crash damages the file; should be {wanted}")
    elif journal == "DELETE" and level == "FULL":
        faults.append(
            f"journal_mode is DELETE: a power cut takes the newest answer back; should be {wanted}"
        )
    if level in ("OFF", "NORMAL"):
        faults.append(f"synchronous is {level}: a power cut loses saved answers; should be FULL")
    if secure_delete != 1:
        faults.append("secure_delete is off: what was deleted stays readable; should be ON")
    return faults
