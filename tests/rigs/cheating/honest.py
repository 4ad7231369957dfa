"""Honest visitors as they come: one after the other at each counter, and many rate a bit later.

A third of them answer, most phones in the hall share one address and one browser version, some
answer at home in the evening or the next day, some read slowly, families share a phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.local_time import local_instant
from tests.rigs.cheating.world import (
    CLOSES,
    COUNTERS,
    OPENS,
    SERVICE_MINUTES,
    Event,
    World,
    make_codes,
)

SPREAD = 0.5  # of the logarithm of service times above the shortest
AGENTS = ("A", "B", "C", "D", "E", "F")
AGENT_SHARES = (0.55, 0.15, 0.1, 0.1, 0.05, 0.05)  # browsers name versions, hardly models, by now
PHRASES = [f"Pelayanan baik nomor {i}, terima kasih." for i in range(30)]


@dataclass(frozen=True)
class Visitors:
    """A day's visitors: `visits` a counter, shares of them, `filling` median seconds of a form."""

    name: str
    visits: float = 25  # about 5,150 a month in a town of 8 counters (Bontang 2020)
    answering: float = 1 / 3
    in_hall: float = 0.6  # on the hall's own address
    alike: float = 0.0  # phones of the commonest browser beyond the usual share
    evening: float = 0.1
    next_day: float = 0.03
    filling: float = 70.0
    pairs: float = 0.03
    families: float = 0.0  # four people with one phone
    coded: bool = False
    at_kiosk: bool = False
    bar: float = 0.02  # of honest answers that may be held


ORDINARY = Visitors("ordinary days")
KINDS = (
    ORDINARY,
    replace(ORDINARY, name="ordinary days, visit codes", coded=True),
    replace(ORDINARY, name="families of four, one phone", families=0.08, bar=0.05),
    replace(ORDINARY, name="hall: one address, one browser", in_hall=0.95, alike=0.9, evening=0.05),
    replace(
        ORDINARY,
        name="busy Monday in that hall",
        visits=45,
        answering=0.5,
        in_hall=0.95,
        alike=0.9,
        evening=0.05,
    ),
    replace(ORDINARY, name="busy Monday", visits=45, answering=0.5),
    replace(ORDINARY, name="busy Monday, visit codes", visits=45, answering=0.5, coded=True),
    replace(ORDINARY, name="slow readers", filling=1200.0),
    replace(ORDINARY, name="evening raters", evening=0.6),
    replace(ORDINARY, name="evening raters, visit codes", evening=0.6, coded=True),
    replace(ORDINARY, name="next-day raters", next_day=0.6),
    replace(ORDINARY, name="kiosk, most visitors rate", answering=0.8, at_kiosk=True, evening=0.0),
)
MEASURED = {"families of four, one phone": "family"}  # else every answer is


def answers(rng: np.random.Generator, *, straight: bool) -> dict[str, int]:
    """Values of the twelve items."""
    if straight:
        return dict.fromkeys(ALL_KEYS, int(rng.choice([3, 4])))
    return {key: int(rng.choice([1, 2, 3, 4], p=[0.03, 0.12, 0.5, 0.35])) for key in ALL_KEYS}


def honest_day(
    world: World, day: date, rng: np.random.Generator, kind: Visitors, counters: range | None = None
) -> list[Event]:
    """One day of the counters (all of them, when none are named)."""
    codes = iter(make_codes(world, day, 600)) if kind.coded else None
    events: list[Event] = []
    for counter in counters or range(COUNTERS):
        at, closes = local_instant(day, OPENS), local_instant(day, CLOSES)
        gap = (closes - at) / timedelta(minutes=1) / kind.visits
        while True:
            served = SERVICE_MINUTES + float(rng.lognormal(np.log(min(4, gap / 3)), SPREAD))
            idle = float(rng.exponential(max(gap - served, 0.5)))
            at += timedelta(minutes=served + idle)
            if at > closes:
                break
            if rng.random() < kind.answering:
                events += _answers_of_visit(world, kind, counter, at, rng, codes)
    return events


def _answers_of_visit(
    world: World,
    kind: Visitors,
    counter: int,
    at: datetime,
    rng: np.random.Generator,
    codes: Iterator[str] | None,
) -> list[Event]:
    """Somebody who was served at `at`: one answer, or several where a phone is shared."""
    agent = "A" if rng.random() < kind.alike else str(rng.choice(AGENTS, p=AGENT_SHARES))
    network = "hall" if rng.random() < kind.in_hall else f"carrier{rng.integers(3)}"
    opened = at + timedelta(minutes=float(rng.exponential(2)))
    says, when = "today", rng.random()
    if when < kind.evening + kind.next_day:
        network = f"home{rng.integers(10_000)}"
        evening = local_instant(at.date(), time(19)) + timedelta(minutes=float(rng.uniform(0, 120)))
        morning = local_instant(at.date() + timedelta(days=1), time(8))
        later = morning + timedelta(minutes=float(rng.uniform(0, 720)))
        says, opened = ("today", evening) if when < kind.evening else ("day_before", later)
    draw = rng.random()
    people = 4 if draw < kind.families else 2 if draw < kind.families + kind.pairs else 1
    found = []
    for _ in range(people):
        taken = max(float(rng.lognormal(np.log(kind.filling), 0.5)), 8.0)
        event = Event(
            "family" if people == 4 else "honest",
            1 if kind.at_kiosk else counter,
            opened,
            opened + timedelta(seconds=taken),
            agent,
            network,
            answers(rng, straight=bool(rng.random() < 0.25)),
            _comment(rng),
            next(codes) if codes else "",
            says=says,  # type: ignore[arg-type]
        )
        if kind.at_kiosk:
            event.device_id, event.device_secret = world.kiosk
            event.device, event.network = "tablet", "hall"
        found.append(event)
        opened = event.received_at + timedelta(seconds=20)
    return found


def _comment(rng: np.random.Generator) -> str:
    if rng.random() >= 0.1:
        return ""
    return str(rng.choice(PHRASES)) if rng.random() < 0.6 else f"Saran {rng.integers(10**9)}"
