"""The citizen's page is folded before it is kept: the same page in fewer bytes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from lxml import html

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.web.citizen_page import (
    folded_lines,
    folded_sheet,
    style,
    whole_style,
)
from tests.conftest import Browser
from tests.web.test_citizen import opened


@pytest.fixture
def database_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """What a page looks like does not depend on the engine: one is enough."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


def test_a_folded_sheet_keeps_every_rule() -> None:
    sheet = """/* Why. */
a, b :focus-visible {
  margin: 0 auto;
  font: 17px/1.45 system-ui, "Segoe UI";
  background: url("data:image/svg+xml,\\
%3Csvg x='1 2'\\
 y='3'/%3E") 0/120px 30px;
}
@media (min-width: 680px) {
  .q { gap: 0 8px }
}
"""
    assert folded_sheet(sheet) == (
        'a,b :focus-visible{margin:0 auto;font:17px/1.45 system-ui,"Segoe UI";'
        "background:url(\"data:image/svg+xml,%3Csvg x='1 2' y='3'/%3E\") 0/120px 30px}"
        "@media (min-width:680px){.q{gap:0 8px}}"
    )


def test_the_sheet_is_folded_and_the_faces_are_drawn_in_the_texts_colour(
    citizen: Browser, place: str
) -> None:
    assert "\n" not in style()
    assert "/*" not in style()
    assert "stroke:currentColor" in style()
    page = citizen.get(f"/q/{place}").get_data(as_text=True)
    assert [page.count(f'id="f{face}"') for face in (1, 2, 3, 4)] == [1, 1, 1, 1]
    assert [page.count(f'href="#f{face}"') for face in (1, 2, 3, 4)] == [12, 12, 12, 12]


def test_what_no_first_view_shows_stands_behind_its_sheet_in_rules_that_a_script_can_add() -> None:
    more = whole_style().removeprefix(style())
    assert ".errors{" in more
    assert ".done h1{" in more
    assert re.fullmatch(r"(?:[^@{}]+\{[^{}]*\})+", more)


def test_folded_lines_stay_apart() -> None:
    assert folded_lines("<b>x</b>\n  <i>y</i>\n z") == "<b>x</b><i>y</i>\nz"
    assert folded_lines("<b>x</b> <i>y</i>    <u>z</u>") == "<b>x</b> <i>y</i><u>z</u>"
    assert folded_lines("<p>\n    satu\n    dua\n\n  </p>\n") == "<p>\nsatu\ndua\n</p>\n"


def test_the_kept_form_has_no_indentation_and_an_empty_comment(
    citizen: Browser, place: str
) -> None:
    page = citizen.get(f"/q/{place}").get_data(as_text=True)
    assert not [line for line in page.splitlines() if line != line.strip()]
    (comment,) = html.document_fromstring(page).xpath("//textarea")
    assert not comment.text


def test_a_form_shown_again_keeps_the_white_space_a_person_typed(
    citizen: Browser, place: str
) -> None:
    answers = opened(citizen, place) | {"comment": "satu:\n    dua\n\n  tiga"}
    del answers[ALL_KEYS[0]]
    page = citizen.post(f"/q/{place}", data=answers)
    assert page.status_code == 422
    assert ">\nsatu:\n    dua\n\n  tiga</textarea>" in page.get_data(as_text=True)
