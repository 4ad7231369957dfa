"""How many respondents a survey needs, and how they are split over services.

Krejcie and Morgan (1970): S = X²NPQ / (d²(N−1) + X²PQ) with X² = 3.841, P = Q = 0.5, d = 0.05,
rounded to the nearest whole number as in their table.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

Key = TypeVar("Key")

CHI_SQUARE = Fraction(3841, 1000)  # 1 degree of freedom, 95%
SHARE = Fraction(1, 2)
MARGIN = Fraction(5, 100)


def krejcie_morgan(population: int) -> int:
    """Respondents needed for a population of at least 1."""
    if population < 1:
        raise ValueError("a population has at least one member")
    spread = CHI_SQUARE * SHARE * (1 - SHARE)
    exact = spread * population / (MARGIN**2 * (population - 1) + spread)
    return min(population, int(exact + Fraction(1, 2)))


def split_by_volume(sample: int, volumes: Mapping[Key, int]) -> dict[Key, int]:
    """Split a sample over services in proportion to their visits (largest remainders).

    The parts sum to the sample (or to all visits, when there are fewer). Where there is room,
    every service that had a visit gets at least one, or the small ones would never be heard; none
    gets more than its visits. Equal remainders go to the first in order.
    """
    busy = {key: volume for key, volume in volumes.items() if volume > 0}
    total = sum(busy.values())
    sample = min(sample, total)
    parts = dict.fromkeys(volumes, 0)
    if not sample:
        return parts
    exact = {key: Fraction(sample * volume, total) for key, volume in busy.items()}
    for key, share in exact.items():
        parts[key] = int(share)
    by_remainder = sorted(exact, key=lambda key: exact[key] - int(exact[key]), reverse=True)
    for key in by_remainder[: sample - sum(parts.values())]:
        parts[key] += 1
    if sample >= len(busy):
        _hear_everybody(parts, list(busy))
    return parts


def _hear_everybody(parts: dict[Key, int], busy: list[Key]) -> None:
    for key in busy:
        if parts[key] == 0:
            parts[max(busy, key=lambda other: parts[other])] -= 1
            parts[key] = 1
