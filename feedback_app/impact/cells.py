"""From single answers to cells, and from cells to the officer × month panel with one case mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback_app.domain.disclosure.groups import MIN_GROUP
from feedback_app.impact.panel import Floats, Ints, Panel

VALUES = np.arange(1.0, 5.0)
RARE = 0.01  # kinds of visit below this share of answers are treated as one kind
OTHER = "other"
OFFICERS_AT_ONCE = 4_000


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts of 1, 2, 3, 4 by officer, counter, kind of visit and month; C cells, I items.

    `officer`, `unit`, `mix`, `month` (C,) are places in the names and columns from `first_month`;
    `counts` is (C, I, 4). `mix` is what a visit was like (service and channel), never what the
    officer did.
    """

    officers: tuple[str, ...]
    units: tuple[str, ...]
    mixes: tuple[str, ...]
    items: tuple[str, ...]
    first_month: int
    months: int
    officer: Ints
    unit: Ints
    mix: Ints
    month: Ints
    counts: Floats


@dataclass(frozen=True, slots=True)
class MixCoefficient:
    """What one kind of visit adds to an item's mean, in points, against the average visit."""

    item: str
    mix: str
    points: float
    share: float  # of all answers


def build_cells(
    responses: Mapping[str, Ints],
    *,
    items: Sequence[str],
    officers: Sequence[str],
    units: Sequence[str],
    mixes: Sequence[str],
    first_month: int,
    months: int,
) -> Cells:
    """Count single answers. `responses` holds equally long integer columns.

    `officer`, `unit`, `mix` are places in the names, `month` counts from `first_month`; each
    item's column holds 1 to 4, or 0 for no answer. One pass of bincount per item.
    """
    shape = (len(officers), len(units), len(mixes), months)
    key = np.ravel_multi_index(
        (responses["officer"], responses["unit"], responses["mix"], responses["month"]), shape
    )
    used, place = np.unique(key, return_inverse=True)
    counts = np.zeros((len(used), len(items), 4))
    for position, item in enumerate(items):
        value = responses[item]
        if value.min(initial=0) < 0 or value.max(initial=0) > 4:
            raise ValueError(f"{item}: answers must be 1 to 4, or 0 for none")
        flat = np.bincount(place * 5 + value, minlength=5 * len(used))
        counts[:, position] = flat.reshape(-1, 5)[:, 1:]
    officer, unit, mix, month = np.unravel_index(used, shape)
    return Cells(
        tuple(officers),
        tuple(units),
        tuple(mixes),
        tuple(items),
        first_month,
        months,
        officer,
        unit,
        mix,
        month,
        counts,
    )


def adjust(cells: Cells) -> tuple[Panel, list[MixCoefficient]]:
    """Bring every officer-month to the same case mix, the average one of all the data.

    What a kind of visit adds is estimated within officer-months only (one officer, one month,
    different services), so neither who the officer is nor what training changed can enter. Told
    are the kinds with MIN_GROUP answers to each item.
    """
    mix, names = _merge_rare(cells)
    grid = (len(cells.officers), cells.months)
    place = cells.officer * cells.months + cells.month
    n = _on_grid(place, cells.counts.sum(axis=2), grid)
    total = _on_grid(place, cells.counts @ VALUES, grid)
    by_item = np.array([cells.counts[mix == k].sum(axis=(0, 2)) for k in range(len(names))])
    told = np.flatnonzero((by_item >= MIN_GROUP).all(axis=1))
    share = by_item.sum(axis=1) / max(by_item.sum(), 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = np.where(n > 0, total / n, np.nan)
        top = np.where(n > 0, _on_grid(place, cells.counts[:, :, 3], grid) / n, np.nan)
        low = np.where(n > 0, _on_grid(place, cells.counts[:, :, :2].sum(axis=2), grid) / n, np.nan)
    coefficients: list[MixCoefficient] = []
    expected = np.zeros_like(raw)
    if len(names) > 1:
        for item, name in enumerate(cells.items):
            points = _within_officer_month(cells, mix, item, len(names))
            points = points - points @ share
            weight = cells.counts[:, item].sum(axis=1)
            sums = np.bincount(place, points[mix] * weight, minlength=grid[0] * grid[1])
            expected[item] = sums.reshape(grid) / np.where(n[item] > 0, n[item], 1.0)
            coefficients += [
                MixCoefficient(name, names[k], float(points[k]), float(share[k])) for k in told
            ]
    panel = Panel(
        officers=cells.officers,
        items=cells.items,
        units=cells.units,
        first_month=cells.first_month,
        score=raw - expected,
        n=n,
        unit=_main_unit(cells, place, grid),
        top=top,
        low=low,
        mix=expected.mean(axis=0) if len(names) > 1 else None,
    )
    return panel, coefficients


def _merge_rare(cells: Cells) -> tuple[Ints, tuple[str, ...]]:
    size = np.bincount(cells.mix, cells.counts.sum(axis=(1, 2)), minlength=len(cells.mixes))
    common = np.flatnonzero(size >= RARE * size.sum())
    names = [cells.mixes[k] for k in common]
    place = np.full(len(cells.mixes), len(common))
    place[common] = np.arange(len(common))
    if (size[place == len(common)] > 0).any():
        names.append(OTHER)
    return place[cells.mix], tuple(names)


def _on_grid(place: Ints, values: Floats, grid: tuple[int, int]) -> Floats:
    """Sum columns (C, I) over officer-months: (I, O, T)."""
    size = grid[0] * grid[1]
    return np.stack(
        [
            np.bincount(place, values[:, item], minlength=size).reshape(grid)
            for item in range(values.shape[1])
        ]
    )


def _within_officer_month(cells: Cells, mix: Ints, item: int, kinds: int) -> Floats:
    """Least squares of answers on kinds of visit with every officer-month's own level (kinds,)."""
    weight = cells.counts[:, item].sum(axis=1)
    total = cells.counts[:, item] @ VALUES
    gram, right = np.zeros((kinds, kinds)), np.zeros(kinds)
    order = np.argsort(cells.officer, kind="stable")
    starts = range(0, len(cells.officers), OFFICERS_AT_ONCE)
    cuts = np.searchsorted(cells.officer[order], [*starts, len(cells.officers)])
    for start, first, last in zip(starts, cuts[:-1], cuts[1:], strict=True):
        here = order[first:last]
        group = (cells.officer[here] - start) * cells.months + cells.month[here]
        size = OFFICERS_AT_ONCE * cells.months
        flat = np.bincount(group * kinds + mix[here], weight[here], minlength=size * kinds)
        by_kind = flat.reshape(size, kinds)
        n = by_kind.sum(axis=1)
        by_kind, n_used = by_kind[n > 0], n[n > 0]
        sums = np.bincount(group, total[here], minlength=size)[n > 0]
        gram += np.diag(by_kind.sum(axis=0)) - by_kind.T @ (by_kind / n_used[:, None])
        right += np.bincount(mix[here], total[here], minlength=kinds)
        right -= by_kind.T @ (sums / n_used)
    return np.asarray(np.linalg.pinv(gram, rcond=1e-9, hermitian=True) @ right, dtype=float)


def _main_unit(cells: Cells, place: Ints, grid: tuple[int, int]) -> Ints:
    """The counter with most answers of each officer-month (O, T), −1 for none."""
    weight = cells.counts.sum(axis=(1, 2))
    order = np.lexsort((-cells.unit, weight))  # the heaviest comes last and stays
    best = np.full(grid[0] * grid[1], -1)
    filled = order[weight[order] > 0]
    best[place[filled]] = cells.unit[filled]
    return best.reshape(grid)
