"""One officer beside the others of a unit, pulled towards them as far as chance alone explains.

Empirical Bayes: true levels differ by a variance that is estimated from the others' means
(DerSimonian and Laird 1986); one's own mean is then pulled to the middle by the share of its
spread that is noise (Efron and Morris 1975). The words follow the 95% interval, so officers who
cannot be told apart read the same sentence, and nobody is given a place in a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from feedback_app.domain.interval import HIGHEST, LEVEL, LOWEST, Mean

LEAST_OFFICERS = 3  # others in a comparison; fewer could be worked out
ABOVE, IN_LINE, BELOW = "above", "in_line", "below"


@dataclass(frozen=True, slots=True)
class Level:
    """One officer's answers: how many people, their mean (1 to 4) and its error's variance."""

    n: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The unit's other officers together, and which of three words holds."""

    officers: int
    unit_mean: float
    word: str


def level_of(n: int, total: int, squares: int, *, items: int) -> Level:
    """From n people's sums over `items` answers; one pseudo-answer at each end of the scale."""
    low, high = LOWEST * items, HIGHEST * items
    count = n + 2
    middle = (total + low + high) / count
    spread = (squares + low**2 + high**2) / count - middle * middle
    return Level(n=n, mean=total / n / items, variance=spread / items**2 / n)


def compare(own: Level, others: Sequence[Level]) -> Comparison | None:
    """Own level against the others'; None when they are too few to stay unknown."""
    if len(others) < LEAST_OFFICERS:
        return None
    between = _between(others)
    weights = [1 / (level.variance + between) for level in others]
    middle = sum(w * level.mean for w, level in zip(weights, others, strict=True)) / sum(weights)
    kept = between / (between + own.variance)
    gap, error = kept * (own.mean - middle), sqrt(kept * own.variance)
    reach = NormalDist().inv_cdf(0.5 + LEVEL / 2) * error
    word = IN_LINE
    if gap > reach:
        word = ABOVE
    elif gap < -reach:
        word = BELOW
    return Comparison(officers=len(others), unit_mean=middle, word=word)


def change(before: object, now: object) -> str | None:
    """Whether one's newer mean stands above or below the older; None without two numbers.

    The spread of each is read back from its interval, which is wider than a plain one.
    """
    if not isinstance(before, Mean) or not isinstance(now, Mean):
        return None
    reach = sqrt((before.high - before.low) ** 2 + (now.high - now.low) ** 2) / 2
    gap = now.mean - before.mean
    return IN_LINE if abs(gap) <= reach else ABOVE if gap > 0 else BELOW


def _between(levels: Sequence[Level]) -> float:
    weights = [1 / level.variance for level in levels]
    total = sum(weights)
    middle = sum(w * level.mean for w, level in zip(weights, levels, strict=True)) / total
    excess = sum(w * (level.mean - middle) ** 2 for w, level in zip(weights, levels, strict=True))
    scale = total - sum(w * w for w in weights) / total
    return max(0.0, (excess - (len(levels) - 1)) / scale)
