"""One run of the tests in a process of its own, with one module's source exchanged.

A first run, without a fault, notes which functions of the project each test enters and how long it
takes, so that later runs need only the tests that come to the fault, the quickest first.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest

PURE = "tests/domain/"  # tests of pure rules need neither fixtures nor the application
OUTSIDE = "outside the tests"  # while modules are imported, or for several tests at once
OFFICE = "building the office"
NOTES, PRINTED, READY_OFFICE = "notes.json", "printed.txt", "office.db"


@dataclass(frozen=True)
class Plan:
    """What to run. `chosen` are tests in their order, none: all; `office` is one made before.

    Without a module nothing is exchanged, and notes are taken.
    """

    module: str  # such as domain/codes.py
    source: str
    files: tuple[str, ...]
    root: Path
    folder: Path  # empty, of this run only
    chosen: tuple[str, ...] = ()
    office: Path | None = None


def run(plan: Plan) -> None:
    """Run the tests and end this process with pytest's code."""
    os.chdir(plan.root)
    with (plan.folder / PRINTED).open("w") as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
    # The process may come from one that had loaded the project for another rig.
    forget_the_project("tests", "tests.rigs", __name__)
    if plan.module:
        sys.meta_path.insert(0, _Finder(plan))
    is_pure = all(file.startswith(PURE) for file in plan.files)
    if is_pure:
        _without_the_application(plan.root)
    arguments = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not postgresql"]
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # pytest's own are there early
    arguments += ["--noconftest"] if is_pure else []
    arguments += [f"--basetemp={plan.folder / 'tests'}", *plan.files]
    plugins: list[object] = [_Chosen(plan)]
    if not plan.module:
        plugins.append(_Notes(plan))
    code = pytest.main(arguments, plugins=plugins)
    sys.stdout.flush()
    os._exit(int(code))  # waits for no thread that a fault left behind


def forget_the_project(*kept: str) -> None:
    """Each later import of the project's own modules, but of these, reads their files anew."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ("feedback_app", "tests") and name not in kept:
            del sys.modules[name]


def _without_the_application(root: Path) -> None:
    """`feedback_app` as a bare package: its own first lines would import every room."""
    package = ModuleType("feedback_app")
    package.__path__ = [str(root / "feedback_app")]
    sys.modules["feedback_app"] = package


class _Source(SourceLoader):
    def __init__(self, path: str, source: str) -> None:
        self.path, self.source = path, source.encode()

    def get_filename(self, fullname: str) -> str:
        return self.path

    def get_data(self, path: str | bytes) -> bytes:
        if str(path) == self.path:
            return self.source
        raise OSError(path)  # no kept bytecode: it would be the true module's


class _Finder(MetaPathFinder):
    def __init__(self, plan: Plan) -> None:
        self.name = "feedback_app." + plan.module.removesuffix(".py").replace("/", ".")
        self.source = plan.source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None:
            return None
        spec.loader = _Source(spec.origin, self.source)
        return spec


class _Chosen:
    """Only the chosen tests, in their order, over a ready office where there is one."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def pytest_configure(self) -> None:
        # The same examples each time, however busy the machine: a fault is not found by luck.
        # A failing one is not made smaller: nobody reads it.
        from hypothesis import Phase, settings  # noqa: PLC0415 (needed where pytest runs only)

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("planted", deadline=None, derandomize=True, phases=phases)
        settings.load_profile("planted")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.plan.chosen:
            by_id = {item.nodeid: item for item in items}
            items[:] = [by_id[name] for name in self.plan.chosen]

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> object:
        if fixturedef.argname != "migrated_sqlite" or self.plan.office is None:
            return None
        key = fixturedef.cache_key(request)  # type: ignore[arg-type]
        fixturedef.cached_result = (self.plan.office, key, None)
        return self.plan.office


class _Notes:
    """Which functions (by their first line) each test enters, and its seconds."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.at = plan, OUTSIDE
        self.own = f"{plan.root / 'feedback_app'}{os.sep}"
        self.entered: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.seconds: dict[str, float] = {}
        sys.settrace(self._trace)
        threading.settrace(self._trace)

    def _trace(self, frame: FrameType, event: str, argument: object) -> None:
        path = frame.f_code.co_filename
        if path.startswith(self.own):
            module = path.removeprefix(self.own)
            self.entered[module][self.at].add(frame.f_code.co_firstlineno)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        began = time.monotonic()
        self.at = item.nodeid
        try:
            return (yield)
        finally:
            self.at = OUTSIDE
            self.seconds[item.nodeid] = time.monotonic() - began

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        before = self.at
        if fixturedef.scope != "function":
            self.at = OFFICE if fixturedef.argname == "migrated_sqlite" else OUTSIDE
        try:
            made = yield
        finally:
            self.at = before
        if fixturedef.argname == "migrated_sqlite":
            shutil.copy(str(made), self.plan.folder / READY_OFFICE)
        return made

    def pytest_sessionfinish(self) -> None:
        entered = {
            module: {test: sorted(lines) for test, lines in tests.items()}
            for module, tests in self.entered.items()
        }
        notes = {"entered": entered, "seconds": self.seconds}
        (self.plan.folder / NOTES).write_text(json.dumps(notes))
