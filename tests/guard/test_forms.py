"""Forms read numbers through one field, because the library's own overflows on endless ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_app.config import ROOT

SOURCES = sorted((ROOT / "feedback_app" / "web").glob("*.py"))
OVERFLOWING = ("IntegerField", "IntegerRangeField", "FloatField", "DecimalField")


def faults_of(source: str) -> list[str]:
    """Fields of the library that hand an endless number to NumberRange."""
    words = source.replace("(", " ").replace(",", " ").split()
    return [name for name in OVERFLOWING if name in words]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_form_takes_whole_numbers_through_the_field_that_refuses_endless_ones(path: Path) -> None:
    if path.name != "forms.py":  # where that field is made
        assert faults_of(path.read_text()) == []


def test_the_guard_finds_a_planted_field() -> None:
    assert faults_of('from wtforms import IntegerField\nsize = IntegerField("Jumlah")')
