"""The database: engine, durability settings, and the two ways to open it (read, transaction)."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Result,
    TypeDecorator,
    create_engine,
    event,
    exc,
    orm,
    text,
)
from sqlalchemy.orm import DeclarativeBase, sessionmaker

from feedback_app.domain.faults import ConflictError, NotSavedError
from feedback_app.storage import deadline, postgresql, sqlite
from feedback_app.storage.deadline import Act, Waiting
from feedback_app.storage.engine_faults import (
    CONFLICT_SQLSTATES,
    NOT_SAVED_SQLSTATES,
    WAITED_SQLSTATES,
    as_sqlalchemy,
    is_of_disk,
    sqlstate,
    tell_no_row,
)
from feedback_app.storage.group import Group, Write
from feedback_app.storage.prepared import Core, Driver, Statements
from feedback_app.storage.turn import Turn

# What services say of the database without importing SQLAlchemy, which stays in this room.
Session = orm.Session
DatabaseError = exc.DBAPIError

POOL_WAIT_S = 2  # for a connection of ours; there are more of them than threads (front/)
CONNECT_S = 2  # for a new one: the least that PostgreSQL's library takes
ASK_AGAIN_S = 0.25  # a deadline is told to PostgreSQL again once so much of it is over


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; refuses naive values, and SQLite's come back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC only."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware value on every engine."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (SQLAlchemy reads it as is)


class Database:
    """One engine, opened in two ways: `read()` for questions, `transaction()` for a use case."""

    def __init__(self, engine: Engine, waiting: Waiting) -> None:
        """Wrap an engine made by `open_database`, which waits as `waiting` says."""
        self.engine = engine
        self._waiting = waiting
        self._reading = sessionmaker(engine, expire_on_commit=False, autoflush=False)
        self._turn = Turn()
        writing = engine.execution_options(begin_immediate=True)
        self._writing = sessionmaker(writing, expire_on_commit=False)
        self._group = Group(self._own_connection, engine.dialect, self.in_turn)
        self._saved_at = self._refused_at = -math.inf  # by time.monotonic

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded engine."""
        return self.engine.dialect.name == "sqlite"

    def wait_as_citizen(self) -> None:
        """This thread's request is a citizen's: what was typed must be back within 3 s."""
        deadline.start_for_citizen()

    def wait_as_staff(self) -> None:
        """This thread's request is of the staff: it may calculate long, but not wait for ever."""
        deadline.start_for_staff()

    def wait_as_script(self) -> None:
        """Nobody is waiting at the other end; also the end of a request."""
        deadline.end()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that is rolled back at the end; NotSavedError where it has no answer."""
        with self._waiting.asked("reading"), self._refusals("reading"), self._reading() as session:
            yield session

    @contextmanager
    def glance(self) -> Iterator[Statements]:
        """Ask prepared statements, each as of its own instant; NotSavedError as of `read`.

        That one small question was answered is no sign that others would be: it heals nothing.
        """
        with self._waiting.asked("reading"), self._refusals("reading", heals=False):
            if not self.is_sqlite:
                with self.engine.connect() as connection:
                    yield Core(connection)
                return
            with self._driver("reading") as cursor:
                yield Driver(cursor, self.engine.dialect)

    @contextmanager
    def _driver(self, act: Act) -> Iterator[Any]:
        """A cursor of the driver's own connection; its faults become SQLAlchemy's."""
        try:
            pooled = self.engine.raw_connection()
        except sqlite.library.Error as error:
            raise as_sqlalchemy(error, statement=None) from error
        try:
            cursor = pooled.cursor()
            sqlite.tell_wait(cursor, pooled.info, _sqlite_wait_ms(self._waiting, act))
            yield cursor
        except sqlite.library.Error as error:
            raise as_sqlalchemy(error) from error
        finally:
            pooled.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit everything or nothing; a refusal by the engine becomes NotSavedError."""
        with (
            self._waiting.asked("writing"),
            self._refusals("writing"),
            self.in_turn(),
            self._writing() as session,
            session.begin(),
        ):
            yield session

    def save(self, write: Write) -> Any:
        """On SQLite: write in one commit with all who wait, and return what `write` returned.

        `write` gets prepared statements and what is kept as long as no other connection writes. It
        runs in any thread that saves and touches nothing of its own request; a fault of its own
        takes back its own statements only. Refusals of the engine are those of `transaction`.
        """
        with self._waiting.asked("writing"), self._refusals("writing"):
            try:
                return self._group.put(write, wait_ms=_sqlite_wait_ms(self._waiting, "writing"))
            except sqlite.library.Error as error:
                raise as_sqlalchemy(error) from error

    def _own_connection(self) -> Any:
        """Beside the pool, for the group alone."""
        pooled = self.engine.raw_connection()
        driver = pooled.driver_connection
        pooled.detach()
        return driver

    @contextmanager
    def _refusals(self, act: Act, *, heals: bool = True) -> Iterator[None]:
        """The engine's own faults become ours, and who waited in vain is remembered."""
        try:
            yield
        except exc.TimeoutError as error:  # no connection within POOL_WAIT_S
            self._waiting.shut(act)
            deadline.give_up()
            raise NotSavedError("no free connection") from error
        except exc.OperationalError as error:
            if sqlstate(error) in CONFLICT_SQLSTATES:
                raise ConflictError(str(error.orig)) from error
            if is_of_disk(error):
                self._refused_at = time.monotonic()
            self._remember(error, act)
            raise NotSavedError(str(error.orig)) from error
        except DatabaseError as error:
            if error.connection_invalidated or sqlstate(error) in NOT_SAVED_SQLSTATES:
                raise NotSavedError(str(error.orig)) from error
            raise
        else:
            if act == "writing":
                self._saved_at = time.monotonic()
            if heals:
                self._waiting.went_well(act)

    def _remember(self, error: DatabaseError, act: Act) -> None:
        """Who waited in vain for a lock or a server spares others the same; no full disk does."""
        if error.statement is None:  # nothing was asked: there was no connection
            deadline.give_up()
        if error.statement is None or (self.is_sqlite and "locked" in str(error.orig)):
            self._waiting.shut(act)
        elif sqlstate(error) in WAITED_SQLSTATES:
            self._waiting.in_vain(act)

    def in_turn(
        self, *, within_s: float = sqlite.BUSY_TIMEOUT_MS / 1000
    ) -> AbstractContextManager[None]:
        """On SQLite the writers of this process queue up here."""
        if not self.is_sqlite:
            return nullcontext()
        left = self._waiting.left_s("writing")
        within = within_s if left is None else min(left, within_s)
        return self._turn.taken(within_s=within, most_s=within_s)

    def has_saved_within(self, seconds: float) -> bool:
        """Whether this process has committed something in the last so many seconds."""
        return time.monotonic() - self._saved_at <= seconds

    def was_refused_within(self, seconds: float) -> bool:
        """Whether the disk refused something in that time and has taken nothing since."""
        is_late = time.monotonic() - self._refused_at <= seconds
        return is_late and self._refused_at > self._saved_at

    def is_ready(self) -> bool:
        """Whether a question can be answered now."""
        try:
            with self.engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1
        except DatabaseError:
            return False

    def empty_wal(self) -> bool:
        """Leave nothing of deleted rows in SQLite's WAL; False where a reader stood in the way."""
        if not self.is_sqlite:
            return True
        with closing(self.engine.raw_connection()) as connection:
            connection.info.pop(sqlite.WAIT_TOLD, None)
            return sqlite.empty_wal(connection)

    def close(self) -> None:
        """Give every connection back."""
        if self.is_sqlite:
            self._group.close()
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open SQLite or PostgreSQL by URL, with the durability this product promises."""
    waiting = Waiting()
    if url.startswith("sqlite"):
        engine = create_engine(
            url, module=sqlite.library, pool_timeout=POOL_WAIT_S, hide_parameters=True
        )
        event.listen(engine, "connect", partial(_prepare_sqlite, waiting))
        event.listen(engine, "begin", partial(_begin_sqlite, waiting))
    else:
        engine = create_engine(
            url,
            connect_args={"connect_timeout": CONNECT_S},
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=8,
            pool_timeout=POOL_WAIT_S,
            hide_parameters=True,
        )
        event.listen(engine, "connect", postgresql.prepare)
        event.listen(engine, "before_cursor_execute", partial(_limit_postgresql, waiting))
        event.listen(engine, "rollback", _forget_limit)
        event.listen(engine, "commit", _forget_limit)
    event.listen(engine, "handle_error", tell_no_row)
    return Database(engine, waiting)


def _prepare_sqlite(waiting: Waiting, connection: Any, _record: Any) -> None:
    sqlite.prepare(connection, wait_ms=_sqlite_wait_ms(waiting, "reading"))


def _begin_sqlite(waiting: Waiting, connection: Connection) -> None:
    """A write takes its lock at once: reading first and upgrading later fails under load."""
    act = _act_of(connection)
    wait_ms = _sqlite_wait_ms(waiting, act)
    connection.exec_driver_sql(f"PRAGMA busy_timeout={wait_ms}")
    connection.info[sqlite.WAIT_TOLD] = wait_ms
    connection.exec_driver_sql("BEGIN IMMEDIATE" if act == "writing" else "BEGIN")


def _act_of(connection: Connection) -> Act:
    return "writing" if connection.get_execution_options().get("begin_immediate") else "reading"


def _sqlite_wait_ms(waiting: Waiting, act: Act) -> int:
    left = waiting.left_s(act)
    left = sqlite.BUSY_TIMEOUT_MS / 1000 if left is None else left
    return int(left * 10) * 100 if left > 1 else int(left * 1000)  # so that it is told less often


LIMITED = "deadline told at"  # in a connection's info, for the running transaction


def _limit_postgresql(
    waiting: Waiting,
    connection: Connection,
    cursor: Any,
    _statement: str,
    _parameters: Any,
    _context: Any,
    _many: bool,
) -> None:
    """Tell the server how long this transaction's next statements may wait, or work."""
    running = deadline.running()
    left = waiting.left_s(_act_of(connection))
    if running is None or left is None:
        return
    told = connection.info.get(LIMITED)
    if told is not None and left > told - ASK_AGAIN_S:
        return
    connection.info[LIMITED] = left
    limit = "lock_timeout" if running.at is None else "statement_timeout"
    cursor.execute(f"SET LOCAL {limit} = {int(left * 1000)}")


def _forget_limit(connection: Connection) -> None:
    """It ended with the transaction."""
    connection.info.pop(LIMITED, None)


def changed_rows(result: Result[Any]) -> int:
    """How many rows an INSERT, UPDATE or DELETE touched."""
    return result.rowcount if isinstance(result, CursorResult) else 0
