"""Certificates of service: whether an officer's half-year meets criteria that were known before.

Nothing rests on unverified answers: they are taken as if they had been the best (for the figure
itself) or the worst (for the past it is compared with), so they can only stand in the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import NormalDist, fmean, variance
from typing import Literal

from feedback_app.domain.interval import HIGHEST, LEVEL, LOWEST, Mean
from feedback_app.domain.officer_words import ABOVE, change
from feedback_app.domain.survey import Span

LEAST_RELIABILITY = 0.7
LEAST_OFFICERS = 6  # with figures in both quarters; with fewer their spread is not known
MOST_UNVERIFIED = 0.3  # beyond it the bounds say nothing
Ground = Literal["level", "improved"]
Quarters = tuple[Mean, Mean]


@dataclass(frozen=True, slots=True)
class Half:
    """An officer's half-year: both quarters' figures and the share of unverified answers."""

    quarters: Quarters
    unverified: float

    @property
    def whole(self) -> Mean:
        """Both quarters together, by their answers."""
        return _together(self.quarters)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found: `ground` is None where the criteria are not met."""

    mean: Mean
    unverified: float
    reliability: float | None  # None: too few officers to tell from
    ground: Ground | None


def half_of(day: date) -> Span:
    """The newest half-year that was over before this day."""
    year, half = (day.year, 1) if day.month > 6 else (day.year - 1, 2)
    return Span(
        date(year, 1 if half == 1 else 7, 1), date(year, *((6, 30) if half == 1 else (12, 31)))
    )


def judge(
    own: Half, past: Half | None, others: Sequence[Quarters], *, level: float, least: float
) -> Judged:
    """Hold a half-year against a level and the own past, with the reliability that is asked."""
    found = reliability(own.quarters, others)
    ground: Ground | None = None
    if found is not None and found >= least and own.unverified <= MOST_UNVERIFIED:
        verified = _bounded(own.whole, own.unverified, HIGHEST)
        if verified.mean >= level:
            ground = "level"
        elif past is not None and past.unverified <= MOST_UNVERIFIED:
            before = _bounded(past.whole, past.unverified, LOWEST)
            ground = "improved" if change(before, verified) == ABOVE else None
    return Judged(own.whole, own.unverified, found, ground)


def reliability(own: Quarters, others: Sequence[Quarters]) -> float | None:
    """Share of an officer's figure that is the officer: 0 to 1; None with too few officers.

    Figures of officers and quarters are officer + quarter + noise; noise is chance among answers
    and what a quarter alone does to one officer. Both variances come from sums and differences of
    the two quarters (moments).
    """
    every = [own, *others]
    if len(every) < LEAST_OFFICERS:
        return None
    chance = [_variance(first) + _variance(second) for first, second in every]
    alone = max((variance([a.mean - b.mean for a, b in every]) - fmean(chance)) / 2, 0.0)
    spread = variance([(a.mean + b.mean) / 2 for a, b in every])
    officers = max(spread - alone / 2 - fmean(chance) / 4, 0.0)
    noise = alone / 2 + chance[0] / 4
    return officers / (officers + noise) if officers else 0.0


def both_quarters(figures: Mapping[date, Mean], half: Span) -> Quarters | None:
    """The two quarters of a half-year from figures by first day; None unless both are there."""
    second = date(half.first.year, half.first.month + 3, 1)
    if half.first not in figures or second not in figures:
        return None
    return figures[half.first], figures[second]


def _bounded(mean: Mean, share: float, as_if: int) -> Mean:
    """The verified answers' mean if every unverified one had been `as_if`."""
    value = (mean.mean - as_if * share) / (1 - share)
    half = (mean.high - mean.low) / 2 / sqrt(1 - share)
    return Mean(n=round(mean.n * (1 - share)), mean=value, low=value - half, high=value + half)


def _together(quarters: Quarters) -> Mean:
    n = sum(one.n for one in quarters)
    shares = [one.n / n for one in quarters]
    mean = sum(share * one.mean for share, one in zip(shares, quarters, strict=True))
    half = sqrt(
        sum(
            (share * (one.high - one.low) / 2) ** 2
            for share, one in zip(shares, quarters, strict=True)
        )
    )
    return Mean(n=n, mean=mean, low=max(mean - half, LOWEST), high=min(mean + half, HIGHEST))


def _variance(mean: Mean) -> float:
    half = (mean.high - mean.low) / 2
    return float((half / NormalDist().inv_cdf(0.5 + LEVEL / 2)) ** 2)
