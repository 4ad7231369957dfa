"""Simulated cheating among honest visitors: what screening holds, and what it holds wrongly (P20).

Honest answers come as people come: each counter serves one after the other, a third of the visitors
answer, most phones in the hall share one address and one browser version, some answer at home in the
evening, some fill in straight lines, families share a phone. Every answer goes through
`submit_rating` on a real database; only the clock is stepped.

Example: .venv/bin/python tests/rigs/attacks.py --days 40
"""

from __future__ import annotations

import argparse
import base64
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from feedback_app.domain.codes import place_code
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.rating import Served
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.visit_codes import GivenCode, mark_of, new_code
from feedback_app.services.citizen import rating, visit_codes
from feedback_app.services.citizen.paired_device import secret_hash
from feedback_app.services.citizen.place import place_at
from feedback_app.services.citizen.visit_codes import NONE_GIVEN, Given
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import tally_differences, upgrade_schema
from feedback_app.storage import bulk
from feedback_app.storage.models import Case, CaseRating, Rating
from feedback_app.storage.queries.visit_codes import count
from feedback_app.storage.verdicts import standings
from tests.conftest import SteppedClock, settings_for

COUNTERS = 8
MONDAY = date(2026, 11, 2)
OPENS, CLOSES = time(8), time(16)
VISITS_A_DAY = 25  # a counter; about 5,150 a month in a town of 8 counters (Bontang 2020)
ANSWERING = 1 / 3
SERVICE_MINUTES = 5.0  # the shortest usual one, as the office would write it down
SPREAD = 0.5  # of the logarithm of service times above that
FILLING = 70.0  # seconds, median; of 12 questions
AGENTS = ("A", "B", "C", "D", "E", "F")
AGENT_SHARES = (0.55, 0.15, 0.1, 0.1, 0.05, 0.05)  # browsers name versions, hardly models, by now
PHRASES = [f"Pelayanan baik nomor {i}, terima kasih." for i in range(30)]
LONG = (
    "Petugas di loket ini sangat membantu saya dan seluruh keluarga saya sejak pagi sampai selesai."
)


@dataclass
class Event:
    """One answer to be sent: who it is from, and everything a request would tell."""

    label: str
    counter: int
    opened_at: datetime
    received_at: datetime
    device: str
    network: str
    values: dict[str, int]
    comment: str = ""
    code: str = ""
    staff: bool = False
    device_id: int = 0
    device_secret: str = ""
    rating_id: str = field(default="", init=False)


@dataclass(frozen=True)
class World:
    """The simulated office."""

    site: Site
    clock: SteppedClock
    agency_id: int
    unit_id: int
    service_id: int
    counters: tuple[int, ...]
    places: tuple[str, ...]
    officers: tuple[int, ...]
    kiosk: tuple[int, str]  # at counter 1


