"""A simulated fortnight: visitors rate by the citizen's own service, and somebody notes the minute."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import select

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.local_time import local_day, local_instant
from feedback_app.domain.rating import Served
from feedback_app.domain.respondent import BANDS
from feedback_app.services.citizen import arriving, rating
from feedback_app.services.citizen.place import place_at
from feedback_app.services.citizen.visit_codes import NONE_GIVEN
from feedback_app.services.upkeep import retention
from feedback_app.storage.models import Comment, Screening
from tests.rigs.cheating.world import MONDAY, World, build_world

DAYS = 15  # the copy is taken on the fifteenth: the marks of the first day are gone
COUNTERS = 3  # watched; at a fourth one phone sends a row of answers, which is held
FLOOD_COUNTER, FLOOD = 4, 8
SERVICE = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class Noted:
    """One visitor, as noted; the ids are the truth, for the score only."""

    counter_id: int
    day: date
    at: datetime
    rating_id: str
    comment_id: str | None
    is_pressed: bool


@dataclass
class Notebook:
    """Who came, in the order of coming."""

    visitors: list[Noted] = field(default_factory=list)

    def of(self, day: date) -> list[list[Noted]]:
        """The visitors of a day, each counter's apart."""
        own = [one for one in self.visitors if one.day == day]
        counters = sorted({one.counter_id for one in own})
        return [[one for one in own if one.counter_id == counter] for counter in counters]


@dataclass(frozen=True, slots=True)
class Fortnight:
    """The office, what was noted, and the day that is looked for."""

    world: World
    notebook: Notebook
    first: date


def start(folder: Path, database_url: str = "") -> Fortnight:
    """The office on its first morning."""
    days = [MONDAY + timedelta(days=number) for number in range(DAYS)]
    world = build_world(folder, days, visits=25, database_url=database_url)
    return Fortnight(world, Notebook(), days[0])


def live_day(fortnight: Fortnight, day: date, rng: np.random.Generator, *, visitors: int) -> None:
    """A day at the office: the upkeep first, then visitors at each counter and one flood."""
    world = fortnight.world
    world.clock.at = local_instant(day, time(7))
    retention.run_daily(world.site)
    opens = local_instant(day, time(8, 11))  # no minute at which a shift begins
    moments = [
        (opens + number * SERVICE + timedelta(seconds=20 * counter), counter)
        for number in range(visitors)
        for counter in range(COUNTERS)
    ]
    moments += [(opens + timedelta(seconds=40 * number), FLOOD_COUNTER) for number in range(FLOOD)]
    for at, counter in sorted(moments):
        fortnight.notebook.visitors.append(_rate(world, rng, at, counter))


def pass_days(
    fortnight: Fortnight,
    rng: np.random.Generator,
    *,
    visitors: int,
    at_night: Callable[[], None],
) -> None:
    """The fourteen days after the first one, and the morning of the next after its upkeep."""
    for number in range(1, DAYS):
        live_day(fortnight, fortnight.first + timedelta(days=number), rng, visitors=visitors)
        at_night()
    fortnight.world.clock.at = local_instant(fortnight.first + timedelta(days=DAYS), time(7))
    retention.run_daily(fortnight.world.site)


def _rate(world: World, rng: np.random.Generator, at: datetime, counter: int) -> Noted:
    """Somebody opens the form, fills it in and sends it."""
    world.clock.at = at
    code = world.places[counter]
    place = place_at(world.site, code, at=at)
    token = arriving.open_form(world.site, place)
    world.clock.at = at + timedelta(seconds=15 if counter == FLOOD_COUNTER else 75)
    names_officer, is_pressed = rng.random() < 0.7, rng.random() < 0.1
    served = Served("officer" if names_officer else "not_sure", None, "today")
    if names_officer:
        served = Served("officer", world.officers[counter], "today")
    words = f"Saran {secrets.token_hex(3)}" if rng.random() < 0.5 else ""
    sent = arriving.Submission(
        place_code=code,
        token=token,
        service_id=None,
        served=served,
        visit_purpose=None,
        answers={key: int(rng.integers(1, 5)) for key in ALL_KEYS},
        causes=(),
        visit_facts={},
        bands={band.key: None for band in BANDS},
        comment=words,
        visit=NONE_GIVEN,
        is_pressed=is_pressed,
        is_charged=False,
        language="id",
        device="one phone" if counter == FLOOD_COUNTER else secrets.token_hex(4),
        network="hall",
        device_secret="",
        from_staff_browser=False,
    )
    rating.submit_rating(world.site, sent)
    rating_id = base64.urlsafe_b64decode(token)[:16].hex()
    with world.site.db.read() as session:
        asked = select(Comment.id).join(Screening, Screening.comment_id == Comment.id)
        comment_id = session.scalar(asked.where(Screening.rating_id == rating_id))
    return Noted(
        world.counters[counter], local_day(at), world.clock.at, rating_id, comment_id, is_pressed
    )
