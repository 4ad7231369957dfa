"""Three words for two means: only a gap beyond chance is told."""

from __future__ import annotations

import random

from feedback_app.domain.comparison import compare
from feedback_app.domain.disclosure import Band
from feedback_app.domain.interval import Mean, mean_of_counts
from feedback_app.domain.officer_words import (
    ABOVE,
    BELOW,
    IN_LINE,
    Before,
    beside,
    change,
    first_sentence,
)
from feedback_app.domain.texts import Words


def drawn(rng: random.Random, weights: list[float], n: int) -> Mean:
    values = rng.choices((1, 2, 3, 4), weights, k=n)
    mean = mean_of_counts([values.count(value) for value in (1, 2, 3, 4)], at_least=1)
    assert isinstance(mean, Mean)
    return mean


def test_progress_is_told_only_beyond_the_intervals() -> None:
    before = Mean(20, 3.0, 2.8, 3.2)
    assert change(before, Mean(20, 3.1, 2.9, 3.3)) == IN_LINE
    assert change(before, Mean(20, 3.4, 3.2, 3.6)) == ABOVE
    assert change(before, Mean(20, 2.6, 2.4, 2.8)) == BELOW
    assert change(Band(12, 3, 2.5, 3.5), before) is None


def test_officers_who_are_alike_are_in_line() -> None:
    """2,000 units without any difference: at most one in twenty may read another word."""
    rng = random.Random(7)
    weights = [1.0, 2.0, 8.0, 6.0]
    words = []
    for _ in range(2000):
        others = [drawn(rng, weights, rng.randint(10, 60)) for _ in range(8)]
        own = drawn(rng, weights, 20)
        words.append(beside(own, compare(own, others)))
    assert sum(word != IN_LINE for word in words) / len(words) <= 0.05


def test_a_large_difference_is_told() -> None:
    rng = random.Random(8)
    others = [drawn(rng, [1, 2, 8, 6], 60) for _ in range(6)]
    low, high = drawn(rng, [8, 5, 1, 1], 60), drawn(rng, [0, 0, 1, 60], 60)
    assert beside(low, compare(low, others)) == BELOW
    assert beside(high, compare(high, others)) == ABOVE
    assert beside(low, compare(low, others[:2])) is None


def mean(value: float, reach: float = 0.1) -> Mean:
    return Mean(n=100, mean=value, low=value - reach, high=value + reach)


def test_the_first_sentence_says_grade_figure_and_change() -> None:
    year: Words = ("tahun lalu", "last year")
    assert first_sentence(mean(3.47), Before(mean(3.45), year)) == (
        "Anda dinilai baik dan stabil: 3,47, sama seperti tahun lalu.",
        "You are rated well and steadily: 3.47, the same as last year.",
    )
    assert first_sentence(mean(3.6), Before(mean(3.3), year))[0] == (
        "Anda dinilai sangat baik: 3,60, naik dari 3,30 tahun lalu."
    )
    assert first_sentence(mean(2.9), Before(mean(3.3), year))[0] == (
        "Nilai Anda 2,90, turun dari 3,30 tahun lalu."
    )
    assert first_sentence(mean(3.1), None)[0] == "Anda dinilai baik: 3,10."
