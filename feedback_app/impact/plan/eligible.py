"""Who may be drawn for a run, and whether counters keep their floors whoever is drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from feedback_app.domain.training_plan import Office, Pair
from feedback_app.impact.plan.arrays import Arrays, arrays_of
from feedback_app.impact.plan.matrix import possible


def eligible(office: Office) -> dict[str, tuple[str, ...]]:
    """Officers by run: a need, a training that aims at it, JP left, not on leave, can be spared.

    Each by itself: whether all can go together is the plan's matter, or `at_risk`'s for a lot.
    """
    arrays = arrays_of(office)
    may = possible(arrays) & (arrays.gain > 0)
    return {
        run.code: tuple(arrays.officers[n].code for n in np.flatnonzero(may[:, column]))
        for column, run in enumerate(arrays.runs)
    }


def at_risk(
    office: Office, *, seats: Mapping[str, int], pool: Collection[str], fixed: Sequence[Pair] = ()
) -> tuple[tuple[str, str], ...]:
    """Counters and days (ISO) whose floor some draw of `pool` could break; none is a proof.

    `seats` are those of each run that the lot deals out. The worst draw takes for one date as many
    of the pool from one counter as there are seats. Where something is at risk the rule must be
    published before the draw: the later drawn of two from one counter goes to the next date.
    """
    arrays = arrays_of(office)
    drawn = np.array([officer.code in set(pool) for officer in arrays.officers])
    away = _away(arrays, fixed)
    found: set[tuple[str, str]] = set()
    for counter in arrays.counters:
        gone = (counter.present & away).sum(axis=0)
        for column, run in enumerate(arrays.runs):
            if run.code not in seats:
                continue
            there = (counter.present & drawn[:, None] & ~away).sum(axis=0)
            worst = np.minimum(there, seats[run.code])
            days = arrays.cover[column] & (worst > 0) & (gone + worst > counter.spare)
            found |= {(counter.code, arrays.days[n].isoformat()) for n in np.flatnonzero(days)}
    return tuple(sorted(found))


def _away(arrays: Arrays, fixed: Sequence[Pair]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Who is in a course of the plan that is not drawn, by day (O, D)."""
    away = np.zeros((len(arrays.officers), len(arrays.days)), dtype=bool)
    officer = {one.code: n for n, one in enumerate(arrays.officers)}
    run = {one.code: n for n, one in enumerate(arrays.runs)}
    for name, code in fixed:
        away[officer[name]] |= arrays.cover[run[code]]
    return away
