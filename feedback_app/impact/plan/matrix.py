"""The matrix that the solver gets: rows that can bind, each with the name of its rule.

Columns: a binary for each officer and run that may be; how many go to each run; what is priced: an
officer's runs beyond the first, an officer still without a turn, a PNS's missing JP.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import reduce
from math import ceil, gcd
from operator import or_

import numpy as np

from feedback_app.domain.plan_rules import ROUNDING
from feedback_app.domain.training_plan import MONEY, Pair
from feedback_app.impact.panel import Bools, Floats, Ints
from feedback_app.impact.plan.arrays import Arrays
from feedback_app.impact.plan.person_rows import rows_of_persons
from feedback_app.impact.plan.rows import Row, at_most, bits, common_unit, largest


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
        *rows_of_persons(arrays, place),
        *_floor_rows(arrays, place),
    ]
    price: list[float] = []
    for row, cost in _priced_rows(arrays, place):
        column = len(officer) + len(counts) + len(price)
        for one in (row, *_rounded(row)):
            columns, values = np.append(one.columns, column), np.append(one.values, -1.0)
            rows.append(Row(one.rule, one.where, columns, values, one.upper))
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


def _floor_rows(arrays: Arrays, place: Ints) -> Iterator[Row]:
    """Days with the same people at the counter and the same runs are one row.

    Of days with the same people and as many to spare, those count whose runs hold the others'. A
    day on which too few can leave to break the floor has none.
    """
    taken = [frozenset(np.flatnonzero(day).tolist()) for day in arrays.cover.T]
    allowed, seats = bits(place.T >= 0), arrays.seats.tolist()
    for counter in arrays.counters:
        days: dict[tuple[int, int], dict[frozenset[int], int]] = {}
        keys = zip(bits(counter.present.T), counter.spare.tolist(), strict=True)
        for day, (key, runs) in enumerate(zip(keys, taken, strict=True)):
            if runs:
                days.setdefault(key, {}).setdefault(runs, day)
        for (who, spare), groups in days.items():
            for group in largest(groups):
                going = {run: who & allowed[run] for run in group}
                anybody = reduce(or_, going.values()).bit_count()
                seated = sum(min(own.bit_count(), seats[run]) for run, own in going.items())
                if min(anybody, seated) > spare:
                    day = groups[group]
                    part = place[counter.present[:, day]][:, sorted(group)]
                    where = (counter.code, arrays.days[day].isoformat())
                    yield at_most("floor", where, part[part >= 0], spare)


def _rounded(row: Row) -> Iterator[Row]:
    """Courses come whole: of 13 missing JP three of 4 leave 1, and 3.25 courses leave none.

    The line through the last two of such steps (mixed-integer rounding); no plan is cut off.
    """
    unit = common_unit(-row.values)
    if row.rule != "jp" or not unit:
        return
    missing = -row.upper
    courses = ceil(missing / unit - ROUNDING)
    rest = missing - unit * (courses - 1)
    if rest < unit - ROUNDING:
        yield Row(row.rule, row.where, row.columns, rest * row.values / unit, -rest * courses)


def _priced_rows(arrays: Arrays, place: Ints) -> Iterator[tuple[Row, float]]:
    """Σ x − priced ≤ upper: the priced column takes what is above, at its price."""
    prices = arrays.office.prices
    needy = {name for (name, _item), weight in arrays.office.needs.items() if weight > 0}
    for row, officer in enumerate(arrays.officers):
        own = place[row][place[row] >= 0]
        if prices.fairness and len(own) > 1:
            yield at_most("turn", (officer.code, "extra"), own, 1), prices.fairness
        if prices.fairness and not officer.turns and officer.code in needy:
            first = Row("turn", (officer.code, "first"), own, np.full(len(own), -1.0), -1.0)
            yield first, prices.fairness
        if prices.jp and officer.jp_missing:
            runs = np.flatnonzero(place[row] >= 0)
            floor = -officer.jp_missing
            yield Row("jp", (officer.code, "least"), own, -arrays.jp[runs], floor), prices.jp
