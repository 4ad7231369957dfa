"""SQLite keeps what it confirmed and forgets what was deleted, whatever version it is."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from feedback_app.domain.faults import NotSavedError
from feedback_app.services.site import Site
from feedback_app.services.upkeep import retention
from feedback_app.storage import bulk, sqlite
from feedback_app.storage.db import Database, open_database
from tests.conftest import SteppedClock
from tests.ground.office import Office, rating_row
from tests.storage.on_disk import bytes_kept, companions_of

Version = tuple[int, int, int]
OLD: Version = (3, 40, 1)  # Debian 12's own
MARK = "jejak-perangkat-kenari"


def settings_of(db: Database) -> tuple[str, int, int, int]:
    with db.engine.connect() as connection:
        names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]
    return (str(found[0]), *found[1:])  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("version", "journal"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "TRUNCATE"),
        ((3, 52, 1), "TRUNCATE"),
        ((3, 53, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_only_a_safe_sqlite_writes_a_wal(version: Version, journal: str) -> None:
    assert sqlite.journal_for(version) == journal


@pytest.mark.parametrize("version", [sqlite.VERSION, OLD])
def test_each_connection_is_durable_and_overwrites_what_it_deletes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: Version
) -> None:
    monkeypatch.setattr(sqlite, "VERSION", version)
    db = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    first, second = db.engine.connect(), db.engine.connect()
    first.close()
    assert settings_of(db) == (sqlite.journal_for(version).lower(), 2, 1, 1)
    second.close()
    db.close()


@pytest.mark.parametrize("version", [sqlite.VERSION, OLD])
def test_a_file_of_an_older_program_switches_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: Version
) -> None:
    """Made in DELETE mode, or in WAL by a newer program on a machine that lost its wheel."""
    for made_in in ("DELETE", "WAL"):
        path = tmp_path / f"{made_in}.db"
        older = sqlite.library.connect(path)
        older.execute(f"PRAGMA journal_mode={made_in}")
        older.execute("CREATE TABLE t (x)")
        older.execute("INSERT INTO t VALUES (7)")
        older.commit()
        older.close()
        monkeypatch.setattr(sqlite, "VERSION", version)
        db = open_database(f"sqlite:///{path}")
        assert settings_of(db)[0] == sqlite.journal_for(version).lower()
        with db.read() as session:
            assert session.execute(text("SELECT x FROM t")).scalar() == 7
        db.close()


def test_many_that_open_a_file_at_once_all_get_in(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    older = sqlite3.connect(path)
    older.execute("CREATE TABLE t (x)")
    older.close()
    start = threading.Barrier(12)

    def open_one(_number: int) -> str:
        db = open_database(f"sqlite:///{path}")
        start.wait()
        try:
            with db.transaction() as tx:
                tx.execute(text("INSERT INTO t VALUES (1)"))
            return settings_of(db)[0]
        finally:
            db.close()

    with ThreadPoolExecutor(12) as seats:
        assert set(seats.map(open_one, range(12))) == {sqlite.journal_for(sqlite.VERSION).lower()}
    db = open_database(f"sqlite:///{path}")
    with db.read() as session:
        assert session.execute(text("SELECT count(*) FROM t")).scalar() == 12
    db.close()


class Refusing:
    """A cursor that refuses WAL: with an error so many times, then for ever without a word."""

    def __init__(self, cursor: Any, *, locked: int, silent: bool) -> None:
        self.cursor, self.locked, self.silent = cursor, locked, silent

    def execute(self, statement: str) -> Any:
        if statement == "PRAGMA journal_mode=WAL":
            self.locked -= 1
            if self.locked >= 0:
                raise sqlite.library.OperationalError("database is locked")
            if self.silent:
                return self.cursor.execute("PRAGMA journal_mode")
        return self.cursor.execute(statement)


def test_a_switch_that_meets_another_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own waiting does not hold there: 1 of 200 processes that switched at once failed."""
    monkeypatch.setattr(sqlite, "VERSION", (3, 53, 4))
    connection = sqlite.library.connect(tmp_path / "there.db")
    sqlite._choose_journal(Refusing(connection.cursor(), locked=3, silent=False))
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 100)
    connection.execute("PRAGMA journal_mode=DELETE")
    with pytest.raises(sqlite.library.OperationalError):
        sqlite._choose_journal(Refusing(connection.cursor(), locked=1000, silent=False))
    connection.close()


def test_where_no_wal_can_be_the_journal_is_cut_not_unlinked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "VERSION", (3, 53, 4))
    connection = sqlite.library.connect(tmp_path / "there.db")
    sqlite._choose_journal(Refusing(connection.cursor(), locked=0, silent=True))
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
    connection.close()


@pytest.mark.parametrize(
    ("journal", "synchronous", "version", "said"),
    [
        ("WAL", 2, (3, 53, 4), ""),
        ("WAL", 3, (3, 53, 4), ""),
        ("TRUNCATE", 2, OLD, ""),
        ("TRUNCATE", 2, (3, 53, 4), ""),  # slower for readers, as safe
        ("PERSIST", 2, OLD, ""),
        ("DELETE", 3, OLD, ""),
        ("DELETE", 2, OLD, "takes the newest answer back; should be TRUNCATE"),
        ("DELETE", 2, (3, 53, 4), "should be WAL"),
        ("WAL", 2, OLD, "WAL under SQLite 3.40.1 can damage the file: should be TRUNCATE"),
        ("WAL", 2, (3, 52, 0), "WAL under SQLite 3.52.0"),
        ("WAL", 1, (3, 53, 4), "synchronous is NORMAL"),
        ("TRUNCATE", 0, OLD, "synchronous is OFF"),
        ("MEMORY", 2, OLD, "journal_mode is MEMORY"),
    ],
)
def test_what_is_unsafe_is_said_in_words(
    journal: str, synchronous: int, version: Version, said: str
) -> None:
    faults = sqlite.durability_faults(
        journal=journal, synchronous=synchronous, secure_delete=1, version=version
    )
    assert len(faults) == bool(said)
    assert said in "".join(faults)


