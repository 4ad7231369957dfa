"""Intervals cover the truth as often as they say, also where nearly everybody answers 4."""

from __future__ import annotations

import random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.interval import Mean, mean_of_counts, mean_of_sums
from feedback_app.domain.skm import TooFew

SHAPES = {
    "usual": (0.03, 0.10, 0.44, 0.43),
    "split": (0.40, 0.10, 0.10, 0.40),
    "middling": (0.05, 0.25, 0.55, 0.15),
    "nearly all 4": (0.01, 0.02, 0.07, 0.90),
}
REPETITIONS = 1500


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [10, 20, 50, 200])
def test_coverage_in_simulated_offices(shape: str, n: int) -> None:
    """Nominal .95. With 1,500 repetitions 2 standard errors are .011; discreteness at n = 10
    costs a little more: at least .925 everywhere."""
    rng = random.Random(f"{shape}{n}")
    shares = SHAPES[shape]
    truth = sum(value * share for value, share in enumerate(shares, start=1))
    hits, widths = 0, []
    for _ in range(REPETITIONS):
        drawn = rng.choices((1, 2, 3, 4), shares, k=n)
        found = mean_of_counts([drawn.count(value) for value in (1, 2, 3, 4)], at_least=1)
        assert isinstance(found, Mean)
        hits += found.low <= truth <= found.high
        widths.append(found.high - found.low)
    spread = sum((v - truth) ** 2 * s for v, s in enumerate(shares, start=1)) ** 0.5
    assert hits / REPETITIONS >= 0.925
    # Not absurdly wide: at most 1.7 times the textbook interval, and a floor for the rare case.
    assert mean(widths) <= 1.7 * 2 * 1.96 * spread / n**0.5 + 0.25 * (10 / n)


def test_equal_answers_are_not_certain() -> None:
    found = mean_of_counts((0, 0, 0, 10), at_least=10)
    assert isinstance(found, Mean)
    assert found.mean == found.high == 4
    assert found.low < 3.9


def test_a_person_counts_once_however_many_items() -> None:
    """Twenty people who give one value to all nine items carry twenty answers, not 180."""
    forms = [[1] * 9] * 4 + [[4] * 9] * 16
    totals = [sum(form) for form in forms]
    people = mean_of_sums(20, sum(totals), sum(t * t for t in totals), items=9, at_least=1)
    single = mean_of_counts((4, 0, 0, 16), at_least=1)
    assert isinstance(people, Mean)
    assert isinstance(single, Mean)
    assert people.mean == pytest.approx(single.mean)
    assert people.low == pytest.approx(single.low)


@given(st.tuples(*[st.integers(0, 300)] * 4))
def test_the_interval_holds_the_mean_and_stays_on_the_scale(counts: tuple[int, ...]) -> None:
    found = mean_of_counts(counts, at_least=10)
    if sum(counts) < 10:
        assert found == TooFew(n=sum(counts), needed=10)
    else:
        assert isinstance(found, Mean)
        assert 1 <= found.low <= found.mean + 1e-9
        assert found.mean - 1e-9 <= found.high <= 4 + 1e-9
