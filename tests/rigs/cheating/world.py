"""The simulated office: eight counters, a kiosk, a display; answers go through `submit_rating`.

Only the clock is stepped. The books tell each day's visits, from four weeks before the first.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from feedback_app.domain.codes import place_code
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.rating import Served, VisitedOn
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.visit_codes import GivenCode, mark_of, new_code
from feedback_app.services.citizen import arriving, rating, visit_codes
from feedback_app.services.citizen.paired_device import secret_hash
from feedback_app.services.citizen.place import place_at
from feedback_app.services.citizen.visit_codes import NONE_GIVEN, Given
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.storage import bulk
from tests.conftest import SteppedClock, settings_for

COUNTERS = 8
MONDAY = date(2026, 11, 2)
OPENS, CLOSES = time(8), time(16)
SERVICE_MINUTES = 5.0  # the shortest usual one, as the office would write it down
BOOKS = 28  # days before the first from which on the books tell visits


@dataclass
class Event:
    """One answer to be sent: who it is from, and everything a request would tell.

    `says` is the day of the visit as told; None names no officer either.
    """

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
    says: VisitedOn | None = "today"
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
    display: int  # at counter 2


def build_world(folder: Path, days: list[date], *, visits: float, database_url: str = "") -> World:
    """An office of eight counters with one officer each; the books tell `visits` a day."""
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
        bulk.add_rows(tx, "visit_count", _books(own, counters, service_id, days, visits))
        device = own | {"pairing_hash": None, "pairing_ends_at": None, "made_at": clock.at}
        device |= {"made_by": None, "paired_at": clock.at, "seen_at": None, "revoked_at": None}
        tablets = (("kiosk", 1, secret), ("display", 2, "display secret"))
        device_ids = bulk.add_rows(
            tx,
            "device",
            [
                device
                | {"counter_id": counters[at], "kind": kind, "name": kind}
                | {"secret_hash": secret_hash(own_secret)}
                for kind, at, own_secret in tablets
            ],
        )
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
        (device_ids[0], secret),
        device_ids[1],
    )


def _books(
    own: dict[str, Any], counters: list[int], service_id: int, days: list[date], visits: float
) -> list[dict[str, Any]]:
    """Visits of the working days from four weeks before the first to the last."""
    rng = np.random.default_rng(0)
    first = days[0] - timedelta(days=BOOKS)
    open_days = [first + timedelta(days=n) for n in range((days[-1] - first).days + 1)]
    told = {"service_id": service_id}
    return [
        own | told | {"counter_id": counter_id, "day": day, "visits": int(rng.poisson(visits))}
        for counter_id in counters
        for day in open_days
        if day.weekday() < 5
    ]


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


def run(world: World, events: list[Event]) -> None:
    """Send everything in the order of its arrival."""
    for event in sorted(events, key=lambda event: event.received_at):
        world.clock.at = event.opened_at
        code = world.places[event.counter]
        place = place_at(world.site, code, at=event.opened_at)
        token = arriving.open_form(world.site, place, device_id=event.device_id)
        world.clock.at = event.received_at
        sent = arriving.Submission(
            place_code=code,
            token=token,
            service_id=None,
            served=Served("officer", world.officers[event.counter], event.says)
            if event.says
            else Served("not_sure", None, None),
            visit_purpose=None,
            answers=dict(event.values),
            causes=(),
            visit_facts={},
            bands={band.key: None for band in BANDS},
            comment=event.comment,
            visit=Given(event.code, is_odd=False) if event.code else NONE_GIVEN,
            is_pressed=False,
            is_charged=False,
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


def working_days(number: int) -> list[date]:
    """Monday to Friday."""
    found: list[date] = []
    day = MONDAY
    while len(found) < number:
        if day.weekday() < 5:
            found.append(day)
        day += timedelta(days=1)
    return found
