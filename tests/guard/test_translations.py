"""Every text has its English: from templates and web code, and the texts that data holds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.extract import extract

from feedback_app.config import ROOT
from feedback_app.domain.passwords import fault_of_password
from feedback_app.domain.skm import BANDS
from feedback_app.files.kinds import KINDS
from feedback_app.services.survey.closing import FIRST_REASON
from feedback_app.web.language import catalogue
from feedback_app.web.navigation import MENU
from feedback_app.web.roles import ROLE_NAMES

SOURCES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "feedback_app" / "web").glob("*.py")]
# What these raise is read by analysts at a terminal, and is English already.
FOR_ANALYSTS = {"linked_table.py", "linking.py", "measuring.py", "panel_files.py", "score_panel.py"}
# What these raise is read in the server's log.
FOR_LOGS = {"sso.py", "sso_attempt.py"}
FAULTS = [
    path
    for room in ("services", "files")
    for path in (ROOT / "feedback_app" / room).rglob("*.py")
    if path.name not in FOR_ANALYSTS | FOR_LOGS
]
# Raised for programs and scripts, in English already.
ENGLISH = {"there is no such agency", "name one agency by its code", "rolled back"}


REFUSED_PASSWORDS = ("short", "x" * 201, "alice is here", "aaaaaaaaaaaa", "1234567890")


def texts_in(path: Path) -> set[str]:
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    with path.open("rb") as file:
        found = extract(method, file, keywords={"_": None})
        return {row[1] if isinstance(row[1], str) else row[1][0] for row in found if row[1]}


def raised_texts(path: Path) -> set[str]:
    """Plain sentences given to error classes, as their only or last argument."""
    return {
        node.exc.args[-1].value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and node.exc.args
        and isinstance(node.exc.args[-1], ast.Constant)
        and isinstance(node.exc.args[-1].value, str)
    }


def texts_in_data() -> set[str]:
    columns = [column for kind in KINDS.values() for column in kind.columns]
    return {
        *(kind.title for kind in KINDS.values()),
        *(column.hint for column in columns),
        *(kinerja for _lowest, _mutu, kinerja in BANDS),
        *ROLE_NAMES.values(),
        *MENU.values(),
        FIRST_REASON,
        *(fault_of_password(text, username="alice") or "" for text in REFUSED_PASSWORDS),
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_text_of_a_source_has_its_english(path: Path) -> None:
    missing = texts_in(path) - catalogue("en").keys()
    assert not missing, missing


def test_every_text_in_data_and_errors_has_its_english() -> None:
    raised = set().union(*(raised_texts(path) for path in FAULTS)) - ENGLISH
    missing = (texts_in_data() | raised) - catalogue("en").keys()
    assert not missing, missing


def test_reasons_and_labels_of_forms_have_their_english() -> None:
    """Reasons that an import gives to a cell, and labels and messages of forms."""
    found: set[str] = set()
    for name in (
        "services/imports/trainings.py",
        "services/imports/past_results.py",
        "web/trainings.py",
        "web/survey_forms.py",
        "web/follow_ups.py",
        "web/accounts.py",
        "web/links.py",
        "web/own_account.py",
        "web/second_step.py",
        "web/staff.py",
        "web/paper_forms.py",
        "web/officer.py",
        "web/devices.py",
        "web/pairing.py",
    ):
        for node in ast.walk(ast.parse((ROOT / "feedback_app" / name).read_text())):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "reason":
                found |= {c.value for c in [node.value] if isinstance(c, ast.Constant)}
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Field"):
                found |= {c.value for c in node.args[:1] if isinstance(c, ast.Constant)}
            elif isinstance(node, ast.keyword) and node.arg == "message":
                found |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    assert len(found) > 20
    assert not found - catalogue("en").keys()


def test_the_guard_finds_a_text_without_english(tmp_path: Path) -> None:
    planted = tmp_path / "x.html"
    planted.write_text("{{ _('Kalimat tanpa terjemahan') }}")
    assert texts_in(planted) - catalogue("en").keys() == {"Kalimat tanpa terjemahan"}
