"""The documents name what is there: settings, scripts, routes, words, and no dead link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from feedback_app.config import ROOT
from feedback_app.web import route_lines, route_table
from tests.rigs import routes

DOCS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = "\n".join(path.read_text() for path in DOCS)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def settings_read() -> set[str]:
    sources = [
        ROOT / "run.py",
        *(ROOT / "feedback_app").rglob("*.py"),
        *(ROOT / "scripts").glob("*.py"),
    ]
    pattern = re.compile(r'(?:env|environ)(?:\.get\(|, |\[)"([A-Z_]{3,})"')
    return {name for path in sources for name in pattern.findall(path.read_text())}


def test_every_setting_is_explained() -> None:
    found = settings_read()
    assert {"DATABASE_URL", "BASE_URL", "PORT"} <= found
    assert {name for name in found if f"`{name}`" not in TEXT} == set()


def test_every_script_is_explained() -> None:
    missing = {p.name for p in (ROOT / "scripts").glob("*.py") if f"scripts/{p.name}" not in TEXT}
    assert missing == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_route_table_is_that_of_the_program(app: Flask) -> None:
    """When this fails: `make routes`."""
    document = routes.DOCUMENT.read_text()
    assert routes.with_table(document, routes.table(app)) == document


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_route_that_is_not_listed_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(route_table.ROUTES, "planted.page", route_lines.HR)
    app.add_url_rule("/planted", "planted.page", test_every_script_is_explained)
    document = routes.DOCUMENT.read_text()
    assert "| `/planted` | GET | hr | – |" in routes.table(app)
    assert routes.with_table(document, routes.table(app)) != document


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_view_says_what_its_page_is(app: Flask) -> None:
    mute = {name for name, view in app.view_functions.items() if not (view.__doc__ or "").strip()}
    assert mute == set()


SHELL_ONLY = re.compile(
    r"\b[A-Z_]{3,}=\S* +(?:\S*python\S*|py|make|\S*run\.py|scripts/\S+)(?: |`|$)"
)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_command_works_in_powershell_too(path: Path) -> None:
    """Where a variable in front of a command is an error: options and settings.toml do the same."""
    lines = path.read_text().splitlines()
    assert [line for line in lines if SHELL_ONLY.search(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "1. `DEMO=0 BASE_URL=https://x python3 run.py`",
        "PORT=8001 .venv/bin/python scripts/serve.py",
    ],
)
def test_a_command_for_one_shell_only_is_found(line: str) -> None:
    assert SHELL_ONLY.search(line)


def test_what_starts_an_office_by_itself_never_starts_the_demo() -> None:
    assert re.search(r"^ENV .*\bDEMO=0$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for unit in (ROOT / "deploy").glob("*.service"):
        assert "ExecStart=/usr/bin/python3 run.py --office\n" in unit.read_text()
    task = re.findall(r"-Argument '([^']*)'", TEXT)
    assert task == ["run.py --office"]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_no_link_is_dead(path: Path) -> None:
    targets = [target for target in LINK.findall(path.read_text()) if "://" not in target]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_the_english_of_every_table_is_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text().casefold()
    tables = {p.stem for p in (ROOT / "feedback_app/storage/models").glob("*.py")} - {"__init__"}
    assert {name for name in tables if f"**{name}**" not in glossary} == set()