def build_world(folder: Path, days: list[date], database_url: str = "") -> World:
    """An office of eight counters with one officer each, a kiosk at the second."""
    clock = SteppedClock(local_instant(days[0], time(7)))
    url = database_url or f"sqlite:///{folder / 'attacks.db'}"
    site = open_site(settings_for(url, folder), clock=clock)
    upgrade_schema(site)
    secret = "kiosk secret"
    with site.db.transaction() as tx:
        agency = {"code": "a", "name": "Dinas Simulasi", "is_demo": False}
        own: dict[str, Any] = {"agency_id": bulk.add_rows(tx, "agency", [agency])[0]}
        unit = bulk.add_rows(tx, "unit", [own | {"code": "u", "name": "Unit"}])[0]
        own_unit = own | {"unit_id": unit, "retired_on": None}
        service = own_unit | {"code": "ktp", "name": "KTP", "name_en": "ID", "is_free": True}
        service_id = bulk.add_rows(tx, "service", [service | {"minutes": int(SERVICE_MINUTES)}])[0]
        counters, officers = [], []
        for number in range(COUNTERS):
            row = own_unit | {"code": f"L{number}", "name": f"Loket {number}"}
            row |= {"number": number + 1, "card_serial": 1}
            counters.append(bulk.add_rows(tx, "counter", [row])[0])
            link = own | {"counter_id": counters[-1], "service_id": service_id}
            bulk.add_rows(tx, "counter_service", [link | {"opens_at": None, "closes_at": None}])
            row = own_unit | {"nip": f"{number:018d}", "name": f"Petugas {number}"}
            row |= {"display_name": f"Petugas {number}", "employment": "PNS"}
            officers.append(bulk.add_rows(tx, "officer", [row])[0])
        shifts = [
            own
            | {
                "officer_id": officers[number],
                "counter_id": counters[number],
                "starts_at": local_instant(day, OPENS),
                "ends_at": local_instant(day, CLOSES),
                "recorded_at": clock.at,
                "withdrawn_at": None,
            }
            for day in days
            for number in range(COUNTERS)
        ]
        bulk.add_rows(tx, "shift", shifts)
        device = own | {"counter_id": counters[1], "kind": "kiosk", "name": "Kios"}
        device |= {"pairing_hash": None, "pairing_ends_at": None, "made_at": clock.at}
        device |= {"secret_hash": secret_hash(secret), "made_by": None, "paired_at": clock.at}
        device_id = bulk.add_rows(tx, "device", [device | {"seen_at": None, "revoked_at": None}])[0]
    codes = tuple(place_code(number + 1, 1, key=b"p" * 32) for number in range(COUNTERS))
    return World(
        site,
        clock,
        own["agency_id"],
        unit,
        service_id,
        tuple(counters),
        codes,
        tuple(officers),
        (device_id, secret),
    )


def make_codes(world: World, valid_on: date, number: int) -> list[str]:
    """Typed codes, as a queue would hand out."""
    own: dict[str, Any] = {"agency_id": world.agency_id, "unit_id": world.unit_id}
    own["service_id"] = world.service_id
    key = world.site.keys_for(visit_codes.PURPOSE)[0]
    starts = local_instant(valid_on, time(0))
    made = [new_code(secrets.token_bytes(32)) for _ in range(number)]
    with world.site.db.transaction() as tx:
        batch = own | {"valid_on": valid_on, "size": number, "way": "queue", "made_at": starts}
        batch_id = bulk.add_rows(tx, "code_batch", [batch | {"made_by": None, "revoked_at": None}])
        rows = [
            own
            | {
                "long_mark": mark_of(GivenCode("long", code.long), key=key),
                "typed_mark": mark_of(GivenCode("typed", code.typed), key=key),
                "batch_id": batch_id[0],
                "valid_from": starts,
                "expires_at": starts + timedelta(hours=48),
                "called_at": None,
                "counter_id": None,
            }
            for code in made
        ]
        bulk.add_rows(tx, "visit_code", rows)
    return [code.typed for code in made]


def answers(rng: np.random.Generator, *, straight: bool) -> dict[str, int]:
    """Values of the twelve items."""
    if straight:
        return dict.fromkeys(ALL_KEYS, int(rng.choice([3, 4])))
    return {key: int(rng.choice([1, 2, 3, 4], p=[0.03, 0.12, 0.5, 0.35])) for key in ALL_KEYS}


def honest_day(day: date, rng: np.random.Generator, codes: Iterator[str] | None) -> list[Event]:
    """One day of all counters; with `codes` every visitor holds one."""
    events: list[Event] = []
    for counter in range(COUNTERS):
        at = local_instant(day, OPENS)
        closes = local_instant(day, CLOSES)
        gap = (closes - at) / timedelta(minutes=1) / VISITS_A_DAY
        while True:
            served = SERVICE_MINUTES + float(rng.lognormal(np.log(4), SPREAD))
            idle = float(rng.exponential(max(gap - served, 0.5)))
            at += timedelta(minutes=served + idle)
            if at > closes:
                break
            if rng.random() < ANSWERING:
                events += honest_answers(counter, at, rng, next(codes) if codes else "")
    return events


