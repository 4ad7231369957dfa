"""The matrix that the solver gets: rows that can bind, each with the name of its rule.

Columns: a binary for each officer and run that may be; how many go to each run; what is priced: an
officer's runs beyond the first, an officer still without a turn, a PNS's missing JP.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import gcd

import numpy as np

from feedback_app.domain.training_plan import MONEY, Pair
from feedback_app.impact.panel import Bools, Floats, Ints
from feedback_app.impact.plan.arrays import Arrays


@dataclass(frozen=True, slots=True)
class Row:
    """Σ values × columns ≤ upper, and the rule behind it."""

    rule: str
    where: tuple[str, ...]
    columns: Ints
    values: Floats
    upper: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """Columns of officer and run (P,), of counts (R,), then priced ones at their `price`."""

    officer: Ints
    run: Ints
    gain: Floats  # (P,)
    cost: Ints  # (P,) rupiah, all kinds
    seats: Ints  # (R,) the most that a count may be
    price: Floats
    forced: Bools  # (P,)
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """All columns."""
        return len(self.officer) + len(self.seats) + len(self.price)


def build(arrays: Arrays, forced: Collection[Pair] = ()) -> Matrix:
    """Rows and columns of an office; pairs that break a rule by themselves have no column."""
    must = _places(arrays, forced)
    may = (possible(arrays) & useful(arrays)) | must
    place = np.full(may.shape, -1, dtype=np.int64)
    officer, run = np.nonzero(may)
    place[officer, run] = np.arange(len(officer))
    counts = len(officer) + np.arange(len(arrays.runs))
    rows = [
        *_seat_rows(arrays, place),
        *_money_rows(arrays, counts),
        *_kind_rows(arrays, place),
        *_overlap_rows(arrays, place),
        *_ceiling_rows(arrays, place),
        *_floor_rows(arrays, place),
    ]
    price: list[float] = []
    for row, cost in _priced_rows(arrays, place):
        column = len(officer) + len(counts) + len(price)
        rows.append(
            Row(row.rule, row.where, np.append(row.columns, column), np.append(row.values, -1.0),
                row.upper)
        )  # fmt: skip
        price.append(cost)
    return Matrix(
        officer=officer,
        run=run,
        gain=arrays.gain[officer, run],
        cost=np.sum([arrays.money[kind][run] for kind in MONEY], axis=0, dtype=np.int64),
        seats=arrays.seats,
        price=np.array(price, dtype=float),
        forced=must[officer, run],
        rows=tuple(rows),
    )


def _places(arrays: Arrays, pairs: Collection[Pair]) -> Bools:
    found = np.zeros(arrays.gain.shape, dtype=bool)
    officer = {one.code: n for n, one in enumerate(arrays.officers)}
    run = {one.code: n for n, one in enumerate(arrays.runs)}
    for name, code in pairs:
        found[officer[name], run[code]] = True
    return found


def useful(arrays: Arrays) -> Bools:
    """A need and a training that aims at it; or, where JP are priced, JP that are missing."""
    missing = np.array([officer.jp_missing for officer in arrays.officers])
    for_jp = (missing[:, None] > 0) & (arrays.jp[None, :] > 0) & (arrays.gain == 0)
    return np.asarray((arrays.gain > 0) | (for_jp & (arrays.office.prices.jp > 0)))


def possible(arrays: Arrays) -> Bools:
    """Pairs that break no hard rule when nobody else goes (O, R)."""
    possible = np.ones(arrays.gain.shape, dtype=bool)
    possible &= (arrays.seats > 0)[None, :]
    for kind, limit in arrays.office.limits.items():
        if limit is not None:
            possible &= (arrays.money[kind] <= limit)[None, :]
    left = np.array([np.inf if o.jp_left is None else o.jp_left for o in arrays.officers])
    possible &= arrays.jp[None, :] <= left[:, None]
    cover = arrays.cover.T.astype(np.float32)  # products of booleans are slow
    for counter in arrays.counters:
        held = (counter.present & (counter.spare <= 0)[None, :]).astype(np.float32)
        possible &= (held @ cover) == 0
    place = {officer.code: n for n, officer in enumerate(arrays.officers)}
    for name, day in arrays.office.leave:
        for column, run in enumerate(arrays.runs):
            if run.start <= day <= run.end and name in place:
                possible[place[name], column] = False
    for column, run in enumerate(arrays.runs):
        for row, officer in enumerate(arrays.officers):
            if (officer.code, run.kind) in arrays.office.had:
                possible[row, column] = False
    return possible


def _seat_rows(arrays: Arrays, place: Ints) -> Iterator[Row]:
    """Those who go to a run are no more than its column of the count, which ends at the seats."""
    for column, run in enumerate(arrays.runs):
        own = place[:, column][place[:, column] >= 0]
        count = int(place.max()) + 1 + column
        values = np.append(np.ones(len(own)), -1.0)
        yield Row("seats", (run.code,), np.append(own, count), values, 0.0)


def _money_rows(arrays: Arrays, counts: Ints) -> Iterator[Row]:
    """Over the counts, in the largest unit that divides every price: one too much is a whole unit.

    Branching on how many go to a run instead of on who goes halves the time of the search.
    """
    for kind, limit in arrays.office.limits.items():
        price = arrays.money[kind]
        unit = gcd(*map(int, price)) if len(price) else 0
        if limit is None or not unit:
            continue
        dear = np.flatnonzero(price)
        yield Row(
            "money", (kind,), counts[dear], (price[dear] // unit).astype(float), limit // unit
        )


def _kind_rows(arrays: Arrays, place: Ints) -> Iterator[Row]:
    for kind in sorted({run.kind for run in arrays.runs}):
        same = np.array([n for n, run in enumerate(arrays.runs) if run.kind == kind])
        yield from _one_of(arrays, place, same, rule="kind", name=kind)


def _overlap_rows(arrays: Arrays, place: Ints) -> Iterator[Row]:
    """Runs that share a day, in the largest such groups: those on some run's first day."""
    runs = arrays.runs
    groups = {
        frozenset(n for n, other in enumerate(runs) if other.start <= run.start <= other.end)
        for run in runs
    }
    for group in _largest(groups):
        name = runs[max(group, key=lambda n: runs[n].start)].code
        members = np.array(sorted(group), dtype=np.int64)
        yield from _one_of(arrays, place, members, rule="overlap", name=name)


