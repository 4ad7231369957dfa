"""Randomisation inference: re-draw who was sent within each date, invert the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np

from feedback_app.impact.panel import Bools, Floats, Ints

LEVEL = 0.95
LEAST_ASSIGNMENTS = 40  # with fewer no p is .05 or below on both sides: 2 / .05
LARGEST_MATRIX = 20_000_000  # draws × rows held at once; beyond it only the picked rows are


@dataclass(frozen=True, slots=True)
class Draws:
    """Re-drawn assignments, B of them; `is_every` when they are all there are.

    Small problems keep a 0/1 matrix `assigned` (B, R); large ones the rows `picked` (B, P) in
    the order of dates, with the places where each date begins.
    """

    assigned: Floats | None
    picked: Ints | None
    begins: Ints
    dates: int
    is_every: bool

    @property
    def size(self) -> int:
        """How many there are."""
        rows = self.assigned if self.assigned is not None else self.picked
        assert rows is not None  # noqa: S101 (one of the two is always there)
        return len(rows)

    def sums(self, values: Floats) -> Floats:
        """Sums of columns of values (R, K) over those sent in each draw (B, K)."""
        if self.assigned is not None:
            return self.assigned @ values
        assert self.picked is not None  # noqa: S101 (one of the two is always there)
        if not values.shape[1]:
            return np.zeros((len(self.picked), 0))
        step = max(LARGEST_MATRIX // (self.picked.shape[1] * values.shape[1]), 1)
        parts = range(0, len(self.picked), step)
        return np.concatenate(
            [values[self.picked[start : start + step]].sum(axis=1) for start in parts]
        )

    def sums_by_date(self, date: Ints, values: Floats) -> Floats:
        """Sums of one column of values (R,) over those sent on each date (B, dates)."""
        if self.assigned is not None:
            place = np.zeros((len(date), self.dates))
            place[np.arange(len(date)), date] = values
            return self.assigned @ place
        assert self.picked is not None  # noqa: S101 (as above)
        return np.add.reduceat(values[self.picked], self.begins, axis=1)

    def rows(self, keep: Bools) -> Draws:
        """The same draws on a part of the rows (matrix form only)."""
        assert self.assigned is not None  # noqa: S101 (event studies are drawn for small offices)
        return Draws(self.assigned[:, keep], None, self.begins, self.dates, self.is_every)


def actual(date: Ints, trained: Bools) -> Draws:
    """The assignment that happened, in the shape of draws."""
    sent = trained.astype(float)[None, :]
    return Draws(sent, None, np.zeros(0, dtype=np.int64), int(date.max()) + 1, is_every=False)


def draw_assignments(
    date: Ints, cluster: Ints, trained: Bools, *, draws: int, rng: np.random.Generator
) -> Draws:
    """Draw as many clusters as were sent, on each date, out of those that could have been.

    `date` and `cluster` (R,) place each row; a cluster is an officer, or a counter when whole
    counters were sent. All assignments are listed when there are no more than `draws`.
    """
    groups = []
    for place in np.unique(date):
        rows = np.flatnonzero(date == place)
        names, position = np.unique(cluster[rows], return_inverse=True)
        sent = len(np.unique(cluster[rows][trained[rows]]))
        groups.append((rows, position, len(names), sent))
    dates = len(groups)
    none = np.zeros(0, dtype=np.int64)
    if prod(comb(units, sent) for _, _, units, sent in groups) <= draws:
        return Draws(_every_assignment(groups, len(date)), None, none, dates, is_every=True)
    if draws * len(date) > LARGEST_MATRIX and all(len(g[0]) == g[2] for g in groups):
        return _pick(groups, draws, rng)
    assigned = np.zeros((draws, len(date)))
    for rows, position, units, sent in groups:
        chosen = np.zeros((draws, units))
        order = rng.random((draws, units)).argpartition(sent - 1, axis=1)[:, :sent]
        np.put_along_axis(chosen, order, 1.0, axis=1)
        assigned[:, rows] = chosen[:, position]
    return Draws(assigned, None, none, dates, is_every=False)


def _pick(
    groups: Sequence[tuple[Ints, Ints, int, int]], draws: int, rng: np.random.Generator
) -> Draws:
    sent = np.array([group[3] for group in groups])
    begins = np.concatenate([[0], np.cumsum(sent)[:-1]])
    picked = np.empty((draws, int(sent.sum())), dtype=np.int64)
    for (rows, _position, units, count), start in zip(groups, begins, strict=True):
        for line in range(draws):
            order = rng.choice(units, count, replace=False, shuffle=False)
            picked[line, start : start + count] = rows[order]
    return Draws(None, picked, begins, len(groups), is_every=False)


def _every_assignment(groups: Sequence[tuple[Ints, Ints, int, int]], rows: int) -> Floats:
    choices = [list(combinations(range(units), sent)) for _, _, units, sent in groups]
    assigned = np.zeros((prod(len(part) for part in choices), rows))
    for line, choice in enumerate(product(*choices)):
        for (members, position, _units, _sent), chosen in zip(groups, choice, strict=True):
            assigned[line, members] = np.isin(position, chosen)
    return assigned


@dataclass(frozen=True, slots=True)
class Tested:
    """An estimate under randomisation: NaN limits when there are too few assignments for one."""

    estimate: float
    se: float
    low: float
    high: float
    p: float
    distribution: Floats  # (B,) estimates at no effect, scaled like `estimate`


_NAN = float("nan")
NOTHING = Tested(_NAN, _NAN, _NAN, _NAN, _NAN, np.zeros(0))


def invert_test(
    observed: tuple[float, float], drawn: tuple[Floats, Floats], *, is_every: bool
) -> Tested:
    """Estimate, interval and two-sided p from coefficients on the outcome and on the exposure.

    Under an effect t on everyone exposed, outcome − t × exposure is what all would have scored
    untrained, so a draw's coefficient at t is drawn_y − t × drawn_x: linear in t. It is at least
    the observed one exactly for t at or above (observed_y − drawn_y) / (observed_x − drawn_x).
    The interval's ends are therefore quantiles of that ratio; no search is needed. Where the design
    leaves nothing to compare (nobody's exposure differs, or no draw can be used), or a value is
    no number, everything is NaN.
    """
    observed_y, observed_x = observed
    drawn_y, drawn_x = drawn
    if not (np.isfinite(observed_y) and np.isfinite(observed_x) and observed_x) or not len(drawn_y):
        return NOTHING
    distance = observed_x - drawn_x
    is_same = np.abs(distance) < 1e-9
    ratio = (observed_y - drawn_y) / np.where(is_same, 1.0, distance)
    usual = ratio[~is_same & (distance > 0)]
    always = len(drawn_y) - len(usual) + (0 if is_every else 1)
    total = len(usual) + always
    at_or_below = (int((usual <= 0).sum()) + always) / total
    at_or_above = (int((usual >= 0).sum()) + always) / total
    estimate = observed_y / observed_x
    rest = (drawn_y - estimate * drawn_x) / observed_x
    low, high = _ends(np.sort(usual), always, total)
    return Tested(
        estimate=estimate,
        se=float(np.sqrt(np.mean(rest**2))),
        low=low,
        high=high,
        p=min(1.0, 2 * min(at_or_below, at_or_above)),
        distribution=drawn_y / observed_x,
    )


def _ends(ratio: Floats, always: int, total: int) -> tuple[float, float]:
    """Ends of the set of effects that neither one-sided test at (1 − LEVEL)/2 refuses."""
    # an effect t is refused from below when (always + #{ratio <= t}) / total <= tail
    tail = (1 - LEVEL) / 2
    spare = int(np.floor(tail * total + 1e-9)) - always
    if spare < 0 or spare >= len(ratio):
        return float("nan"), float("nan")
    return float(ratio[spare]), float(ratio[len(ratio) - 1 - spare])


def lowest_p(observed: Floats, drawn: Floats) -> float:
    """One-sided p of the lowest of several statistics (K,) among those of draws (B, K)."""
    lowest = drawn.min(axis=1)
    return float((1 + (lowest <= observed.min() + 1e-12).sum()) / (len(lowest) + 1))


def max_t(tested: Sequence[Tested]) -> list[float]:
    """Family-wise p over the items of one training, from the same draws (Westfall and Young).

    An item without an estimate has none and does not count.
    """
    known = [one for one in tested if len(one.distribution)]
    if len(known) < len(tested):
        found_of_known = iter(_max_t(known) if known else [])
        return [next(found_of_known) if len(one.distribution) else np.nan for one in tested]
    return _max_t(known)


def _max_t(tested: Sequence[Tested]) -> list[float]:
    spread = np.array([np.sqrt(np.mean(one.distribution**2)) or 1.0 for one in tested])
    drawn = np.abs(np.column_stack([one.distribution for one in tested])) / spread
    largest = np.sort(drawn.max(axis=1))
    found = []
    for one, sd in zip(tested, spread, strict=True):
        beyond = len(largest) - np.searchsorted(largest, abs(one.estimate) / sd - 1e-12)
        found.append(max(float((beyond + 1) / (len(largest) + 1)), one.p))
    return found


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """False discovery rates q for p values in any order; NaN stays NaN and does not count."""
    values = np.array(p, dtype=float)
    known = np.flatnonzero(np.isfinite(values))
    q = np.full(len(values), np.nan)
    order = known[np.argsort(values[known])]
    count = len(order)
    lowest = 1.0
    for rank in range(count, 0, -1):
        lowest = min(lowest, values[order[rank - 1]] * count / rank)
        q[order[rank - 1]] = lowest
    return [float(value) for value in q]
