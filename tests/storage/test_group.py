"""One commit for all who wait: nobody is answered before it, one fault is one's own, a lost commit
is everybody's, and what is kept goes as soon as another connection has written."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, bindparam, insert, text

from feedback_app.config import ROOT
from feedback_app.domain.faults import NotSavedError
from feedback_app.storage import deadline, sqlite
from feedback_app.storage.db import Database, DatabaseError, open_database
from feedback_app.storage.group import Kept
from feedback_app.storage.prepared import Prepared, Statements

TABLE = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("of", Integer, ForeignKey("thing.id")),
)
ADD = Prepared(insert(TABLE).values(id=bindparam("id"), of=bindparam("of")))
LATER = Prepared(text("PRAGMA defer_foreign_keys=ON"))
END = Prepared(text("ROLLBACK"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'things.db'}")
    TABLE.metadata.create_all(opened.engine)
    yield opened
    opened.close()


def add(number: int, of: int | None = None) -> Callable[[Statements, Kept], int]:
    """Write one thing."""

    def write(statements: Statements, kept: Kept) -> int:
        statements.run(ADD, {"id": number, "of": of})
        kept[number] = "remembered"
        return number

    return write


def stored(db: Database) -> list[int]:
    """What another connection sees."""
    connection = sqlite.library.connect(db.engine.url.database)
    try:
        return [row[0] for row in connection.execute("SELECT id FROM thing ORDER BY id")]
    finally:
        connection.close()


def together(db: Database, *writes: Callable[[Statements, Kept], Any]) -> list[Any]:
    """Let these wait until all of them do, then write in one group; results or faults in order."""
    found: list[Any] = [None] * len(writes)

    def put(place: int) -> None:
        try:
            found[place] = db.save(writes[place])
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=put, args=(n,)) for n in range(len(writes))]
    with db.in_turn():
        for number, thread in enumerate(threads, start=1):
            thread.start()
            until = time.monotonic() + 10
            while len(db._group._waiting) < number and time.monotonic() < until:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    return found


def said_by(db: Database) -> list[str]:
    """Every statement that the group's connection runs from now on."""
    db.save(lambda _statements, _kept: None)  # opens it
    heard: list[str] = []
    db._group._connection.set_trace_callback(heard.append)
    return heard


def test_all_who_wait_share_one_commit(db: Database) -> None:
    heard = said_by(db)
    assert together(db, *(add(n) for n in range(5))) == [0, 1, 2, 3, 4]
    assert stored(db) == [0, 1, 2, 3, 4]
    assert heard.count("COMMIT") == 1
    assert heard.count("SAVEPOINT member") == 5


def test_who_writes_alone_needs_no_savepoint(db: Database) -> None:
    heard = said_by(db)
    assert db.save(add(1)) == 1
    assert [one for one in heard if "SAVEPOINT" in one] == []
    assert stored(db) == [1]


def test_nobody_is_answered_before_the_commit(db: Database) -> None:
    go_on, answered = threading.Event(), threading.Event()

    def slow(statements: Statements, kept: Kept) -> int:
        go_on.wait(10)
        return add(2)(statements, kept)

    def ask() -> None:
        db.save(add(1))
        answered.set()

    leader = threading.Thread(target=lambda: together(db, add(0), slow))
    leader.start()
    asker = threading.Thread(target=ask)
    asker.start()
    assert not answered.wait(0.2)
    assert stored(db) == []
    go_on.set()
    asker.join()
    leader.join()
    assert stored(db) == [0, 1, 2]


def test_a_fault_takes_back_its_own_writing_only(db: Database) -> None:
    def faulty(statements: Statements, kept: Kept) -> None:
        add(7)(statements, kept)
        raise KeyError("its own")

    found = together(db, add(1), faulty, add(2), add(1))
    assert found[0] == 1
    assert isinstance(found[1], KeyError)
    assert found[2] == 2
    assert isinstance(found[3], DatabaseError)  # the key is taken
    assert stored(db) == [1, 2]


