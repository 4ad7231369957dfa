"""Causes are data of the instrument: complete, short, numbered once, and none costs an answer."""

from __future__ import annotations

import hashlib
import json

import pytest

from feedback_app.domain.causes import (
    CAUSES,
    EVERY_BIT,
    MOST,
    OF_ELEMENT,
    VISIT_FACTS,
    packed,
    under_low_answers,
    unpacked,
)
from feedback_app.domain.elements import ALL_KEYS, INSTRUMENT_VERSION

# Whoever changes a list raises the version and writes the new digest beside it: answers keep the
# version, so that a study can tell which list they were asked with.
LISTS = {"skm-2017.2": "e272f1d50e072e1b"}


def test_the_lists_are_those_of_the_version() -> None:
    words = [(c.number, c.element, c.key, c.text, c.level) for c in CAUSES]
    facts = [(fact.key, fact.question, fact.choices) for fact in VISIT_FACTS]
    digest = hashlib.sha256(json.dumps([words, facts]).encode()).hexdigest()[:16]
    assert digest == LISTS[INSTRUMENT_VERSION]


def test_every_question_has_two_to_five_causes() -> None:
    assert set(OF_ELEMENT) == set(ALL_KEYS)
    assert all(2 <= len(causes) <= MOST for causes in OF_ELEMENT.values())


def test_every_cause_has_a_number_a_key_and_words_of_its_own() -> None:
    assert len({cause.number for cause in CAUSES}) == len(CAUSES)
    assert len({(cause.element, cause.key) for cause in CAUSES}) == len(CAUSES)
    assert all(len(cause.text) <= 32 and len(cause.text_en) <= 32 for cause in CAUSES)
    assert all(len(cause.key) <= 20 and len(cause.element) <= 16 for cause in CAUSES)
    assert 0 < EVERY_BIT < 2**63  # the column's


def test_nothing_asks_about_money_under_the_table() -> None:
    """That goes to the inspectorate and into no row."""
    words = " ".join(f"{cause.key} {cause.text}" for cause in CAUSES).lower()
    assert not [word for word in ("pungli", "suap", "calo", "minta uang", "uang") if word in words]


@pytest.mark.parametrize("value", [3, 4, None])
def test_a_cause_without_a_low_answer_is_left_out(value: int | None) -> None:
    assert under_low_answers({"c2"}, {"perilaku": value, "waktu": 1}) == ()


def test_causes_stand_under_ones_and_twos_only() -> None:
    found = under_low_answers({"c2", "c4", "c18", "c999", "perilaku"}, {"perilaku": 2, "waktu": 4})
    assert [cause.key for cause in found] == ["nada_kasar", "sibuk_sendiri"]


def test_a_number_keeps_each_cause() -> None:
    assert packed(()) is None
    assert unpacked(None) == ()
    for cause in CAUSES:
        assert unpacked(packed([cause])) == (cause,)
    assert unpacked(packed(CAUSES)) == CAUSES
