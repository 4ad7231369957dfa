"""One row of the matrix, named by its rule, and how rows are made small."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import gcd

import numpy as np

from feedback_app.impact.panel import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Row:
    """Σ values × columns ≤ upper, and the rule behind it."""

    rule: str
    where: tuple[str, ...]
    columns: Ints
    values: Floats
    upper: float


def at_most(rule: str, where: tuple[str, ...], columns: Ints, upper: float) -> Row:
    """No more than so many of these columns."""
    return Row(rule, where, columns, np.ones(len(columns)), float(upper))


def largest(groups: Collection[frozenset[int]]) -> list[frozenset[int]]:
    """Groups that no other one holds, always in the same order."""
    kept: list[frozenset[int]] = []
    for group in sorted(groups, key=lambda one: (-len(one), sorted(one))):
        if not any(group < other for other in kept):
            kept.append(group)
    return kept


def bits(sets: Bools) -> list[int]:
    """Each row (N, K) as a number whose bits are its members: quicker than arrays so small."""
    packed = np.packbits(sets, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def common_unit(values: Floats) -> int:
    """The largest whole number that divides all of them; 0 where one is no whole number."""
    if not len(values) or (values != np.round(values)).any():
        return 0
    return gcd(*map(int, values))
