"""Two years of shifts: teams rotate each quarter, people take leave and swap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np

from feedback_app.demo.office import COUNTERS, OFFICERS

MORNING, NOON, EVENING = time(8), time(12), time(16)
LEAVE_SHARE, SWAP_SHARE = 0.05, 0.02
DAYS_AHEAD = 14
STAYS = 5  # place in COUNTERS: its officers cannot be told apart from their counter
# Idulfitri, first day (SKB 3 Menteri; later years as calculated): closed for a week, then queues.
LEBARAN = (
    date(2023, 4, 22),
    date(2024, 4, 10),
    date(2025, 3, 31),
    date(2026, 3, 20),
    date(2027, 3, 10),
    date(2028, 2, 27),
    date(2029, 2, 15),
)


@dataclass(frozen=True, slots=True)
class DemoShift:
    """An officer (place in OFFICERS) at a counter (place in COUNTERS), local times."""

    day: date
    officer: int
    counter: int
    starts: time
    ends: time | None  # None is midnight


def is_open(day: date) -> bool:
    """Monday to Friday, but not in the week of Idulfitri."""
    return day.weekday() < 5 and not any(0 <= (day - feast).days < 7 for feast in LEBARAN)


def is_busy_season(day: date) -> bool:
    """The three weeks after the Idulfitri closing."""
    return any(7 <= (day - feast).days < 28 for feast in LEBARAN)


def shifts(first: date, last: date, rng: np.random.Generator) -> Iterator[DemoShift]:
    """Shifts of every open day from first to last."""
    teams = rng.permutation(len(OFFICERS)).reshape(len(COUNTERS), -1)
    quarter = -1
    day = first
    while day <= last:
        if (day.year * 12 + day.month - 1) // 3 != quarter:
            quarter = (day.year * 12 + day.month - 1) // 3
            teams = _rotate(teams)
        if is_open(day):
            yield from _shifts_of_day(day, teams, rng, start=MORNING, end=EVENING)
        day += timedelta(days=1)


def shifts_ahead(today: date, rng: np.random.Generator) -> Iterator[DemoShift]:
    """Today and two weeks on, every day round the clock, so that the demo can be tried any time."""
    teams = rng.permutation(len(OFFICERS)).reshape(len(COUNTERS), -1)
    for offset in range(DAYS_AHEAD):
        day = today + timedelta(days=offset)
        yield from _shifts_of_day(day, teams, rng, start=time(0), end=None)


def _rotate(teams: np.ndarray) -> np.ndarray:
    """One member of each team moves on to the next counter; the team that STAYS never does."""
    going = [place for place in range(len(teams)) if place != STAYS]
    moved = teams.copy()
    moved[going, 0] = np.roll(teams[going, 0], 1)
    return np.roll(moved, 1, axis=1)


def _shifts_of_day(
    day: date, teams: np.ndarray, rng: np.random.Generator, *, start: time, end: time | None
) -> Iterator[DemoShift]:
    for counter, team in enumerate(teams):
        turn = day.toordinal() % len(team)
        first, second, spare = (int(team[(turn + place) % len(team)]) for place in range(3))
        if rng.random() < LEAVE_SHARE:
            first, spare = spare, first
        if rng.random() < SWAP_SHARE:
            first, second = second, first
        yield DemoShift(day, first, counter, start, NOON)
        yield DemoShift(day, second, counter, NOON, end)
        if counter == 0:  # the busiest counter has two officers in the morning
            yield DemoShift(day, spare, counter, start, NOON)
