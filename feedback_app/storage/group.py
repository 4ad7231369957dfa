"""One durable commit for all who wait: whoever has the turn writes for the others too (ADR 22).

A leader takes what the waiting have to write, each into a savepoint of its own, and commits; nobody
is answered before. There is no thread besides: who writes alone pays nothing for it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect

from feedback_app.domain.faults import NotSavedError
from feedback_app.storage import sqlite
from feedback_app.storage.prepared import Driver, Statements

MOST = 64  # in one commit: the first of them waits for the last

Kept = dict[Any, Any]
Write = Callable[[Statements, Kept], Any]


@dataclass(eq=False, slots=True)
class _Member:
    """What one caller has to write, and what became of it."""

    write: Write
    is_done: bool = False
    result: Any = None
    fault: BaseException | None = None
    settled: threading.Event = field(default_factory=threading.Event)

    def settle(self) -> None:
        self.is_done = True
        self.settled.set()


class Group:
    """The writers of one process on one SQLite database."""

    def __init__(
        self,
        connect: Callable[[], Any],
        dialect: Dialect,
        turn: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """`connect` opens a prepared connection of the driver; `turn` is the writers' turn."""
        self._connect, self._dialect, self._turn = connect, dialect, turn
        self._lock = threading.Lock()
        self._waiting: deque[_Member] = deque()
        self._connection: Any = None
        self._kept: Kept = {}
        self._seen_version: int | None = None
        self._told_ms = -1

    def put(self, write: Write, *, wait_ms: int) -> Any:
        """Write and return what `write` returned, once it is committed; its fault is raised.

        `write` may run in another caller's thread: it touches nothing of its own request.
        NotSavedError where the turn does not come in time.
        """
        member = _Member(write)
        with self._lock:
            self._waiting.append(member)
        try:
            with self._turn():
                if not member.is_done:
                    self._lead(wait_ms)
        except NotSavedError:
            if self._is_withdrawn(member):
                raise
        member.settled.wait()  # whoever took it along settles it, whatever happens
        if member.fault is not None:
            raise member.fault
        return member.result

    def _is_withdrawn(self, member: _Member) -> bool:
        """Whether nobody has taken it along yet; then nobody will."""
        with self._lock, suppress(ValueError):
            self._waiting.remove(member)
            return True
        return False

    def _lead(self, wait_ms: int) -> None:
        with self._lock:
            members = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        try:
            self._write_all(members, wait_ms)
        except BaseException as error:
            self._forget()
            for member in members:  # a twin that was "already there" may have gone with the rest
                member.fault = _like(error)
            if not isinstance(error, Exception):
                raise
        finally:
            for member in members:
                member.settle()

    def _write_all(self, members: list[_Member], wait_ms: int) -> None:
        cursor = self._begun(wait_ms)
        statements = Driver(cursor, self._dialect)
        for member in members:
            if len(members) > 1:
                cursor.execute("SAVEPOINT member")
            try:
                member.result = member.write(statements, self._kept)
            except Exception as error:
                member.fault = error
                self._take_back(cursor, error, is_alone=len(members) == 1)
            else:
                if len(members) > 1:
                    cursor.execute("RELEASE member")
        if self._connection.in_transaction:
            cursor.execute("COMMIT")

    def _begun(self, wait_ms: int) -> Any:
        """A cursor within a transaction that has the lock; what others changed is not kept."""
        if self._connection is None:
            self._connection, self._told_ms = self._connect(), -1
        cursor = self._connection.cursor()
        if wait_ms != self._told_ms:
            cursor.execute(f"PRAGMA busy_timeout={wait_ms}")
            self._told_ms = wait_ms
        cursor.execute("BEGIN IMMEDIATE")
        # Changes when another connection has committed since, of this process or another.
        (version,) = cursor.execute("PRAGMA data_version").fetchone()
        if version != self._seen_version:
            self._kept.clear()
            self._seen_version = version
        return cursor

    def _take_back(self, cursor: Any, error: Exception, *, is_alone: bool) -> None:
        """Undo one member. A full disk or a failing one ends the whole transaction: then all."""
        if not self._connection.in_transaction:
            raise error
        cursor.execute("ROLLBACK" if is_alone else "ROLLBACK TO member")
        if not is_alone:
            cursor.execute("RELEASE member")

    def _forget(self) -> None:
        """Keep nothing of what was known; the connection stays where it can be rolled back.

        The last one to close takes the index of the WAL with it. On a full disk whose blocks are
        smaller than a page (ext4 of 1 KB) SQLite cannot know that a new one has no room: writing to
        it kills the process (SIGBUS), where otherwise "not saved" is told.
        """
        self._kept, self._seen_version = {}, None
        if self._connection is not None:
            try:
                self._connection.rollback()
            except sqlite.library.Error:
                self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite.library.Error):
                connection.close()

    def close(self) -> None:
        """Give the connection back."""
        with self._turn():
            self._kept, self._seen_version = {}, None
            self._close()


def _like(error: BaseException) -> BaseException:
    """An exception of its own for each thread that raises it; the driver's stay what they are."""
    if isinstance(error, sqlite.library.Error):
        found: BaseException = type(error)(*error.args)
        return found
    return NotSavedError(f"the common commit failed: {error}")