def honest_answers(counter: int, at: datetime, rng: np.random.Generator, code: str) -> list[Event]:
    """Somebody who was served at `at`: one answer, or two where a phone is shared."""
    agent = str(rng.choice(AGENTS, p=AGENT_SHARES))
    network = "hall" if rng.random() < 0.6 else f"carrier{rng.integers(3)}"
    at_home = rng.random() < 0.1
    opened = at + timedelta(minutes=float(rng.exponential(2)))
    if at_home:
        opened = local_instant(at.date(), time(19)) + timedelta(minutes=float(rng.uniform(0, 120)))
        network = f"home{rng.integers(10_000)}"
    found = []
    for _ in range(2 if not code and rng.random() < 0.03 else 1):
        taken = float(rng.lognormal(np.log(FILLING), 0.5))
        received = opened + timedelta(seconds=max(taken, 8.0))
        text = ""
        if rng.random() < 0.1:
            text = (
                str(rng.choice(PHRASES)) if rng.random() < 0.6 else f"Saran {rng.integers(10**9)}"
            )
        values = answers(rng, straight=bool(rng.random() < 0.25))
        found.append(Event("honest", counter, opened, received, agent, network, values, text, code))
        opened = received + timedelta(seconds=20)
    return found


def run(world: World, events: list[Event]) -> None:
    """Send everything in the order of its arrival."""
    for event in sorted(events, key=lambda event: event.received_at):
        world.clock.at = event.opened_at
        code = world.places[event.counter]
        place = place_at(world.site, code, at=event.opened_at)
        token = rating.open_form(world.site, place, device_id=event.device_id)
        world.clock.at = event.received_at
        sent = rating.Submission(
            place_code=code,
            token=token,
            service_id=None,
            served=Served("officer", world.officers[event.counter], "today"),
            visit_purpose=None,
            answers=dict(event.values),
            bands={band.key: None for band in BANDS},
            comment=event.comment,
            visit=Given(event.code, is_odd=False) if event.code else NONE_GIVEN,
            is_pressed=False,
            language="id",
            device=event.device,
            network=event.network,
            device_secret=event.device_secret,
            from_staff_browser=event.staff,
        )
        rating.submit_rating(world.site, sent)
        event.rating_id = submission_id(token)


def submission_id(token: str) -> str:
    """The id inside a form's token, which is the rating's."""
    return base64.urlsafe_b64decode(token)[:16].hex()


Attack = Callable[[World, date, np.random.Generator], list[Event]]
BEST = dict.fromkeys(ALL_KEYS, 4)
WORST = dict.fromkeys(ALL_KEYS, 1)


def _row(
    label: str,
    day: date,
    rng: np.random.Generator,
    *,
    number: int,
    starts: time,
    every: float,
    takes: float,
    **told: Any,
) -> list[Event]:
    """Answers one after the other: one each `every` seconds, each taking `takes`."""
    begin = local_instant(day, starts)
    found = []
    for place in range(number):
        opened = begin + timedelta(seconds=every * place + float(rng.uniform(0, every / 10)))
        event = Event(
            label,
            told.get("counter", 0),
            opened,
            opened + timedelta(seconds=takes),
            told.get("device", "A"),
            told.get("network", "hall"),
            dict(told.get("values", BEST)),
            staff=told.get("staff", False),
            comment=told.get("comment", ""),
        )
        found.append(event)
    return found


def _scattered(events: list[Event], rng: np.random.Generator) -> list[Event]:
    """From ever new devices and networks."""
    return [
        replace_event(event, device=f"x{rng.integers(10**9)}", network=f"n{rng.integers(10**9)}")
        for event in events
    ]


def replace_event(event: Event, **changes: Any) -> Event:
    """The same event with some of it changed."""
    return replace(event, **changes)


