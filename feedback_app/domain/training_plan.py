"""What a year's training plan is made from, and what a plan is: officers, runs, money, floors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from feedback_app.domain.training import PNS_LEAST_JP, PPPK_MOST_JP

MONEY = ("fee", "travel", "daily")
# Where nothing is said: a second run must bring a tenth of a usual one more, 10 missing JP a tenth.
SHARE_FAIRNESS, SHARE_JP = 0.1, 0.01
LARGEST_MONEY = 10**12  # rupiah; a trillion (seribu miliar) for one office's trainings is a slip
LONGEST_RUN = 366  # days; a course longer than the year belongs into no year's plan
Pair = tuple[str, str]  # officer, run


@dataclass(frozen=True, slots=True)
class Officer:
    """Who may be sent. `turns`: trainings had so far; 0 is a person who never had a turn."""

    code: str
    employment: str  # PNS or PPPK
    jp_done: float  # this year's JP before the plan
    turns: int

    @property
    def jp_left(self) -> float | None:
        """JP that a PPPK may still take this year; None for a PNS, who has no ceiling.

        Who is above the ceiling already can take none: what was done cannot be planned away.
        """
        return max(PPPK_MOST_JP - self.jp_done, 0) if self.employment == "PPPK" else None

    @property
    def jp_missing(self) -> float:
        """JP that a PNS still has to take this year."""
        return max(PNS_LEAST_JP - self.jp_done, 0) if self.employment == "PNS" else 0


@dataclass(frozen=True, slots=True)
class Run:
    """One time a training is held; prices are rupiah a participant for the whole run.

    `gains`: points of the mean of 1 to 4 that each item is expected to rise.
    """

    code: str
    training: str
    kind: str
    start: date
    end: date
    seats: int
    prices: Mapping[str, int]  # by kind of money
    jp: float
    gains: Mapping[str, float]
    is_known: bool = True  # False: never measured, the gains are those of all measured ones

    @property
    def cost(self) -> int:
        """Rupiah a participant, all three kinds."""
        return sum(self.prices.values())

    @property
    def days(self) -> tuple[date, ...]:
        """Every day that it takes, the first and the last too."""
        length = (self.end - self.start).days + 1
        return tuple(self.start + timedelta(days=n) for n in range(length))

    def meets(self, other: Run) -> bool:
        """Whether nobody can be in both, as they share a day."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Prices:
    """What soft rules cost, in the unit of gain × weight.

    `fairness`: each run of an officer beyond the first, and each officer with a need who never had
    a turn and gets none. `jp`: each JP that a PNS stays below 20.
    """

    fairness: float = 0.0
    jp: float = 0.0


@dataclass(frozen=True, slots=True)
class Office:
    """All that a plan has to keep. Days of `leave` are neither at a counter nor in a course."""

    officers: tuple[Officer, ...]
    runs: tuple[Run, ...]
    needs: Mapping[tuple[str, str], float]  # (officer, item) -> weight, 0 or more
    roster: tuple[tuple[str, str, date], ...]  # officer, counter, day: who stands where
    floors: Mapping[str, int]  # counter -> officers that must stay on each day it is rostered
    limits: Mapping[str, int | None]  # kind of money -> rupiah; None: no limit
    prices: Prices = Prices()
    peaks: Mapping[tuple[str, date], int] = field(default_factory=dict)  # floors of single days
    leave: frozenset[tuple[str, date]] = frozenset()  # officer, day
    had: frozenset[tuple[str, str]] = frozenset()  # officer, kind that they took not long ago

    def floor(self, counter: str, day: date) -> int:
        """Officers that must stay at a counter on a day."""
        return self.peaks.get((counter, day), self.floors.get(counter, 0))

    def gain(self, officer: str, run: Run) -> float:
        """Expected gain of one officer in one run: gain × weight over the matching items."""
        return sum(
            points * self.needs.get((officer, item), 0.0) for item, points in run.gains.items()
        )

    def has_need(self, officer: str) -> bool:
        """Whether anything was found that this officer needs."""
        return any(name == officer and weight > 0 for (name, _item), weight in self.needs.items())


@dataclass(frozen=True, slots=True)
class YearPlan:
    """A proven plan, or the rules that no plan can keep."""

    status: str  # optimal, infeasible
    objective: float | None
    chosen: tuple[Pair, ...]  # in the order of officers' codes, then runs'
    money: Mapping[str, int]
    collides: tuple[str, ...] = ()


def usual_gain(office: Office) -> float:
    """The median gain of the pairs that help; soft rules are priced as shares of it."""
    gains = [office.gain(one.code, run) for one in office.officers for run in office.runs]
    return median([gain for gain in gains if gain > 0] or [0.0])


def worth(office: Office, chosen: tuple[Pair, ...]) -> float:
    """The objective of any choice: expected gain minus what soft rules cost."""
    runs = {run.code: run for run in office.runs}
    total = sum(office.gain(officer, runs[run]) for officer, run in chosen)
    for officer in office.officers:
        own = [runs[run] for name, run in chosen if name == officer.code]
        extra = max(len(own) - 1, 0)
        waits = not own and not officer.turns and office.has_need(officer.code)
        total -= office.prices.fairness * (extra + waits)
        total -= office.prices.jp * max(officer.jp_missing - sum(run.jp for run in own), 0)
    return total


def money_of(office: Office, chosen: tuple[Pair, ...]) -> dict[str, int]:
    """Rupiah by kind of money."""
    runs = {run.code: run for run in office.runs}
    return {kind: sum(runs[run].prices[kind] for _officer, run in chosen) for kind in MONEY}
