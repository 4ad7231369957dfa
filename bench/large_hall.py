"""An office of many counters on duty around the clock, so that a bench's pace is an honest one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from feedback_app.domain.local_time import local_instant
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session

A_UNIT = 20  # counters
ON_DUTY = 2  # officers at each counter, for services of one minute: twelve phones in five minutes


def build_hall(site: Site, *, counters: int) -> None:
    """Counters with one service and two officers each, on shift today and tomorrow."""
    with site.db.transaction() as tx:
        agency = {"code": "balai", "name": "Balai Pelayanan", "is_demo": False}
        own: dict[str, Any] = {"agency_id": bulk.add_rows(tx, "agency", [agency])[0]}
        units = [
            own | {"code": f"u{n}", "name": f"Ruang {n}"} for n in range(-(-counters // A_UNIT))
        ]
        unit_ids = bulk.add_rows(tx, "unit", units)
        in_unit = [own | {"unit_id": unit_ids[n // A_UNIT]} for n in range(counters)]
        _add_counters(tx, in_unit, now=site.now())


def _add_counters(tx: Session, in_unit: list[dict[str, Any]], *, now: datetime) -> None:
    codes = [f"{n:03}" for n in range(len(in_unit))]
    in_use: dict[str, Any] = {"retired_on": None, "ends_on": None, "successor_id": None}
    own = {"agency_id": in_unit[0]["agency_id"]}
    services = bulk.add_rows(
        tx,
        "service",
        [
            row
            | in_use
            | {"code": code, "name": f"Layanan {code}", "name_en": f"Service {code}"}
            | {"is_free": True, "minutes": 1}
            for row, code in zip(in_unit, codes, strict=True)
        ],
    )
    places = bulk.add_rows(
        tx,
        "counter",
        [
            row | in_use | {"code": code, "name": f"Loket {code}", "number": n, "card_serial": 1}
            for n, (row, code) in enumerate(zip(in_unit, codes, strict=True), start=1)
        ],
    )
    all_day = {"opens_at": None, "closes_at": None}
    links = [
        own | all_day | {"counter_id": counter_id, "service_id": service_id}
        for counter_id, service_id in zip(places, services, strict=True)
    ]
    bulk.add_rows(tx, "counter_service", links)
    officers = bulk.add_rows(
        tx,
        "officer",
        [
            row
            | {"nip": f"{n:018}", "name": f"Petugas {n}", "display_name": f"Ibu {n}"}
            | {"employment": "PNS", "ends_on": None, "retired_on": None}
            for n, row in enumerate(in_unit * ON_DUTY)
        ],
    )
    bulk.add_rows(tx, "shift", _shifts(places, officers, own, now=now))


def _shifts(
    places: list[int], officers: list[int], own: dict[str, Any], *, now: datetime
) -> list[dict[str, Any]]:
    today = local_instant(now.date(), time.min) - timedelta(days=1)
    return [
        own
        | {"officer_id": officer_id, "counter_id": places[n % len(places)]}
        | {"starts_at": today + timedelta(days=day), "recorded_at": today}
        | {"ends_at": today + timedelta(days=day + 1), "withdrawn_at": None}
        for n, officer_id in enumerate(officers)
        for day in range(4)
    ]
