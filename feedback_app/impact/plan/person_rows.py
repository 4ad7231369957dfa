"""Rows of one person each: one run of a kind, no two at once, a PPPK's ceiling of JP.

Written as tight as they can be without losing a plan: the closer the relaxed problem is to whole
plans, the fewer pairs the search has to look at (core.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

import numpy as np

from feedback_app.domain.plan_rules import ROUNDING
from feedback_app.impact.panel import Bools, Ints
from feedback_app.impact.plan.arrays import Arrays
from feedback_app.impact.plan.rows import Row, at_most, common_unit, largest


def rows_of_persons(arrays: Arrays, place: Ints) -> Iterator[Row]:
    """All of them; `place` (O, R) is the column of a pair, -1 for none."""
    groups = [*_kinds(arrays), *_overlaps(arrays)]
    clash = _clash(arrays)
    for row, officer in enumerate(arrays.officers):
        own = np.flatnonzero(place[row] >= 0)
        left = officer.jp_left
        apart = clash
        if left is not None:
            apart = clash | (arrays.jp[:, None] + arrays.jp[None, :] > left + ROUNDING)
            yield from _ceiling_rows(arrays, officer.code, place[row, own], own, left=left)
        told: set[frozenset[int]] = set()
        for rule, name, runs in groups:
            held = [int(n) for n in runs if place[row, n] >= 0]
            if len(held) < 2:
                continue
            wide = _widened(held, own, apart)
            if wide not in told:
                told.add(wide)
                columns = place[row, np.array(sorted(wide))]
                yield at_most(rule, (officer.code, name), columns, 1)


def _kinds(arrays: Arrays) -> Iterator[tuple[str, str, Ints]]:
    for kind in sorted({run.kind for run in arrays.runs}):
        yield "kind", kind, np.array([n for n, r in enumerate(arrays.runs) if r.kind == kind])


def _overlaps(arrays: Arrays) -> Iterator[tuple[str, str, Ints]]:
    """Runs that share a day, in the largest such groups: those on some run's first day."""
    runs = arrays.runs
    groups = {
        frozenset(n for n, other in enumerate(runs) if other.start <= run.start <= other.end)
        for run in runs
    }
    for group in largest(groups):
        name = runs[max(group, key=lambda n: runs[n].start)].code
        yield "overlap", name, np.array(sorted(group), dtype=np.int64)


def _clash(arrays: Arrays) -> Bools:
    """Runs of which nobody can take both: of one kind, or on the same days (R, R)."""
    kind = np.array([run.kind for run in arrays.runs], dtype=object)
    start = np.array([run.start.toordinal() for run in arrays.runs], dtype=np.int64)
    end = np.array([run.end.toordinal() for run in arrays.runs], dtype=np.int64)
    meets = (start[:, None] <= end[None, :]) & (start[None, :] <= end[:, None])
    return np.asarray(meets | (kind[:, None] == kind[None, :]), dtype=bool)


def _widened(held: list[int], own: Ints, apart: Bools) -> frozenset[int]:
    """A group of which one may be taken, with every other run that goes with none of them."""
    fits = apart[np.ix_(own, held)].all(axis=1)
    wide = list(held)
    for run in own[fits].tolist():
        if run not in wide and apart[run, wide].all():
            wide.append(run)
    return frozenset(wide)


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
