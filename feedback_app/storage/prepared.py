"""Statements compiled once and run by the driver itself, for what happens with every answer.

SQLAlchemy takes 40 to 300 us around a statement that SQLite answers in 3. What it does to values on
the way (instants, days, JSON, booleans) is done here by its own processors, so that both ways store
the same text (tests/storage/test_prepared.py). On PostgreSQL its connection runs them as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.base import Executable

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

    def __init__(self, statement: Executable) -> None:
        """Nothing is compiled before the first use."""
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        """Compiled for an engine."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self.statement, dialect)
        return found


class _Compiled:
    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.text: str = compiled.string
        fixed: Mapping[str, Any] = compiled.params
        processors: Mapping[str, Processor] = compiled._bind_processors
        self._binds = [
            (name, fixed.get(name), processors.get(name)) for name in compiled.positiontup or ()
        ]
        self._reads: list[Processor | None] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in compiled._result_columns or ()
        ]
        self._plain = not any(self._reads)

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """In the statement's order, as the driver takes them."""
        found = []
        for name, fixed, processor in self._binds:
            value = given[name] if name in given else fixed
            found.append(processor(value) if processor is not None else value)
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
        return [tuple(row) for row in self._connection.execute(prepared.statement, dict(values))]

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return self._connection.execute(prepared.statement, dict(values)).rowcount
