"""Imports run downward only, and each library stays in its layer."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from feedback_app.config import ROOT

PACKAGE = ROOT / "feedback_app"
# room -> rooms it may import
MAY_IMPORT = {
    "domain": {"domain"},
    "config": {"config"},
    "storage": {"storage", "domain"},
    "files": {"files", "domain"},
    "impact": {"impact", "domain"},
    "services": {"services", "storage", "files", "impact", "domain", "config"},
    "web": {"web", "services", "domain", "config"},
    "wsgi": {"", "config"},
    "": {"", "web", "services", "config"},
}
LIBRARY_ROOMS = {
    "flask": {"web", ""},
    "flask_wtf": {"web", ""},
    "wtforms": {"web"},
    "werkzeug": {"web", ""},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "openpyxl": {"files"},
    "xlsxwriter": {"files"},
    "qrcode": {"files"},
    "typst": {"files"},
    "docx": {"files"},
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
    "numpy": {"services", "files", "impact"},
    "scipy": {"impact"},
}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def room_of(module: str) -> str:
    """'feedback_app.web.citizen' -> 'web'; the package itself is ''."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports_of(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def faults_of(room: str, source: str) -> list[str]:
    faults = []
    for name in imports_of(source):
        library = name.split(".")[0]
        if library == "feedback_app":
            if room_of(name) not in MAY_IMPORT[room] and name != "feedback_app.create_app":
                faults.append(f"{room} imports {name}")
        elif library in LIBRARY_ROOMS and room not in LIBRARY_ROOMS[library]:
            faults.append(f"{room} uses {library}")
        elif room == "domain" and library not in sys.stdlib_module_names:
            faults.append(f"domain uses {library}")
    return faults


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
    ],
)
def test_the_guard_finds_a_planted_import(room: str, line: str) -> None:
    assert faults_of(room, line)


def test_a_web_process_starts_without_the_heavy_libraries() -> None:
    """pandas, scipy and duckdb take 0.6 s and 100 MB, which no citizen's request needs."""
    code = "import sys, feedback_app; print([m for m in ('pandas', 'scipy', 'duckdb', 'docx', 'authlib', 'requests') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"
