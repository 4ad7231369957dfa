"""Whether a half-year earns a certificate: reliability against a simulation, unverified answers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from feedback_app.domain.certificates import Half, Judged, half_of, judge, reliability
from feedback_app.domain.interval import Mean


def mean(value: float, se: float = 0.04, n: int = 150) -> Mean:
    return Mean(n, value, value - 1.96 * se, value + 1.96 * se)


OTHERS = [(mean(3.2 + step), mean(3.2 + step)) for step in (-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3)]


def judged(own: float, past: float | None = None, *, unverified: float = 0.0) -> Judged:
    before = None if past is None else Half((mean(past), mean(past)), 0.0)
    half = Half((mean(own), mean(own)), unverified)
    return judge(half, before, OTHERS, level=3.5, least=0.7)


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2026, 7, 1), date(2026, 1, 1)), (date(2026, 6, 30), date(2025, 7, 1))],
)
def test_the_half_year_is_the_newest_that_is_over(day: date, first: date) -> None:
    assert half_of(day).first == first


def test_a_level_or_a_rise_above_the_own_past_earns_it() -> None:
    assert judged(3.6).ground == "level"
    assert judged(3.4).ground is None
    assert judged(3.4, 3.1).ground == "improved"
    assert judged(3.4, 3.38).ground is None  # may be chance
    assert judged(3.0, 3.4).ground is None


def test_unverified_answers_only_stand_in_the_way() -> None:
    """A fifth of 4s by poster among 3.6 leaves 3.5; more of them leaves less."""
    assert judged(3.6, unverified=0.19).ground == "level"
    assert judged(3.6, unverified=0.21).ground is None
    assert judged(3.9, unverified=0.31).ground is None  # the bounds say nothing any more
    assert judged(3.4, 3.15, unverified=0.25).ground is None


def test_nothing_is_earned_where_chance_speaks_or_too_few_are_known() -> None:
    noisy = [(mean(a, 0.3), mean(b, 0.3)) for a, b in ((3.1, 3.4), (3.4, 3.0), (3.2, 3.3)) * 3]
    own = Half((mean(3.7, 0.3), mean(3.7, 0.3)), 0.0)
    assert judge(own, None, noisy, level=3.5, least=0.7).ground is None
    few = judge(own, None, OTHERS[:4], level=3.5, least=0.7)
    assert (few.reliability, few.ground) == (None, None)


@pytest.mark.parametrize(("sd", "alone"), [(0.2, 0.0), (0.2, 0.1), (0.1, 0.1)])
def test_reliability_is_that_of_simulated_officers(sd: float, alone: float) -> None:
    """16 officers, chance .05: the mean over 300 offices within .06 of the variances' own ratio."""
    rng = np.random.default_rng(1)
    found = []
    for _office in range(300):
        level = rng.normal(3.2, sd, 16)
        noise = rng.normal(0, np.hypot(alone, 0.05), (16, 2))
        every = [
            (mean(a, 0.05), mean(b, 0.05))
            for a, b in level[:, None] + noise + rng.normal(0, 0.1, 2)
        ]
        one = reliability(every[0], every[1:])
        assert one is not None
        found.append(one)
    truth = sd**2 / (sd**2 + (alone**2 + 0.05**2) / 2)
    assert np.mean(found) == pytest.approx(truth, abs=0.06)