def test_a_connection_that_does_not_overwrite_is_named() -> None:
    for value, count in ((1, 0), (0, 1), (2, 1)):  # 2 is FAST: free pages stay as they were
        faults = sqlite.durability_faults(
            journal="WAL", synchronous=2, secure_delete=value, version=(3, 53, 4)
        )
        assert len(faults) == count


def add_old_answer(site: Site, office: Office) -> None:
    """An answer whose marks are due to go; its row in `screening` holds MARK."""
    rating = rating_row(office) | {"for_officer": True}
    screening = {"rating_id": rating["id"], "agency_id": office.agency_id, "rules": ""}
    screening |= {"opened_at": site.now(), "received_at": site.now(), "body_digest": MARK}
    screening |= {"receipt": "r", "device_key": "k", "network_key": "k", "text_key": None}
    screening |= {"counter_id": rating["counter_id"], "tier": "poster", "is_hasty": False}
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "rating", [rating])
        bulk.add_rows(tx, "screening", [screening])


def is_on_disk(site: Site) -> bool:
    folder = Path(str(site.db.engine.url.database)).parent
    return any(MARK.encode() in content for content in bytes_kept(folder))


@pytest.fixture
def file_site(site: Site, office: Office) -> Site:
    if not site.db.is_sqlite:
        pytest.skip("PostgreSQL has no WAL file of ours, its VACUUM is its own")
    add_old_answer(site, office)
    return site


def test_what_upkeep_deleted_is_nowhere_in_the_files(file_site: Site, clock: SteppedClock) -> None:
    assert is_on_disk(file_site)
    clock.at += timedelta(days=15)
    assert retention.do_daily_work(file_site)["screening"] == 1
    assert not is_on_disk(file_site)
    assert "-wal" not in companions_of(Path(str(file_site.db.engine.url.database)).parent)


@pytest.mark.parametrize("left_out", ["the checkpoint", "overwriting"])
def test_the_search_sees_what_a_step_left_out_would_leave(
    file_site: Site, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    """The controls: each half of the promise is needed."""
    if left_out == "the checkpoint":
        if sqlite.journal_for(sqlite.VERSION) != "WAL":
            pytest.skip("no WAL here, so nothing waits in it")
        monkeypatch.setattr(Database, "empty_wal", lambda _db: True)
    else:
        with file_site.db.engine.connect() as connection:
            connection.execute(text("PRAGMA secure_delete=OFF"))
        # the pool hands the same connection out again
        monkeypatch.setattr(retention, "drop_deleted_rows", lambda _site: None)  # a new file
    clock.at += timedelta(days=15)
    assert retention.do_daily_work(file_site)["screening"] == 1
    assert is_on_disk(file_site)


def test_a_reader_delays_the_emptying_but_no_writer(
    file_site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if sqlite.journal_for(sqlite.VERSION) != "WAL":
        pytest.skip("no WAL here: a reader does hold writers up")
    monkeypatch.setattr(sqlite, "CHECKPOINT_WAIT_MS", 50)
    monkeypatch.setattr(sqlite, "CHECKPOINT_PAUSE_S", 0.01)
    with file_site.db.read() as reader:
        seen = reader.execute(text("SELECT count(*) FROM rating")).scalar()
        began = time.monotonic()
        with file_site.db.transaction() as tx:
            tx.execute(text("UPDATE unit SET name = 'x'"))
        assert time.monotonic() - began < 5  # far below the 10 s of the busy timeout
        retention.do_daily_work(file_site)
        assert "deleted rows wait in the WAL" in caplog.text
        assert reader.execute(text("SELECT count(*) FROM rating")).scalar() == seen
    assert file_site.db.empty_wal()


def test_where_only_an_old_sqlite_is_a_reader_holds_writers_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The price of TRUNCATE, and the control of the test above."""
    monkeypatch.setattr(sqlite, "VERSION", OLD)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 100)
    db = open_database(f"sqlite:///{tmp_path / 'old.db'}")
    with db.transaction() as tx:
        tx.execute(text("CREATE TABLE t (x)"))
    with db.read() as reader:
        reader.execute(text("SELECT x FROM t")).all()
        with pytest.raises(NotSavedError), db.transaction() as tx:
            tx.execute(text("INSERT INTO t VALUES (1)"))
    db.close()


def test_a_locked_file_says_so_instead_of_waiting_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 100)
    path = tmp_path / "locked.db"
    holder = sqlite.library.connect(path, isolation_level=None)
    holder.execute("CREATE TABLE t (x)")
    holder.execute("BEGIN EXCLUSIVE")
    db = open_database(f"sqlite:///{path}")
    with pytest.raises(NotSavedError), db.read() as session:
        session.execute(text("SELECT x FROM t"))
    holder.execute("ROLLBACK")
    with db.read() as session:
        assert session.execute(text("SELECT x FROM t")).all() == []
    holder.close()
    db.close()
