"""What every application compiles anew, once a process: tests make thousands of applications.

Templates, and the functions that build addresses from routes, depend on nothing but their text.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class _Templates(BytecodeCache):
    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._known[bucket.key, bucket.checksum] = bucket.code


def compile_once() -> None:
    """Let all applications of this process share them."""
    Flask.jinja_options = {"bytecode_cache": _Templates()}
    compile_builder = Rule._compile_builder
    known: dict[str, Callable[..., Any]] = {}

    def once(self: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = repr((self.rule, self._trace, self.defaults, append_unknown))
        if key not in known:
            known[key] = compile_builder(self, append_unknown)
        return known[key]

    Rule._compile_builder = once  # type: ignore[method-assign]
