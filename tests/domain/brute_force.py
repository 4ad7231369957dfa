"""What sums of blocks and parts isolate, found by trying everything: the oracle of least cuts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import numpy as np

Table = dict[tuple[int, ...], tuple[int, ...]]


def least_isolated(
    table: Table,
    *,
    seen: Sequence[Collection[tuple[int, ...]]] | None = None,
    untold: Collection[int] = (),
) -> int | None:
    """By brute force: the fewest forms on which any combination of row and column sums is not 0.

    `seen` are the sets of parts whose sums are shown; every part alone when it is left out. Of
    blocks in `untold` nobody knows the sum.

    A combination that is 0 on the cells Z and not on all exists just when Z's columns of the
    matrix of sums have a lower rank than all columns.
    """
    cells = [(part, block) for part in table for block in range(len(next(iter(table.values()))))]
    cells = [cell for cell in cells if table[cell[0]][cell[1]]]
    told = [{part} for part in table] if seen is None else seen
    sums = [[int(cell[0] in parts) for cell in cells] for parts in told]
    sums += [
        [int(cell[1] == block) for cell in cells] for block in {c[1] for c in cells} - {*untold}
    ]
    matrix = np.array(sums)
    rank = np.linalg.matrix_rank(matrix)
    weights = [table[part][block] for part, block in cells]
    found = []
    for size in range(1, len(cells) + 1):
        for left in combinations(range(len(cells)), size):
            zero = [place for place in range(len(cells)) if place not in left]
            if not zero or np.linalg.matrix_rank(matrix[:, zero]) < rank:
                found.append(sum(weights[place] for place in left))
    return min(found, default=None)
