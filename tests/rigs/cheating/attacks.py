"""Those who cheat: each an attack's answers, in the order of `ATTACKS`, with what it shows."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.visit_codes import new_code
from feedback_app.storage.queries.visit_codes import count
from tests.rigs.cheating.world import COUNTERS, Event, World, make_codes

BEST = dict.fromkeys(ALL_KEYS, 4)
WORST = dict.fromkeys(ALL_KEYS, 1)
LONG = (
    "Petugas di loket ini sangat membantu saya dan seluruh keluarga saya sejak pagi sampai selesai."
)
AT_PACE = 260.0  # seconds: one each 4 min 20 s, as fast as a counter of five minutes lets pass
UNSEEN = 330.0  # seconds: slow enough to be held by nothing but the day's visits
TWO_DAYS = 47 * 3600.0  # a form lives 48 hours

Make = Callable[[World, date, np.random.Generator], list[Event]]


@dataclass(frozen=True)
class Attack:
    """`is_fast`: faster than people, so at least 95% must be held; else its gain is told."""

    name: str
    make: Make
    is_fast: bool = True


@dataclass(frozen=True)
class Row:
    """Answers one after the other: `number`, one each `every` seconds, each taking `takes`."""

    number: int
    starts: time
    every: float
    takes: float
    counter: int = 0

    def events(self, day: date, rng: np.random.Generator) -> list[Event]:
        """From one phone in the hall, the best answers; the pauses differ by a third."""
        at, found = local_instant(day, self.starts), []
        for _ in range(self.number):
            sent = at + timedelta(seconds=self.takes)
            found.append(Event("", self.counter, at, sent, "A", "hall", dict(BEST)))
            at += timedelta(seconds=self.every * float(rng.uniform(2 / 3, 4 / 3)))
        return found


def scattered(events: list[Event], rng: np.random.Generator) -> list[Event]:
    """From ever new devices and networks."""
    return [
        replace(event, device=f"x{rng.integers(10**9)}", network=f"n{rng.integers(10**9)}")
        for event in events
    ]


def with_codes(world: World, day: date, events: list[Event]) -> list[Event]:
    """Each with a leftover code of the day."""
    codes = make_codes(world, day, len(events))
    return [replace(event, code=code) for event, code in zip(events, codes, strict=True)]


def opened_at_once(events: list[Event], first: datetime, *, within: float) -> list[Event]:
    """The forms opened first, all within so many seconds; sent as they were."""
    step = timedelta(seconds=within / len(events))
    return [replace(event, opened_at=first + n * step) for n, event in enumerate(events)]


def photographed_poster(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """An officer sends 200 perfect answers from one phone with a photograph of the poster."""
    return Row(200, time(9), 40, 25).events(day, rng)


def many_browsers(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """The same from ever other browsers and addresses, one every two minutes."""
    return scattered(Row(60, time(10), 120, 60, counter=2).events(day, rng), rng)


def codes_in_a_row(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Fifty leftover codes used up after hours from one phone, one form after the other."""
    return with_codes(world, day, Row(50, time(16, 30), 60, 40, counter=3).events(day, rng))


