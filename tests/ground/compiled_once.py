"""What every application compiles anew, once a process: tests make thousands of applications.

Templates and routes depend on nothing but their text, a statement's SQL on the statement and the kind
of engine, as all databases of one kind that tests open are of one version. Compiling SQL was 60 ms of
a page test's 100 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Dialect, Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

STATEMENTS = 5_000  # kept of each kind of engine; the whole product has fewer


class _Templates(BytecodeCache):
    """In memory; what a run's other workers have compiled is read from a folder of theirs."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}
        self.shared: FileSystemBytecodeCache | None = None

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))
        if bucket.code is None and self.shared:
            self.shared.load_bytecode(bucket)
            self._remember(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._remember(bucket)
        if self.shared:
            self.shared.dump_bytecode(bucket)

    def _remember(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._known[bucket.key, bucket.checksum] = bucket.code


_templates = _Templates()


def share_templates(folder: Path) -> None:
    """From now on through this folder of one run: an old one would not know of other options."""
    folder.mkdir(exist_ok=True)
    _templates.shared = FileSystemBytecodeCache(str(folder))


class _Statements:
    """In the place of each engine's own cache of statements, one for all of a kind."""

    def __init__(self) -> None:
        self._of_kind: dict[type[Dialect], LRUCache[Any, Any]] = {}

    def __get__(self, engine: Engine, _owner: object) -> LRUCache[Any, Any]:
        return self._of_kind.setdefault(type(engine.dialect), LRUCache(STATEMENTS))

    def __set__(self, _engine: Engine, _own: object) -> None:
        """The engine's own is not needed."""


def compile_once() -> None:
    """Let all applications of this process share them."""
    Flask.jinja_options = {"bytecode_cache": _templates}
    Rule.compile = _compiled_once(Rule.compile)  # type: ignore[method-assign, assignment]
    # The keys of what is kept hold the engine's dialect: two of a kind must be equal.
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        kind.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    Engine._compiled_cache = _Statements()  # type: ignore[assignment]


def _compiled_once(compile_rule: Callable[[Rule], None]) -> Callable[[Rule], None]:
    known: dict[str, tuple[Any, ...]] = {}

    def once(self: Rule) -> None:
        assert self.map is not None
        place = (self.host, self.subdomain, self.map.host_matching, self.merge_slashes)
        key = repr((self.rule, place, self.defaults, sorted(self.map.converters)))
        if key not in known:
            compile_rule(self)
            built = (self._build.__func__, self._build_unknown.__func__)  # type: ignore[attr-defined]
            known[key] = (self._parts, self._trace, self._converters, self.arguments, built)
        self._parts, self._trace, self._converters, self.arguments, built = known[key]
        self._build, self._build_unknown = (one.__get__(self, None) for one in built)

    return once
