"""The comparison with the unit: chance alone must not put anybody above or below."""

from __future__ import annotations

import random

import pytest

from feedback_app.domain.interval import Mean
from feedback_app.domain.shrinkage import ABOVE, BELOW, IN_LINE, Level, change, compare, level_of


def drawn(rng: random.Random, weights: list[float], n: int) -> Level:
    """A level of n people who answer four items by these weights, each person alike in them."""
    sums = [4 * rng.choices((1, 2, 3, 4), weights)[0] for _ in range(n)]
    return level_of(n, sum(sums), sum(value * value for value in sums), items=4)


def test_officers_who_are_alike_are_in_line() -> None:
    """2,000 units without any difference: an honest 95% leaves at most one in twenty out."""
    rng = random.Random(7)
    weights = [1.0, 2.0, 8.0, 6.0]
    words = []
    for _ in range(2000):
        found = compare(
            drawn(rng, weights, 20), [drawn(rng, weights, rng.randint(10, 60)) for _ in range(8)]
        )
        assert found is not None
        words.append(found.word)
    assert sum(word != IN_LINE for word in words) / len(words) <= 0.05


def test_a_large_difference_is_told() -> None:
    rng = random.Random(8)
    others = [drawn(rng, [1, 2, 8, 6 + place], 60) for place in range(6)]
    low, high = drawn(rng, [8, 5, 1, 1], 60), drawn(rng, [0, 0, 1, 60], 60)
    low_found, high_found = compare(low, others), compare(high, [low, low, *others[:3]])
    assert low_found is not None
    assert low_found.word == BELOW
    assert high_found is not None
    assert high_found.word == ABOVE


def test_fewer_than_three_others_are_no_comparison() -> None:
    level = Level(20, 3.0, 0.02)
    assert compare(level, [level, level]) is None
    assert compare(level, [level] * 3) is not None


def test_the_units_mean_is_that_of_a_worked_example() -> None:
    """Three equal variances .01 and means 2, 3, 4: tau^2 = 1 - .01, so plain mean 3."""
    others = [Level(50, mean, 0.01) for mean in (2.0, 3.0, 4.0)]
    found = compare(Level(50, 3.0, 0.01), others)
    assert found is not None
    assert found.unit_mean == pytest.approx(3.0)
    assert (found.officers, found.word) == (3, IN_LINE)


def test_progress_is_told_only_beyond_the_intervals() -> None:
    before = Mean(20, 3.0, 2.8, 3.2)
    assert change(before, Mean(20, 3.1, 2.9, 3.3)) == IN_LINE
    assert change(before, Mean(20, 3.4, 3.2, 3.6)) == ABOVE
    assert change(before, Mean(20, 2.6, 2.4, 2.8)) == BELOW
    assert change(None, before) is None
