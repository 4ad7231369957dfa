"""The gate: ten answers or no number, and bands that hold the mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from feedback_app.domain.disclosure import Answers, Band, Block, Grid, elements_of, hidden_elements
from feedback_app.domain.disclosure.gate import (
    Score,
    add_counts,
    answers_of,
    band_around,
    band_of,
    score_of,
)
from feedback_app.domain.disclosure.groups import Counts
from feedback_app.domain.elements import ALL_KEYS, OFFICIAL_KEYS
from feedback_app.domain.skm import TooFew

MIXED: Counts = (2, 5, 20, 15)


def month(**changed: Counts) -> dict[str, Counts]:
    return dict.fromkeys(ALL_KEYS, MIXED) | changed


def test_ten_answers_are_told_and_nine_are_not() -> None:
    ten, nine = (1, 2, 3, 4), (1, 2, 3, 3)
    exact = answers_of(ten)
    assert isinstance(exact, Answers)
    assert (exact.counts, exact.mean.n) == (ten, 10)
    assert exact.mean.mean == pytest.approx(3.0)
    assert answers_of(nine) == TooFew(n=9, needed=10)
    assert band_of(ten) == Band(10, 3, 2.5, 3.5)
    assert band_of(nine) == TooFew(n=9, needed=10)


@pytest.mark.parametrize(
    ("mean", "band"),
    [
        (Fraction(1), (1, 1, 1.5)),
        (Fraction(149, 100), (1, 1, 1.5)),
        (Fraction(3, 2), (2, 1.5, 2.5)),
        (Fraction(7, 2), (4, 3.5, 4)),
        (Fraction(4), (4, 3.5, 4)),
    ],
)
def test_a_band_is_half_a_point_around_the_nearest_answer_within_the_scale(
    mean: Fraction, band: tuple[int, float, float]
) -> None:
    assert band_around(12, mean) == Band(12, *band)


def test_counts_of_groups_add_up_answer_by_answer() -> None:
    assert add_counts([(1, 20, 300, 4000), (5, 60, 700, 8000)]) == (6, 80, 1000, 12000)
    assert add_counts([]) == (0, 0, 0, 0)


def test_ten_alike_are_hidden_and_nine_alike_are_no_number_anyway() -> None:
    ten, nine = (0, 0, 0, 10), (0, 0, 0, 9)
    assert hidden_elements(month(informasi=ten)) == {"informasi"}
    assert hidden_elements(month(informasi=nine)) == frozenset()
    assert elements_of([month(informasi=nine)])["informasi"] == TooFew(n=0, needed=10)
    shown = elements_of([month(informasi=ten)])["informasi"]
    assert shown == Band(10, 4, 3.5, 4)


def test_a_month_of_ten_counts_in_and_one_of_nine_is_left_out() -> None:
    ten, nine = (1, 2, 3, 4), (1, 2, 3, 3)
    for counts, expected in ((ten, (3, 7, 23, 19)), (nine, MIXED)):
        shown = elements_of([month(), month(informasi=counts)])["informasi"]
        assert isinstance(shown, Answers)
        assert shown.counts == expected


def test_two_hidden_official_elements_hide_nobody_else() -> None:
    alike = (0, 0, 0, 42)
    hidden = hidden_elements(month(biaya=alike, waktu=alike))
    assert hidden == {"biaya", "waktu"}
    assert len(hidden_elements(month(biaya=alike))) == 2  # a single one takes another along
    assert hidden_elements(month(biaya=alike)) <= set(OFFICIAL_KEYS)


BLOCK = Block(date(2026, 1, 1), date(2026, 1, 9), n=12, total=12 * 27, squares=12 * 27 * 27 + 8)


def test_a_score_covers_its_blocks_from_the_first_day_to_the_last() -> None:
    second = replace(BLOCK, first=date(2026, 1, 10), last=date(2026, 2, 3), total=12 * 36)
    score = score_of([BLOCK, second], grid=Grid((BLOCK, second), 0, date.max))
    assert isinstance(score, Score)
    assert (score.n, score.blocks) == (24, 2)
    assert (score.first, score.last) == (date(2026, 1, 1), date(2026, 2, 3))
    assert score.ikm == Fraction(27 + 36, 18) * 25
    assert score.mean.mean == pytest.approx(float((27 + 36) / 18))
    assert score.mean.low < score.mean.mean < score.mean.high


def test_a_block_of_fewer_than_ten_is_a_fault_of_ours_and_no_score() -> None:
    small = replace(BLOCK, n=9, total=9 * 27)
    with pytest.raises(ValueError, match="ten forms"):
        score_of([small], grid=Grid((small,), 0, date.max))
    ten = replace(BLOCK, n=10, total=10 * 27, squares=10 * 27 * 27 + 8)
    assert isinstance(score_of([ten], grid=Grid((ten,), 0, date.max)), Score)
