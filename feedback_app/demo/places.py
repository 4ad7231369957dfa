"""Add the made-up office's people and places, and remember their identifiers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from feedback_app.demo import office
from feedback_app.storage import bulk
from feedback_app.storage.db import Session


@dataclass
class Places:
    """Identifiers of what was added, by code or by place in the office's lists."""

    agency_id: int
    units: dict[str, int] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)
    counters: list[int] = field(default_factory=list)
    officers: list[int] = field(default_factory=list)


def add_agency(tx: Session) -> int:
    """Add the agency, marked as made up."""
    row = {"code": office.AGENCY_CODE, "name": office.AGENCY, "is_demo": True}
    return bulk.add_rows(tx, "agency", [row])[0]


def add_places(tx: Session, agency_id: int) -> Places:
    """Add units, services, counters with their services, and officers."""
    places = Places(agency_id)
    own: dict[str, Any] = {"agency_id": agency_id}
    units = [own | {"code": code, "name": name} for code, name in office.UNITS]
    codes = [code for code, _name in office.UNITS]
    places.units = dict(zip(codes, bulk.add_rows(tx, "unit", units), strict=True))
    _add_services(tx, places, own)
    _add_counters(tx, places, own)
    _add_officers(tx, places, own)
    return places


def _add_services(tx: Session, places: Places, own: dict[str, Any]) -> None:
    rows = [
        own
        | {
            "unit_id": places.units["kantor"],
            "code": service.code,
            "name": service.name,
            "name_en": service.name_en,
            "is_free": True,
            "minutes": service.minutes,
            "retired_on": None,
        }
        for service in office.SERVICES
    ]
    codes = [service.code for service in office.SERVICES]
    places.services = dict(zip(codes, bulk.add_rows(tx, "service", rows), strict=True))


def _add_counters(tx: Session, places: Places, own: dict[str, Any]) -> None:
    rows = [
        own
        | {
            "unit_id": places.units[counter.unit],
            "code": counter.code,
            "name": counter.name,
            "number": number,
            "card_serial": 1,
            "retired_on": None,
        }
        for number, counter in enumerate(office.COUNTERS, start=1)
    ]
    places.counters = bulk.add_rows(tx, "counter", rows)
    all_day = own | {"opens_at": None, "closes_at": None}
    links = [
        all_day | {"counter_id": counter_id, "service_id": places.services[code]}
        for counter_id, counter in zip(places.counters, office.COUNTERS, strict=True)
        for code in counter.services
    ]
    bulk.add_rows(tx, "counter_service", links)


def _add_officers(tx: Session, places: Places, own: dict[str, Any]) -> None:
    rows = [
        own
        | {
            "unit_id": places.units["kantor"],
            "nip": office.made_up_nip(position),
            "name": name,
            "display_name": display_name,
            "employment": employment,
            "retired_on": None,
        }
        for position, (name, display_name, employment) in enumerate(office.OFFICERS)
    ]
    places.officers = bulk.add_rows(tx, "officer", rows)
