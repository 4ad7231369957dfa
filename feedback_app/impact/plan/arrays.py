"""An office as arrays: officers O, runs R, days D of the roster, both in the order of codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from feedback_app.domain.training_plan import MONEY, Office, Officer, Run
from feedback_app.impact.panel import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter: who stands there on which day (O, D), and how many may leave it (D,)."""

    code: str
    present: Bools
    spare: Ints


@dataclass(frozen=True, slots=True)
class Arrays:
    """What the matrix is made from. `cover` (R, D): a run takes that day of the roster."""

    office: Office
    officers: tuple[Officer, ...]
    runs: tuple[Run, ...]
    days: tuple[date, ...]
    gain: Floats  # (O, R)
    money: Mapping[str, Ints]  # by kind, (R,) rupiah a participant
    jp: Floats  # (R,)
    seats: Ints  # (R,)
    cover: Bools
    counters: tuple[Counter, ...]


def arrays_of(office: Office) -> Arrays:
    """Sort officers and runs by code, so that no order of a file decides between equal plans."""
    officers = tuple(sorted(office.officers, key=lambda one: one.code))
    runs = tuple(sorted(office.runs, key=lambda one: one.code))
    days = tuple(sorted({day for _officer, _counter, day in office.roster}))
    number = np.array([day.toordinal() for day in days], dtype=np.int64)
    start = np.array([run.start.toordinal() for run in runs], dtype=np.int64)
    end = np.array([run.end.toordinal() for run in runs], dtype=np.int64)
    cover = (number[None, :] >= start[:, None]) & (number[None, :] <= end[:, None])
    return Arrays(
        office=office,
        officers=officers,
        runs=runs,
        days=days,
        gain=_gains(office, officers, runs),
        money={
            kind: np.array([run.prices[kind] for run in runs], dtype=np.int64) for kind in MONEY
        },
        jp=np.array([run.jp for run in runs], dtype=float),
        seats=np.array([run.seats for run in runs], dtype=np.int64),
        cover=cover,
        counters=_counters(office, officers, days),
    )


def _gains(office: Office, officers: tuple[Officer, ...], runs: tuple[Run, ...]) -> Floats:
    items = sorted({item for run in runs for item in run.gains})
    place = {item: n for n, item in enumerate(items)}
    row = {officer.code: n for n, officer in enumerate(officers)}
    weight = np.zeros((len(officers), len(items)))
    for (officer, item), value in office.needs.items():
        if item in place:
            weight[row[officer], place[item]] = value
    points = np.zeros((len(items), len(runs)))
    for column, run in enumerate(runs):
        for item, value in run.gains.items():
            points[place[item], column] = value
    return np.asarray(weight @ points, dtype=float)


def _counters(
    office: Office, officers: tuple[Officer, ...], days: tuple[date, ...]
) -> tuple[Counter, ...]:
    row = {officer.code: n for n, officer in enumerate(officers)}
    column = {day: n for n, day in enumerate(days)}
    present: dict[str, Bools] = {}
    rostered: dict[str, Bools] = {}
    for officer, counter, day in office.roster:
        if counter not in present:
            present[counter] = np.zeros((len(officers), len(days)), dtype=bool)
            rostered[counter] = np.zeros(len(days), dtype=bool)
        rostered[counter][column[day]] = True
        if (officer, day) not in office.leave:
            present[counter][row[officer], column[day]] = True
    found = []
    for counter in sorted(present):
        floor = np.full(len(days), office.floors.get(counter, 0), dtype=np.int64)
        for (name, day), value in office.peaks.items():
            if name == counter and day in column:
                floor[column[day]] = value
        spare = present[counter].sum(axis=0) - floor
        # Where nobody is rostered the counter is closed, and nobody can leave it.
        found.append(Counter(counter, present[counter], np.where(rostered[counter], spare, 0)))
    return tuple(found)
