"""Statements compiled once and run by the driver itself, for what happens with every answer.

SQLAlchemy takes 40 to 300 us around a statement that SQLite answers in 3. What it does to values on
the way (instants, days, JSON, booleans) is done here by its own processors, so that both ways store
the same text (tests/storage/test_prepared.py). On PostgreSQL its connection runs them as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, Insert, Table, bindparam, insert
from sqlalchemy.orm import Session

Row = tuple[Any, ...]
Processor = Callable[[Any], Any]


class Statements(Protocol):
    """Whatever runs prepared statements within its transaction."""

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows it answers with."""

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""


class Prepared:
    """One statement whose every value is a named parameter or fixed."""

    def __init__(self, sqlite: Any, postgresql: Any = None) -> None:
        """One for both engines, or one for each; nothing is compiled before the first use."""
        self._of = {"sqlite": sqlite, "postgresql": sqlite if postgresql is None else postgresql}
        self._compiled: dict[str, _Compiled] = {}

    def statement(self, dialect: Dialect) -> Any:
        """As SQLAlchemy runs it."""
        return self._of[dialect.name]

    def on(self, dialect: Dialect) -> _Compiled:
        """Compiled for an engine."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self.statement(dialect), dialect)
        return found


def insertion(table: Table, names: Iterable[str] | None = None) -> Insert:
    """An INSERT of a row of these columns, or of all, each a parameter of its name."""
    chosen = [column.name for column in table.columns] if names is None else names
    return insert(table).values({name: bindparam(name) for name in chosen})


class _Compiled:
    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text: str = compiled.string
        fixed: Mapping[str, Any] = compiled.params
        processors: Mapping[str, Processor] = compiled._bind_processors
        names = tuple(compiled.positiontup or ())
        self._fixed = {name: fixed.get(name) for name in names}
        self._in_order = itemgetter(*names) if len(names) > 1 else None
        self._processed = [
            (at, processors[name]) for at, name in enumerate(names) if name in processors
        ]
        self._reads: list[Processor | None] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in compiled._result_columns or ()
        ]
        self._plain = not any(self._reads)

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """In the statement's order, as the driver takes them."""
        known = {**self._fixed, **given}
        if self._in_order is None:
            found = [known[name] for name in self._fixed]
        else:
            found = list(self._in_order(known))
        for at, processor in self._processed:
            found[at] = processor(found[at])
        return found

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        """As SQLAlchemy would give them back."""
        if self._plain:
            return rows
        return [
            tuple(
                value if processor is None else processor(value)
                for value, processor in zip(row, self._reads, strict=True)
            )
            for row in rows
        ]


class Driver:
    """SQLite's own cursor, within the transaction that its connection is in."""

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        """`cursor` is of a connection whose transactions are begun and ended by its owner."""
        self._cursor, self._dialect = cursor, dialect

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows it answers with."""
        compiled = prepared.on(self._dialect)
        self._cursor.execute(compiled.text, compiled.values(values))
        return compiled.read(self._cursor.fetchall())

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        compiled = prepared.on(self._dialect)
        self._cursor.execute(compiled.text, compiled.values(values))
        return int(self._cursor.rowcount)


class Core:
    """SQLAlchemy's connection, for PostgreSQL and for sessions."""

    def __init__(self, connection: Connection) -> None:
        """Run within the transaction of this connection."""
        self._connection = connection

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows it answers with."""
        statement = prepared.statement(self._connection.dialect)
        return [tuple(row) for row in self._connection.execute(statement, dict(values))]

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        statement = prepared.statement(self._connection.dialect)
        return self._connection.execute(statement, dict(values)).rowcount


def of_session(session: Session) -> Core:
    """Run within a session's transaction, after what it has not yet written."""
    session.flush()
    return Core(session.connection())
