"""What can be had from released sums by adding and subtracting: found by algebra, not by hope.

A claim is a sum over a set of ratings. People whom every claim holds or leaves out together cannot
be told apart, so they are one cell. A combination of claims is known to the attacker; those to whom
it gives a weight other than 0 are the group that it isolates.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

PRIME = 2_147_483_629  # arithmetic without rounding; a wrong 0 has a chance of 1 in 2 billion
ORDERS = 12  # random orders of elimination beside the one by weight


@dataclass(frozen=True)
class Found:
    """Sums over one column of one counter: how many, what was tried, what came out."""

    claims: int
    pairs: int
    rows: int
    smallest: int  # people in the smallest group isolated
    groups: int  # groups of one to nine


def isolated(sets: Collection[frozenset[str]], *, seed: int) -> Found:
    """Every pair's difference, and the rows of the eliminated matrix in several orders.

    An eliminated row cannot be made smaller by any combination (its support is minimal), so small
    groups appear as rows once the order puts the large cells first.
    """
    known = sorted(sets, key=lambda ids: (len(ids), sorted(ids)[:1]))
    found: set[frozenset[str]] = {one ^ other for one, other in combinations(known, 2)}
    found |= set(known)
    pairs = len(known) * (len(known) - 1) // 2
    rows = 0
    cells = _cells(known)
    for order in _orders(cells, seed=seed):
        for support in _eliminated(known, [cells[place] for place in order]):
            rows += 1
            found.add(support)
    sizes = [len(group) for group in found if group]
    small = sum(1 for size in sizes if size < 10)
    return Found(len(known), pairs, rows, min(sizes, default=0), small)


def _cells(known: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    everybody = frozenset[str]().union(*known)
    cells: dict[tuple[int, ...], set[str]] = {}
    for person in everybody:
        mark = tuple(place for place, ids in enumerate(known) if person in ids)
        cells.setdefault(mark, set()).add(person)
    return [frozenset(cell) for _mark, cell in sorted(cells.items())]


def _orders(cells: Sequence[frozenset[str]], *, seed: int) -> list[list[int]]:
    rng = random.Random(seed)
    by_weight = sorted(range(len(cells)), key=lambda place: -len(cells[place]))
    others = [rng.sample(range(len(cells)), len(cells)) for _ in range(ORDERS)]
    return [by_weight, *others]


def _eliminated(
    known: Sequence[frozenset[str]], cells: Sequence[frozenset[str]]
) -> list[frozenset[str]]:
    """The people of each row of the reduced echelon form."""
    some_of = [next(iter(cell)) for cell in cells]
    matrix = np.array([[int(one in ids) for one in some_of] for ids in known], dtype=np.int64)
    top = 0
    for column in range(matrix.shape[1]):
        pivots = np.flatnonzero(matrix[top:, column])
        if not len(pivots):
            continue
        matrix[[top, top + pivots[0]]] = matrix[[top + pivots[0], top]]
        matrix[top] = matrix[top] * pow(int(matrix[top, column]), -1, PRIME) % PRIME
        factors = matrix[:, column].copy()
        factors[top] = 0
        matrix = (matrix - factors[:, None] * matrix[top] % PRIME) % PRIME
        top += 1
        if top == len(matrix):
            break
    return [
        frozenset[str]().union(*(cells[place] for place in np.flatnonzero(row).tolist()))
        for row in matrix[:top]
    ]