def test_a_commit_that_fails_is_everybodys_and_nothing_of_it_is_kept(db: Database) -> None:
    """Also of one that met its twin: the twin went with the rest."""

    def unkept_promise(statements: Statements, kept: Kept) -> None:
        statements.run(LATER, {})
        add(3, of=99)(statements, kept)  # refused at the commit

    def already_there(_statements: Statements, _kept: Kept) -> None:
        raise LookupError("already there")

    found = together(db, add(1), already_there, unkept_promise)
    assert [isinstance(one, DatabaseError | NotSavedError) for one in found] == [True] * 3
    assert len({id(one) for one in found}) == 3
    assert stored(db) == []
    seen: list[Kept] = []
    db.save(lambda _statements, kept: seen.append(dict(kept)))
    assert seen == [{}]
    assert db.save(add(1)) == 1
    assert stored(db) == [1]


def test_an_engine_that_ends_the_transaction_ends_it_for_all(db: Database) -> None:
    """As SQLite does on a full disk or a failing one."""

    def ended(statements: Statements, _kept: Kept) -> None:
        statements.run(END, {})
        raise sqlite.library.OperationalError("database or disk is full")

    found = together(db, add(1), ended, add(2))
    assert [isinstance(one, NotSavedError) for one in found] == [True] * 3
    assert stored(db) == []
    assert db.was_refused_within(60)
    assert db.save(add(2)) == 2


def test_who_waits_too_long_is_told_and_is_not_written_later(db: Database) -> None:
    told: list[Exception] = []

    def impatient() -> None:
        soon = time.monotonic() + deadline.AFTER_WRITING_S + 0.1
        deadline._running.set(deadline.Deadline(soon))
        try:
            db.save(add(1))
        except NotSavedError as error:
            told.append(error)

    with db.in_turn():
        thread = threading.Thread(target=impatient)
        thread.start()
        thread.join()
    assert isinstance(told[0], NotSavedError)
    db.save(add(2))
    assert stored(db) == [2]


def test_what_is_kept_stays_until_another_connection_writes(db: Database) -> None:
    def seen() -> set[Any]:
        found: set[Any] = set()
        db.save(lambda _statements, kept: found.update(kept))
        return found

    db.save(add(1))
    db.save(add(2))
    assert seen() == {1, 2}  # its own commits change nothing
    with db.transaction() as tx:
        tx.execute(text("INSERT INTO thing VALUES (10, NULL)"))
    assert seen() == set()
    db.save(add(3))
    other = sqlite.library.connect(db.engine.url.database)  # as another process
    other.execute("INSERT INTO thing VALUES (11, NULL)")
    other.commit()
    other.close()
    assert seen() == set()


def test_a_transaction_and_a_group_take_the_same_turn(db: Database) -> None:
    order: list[str] = []
    thread = threading.Thread(target=lambda: (db.save(add(1)), order.append("group")))
    with db.transaction() as tx:
        thread.start()
        time.sleep(0.1)
        tx.execute(text("INSERT INTO thing VALUES (10, NULL)"))
        order.append("transaction")
    thread.join()
    assert order == ["transaction", "group"]


def test_many_at_once_are_all_written_once(db: Database) -> None:
    heard = said_by(db)
    threads = [
        threading.Thread(target=lambda n=n: [db.save(add(100 * n + k)) for k in range(20)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored(db) == sorted(100 * n + k for n in range(8) for k in range(20))
    assert heard.count("COMMIT") <= 160


CUT = """
import os, sys, threading, time
from sqlalchemy import Column, Integer, MetaData, Table, bindparam, insert
from feedback_app.storage.db import open_database
from feedback_app.storage.prepared import Prepared

add = Prepared(insert(Table("thing", MetaData(), Column("id", Integer))).values(id=bindparam("id")))
db = open_database(sys.argv[1])
cut_at = int(sys.argv[2])

def save(number):
    def write(statements, kept):
        statements.run(add, {"id": number})
        if number == cut_at:
            os.kill(os.getpid(), 9)
    db.save(write)
    os.write(1, b"%d\\n" % number)

def wait_for(count):
    while len(db._group._waiting) < count:
        time.sleep(0.001)

save(0)
threads = [threading.Thread(target=save, args=(n,)) for n in range(1, 6)]
with db.in_turn():
    for count, thread in enumerate(threads, start=1):
        thread.start()
        wait_for(count)
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("cut_at", [1, 3, 5])
def test_a_process_killed_within_a_group_has_told_nobody_and_stored_nothing_of_it(
    db: Database, cut_at: int
) -> None:
    """At the first, the middle and the last member; what was acknowledged before is there."""
    run = [sys.executable, "-c", CUT, str(db.engine.url), str(cut_at)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout == b"0\n"
    assert stored(db) == [0]
    assert db.save(add(7)) == 7  # its lock is gone with it