def _one_of(arrays: Arrays, place: Ints, runs: Ints, *, rule: str, name: str) -> Iterator[Row]:
    """Each officer in one of these runs at most."""
    part = place[:, runs]
    for row in np.flatnonzero((part >= 0).sum(axis=1) > 1):
        own = part[row]
        yield _at_most(rule, (arrays.officers[row].code, name), own[own >= 0], 1)


def _ceiling_rows(arrays: Arrays, place: Ints) -> Iterator[Row]:
    for row, officer in enumerate(arrays.officers):
        own = np.flatnonzero(place[row] >= 0)
        if officer.jp_left is not None and arrays.jp[own].sum() > officer.jp_left:
            yield Row("jp", (officer.code,), place[row, own], arrays.jp[own], officer.jp_left)


def _floor_rows(arrays: Arrays, place: Ints) -> Iterator[Row]:
    """Days with the same people at the counter and the same runs are one row.

    Of days with the same people and as many to spare, those count whose runs hold the others'. A
    day on which too few can leave to break the floor has none.
    """
    taken = [frozenset(np.flatnonzero(day).tolist()) for day in arrays.cover.T]
    for counter in arrays.counters:
        days: dict[tuple[bytes, int], dict[frozenset[int], int]] = {}
        present = np.ascontiguousarray(counter.present.T)
        for day, runs in enumerate(taken):
            if runs:
                key = (present[day].tobytes(), int(counter.spare[day]))
                days.setdefault(key, {}).setdefault(runs, day)
        for (who, spare), groups in days.items():
            officers = np.flatnonzero(np.frombuffer(who, dtype=bool))
            for group in _largest(groups):
                members = np.array(sorted(group), dtype=np.int64)
                part = place[np.ix_(officers, members)]
                leaving = min(
                    int((part >= 0).any(axis=1).sum()),
                    int(np.minimum((part >= 0).sum(axis=0), arrays.seats[members]).sum()),
                )
                if leaving > spare:
                    where = (counter.code, arrays.days[groups[group]].isoformat())
                    yield _at_most("floor", where, part[part >= 0], spare)


def _priced_rows(arrays: Arrays, place: Ints) -> Iterator[tuple[Row, float]]:
    """Σ x − priced ≤ upper: the priced column takes what is above, at its price."""
    prices = arrays.office.prices
    needy = {name for (name, _item), weight in arrays.office.needs.items() if weight > 0}
    for row, officer in enumerate(arrays.officers):
        own = place[row][place[row] >= 0]
        if prices.fairness and len(own) > 1:
            yield _at_most("turn", (officer.code, "extra"), own, 1), prices.fairness
        if prices.fairness and not officer.turns and officer.code in needy:
            first = Row("turn", (officer.code, "first"), own, np.full(len(own), -1.0), -1.0)
            yield first, prices.fairness
        if prices.jp and officer.jp_missing:
            runs = np.flatnonzero(place[row] >= 0)
            floor = -officer.jp_missing
            yield Row("jp", (officer.code, "least"), own, -arrays.jp[runs], floor), prices.jp


def _at_most(rule: str, where: tuple[str, ...], columns: Ints, upper: float) -> Row:
    return Row(rule, where, columns, np.ones(len(columns)), float(upper))


def _largest(groups: Collection[frozenset[int]]) -> list[frozenset[int]]:
    """Groups that no other one holds, always in the same order."""
    kept: list[frozenset[int]] = []
    for group in sorted(groups, key=lambda one: (-len(one), sorted(one))):
        if not any(group < other for other in kept):
            kept.append(group)
    return kept
