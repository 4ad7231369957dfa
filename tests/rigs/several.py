"""Made-up offices that hold several trainings: one may take the credit of another.

The parts of an office are those of `worlds.py`; each training has its own effect, and who goes may
depend on who went before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback_app.impact.events import Event
from feedback_app.impact.panel import Floats, Ints, Panel
from tests.rigs.worlds import HORIZON, World, begin, mean_points, observe, slope

SMALL = World("24 officers", officers=24, counters=8, dates=())


@dataclass(frozen=True)
class Course:
    """One training: when, what it does (points), how many go, and who.

    `who` is "lot" (by lot among all), "same:A" (those who went to A) or "not:A" (by lot among the
    others); `sent` is "officer", or "counter" when `size` whole counters are drawn.
    """

    code: str
    month: int
    effect: float
    size: int = 8
    who: str = "lot"
    sent: str = "officer"


@dataclass(frozen=True)
class Office:
    """A recipe: the office and its trainings; `random_dates` deals each course's month anew."""

    name: str
    courses: tuple[Course, ...]
    base: World = SMALL
    random_dates: tuple[int, int] | None = None
    all_items: bool = False  # the effects are on every item, not only on the first


@dataclass(frozen=True)
class History:
    """The panel, all attendances, and each training's true effect on the first item."""

    panel: Panel
    events: tuple[Event, ...]
    truth: dict[str, float]


def draw_office(office: Office, seed: int) -> History:
    """Draw one history of an office."""
    rng = np.random.default_rng([seed, 77])
    history = begin(office.base, rng)
    world = office.base
    size, months = world.officers, world.months
    went: dict[str, Ints] = {}
    dates: dict[str, int] = {}
    lift: Floats = np.zeros((size, months))
    own: dict[str, Floats] = {}
    for course in office.courses:
        date = course.month
        if office.random_dates is not None:
            date = int(rng.integers(*office.random_dates))
        went[course.code] = _choose(course, went, history.counter, rng)
        dates[course.code] = date
        part = np.zeros((size, months))
        part[went[course.code], date + 1 :] = course.effect
        own[course.code] = part / slope(history.plain[0])
        lift += own[course.code]
    score = np.empty((world.items, size, months))
    n = rng.poisson(history.volume[:, None], (size, months)).astype(float)
    for item in range(world.items):
        own_lift = lift if item == 0 or office.all_items else np.zeros_like(lift)
        for month in range(months):
            latent = history.plain[item, :, month] + own_lift[:, month]
            score[item, :, month] = observe(latent, n[:, month], rng)
    events = tuple(
        Event(str(i), c.code, dates[c.code], "lot", c.sent, 1e6)
        for c in office.courses
        for i in went[c.code]
    )
    panel = Panel(
        officers=tuple(map(str, range(size))),
        items=tuple(f"item{i}" for i in range(world.items)) if world.items > 1 else ("score",),
        units=tuple(f"L{i}" for i in range(world.counters)),
        first_month=0,
        score=score,
        n=np.repeat(n[None], world.items, axis=0),
        unit=np.repeat(history.counter[:, None], months, axis=1),
    )
    truth = {}
    for code, part in own.items():
        rows, window = went[code], slice(dates[code] + 1, dates[code] + 1 + HORIZON)
        with_it = mean_points(history.plain[0] + lift)[rows, window]
        without = mean_points(history.plain[0] + lift - part)[rows, window]
        truth[code] = float((with_it - without).mean())
    return History(panel, events, truth)


def _choose(course: Course, went: dict[str, Ints], counter: Ints, rng: np.random.Generator) -> Ints:
    rule, _, other = course.who.partition(":")
    if rule == "same":
        return went[other]
    if course.sent == "counter":
        drawn = rng.choice(int(counter.max()) + 1, course.size, replace=False)
        return np.flatnonzero(np.isin(counter, drawn))
    free = np.arange(len(counter))
    if rule == "not":
        free = np.setdiff1d(free, went[other])
    return np.sort(rng.choice(free, course.size, replace=False))


def pair(name: str, a: tuple[int, float], b: tuple[int, float], who: str) -> Office:
    """A good course A and another B: (month, effect) of each, and who goes to B."""
    return Office(name, (Course("A", *a), Course("B", *b, who=who)))


def offices() -> Sequence[Office]:
    """The designs of the review, and others of the kind."""
    good, empty = 0.25, 0.0
    six = tuple(Course(f"C{i}", 0, good if i == 0 else empty, size=6) for i in range(6))
    two_years = tuple(Course(f"C{i}", 0, good if i < 2 else empty, size=6) for i in range(12))
    return (
        pair("same 8, A one month before", (14, good), (15, empty), "same:A"),
        pair("same 8, A three months before", (12, good), (15, empty), "same:A"),
        pair("same 8, same month", (15, good), (15, empty), "same:A"),
        pair("same 8, A twelve months before", (8, good), (20, empty), "same:A"),
        pair("same 8, B before A", (17, good), (15, empty), "same:A"),
        pair("A for 8 others one month after", (16, good), (15, empty), "not:A"),
        pair("A for 8 others, same month", (15, good), (15, empty), "not:A"),
        pair("A for 8 others three months before", (12, good), (15, empty), "not:A"),
        pair("A for 8 others twelve months before", (8, good), (20, empty), "not:A"),
        Office("six lots in a year", six, random_dates=(12, 24)),
        Office("twelve lots in two years", two_years, random_dates=(5, 25)),
    )
