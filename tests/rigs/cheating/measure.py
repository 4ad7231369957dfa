"""Run the simulated office and count: what was held, what still counts, what was taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.stats import binomtest
from sqlalchemy import select

from feedback_app.domain.local_time import local_instant
from feedback_app.services.cases.decisions import decide_overdue
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Case, CaseRating, Rating
from feedback_app.storage.verdicts import standings
from tests.rigs.cheating.attacks import WORST, Attack, Row
from tests.rigs.cheating.honest import MEASURED, ORDINARY, Visitors, honest_day
from tests.rigs.cheating.world import Event, World, build_world, run, working_days

DAYS_BETWEEN = 3  # working days: an attack of 47 hours is over when the next begins


@dataclass(frozen=True)
class Share:
    """`held` of `sent`."""

    held: int
    sent: int

    @property
    def rate(self) -> float:
        """The share."""
        return self.held / self.sent

    def interval(self) -> tuple[float, float]:
        """Clopper and Pearson's, 95%."""
        ends = binomtest(self.held, self.sent).proportion_ci(0.95, method="exact")
        return float(ends.low), float(ends.high)


@dataclass(frozen=True)
class Attacked:
    """One attack among honest visitors. `for_officer` of its answers count for an officer."""

    attack: Attack
    share: Share
    for_officer: int
    honest: Share
    honest_for_officer: int  # at the attacked counters
    gain: float | None  # of the officer's mean, done every day; None: no honest one counts


@dataclass(frozen=True)
class Honest:
    """One kind of honest visitors. `wrongly`: rules that held them."""

    kind: Visitors
    share: Share
    wrongly: Counter[str]


def attacked(
    folder: Path, attacks: Sequence[Attack], *, seed: int, database_url: str = ""
) -> tuple[list[Attacked], int]:
    """Each attack on days of its own, honest visitors beside it; the tally's differences."""
    rng = np.random.default_rng(seed)
    days = working_days(DAYS_BETWEEN * len(attacks))
    world = build_world(folder, days, visits=ORDINARY.visits, database_url=database_url)
    found = []
    for attack, day in zip(attacks, days[::DAYS_BETWEEN], strict=True):
        bad = attack.make(world, day, rng)
        counters = sorted({event.counter for event in bad})
        own = [e for c in counters for e in honest_day(world, day, rng, ORDINARY, range(c, c + 1))]
        run(world, own + bad)
        found.append(_of_attack(world, attack, bad, own))
    differences = tally_differences(world.site)
    world.site.db.close()
    return found, differences


def _of_attack(world: World, attack: Attack, bad: list[Event], own: list[Event]) -> Attacked:
    states = states_of(world, [*bad, *own])
    counting = [e for e in bad if states[e.rating_id] == ("counted", True)]
    honest = [e for e in own if states[e.rating_id] == ("counted", True)]
    return Attacked(
        attack,
        share(bad, states),
        len(counting),
        share(own, states),
        len(honest),
        _mean(counting + honest) - _mean(honest) if honest else None,
    )


def _mean(events: Sequence[Event]) -> float:
    return float(np.mean([value for event in events for value in event.values.values()]))


def share(events: Sequence[Event], states: dict[str, tuple[str, bool]]) -> Share:
    """How many of them are held."""
    return Share(sum(states[e.rating_id][0] == "held" for e in events), len(events))


def honest(folder: Path, kind: Visitors, *, least: int, seed: int) -> Honest:
    """Honest days of one kind of visitors until at least so many answers were measured."""
    rng = np.random.default_rng(seed)
    days = working_days(400)
    world = build_world(folder, days, visits=kind.visits)
    label = MEASURED.get(kind.name)
    counters = range(1, 2) if kind.at_kiosk else None
    events: list[Event] = []
    measured: list[Event] = []
    for day in days:
        if len(measured) >= least:
            break
        events += honest_day(world, day, rng, kind, counters)
        measured = [e for e in events if label in (None, e.label)]
    run(world, events)  # at once: who rates the next day comes among those of that day
    states = states_of(world, measured)
    found = Honest(kind, share(measured, states), _wrongly(world, measured))
    world.site.db.close()
    return found


def _wrongly(world: World, events: Sequence[Event]) -> Counter[str]:
    ids = {event.rating_id for event in events}
    with world.site.db.read() as session:
        rows = session.execute(
            select(CaseRating.rating_id, Case.rules).join(Case, Case.id == CaseRating.case_id)
        )
        return Counter(rules for rating_id, rules in rows if rating_id in ids)


@dataclass(frozen=True)
class Flood:
    """`number` quick answers within two minutes, `pause` seconds after honest ones.

    `looks_alike`: sent from a phone that bears the honest ones' mark, as in a hall. On a kiosk all do.
    """

    way: Literal["poster", "kiosk"]
    number: int
    pause: int
    looks_alike: bool

    @property
    def name(self) -> str:
        """How the table calls it."""
        alike = ", same mark" if self.way == "poster" and self.looks_alike else ""
        return f"{self.number} quick ones, {self.way}{alike}"


def suppressed(folder: Path, flood: Flood) -> tuple[int, int]:
    """B3 of the review: how many of three honest bad ratings a flood takes from the officer.

    At once, and in the end, after 14 days in which nobody decided anything.
    """
    rng = np.random.default_rng(1)
    (day,) = working_days(1)
    world = build_world(folder, [day], visits=25)
    bad = Row(3, time(10), 400, 70, counter=1).events(day, rng)
    begin = bad[-1].received_at + timedelta(seconds=flood.pause)
    quick = Row(flood.number, time(10), 120 / flood.number, 15, counter=1).events(day, rng)
    late = begin - quick[0].opened_at
    quick = [
        replace(e, opened_at=e.opened_at + late, received_at=e.received_at + late) for e in quick
    ]
    events = [*(replace(e, values=dict(WORST)) for e in bad), *quick]
    for number, event in enumerate(events):
        if flood.way == "kiosk":
            event.device_id, event.device_secret = world.kiosk
        elif number < len(bad) and not flood.looks_alike:
            event.device = f"honest {number}"
    run(world, events)
    at_once = _taken(world, events[: len(bad)])
    world.clock.at = local_instant(day + timedelta(days=16), time(6))
    decide_overdue(world.site)
    in_the_end = _taken(world, events[: len(bad)])
    world.site.db.close()
    return at_once, in_the_end


def _taken(world: World, events: Sequence[Event]) -> int:
    states = states_of(world, events)
    return sum(states[event.rating_id] != ("counted", True) for event in events)


def states_of(world: World, events: Sequence[Event]) -> dict[str, tuple[str, bool]]:
    """(state, counts for the officer) of each answer now."""
    ids, found = [event.rating_id for event in events], {}
    with world.site.db.read() as session:
        known = set(session.scalars(select(Rating.id)))
        assert known.issuperset(ids), "an answer was lost"
        for start in range(0, len(ids), 500):
            for row in standings(session, ids[start : start + 500]):
                found[row.rating["id"]] = (row.state, row.for_officer)
    return found