def codes_opened_first(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Fifty leftover codes from one phone at the counter: all forms opened first, sent in 200 s."""
    row = Row(50, time(10), 4, 0, counter=3).events(day, rng)
    return with_codes(world, day, opened_at_once(row, local_instant(day, time(9, 50)), within=100))


def codes_opened_first_sent_slowly(
    world: World, day: date, rng: np.random.Generator
) -> list[Event]:
    """The same, but sent at the counter's pace over four hours."""
    row = Row(50, time(10), AT_PACE, 0, counter=4).events(day, rng)
    return with_codes(world, day, opened_at_once(row, local_instant(day, time(9, 50)), within=100))


def codes_at_night(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Fifty leftover codes at 22:00 from home, opened first, the day left untold."""
    row = Row(50, time(22), 4, 0, counter=5).events(day, rng)
    early = opened_at_once(row, local_instant(day, time(21, 55)), within=100)
    home = [replace(event, network="home", says=None) for event in early]
    return with_codes(world, day, home)


def codes_from_new_addresses(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Own: sixty codes at night from one phone that gets a new address before each."""
    row = Row(60, time(20), 150, 60, counter=6).events(day, rng)
    return with_codes(world, day, scattered(row, rng))


def uncalled_codes(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Fifty codes of visitors who went away, used over the day where the queue tells its calls."""
    with world.site.db.transaction() as tx:
        own = {"agency_id": world.agency_id, "unit_id": world.unit_id}
        count(tx, **own, service_id=world.service_id, day=day, added={"called": 1})
    row = Row(50, time(8, 30), 480, 60, counter=4).events(day, rng)
    return with_codes(world, day, scattered(row, rng))


def spent_codes(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Thirty answers with codes that were made up or were spent before."""
    row = scattered(Row(30, time(9), 600, 60, counter=2).events(day, rng), rng)
    return [replace(event, code=new_code(secrets.token_bytes(32)).typed) for event in row]


def poster_opened_first(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """650 forms opened in seven minutes by one phone, sent at the counter's pace for 47 hours."""
    row = Row(650, time(9, 7), TWO_DAYS / 650, 0, counter=1).events(day, rng)
    early = opened_at_once(row, local_instant(day, time(9)), within=420)
    return [replace(event, values=dict(WORST)) for event in early]


def poster_opened_first_scattered(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """The same, each sent from a new address."""
    return scattered(poster_opened_first(world, day, rng), rng)


def display_opened_first(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Twelve forms a minute for 55 minutes from a display's codes, sent over 47 hours."""
    row = Row(650, time(9, 55), TWO_DAYS / 650, 0, counter=2).events(day, rng)
    early = opened_at_once(row, local_instant(day, time(9)), within=3300)
    return [replace(event, device_id=world.display) for event in early]


def staff_browser(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Somebody who logs in as staff rates from the same browser, seldom and slowly."""
    row = Row(30, time(8, 10), 900, 80, counter=5).events(day, rng)
    return [replace(event, staff=True) for event in row]


def bombed_at_night(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """A rival sends the worst answers at night, from many addresses."""
    row = Row(60, time(22), 45, 30, counter=6).events(day, rng)
    return [replace(event, values=dict(WORST)) for event in scattered(row, rng)]


def drip_at_night(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Own: one phone sends an answer every six minutes from eight in the evening to morning."""
    row = Row(100, time(20), 360, 60, counter=7).events(day, rng)
    return [replace(event, network="home") for event in row]


def round_robin(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Own: one phone in the hall, photographs of all eight posters, one after the other."""
    row = Row(240, time(11), 12, 8).events(day, rng)
    return [replace(event, counter=n % COUNTERS) for n, event in enumerate(row)]


def same_words(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Forty answers with the same long comment, spread over the day and from many phones."""
    row = scattered(Row(40, time(8, 20), 660, 70, counter=7).events(day, rng), rng)
    return [replace(event, comment=LONG, values=dict(WORST)) for event in row]


def bot(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """A program sends straight lines within seconds, slowly enough for the counter's pace."""
    return scattered(Row(60, time(8, 5), 420, 4, counter=1).events(day, rng), rng)


def activists(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Sixty people with phones of their own at one poster within ten minutes."""
    row = scattered(Row(60, time(11), 10, 50).events(day, rng), rng)
    return [replace(event, values=dict(WORST)) for event in row]


def chat(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """A link passed around in a chat: 300 phones, most within the first hours, some at night."""
    row = scattered(Row(300, time(12), 0, 60, counter=3).events(day, rng), rng)
    begin = local_instant(day, time(12))
    found = []
    for event in row:
        at = begin + timedelta(minutes=float(rng.exponential(60)))
        found.append(replace(event, opened_at=at, received_at=at + timedelta(seconds=60)))
    return found


def _on_kiosk(world: World, events: list[Event]) -> list[Event]:
    device_id, secret = world.kiosk
    return [replace(event, device_id=device_id, device_secret=secret) for event in events]


def tapped_kiosk(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """An officer taps thirty perfect answers into the kiosk within half an hour."""
    return _on_kiosk(world, Row(30, time(12), 60, 30, counter=1).events(day, rng))


def display_flood(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Forty forms from the display's codes within half an hour, each sent at once."""
    row = Row(40, time(14), 45, 30, counter=2).events(day, rng)
    return [replace(event, device_id=world.display) for event in row]


def kiosk_at_pace(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """The kiosk tapped all day at the counter's pace."""
    return _on_kiosk(world, Row(87, time(8), UNSEEN, 60, counter=1).events(day, rng))


def poster_at_pace(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """One phone and the poster, all day at the counter's pace."""
    return Row(87, time(8), UNSEEN, 60, counter=2).events(day, rng)


def phones_at_pace(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """The same from ever other phones."""
    return scattered(Row(87, time(8), UNSEEN, 60, counter=3).events(day, rng), rng)


def codes_at_pace(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Leftover codes of a whole day, used at the counter's pace."""
    row = scattered(Row(87, time(8), UNSEEN, 60, counter=4).events(day, rng), rng)
    return with_codes(world, day, row)


def patient_friend(_world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """A friend sends a perfect answer now and then from phones of others: cannot be told."""
    return scattered(Row(8, time(8, 40), 3300, 80, counter=0).events(day, rng), rng)


ATTACKS = (
    Attack("leftover codes, opened first, sent in 200 s", codes_opened_first),
    Attack("leftover codes, the same at 22:00 from home", codes_at_night),
    Attack("leftover codes, one form after the other", codes_in_a_row),
    Attack("poster, 650 forms opened first, sent in 47 h", poster_opened_first),
    Attack("display, 650 forms opened first, sent in 47 h", display_opened_first),
    Attack("leftover codes, opened first, sent at pace", codes_opened_first_sent_slowly),
    Attack("poster, 650 opened first, new addresses", poster_opened_first_scattered),
    Attack("own: codes at night from new addresses", codes_from_new_addresses),
    Attack("own: one phone, photographs of 8 posters", round_robin),
    Attack("own: one phone all night, each 6 minutes", drip_at_night),
    Attack("a link in a chat, 300 phones", chat),
    Attack("sixty phones in ten minutes", activists),
    Attack("photographed poster, one phone", photographed_poster),
    Attack("photographed poster, many browsers", many_browsers),
    Attack("thirty taps on the kiosk", tapped_kiosk),
    Attack("forty forms from a display", display_flood),
    Attack("worst answers at night", bombed_at_night),
    Attack("codes never called", uncalled_codes),
    Attack("spent or made-up codes", spent_codes),
    Attack("staff's own browser", staff_browser),
    Attack("the same long comment", same_words),
    Attack("a bot's straight lines", bot),
    Attack("at pace: kiosk tapped all day", kiosk_at_pace, is_fast=False),
    Attack("at pace: one phone and the poster", poster_at_pace, is_fast=False),
    Attack("at pace: ever other phones, poster", phones_at_pace, is_fast=False),
    Attack("at pace: leftover codes", codes_at_pace, is_fast=False),
    Attack("a patient friend", patient_friend, is_fast=False),
)
