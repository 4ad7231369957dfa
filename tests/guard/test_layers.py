"""Imports run downward only, and each library stays in its layer."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from feedback_app.config import ROOT

PACKAGE = ROOT / "feedback_app"
# room -> rooms it may import
MAY_IMPORT = {
    "domain": {"domain"},
    "instance": set(),
    "config": {"config", "instance"},
    "version": set(),
    "storage": {"storage", "domain"},
    "files": {"files", "domain"},
    "impact": {"impact", "domain"},
    "helper": {"helper", "domain"},
    "services": {
        "services",
        "storage",
        "files",
        "impact",
        "helper",
        "domain",
        "config",
        "instance",
        "version",
    },
    "demo": {"demo", "services", "storage", "domain", "config"},
    "web": {"web", "services", "domain", "config", "version"},
    "front": {"front"},
    "terminal": {"web", "services", "files", "domain", "config"},
    "wsgi": {"", "config", "services"},
    "wiring": {"web", "services", "helper", "domain", "config", "version"},
    "": {"wiring", "services", "config"},
    "server": {"front", "web", "wsgi"},
}
# Rooms of services from the lowest up: one may import from those before it, never from those behind.
SERVICE_ROOMS = (
    "exports",
    "access",
    "citizen",
    "office",
    "roster",
    "happenings",
    "people",
    "places",
    "counters",
    "trainings",
    "survey",
    "imports",
    "impact",
    "lots",
    "officer",
    "needs",
    "alarms",
    "plan",
    "codes",
    "devices",
    "paper",
    "public",
    "cases",
    "upkeep",
)
# What stands beside the rooms because every room needs it; it imports none of them.
SERVICE_GROUND = {"site", "faults", "cache", "background"}
# Packages whose first file is the face of the files inside it: names may be taken from there.
FACES = {"feedback_app.storage.models", "feedback_app.domain.disclosure"}
LIBRARY_ROOMS = {
    "flask": {"web", "wiring", ""},
    "flask_wtf": {"web", "wiring"},
    "wtforms": {"web"},
    "werkzeug": {"web", "wiring"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "openpyxl": {"files"},
    "xlsxwriter": {"files"},
    "qrcode": {"files"},
    "typst": {"files"},
    "docx": {"files"},
    "holidays": {"services"},
    "babel": {"web", "files", "services"},
    "argon2": {"services"},
    "pyotp": {"services"},
    "authlib": {"services"},
    "joserfc": {"services"},
    "requests": {"services"},
    "cryptography": {"services"},
    "jinja2": {"files"},
    "duckdb": {"files"},
    "pandas": {"services", "files", "impact"},
    "numpy": {"services", "demo", "files", "impact"},
    "scipy": {"impact"},
}
SOURCES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = ("feedback_app", "scripts", "tests", "bench")


def module_of(path: Path) -> str:
    """'…/feedback_app/web/citizen.py' -> 'feedback_app.web.citizen'; a package's file is the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(p): p.read_text() for folder in FOLDERS for p in (ROOT / folder).rglob("*.py")}


