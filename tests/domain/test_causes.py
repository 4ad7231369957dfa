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
from feedback_app.domain.disclosure.causes import causes_of, facts_of, tens
from feedback_app.domain.elements import ALL_KEYS, INSTRUMENT_VERSION

# Whoever changes a list raises the version and writes the new digest beside it: answers keep the
# version, so that a study can tell which list they were asked with.
LISTS = {"skm-2017.2": "e272f1d50e072e1b", "skm-2017.3": "e272f1d50e072e1b"}


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


def said(**causes: int) -> dict[tuple[str, str], int]:
    return {("waktu", key): n for key, n in causes.items()}


def month(low: int, high: int = 10) -> dict[str, tuple[int, int, int, int]]:
    return dict.fromkeys(ALL_KEYS, (0, 0, 5, 5)) | {"waktu": (low, 0, high, 0)}


def shown(
    lows: list[int], ticks: list[int], hidden: frozenset[str] = frozenset()
) -> dict[str, tuple[int, tuple[int | None, ...]]]:
    months = [month(low) for low in lows]
    found = causes_of(months, [said(antre_lama=n) for n in ticks], hidden=hidden)
    return {share.cause.key: (share.percent, share.months) for e in found for share in e.shares}


def test_shares_come_from_ten_low_answers_on() -> None:
    assert shown([5, 4], [5, 4]) == {}
    assert shown([5, 5], [2, 2])["antre_lama"] == (40, ())


def test_an_element_shown_as_a_band_shows_no_causes() -> None:
    assert shown([20], [5], frozenset({"waktu"})) == {}


def test_a_month_in_which_few_answered_is_left_out_as_the_elements_leave_it_out() -> None:
    months = [month(12), month(6, high=0)]
    (element,) = causes_of(months, [said(antre_lama=6), said(antre_lama=6)], hidden=frozenset())
    assert (element.low, element.shares[0].percent) == (12, 50)


def test_months_are_told_only_where_each_holds_none_or_ten_low_answers() -> None:
    assert shown([10, 12, 11], [5, 1, 11])["antre_lama"] == (50, (50, 10, 90))
    assert shown([10, 0, 11], [5, 0, 11])["antre_lama"] == (80, (50, None, 90))
    assert shown([10, 12, 9], [5, 1, 9])["antre_lama"][1] == ()
    assert shown([30, 0, 0], [5, 0, 0])["antre_lama"][1] == ()  # the quarter's own


@pytest.mark.parametrize("whole", [10, 11, 19, 20, 37, 100, 1001])
def test_no_share_says_what_everybody_ticked(whole: int) -> None:
    for percent in range(10, 100, 10):
        possible = {k for k in range(whole + 1) if tens(k, whole) == percent}
        assert not possible or possible - {0, whole}, (whole, percent)


def test_shares_are_rounded_half_up_to_tens() -> None:
    assert [tens(part, 20) for part in (0, 2, 3, 5, 7, 17, 19, 20)] == [
        10, 10, 20, 30, 40, 90, 90, 90
    ]  # fmt: skip


def test_causes_of_equal_tens_stand_in_the_order_of_the_list() -> None:
    """Their exact order would tell more than the tens do."""
    counts = said(lewat_janji=7, antre_lama=6, jaringan_mati=1)
    (element,) = causes_of([month(20)], [counts], hidden=frozenset())
    assert [share.percent for share in element.shares] == [40, 30, 10, 10, 10]
    counts = said(lewat_janji=6, antre_lama=5)
    (element,) = causes_of([month(20)], [counts], hidden=frozenset())
    assert [s.cause.key for s in element.shares][:2] == ["antre_lama", "lewat_janji"]


def test_facts_come_from_ten_answers_on() -> None:
    few = {("visits_needed", "1"): 5, ("visits_needed", "2"): 4}
    assert facts_of([few]) == ()
    (fact,) = facts_of([few, {("visits_needed", "3_up"): 1}])
    assert (fact.key, fact.n, fact.percents) == ("visits_needed", 10, (50, 40, 10))
