"""A pytest plugin: import one module from other source, given by the environment.

PLANTED_MODULE=feedback_app.domain.codes PLANTED_SOURCE=/path pytest -p tests.rigs.planted …
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType


class _Planted(SourceLoader):
    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source

    def get_filename(self, fullname: str) -> str:
        return self.path

    def get_data(self, path: str | bytes) -> bytes:
        if str(path) == self.path:
            return self.source
        raise OSError(path)  # no kept bytecode: it would be the true module's


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != os.environ["PLANTED_MODULE"]:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None:
            return None
        source = Path(os.environ["PLANTED_SOURCE"]).read_bytes()
        spec.loader = _Planted(spec.origin, source)
        return spec


if "PLANTED_MODULE" in os.environ:
    sys.meta_path.insert(0, _Finder())