def room_of(module: str) -> str:
    """'feedback_app.web.citizen' -> 'web'; the package itself is ''."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@dataclass(frozen=True)
class Read:
    """What the guards ask of one file; each file is parsed once."""

    imports: frozenset[str]  # libraries and files, wherever in it: at its top, in a function
    taken: tuple[tuple[str, str], ...]  # (file, name) of each `from file import name`
    defined: frozenset[str]  # names that it defines at its top, not those that it imports


@cache
def read(source: str) -> Read:
    tree = ast.parse(source)
    imports: set[str] = set()
    taken: list[tuple[str, str]] = []
    for node in statements_in(tree):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            taken += [(node.module, alias.name) for alias in node.names]
    imports |= {f"{file}.{name}" for file, name in taken}
    return Read(frozenset(imports), tuple(taken), frozenset(defined_in(tree)))


def statements_in(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement; an import is one, so expressions need not be walked (a tenth of the time)."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            inside = getattr(node, block, ())
            waiting += inside if isinstance(inside, list) else ()


def faults_of(room: str, source: str) -> list[str]:
    faults = []
    for name in read(source).imports:
        library = name.split(".")[0]
        if library == "feedback_app":
            if room_of(name) not in MAY_IMPORT[room] and name != "feedback_app.create_app":
                faults.append(f"{room} imports {name}")
        elif library in LIBRARY_ROOMS and room not in LIBRARY_ROOMS[library]:
            faults.append(f"{room} uses {library}")
        elif room == "domain" and library not in sys.stdlib_module_names:
            faults.append(f"domain uses {library}")
    return faults


def files_imported(module: str, modules: Mapping[str, str]) -> set[str]:
    """The files that a file imports, wherever in it: at its top, in a function, for types only."""
    found = set()
    for name in read(modules[module]).imports:
        file = name
        while file and file not in modules:
            file = file.rpartition(".")[0]
        found |= {file} if file else set()
    return found - {module}


def circle_in(modules: Mapping[str, str]) -> list[str]:
    """A circle of files that import each other, or nothing. A package is not its files."""
    graph = {
        name: {other for other in files_imported(name, modules) if not name.startswith(f"{other}.")}
        for name in modules
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def upward_in(modules: Mapping[str, str]) -> list[str]:
    """Imports from a lower room of services to a higher one."""
    faults = []
    for module in modules:
        if not module.startswith("feedback_app.services."):
            continue
        for other in files_imported(module, modules):
            if other.startswith("feedback_app.services.") and floor_of(other) > floor_of(module):
                faults.append(f"{module} imports {other}")
    return faults


def floor_of(module: str) -> int:
    """How high a file of services stands: the ground is 0."""
    room = module.split(".")[2]
    return 0 if room in SERVICE_GROUND else 1 + SERVICE_ROOMS.index(room)


def defined_in(tree: ast.AST) -> set[str]:
    """Names that a file defines at its top, not those that it imports."""
    names: set[str] = set()
    waiting = [tree]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            else:
                waiting.append(node)
    return names


def handed_on_in(modules: Mapping[str, str]) -> list[str]:
    """Names imported through a file that does not define them."""
    faults = []
    for module, source in modules.items():
        for file, name in read(source).taken:
            if file not in modules or file in FACES or f"{file}.{name}" in modules:
                continue
            if name not in read(modules[file]).defined:
                faults.append(f"{module} takes {name} through {file}")
    return faults


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circle_in(MODULES) == []


def test_no_lower_room_of_services_imports_a_higher_one() -> None:
    assert upward_in(MODULES) == []


def test_services_are_rooms_only() -> None:
    beside = {p.stem for p in (PACKAGE / "services").glob("*.py")} - {"__init__"}
    rooms = {p.parent.name for p in (PACKAGE / "services").glob("*/__init__.py")}
    assert beside == SERVICE_GROUND
    assert rooms == set(SERVICE_ROOMS)


def test_every_name_is_imported_from_the_file_that_defines_it() -> None:
    assert handed_on_in(MODULES) == []


def test_the_guards_find_a_planted_circle_arrow_and_detour() -> None:
    access, cases = "feedback_app.services.access.people", "feedback_app.services.cases.decisions"
    planted = {
        access: f"def f():\n    from {cases} import decide",
        cases: f"from {access} import Viewer\ndef decide(): ...",
    }
    assert set(circle_in(planted)) == {access, cases}
    assert upward_in(planted) == [f"{access} imports {cases}"]
    assert handed_on_in(planted) == [f"{cases} takes Viewer through {access}"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downward_only(path: Path) -> None:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    room = "" if parts == ("__init__",) else parts[0]
    assert not faults_of(room, path.read_text())


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("domain", "from feedback_app.services import rating"),
        ("domain", "import flask"),
        ("services", "from feedback_app.demo.load import load_demo"),
        ("web", "from feedback_app.storage.db import Database"),
        ("web", "from feedback_app.files import exports"),
        ("services", "from sqlalchemy import select"),
        ("storage", "from feedback_app.services.site import Site"),
        ("files", "import flask"),
        ("impact", "from feedback_app.storage.queries import trainings"),
        ("impact", "from feedback_app.services.site import Site"),
        ("web", "from feedback_app.impact.measure import Plan"),
        ("web", "import pandas"),
        ("web", "import pyotp"),
        ("domain", "from joserfc import jwt"),
        ("front", "from feedback_app.web.limits import FORM_BYTES"),
        ("front", "import flask"),
    ],
)
def test_the_guard_finds_a_planted_import(room: str, line: str) -> None:
    assert faults_of(room, line)


LONGEST_FILE = (
    350  # lines; above it a room has become two, and a stranger no longer finds the place
)


def test_no_file_has_grown_past_its_noun() -> None:
    found = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if "versions" not in path.parts  # a migration is never cut once it was run
        and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert found == {}
