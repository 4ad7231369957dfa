"""What an officer's mean is compared with: the unit's other officers, shrunken, never a rank.

Empirical Bayes with the moment estimate of the variance between officers (DerSimonian and Laird
1986): few answers of one officer pull the comparison little, and each officer's own estimate is
pulled towards the others by as much as chance alone would move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from feedback_app.domain.interval import HIGHEST, LEVEL, LOWEST, Mean

LEAST_OFFICERS = 3  # others; fewer would tell one colleague's mean to another


@dataclass(frozen=True, slots=True)
class Comparison:
    """The others' common mean with its interval, and the own mean shrunken towards it."""

    officers: int
    others: Mean
    own_shrunken: float


def compare(own: Mean, others: Sequence[Mean]) -> Comparison | None:
    """None when there are fewer than three others."""
    if len(others) < LEAST_OFFICERS:
        return None
    noise = [_variance(mean) for mean in others]
    between = _between([mean.mean for mean in others], noise)
    weights = [1 / (own_noise + between) for own_noise in noise]
    middle = sum(w * mean.mean for w, mean in zip(weights, others, strict=True)) / sum(weights)
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) / sqrt(sum(weights))
    kept = between / (between + _variance(own))
    return Comparison(
        officers=len(others),
        others=Mean(
            n=sum(mean.n for mean in others),
            mean=middle,
            low=max(middle - half, LOWEST),
            high=min(middle + half, HIGHEST),
        ),
        own_shrunken=kept * own.mean + (1 - kept) * middle,
    )


def _variance(mean: Mean) -> float:
    half = (mean.high - mean.low) / 2
    return max((half / NormalDist().inv_cdf(0.5 + LEVEL / 2)) ** 2, 1e-6)


def _between(means: Sequence[float], noise: Sequence[float]) -> float:
    weights = [1 / own for own in noise]
    total = sum(weights)
    middle = sum(w * mean for w, mean in zip(weights, means, strict=True)) / total
    spread = sum(w * (mean - middle) ** 2 for w, mean in zip(weights, means, strict=True))
    scale = total - sum(w * w for w in weights) / total
    return max(0.0, (spread - (len(means) - 1)) / scale)
