"""Honest intervals for means of answers on a bounded scale.

Score interval of Wilson for a mean rescaled to 0..1, with the effective sample size
p(1-p)/variance that surveys use (Korn and Graubard 1998; Franco et al. 2019). The variance is
taken with one pseudo-answer at each end of the scale, so that ten equal answers do not claim to
be certain. tests/domain/test_interval.py measures the coverage by simulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from feedback_app.domain.skm import TooFew

LEVEL = 0.95
LOWEST, HIGHEST = 1, 4


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its interval, all on the same scale."""

    n: int
    mean: float
    low: float
    high: float


def mean_of_counts(counts: Sequence[int], *, at_least: int) -> Mean | TooFew:
    """The mean of answers counted as 1, 2, 3, 4 (points 1 to 4)."""
    n = sum(counts)
    total = sum(value * count for value, count in enumerate(counts, start=1))
    squares = sum(value * value * count for value, count in enumerate(counts, start=1))
    return mean_of_sums(n, total, squares, items=1, at_least=at_least)


def mean_of_sums(n: int, total: int, squares: int, *, items: int, at_least: int) -> Mean | TooFew:
    """The mean a person, in points 1 to 4, of n persons' sums over `items` answers.

    `total` and `squares` are the sum and the sum of squares of those n sums, so that the answers
    of one person, which go together, count once.
    """
    if n < max(at_least, 1):
        return TooFew(n=n, needed=max(at_least, 1))
    low_end, high_end = LOWEST * items, HIGHEST * items
    width = high_end - low_end
    share = (total / n - low_end) / width
    spread = _variance_with_ends(n, total, squares, low_end, high_end) / width**2
    low, high = _score_interval(share, n, spread)
    points = HIGHEST - LOWEST
    return Mean(
        n=n,
        mean=LOWEST + points * share,
        low=LOWEST + points * low,
        high=LOWEST + points * high,
    )


def _variance_with_ends(n: int, total: int, squares: int, low_end: int, high_end: int) -> float:
    count = n + 2
    mean = (total + low_end + high_end) / count
    return (squares + low_end**2 + high_end**2) / count - mean * mean


def _score_interval(share: float, n: int, variance: float) -> tuple[float, float]:
    # Design effect against a yes/no answer with the same (padded) mean: at most 1 here.
    padded = (share * n + 1) / (n + 2)
    effective = max(n * padded * (1 - padded) / variance, 1.0)
    z = _quantile(n)
    middle = (share + z * z / (2 * effective)) / (1 + z * z / effective)
    half = z * sqrt(share * (1 - share) / effective + (z / (2 * effective)) ** 2)
    half /= 1 + z * z / effective
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))


def _quantile(n: int) -> float:
    """Student's t by the first terms of its expansion in 1/df (Abramowitz and Stegun 26.7.5)."""
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
    freedom = max(n - 1, 1)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / freedom + second / freedom**2
