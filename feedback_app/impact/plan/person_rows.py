"""Rows of one person each: one run of a kind, no two at once, a PPPK's ceiling of JP.

Written as tight as they can be without losing a plan: the closer the relaxed problem is to whole
plans, the fewer pairs the search has to look at (core.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor

import numpy as np

from feedback_app.domain.plan_rules import ROUNDING
from feedback_app.impact.panel import Bools, Ints
from feedback_app.impact.plan.arrays import Arrays
from feedback_app.impact.plan.rows import Row, at_most, bits, common_unit, largest


def rows_of_persons(arrays: Arrays, place: Ints) -> Iterator[Row]:
    """All of them; `place` (O, R) is the column of a pair, -1 for none."""
    clash = _clash(arrays)
    rules = [*_kinds(arrays), *_overlaps(arrays)]
    table = np.array([runs for *_named, runs in rules], dtype=bool)
    groups = bits(table.reshape(len(rules), len(clash)))
    allowed = bits(place >= 0)
    for row, officer in enumerate(arrays.officers):
        own = np.flatnonzero(place[row] >= 0)
        left = officer.jp_left
        apart = clash
        if left is not None:
            apart = clash | (arrays.jp[:, None] + arrays.jp[None, :] > left + ROUNDING)
            yield from _ceiling_rows(arrays, officer.code, place[row, own], own, left=left)
        others = dict(zip(own.tolist(), bits(apart[own]), strict=True))
        told: set[int] = set()
        for (rule, name, _runs), group in zip(rules, groups, strict=True):
            held = group & allowed[row]
            if held.bit_count() < 2:
                continue
            wide = _widened(held, others)
            if wide not in told:
                told.add(wide)
                taken = [run for run in others if wide >> run & 1]
                yield at_most(rule, (officer.code, name), place[row, taken], 1)


def _kinds(arrays: Arrays) -> Iterator[tuple[str, str, Bools]]:
    for kind in sorted({run.kind for run in arrays.runs}):
        yield "kind", kind, np.array([run.kind == kind for run in arrays.runs])


def _overlaps(arrays: Arrays) -> Iterator[tuple[str, str, Bools]]:
    """Runs that share a day, in the largest such groups: those on some run's first day."""
    runs = arrays.runs
    groups = {
        frozenset(n for n, other in enumerate(runs) if other.start <= run.start <= other.end)
        for run in runs
    }
    for group in largest(groups):
        name = runs[max(group, key=lambda n: runs[n].start)].code
        yield "overlap", name, np.array([n in group for n in range(len(runs))])


def _clash(arrays: Arrays) -> Bools:
    """Runs of which nobody can take both: of one kind, or on the same days (R, R)."""
    kind = np.array([run.kind for run in arrays.runs], dtype=object)
    start = np.array([run.start.toordinal() for run in arrays.runs], dtype=np.int64)
    end = np.array([run.end.toordinal() for run in arrays.runs], dtype=np.int64)
    meets = (start[:, None] <= end[None, :]) & (start[None, :] <= end[:, None])
    return np.asarray(meets | (kind[:, None] == kind[None, :]), dtype=bool)


def _widened(held: int, others: Mapping[int, int]) -> int:
    """A group of which one may be taken, with every other run that goes with none of them."""
    for run, apart in others.items():
        if not held & ~apart:
            held |= 1 << run
    return held


def _ceiling_rows(
    arrays: Arrays, officer: str, columns: Ints, runs: Ints, *, left: float
) -> Iterator[Row]:
    """JP that are left, in whole courses: 23 JP hold no more courses of 4 than 20 do.

    Besides, of courses longer than a k-th of what is left fewer than k can be taken, and so on for
    their multiples (Chvátal-Gomory cuts).
    """
    jp = arrays.jp[runs]
    if jp.sum() <= left + ROUNDING:
        return
    unit = common_unit(jp)
    if not unit:
        yield Row("jp", (officer,), columns, jp, left)
        return
    size, most = jp / unit, floor((left + ROUNDING) / unit)
    yield Row("jp", (officer,), columns, size, float(most))
    for k in range(3, most + 1):  # for 2 the groups of one a person say it
        part = np.floor(size * k / (most + 1))
        if part.sum() > k - 1:
            taken = part > 0
            yield Row("jp", (officer,), columns[taken], part[taken], float(k - 1))
