"""What a plan fixes of each run that it buys: how many seats, who is eligible, lot or not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from feedback_app.domain.training_plan import Office, Officer, Run, YearPlan
from feedback_app.impact.plan.arrays import Arrays, arrays_of
from feedback_app.impact.plan.matrix import possible, useful

Given = dict[str, list[Run]]  # officer -> runs that may become theirs


@dataclass(frozen=True, slots=True)
class Seats:
    """A run that is bought. Without a lot everybody who is eligible sits."""

    run: str
    bought: int
    officers: tuple[str, ...]

    @property
    def is_by_lot(self) -> bool:
        """Whether more may go than there are seats."""
        return len(self.officers) > self.bought


def seats_of(office: Office, plan: YearPlan) -> tuple[Seats, ...]:
    """Runs of the plan in the order of their codes, each with those who are eligible for it.

    Eligible is who has a need that the training aims at (or JP missing), JP left, no leave, can be
    spared, and keeps the rules of one person with everything else that the plan holds for them,
    drawn or not. Nobody is drawn where seats cost nothing and some stay free. Dates of one training
    are one lot where everybody can come to each of them.
    """
    arrays = arrays_of(office)
    runs = {run.code: run for run in arrays.runs}
    people = {one.code: one for one in arrays.officers}
    may = _may(arrays)
    bought: dict[str, list[str]] = {}
    given: Given = {}
    for officer, code in plan.chosen:
        bought.setdefault(code, []).append(officer)
        given.setdefault(officer, []).append(runs[code])
    found: dict[str, Seats] = {}
    for dates in _dates(bought, runs):
        for group in _lots(dates, bought, may):
            is_open = all(run.cost == 0 and len(bought[run.code]) < run.seats for run in group)
            pool = [] if is_open else _pool(group, bought, may, given, people)
            sat = {officer for run in group for officer in bought[run.code]}
            for officer in set(pool) - sat:
                given.setdefault(officer, []).append(group[0])
            for run in group:
                own = pool if len(pool) > len(sat) else sorted(bought[run.code])
                found[run.code] = Seats(run.code, len(bought[run.code]), tuple(own))
    return tuple(found[code] for code in sorted(found))


def _may(arrays: Arrays) -> Mapping[str, frozenset[str]]:
    """Runs by officer that break no rule by themselves and would help."""
    table = possible(arrays) & useful(arrays)
    return {
        officer.code: frozenset(arrays.runs[n].code for n in np.flatnonzero(table[row]))
        for row, officer in enumerate(arrays.officers)
    }


def _dates(bought: Collection[str], runs: Mapping[str, Run]) -> Iterable[list[Run]]:
    """Runs of the plan by training; a training's dates in order."""
    by_training: dict[str, list[Run]] = {}
    for code in sorted(bought, key=lambda one: (runs[one].start, one)):
        by_training.setdefault(runs[code].training, []).append(runs[code])
    return by_training.values()


def _lots(
    dates: list[Run], bought: Mapping[str, list[str]], may: Mapping[str, frozenset[str]]
) -> list[list[Run]]:
    """All dates as one lot where nobody of the plan is bound to one of them; else each alone."""
    codes = {run.code for run in dates}
    sat = {officer for code in codes for officer in bought[code]}
    jp = {run.jp for run in dates}
    is_one = len(jp) == 1 and all(codes <= may[officer] for officer in sat)
    return [dates] if is_one else [[run] for run in dates]


def _pool(
    group: list[Run],
    bought: Mapping[str, list[str]],
    may: Mapping[str, frozenset[str]],
    given: Given,
    people: Mapping[str, Officer],
) -> list[str]:
    """Who may be drawn for these dates: whoever sits in the plan, and whoever could as well."""
    codes = {run.code for run in group}
    sat = {officer for code in codes for officer in bought[code]}
    others = (
        name
        for name, own in may.items()
        if name not in sat and codes <= own and _fits(people[name], group, given.get(name, ()))
    )
    held = (name for name in sat if _fits(people[name], group, _without(given[name], codes)))
    # Who sits but could not come to another date keeps the seat: then nobody else is drawn for it.
    pool = sorted({*held, *others})
    return pool if sat <= set(pool) else sorted(sat)


def _without(runs: Iterable[Run], codes: Collection[str]) -> list[Run]:
    return [run for run in runs if run.code not in codes]


def _fits(officer: Officer, group: list[Run], held: Collection[Run]) -> bool:
    """Whether any of these dates goes with what the officer may be given besides."""
    if any(one.meets(run) or one.kind == run.kind for one in held for run in group):
        return False
    jp = group[0].jp + sum(run.jp for run in held)
    return officer.jp_left is None or jp <= officer.jp_left


@dataclass(frozen=True, slots=True)
class Left:
    """What stays of one counter on its barest course day, whoever is drawn.

    `least` may be below `floor` only where a lot decides; `at_risk` are the days (ISO) of that.
    """

    counter: str
    floor: int
    least: int
    day: str
    at_risk: tuple[str, ...]


def staffing(office: Office, seats: Iterable[Seats]) -> tuple[Left, ...]:
    """Counters that somebody leaves for a course, in the worst draw.

    The worst draw takes for each run as many from one counter as are eligible there and as there
    are seats. No day at risk is a proof that every draw keeps the floors. Where there is one the
    rule must be published before: the later drawn of two from one counter goes to the next date.
    """
    arrays = arrays_of(office)
    place = {run.code: n for n, run in enumerate(arrays.runs)}
    row = {officer.code: n for n, officer in enumerate(arrays.officers)}
    parts = [(place[one.run], [row[name] for name in one.officers], one.bought) for one in seats]
    found = []
    for counter in arrays.counters:
        worst = np.zeros(len(arrays.days), dtype=np.int64)
        for run, rows, bought in parts:
            there = np.minimum(counter.present[rows].sum(axis=0), bought)
            worst += np.where(arrays.cover[run], there, 0)
        gone = np.flatnonzero(worst)
        if not len(gone):
            continue
        left = counter.present.sum(axis=0) - worst
        barest = int(gone[np.argmin((counter.spare - worst)[gone])])
        found.append(
            Left(
                counter=counter.code,
                floor=office.floor(counter.code, arrays.days[barest]),
                least=max(int(left[barest]), 0),
                day=arrays.days[barest].isoformat(),
                at_risk=tuple(
                    arrays.days[n].isoformat() for n in gone if worst[n] > counter.spare[n]
                ),
            )
        )
    return tuple(found)