def photographed_poster(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """An officer sends 200 perfect answers from one phone with a photograph of the poster."""
    return _row(
        "photographed poster, one phone", day, rng, number=200, starts=time(9), every=40, takes=25
    )


def many_browsers(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """The same from ever other browsers and addresses, one every two minutes."""
    row = _row(
        "photographed poster, many browsers",
        day,
        rng,
        number=60,
        starts=time(10),
        every=120,
        takes=60,
        counter=2,
    )
    return _scattered(row, rng)


def leftover_codes(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Fifty leftover visit codes used up after hours from one phone."""
    row = _row(
        "leftover codes, one phone",
        day,
        rng,
        number=50,
        starts=time(16, 30),
        every=60,
        takes=40,
        counter=3,
    )
    codes = make_codes(world, day, 50)
    return [replace_event(event, code=code) for event, code in zip(row, codes, strict=True)]


def uncalled_codes(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Fifty codes of visitors who went away, used over the day where the queue tells its calls."""
    with world.site.db.transaction() as tx:
        own = {"agency_id": world.agency_id, "unit_id": world.unit_id}
        count(tx, **own, service_id=world.service_id, day=day, added={"called": 1})
    row = _row(
        "codes never called",
        day,
        rng,
        number=50,
        starts=time(8, 30),
        every=480,
        takes=60,
        counter=4,
    )
    codes = make_codes(world, day, 50)
    spread = _scattered(row, rng)
    return [replace_event(event, code=code) for event, code in zip(spread, codes, strict=True)]


def staff_browser(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Somebody who logs in as staff rates from the same browser, seldom and slowly."""
    return _row(
        "staff's own browser",
        day,
        rng,
        number=30,
        starts=time(8, 10),
        every=900,
        takes=80,
        counter=5,
        staff=True,
    )


def bombed_at_night(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """A rival sends the worst answers at night, from many addresses."""
    row = _row(
        "worst answers at night",
        day,
        rng,
        number=40,
        starts=time(22),
        every=45,
        takes=30,
        counter=6,
        values=WORST,
    )
    return _scattered(row, rng)


def same_words(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Forty answers with the same long comment, spread over the day and from many phones."""
    row = _row(
        "the same long comment",
        day,
        rng,
        number=40,
        starts=time(8, 20),
        every=660,
        takes=70,
        counter=7,
        comment=LONG,
        values=WORST,
    )
    return _scattered(row, rng)


def bot(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """A program sends straight lines within seconds, slowly enough for the counter's pace."""
    row = _row(
        "a bot's straight lines",
        day,
        rng,
        number=60,
        starts=time(8, 5),
        every=420,
        takes=4,
        counter=1,
    )
    return _scattered(row, rng)


def activists(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Sixty people with phones of their own at one poster within ten minutes."""
    row = _row(
        "sixty phones in ten minutes",
        day,
        rng,
        number=60,
        starts=time(11),
        every=10,
        takes=50,
        values=WORST,
    )
    return _scattered(row, rng)


def spent_codes(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """Thirty answers with codes that were made up or were spent before."""
    row = _row(
        "spent or made-up codes",
        day,
        rng,
        number=30,
        starts=time(9),
        every=600,
        takes=60,
        counter=2,
    )
    return [
        replace_event(event, code=new_code(secrets.token_bytes(32)).typed)
        for event in _scattered(row, rng)
    ]


def tapped_kiosk(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """An officer taps thirty perfect answers into the kiosk within half an hour."""
    row = _row(
        "thirty taps on the kiosk",
        day,
        rng,
        number=30,
        starts=time(12),
        every=60,
        takes=30,
        counter=1,
    )
    device_id, secret = world.kiosk
    return [replace_event(event, device_id=device_id, device_secret=secret) for event in row]


def patient_friend(world: World, day: date, rng: np.random.Generator) -> list[Event]:
    """A friend sends a perfect answer now and then from phones of others: cannot be told."""
    row = _row(
        "a patient friend (limit)",
        day,
        rng,
        number=8,
        starts=time(8, 40),
        every=3300,
        takes=80,
        counter=0,
    )
    return _scattered(row, rng)


ATTACKS: tuple[Attack, ...] = (
    photographed_poster,
    many_browsers,
    leftover_codes,
    uncalled_codes,
    staff_browser,
    bombed_at_night,
    same_words,
    bot,
    activists,
    spent_codes,
    tapped_kiosk,
)
LIMITS: tuple[Attack, ...] = (patient_friend,)


@dataclass(frozen=True)
class Found:
    """What was held: label -> (sent, held); the tally's differences from a recount."""

    honest: tuple[int, int]
    beside: tuple[int, int]  # honest answers on days with an attack
    attacks: dict[str, tuple[int, int]]
    for_officer: dict[str, int]  # attack answers that count for an officer now
    differences: int
    wrongly: Counter[str]  # rules that held honest answers


def simulate(
    folder: Path, *, days: int, seed: int, attacks: tuple[Attack, ...], database_url: str = ""
) -> Found:
    """`days` working days of honest answers, then a day for each attack with honest ones beside it."""
    rng = np.random.default_rng(seed)
    calendar = working_days(days + len(attacks))
    world = build_world(folder, calendar, database_url)
    honest: list[Event] = []
    for number, day in enumerate(calendar[:days]):
        codes = iter(make_codes(world, day, 400)) if number % 2 else None
        honest += honest_day(day, rng, codes)
    run(world, honest)
    beside: list[Event] = []
    cheating: list[Event] = []
    for attack, day in zip(attacks, calendar[days:], strict=True):
        own = honest_day(day, rng, None)
        bad = attack(world, day, rng)
        run(world, own + bad)
        beside += own
        cheating += bad
    states = _states(world)
    by_label: dict[str, tuple[int, int]] = {}
    officer: dict[str, int] = {}
    for event in cheating:
        sent, held = by_label.get(event.label, (0, 0))
        state, for_officer = states[event.rating_id]
        by_label[event.label] = (sent + 1, held + (state == "held"))
        officer[event.label] = officer.get(event.label, 0) + (state == "counted" and for_officer)
    found = Found(
        honest=(len(honest), sum(states[e.rating_id][0] == "held" for e in honest)),
        beside=(len(beside), sum(states[e.rating_id][0] == "held" for e in beside)),
        attacks=by_label,
        for_officer=officer,
        differences=tally_differences(world.site),
        wrongly=_wrongly(world, {event.rating_id for event in honest}),
    )
    world.site.db.close()
    return found


def _wrongly(world: World, honest: set[str]) -> Counter[str]:
    with world.site.db.read() as session:
        rows = session.execute(
            select(CaseRating.rating_id, Case.rules).join(Case, Case.id == CaseRating.case_id)
        )
        return Counter(rules for rating_id, rules in rows if rating_id in honest)


def _states(world: World) -> dict[str, tuple[str, bool]]:
    with world.site.db.read() as session:
        ids = session.scalars(select(Rating.id)).all()
        found = {}
        for start in range(0, len(ids), 500):
            for row in standings(session, ids[start : start + 500]):
                found[row.rating["id"]] = (row.state, row.for_officer)
    return found


def working_days(number: int) -> list[date]:
    """Monday to Friday."""
    found: list[date] = []
    day = MONDAY
    while len(found) < number:
        if day.weekday() < 5:
            found.append(day)
        day += timedelta(days=1)
    return found


def main() -> int:
    """Run it and print the table; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = simulate(
            Path(folder), days=chosen.days, seed=chosen.seed, attacks=(*ATTACKS, *LIMITS)
        )
    print(f"{'attack':40} {'sent':>6} {'held':>6} {'share':>7}")
    limits = {"a patient friend (limit)"}
    worst = 1.0
    for label, (sent, held) in found.attacks.items():
        print(f"{label:40} {sent:6} {held:6} {held / sent:7.1%}")
        worst = min(worst, held / sent) if label not in limits else worst
    for label, (sent, held) in (
        ("honest, no attack", found.honest),
        ("honest beside an attack", found.beside),
    ):
        print(f"{label:40} {sent:6} {held:6} {held / sent:7.2%}")
    print("honest ones were held by:", dict(found.wrongly.most_common()))
    print(f"tally: {found.differences} differences from a recount")
    is_kept = worst >= 0.95 and found.honest[1] <= 0.02 * found.honest[0] and not found.differences
    print(
        "kept" if is_kept else "MISSED: at least 95% of each attack, at most 2% of honest answers"
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
