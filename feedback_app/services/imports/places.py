"""Take in units' places: services, counters, and how many came."""

from __future__ import annotations

from typing import Any

from feedback_app.files.cells import Offer
from feedback_app.files.records import Record
from feedback_app.services.imports.changes import NOTHING, Show, from_codes
from feedback_app.services.imports.work import Codes, Counts, Rows, Wish, Work, upsert
from feedback_app.storage.queries import records as queries

USUAL_MINUTES = 5  # of the shortest usual service, until the office tells its own
# A row that comes back is in use again; how that is shown.
BACK: dict[str, Show] = {
    "retired_on": lambda day: NOTHING if day is None else day.strftime("%d-%m-%Y")
}
HEADINGS = {"unit_id": "unit", "retired_on": "berhenti"}


def save_services(work: Work, rows: Rows) -> Counts:
    """Add or change services."""
    units, known = work.units(), work.known("service", "code")
    wanted: dict[str, Wish] = {}
    for number, record in rows:
        code = known.spelt(record["code"])
        values = told_of(work, record, number, units, ("name", "name_en", "is_free", "minutes"))
        if values.get("minutes", 0) is None:
            values["minutes"] = USUAL_MINUTES
        if code not in known:
            work.need(record, number)
            values.setdefault("name_en", record.get("name", ""))
        if not values.get("name_en", "x"):
            values["name_en"] = record.get("name", code)
        wanted[code] = Wish(number, values)
    headings = HEADINGS | {
        "name": "nama",
        "name_en": "nama_en",
        "is_free": "gratis",
        "minutes": "menit",
    }
    shows = BACK | {"unit_id": from_codes(units)}
    return upsert(
        work,
        "service",
        "code",
        wanted,
        defaults={"minutes": USUAL_MINUTES},
        headings=headings,
        shows=shows,
    )


def told_of(
    work: Work, record: Record, number: int, units: Codes, fields: tuple[str, ...]
) -> dict[str, Any]:
    """The fields a row speaks of; who is in the file is in use."""
    values: dict[str, Any] = {name: record[name] for name in fields if name in record}
    if "unit" in record:
        values["unit_id"] = work.look_up(units, record["unit"], number, "unit")
    return values | {"retired_on": None}


def save_counters(work: Work, rows: Rows) -> Counts:
    """Add or change counters; the services that a row names are then exactly those offered."""
    units, services = work.units(), work.known("service", "code")
    existing = work.known("counter", "code")
    free_number = queries.highest_counter_number(work.tx)
    wanted: dict[str, Wish] = {}
    offered: dict[str, tuple[int, dict[int, Offer]]] = {}
    for number, record in rows:
        code = existing.spelt(record["code"])
        values = told_of(work, record, number, units, ("name",))
        if code not in existing:
            work.need(record, number)
            free_number += 1
            values |= {"number": free_number, "card_serial": 1}
        wanted[code] = Wish(number, values)
        if "services" in record:
            found = {
                work.look_up(services, o.code, number, "layanan"): o for o in record["services"]
            }
            offered[code] = number, {key: o for key, o in found.items() if key is not None}
    headings = HEADINGS | {"name": "nama"}
    shows = BACK | {"unit_id": from_codes(units)}
    added, changed, same = upsert(
        work, "counter", "code", wanted, defaults={}, headings=headings, shows=shows
    )
    if work.errors:
        return added, changed, same
    moved = _offer(work, offered, services, {change.name for change in work.changes})
    return added, changed + moved, same - moved


def _offer(
    work: Work, offered: dict[str, tuple[int, dict[int, Offer]]], services: Codes, told: set[str]
) -> int:
    """Set what counters offer where that differs; how many changed by that alone."""
    counters = work.known("counter", "code")
    kept = queries.services_by_counter(work.tx, agency_id=work.agency_id)
    code_of = {number: code for code, number in services.items()}
    moved = 0
    for code, (row, offers) in offered.items():
        links = [
            {"service_id": key, "opens_at": o.opens_at, "closes_at": o.closes_at}
            for key, o in offers.items()
        ]
        old = kept.get(counters[code], [])
        if sorted(map(_link, links)) == sorted(map(_link, old)):
            continue
        queries.set_services(work.tx, counters[code], links, agency_id=work.agency_id)
        is_new = any(change.what == "added" and change.name == code for change in work.changes)
        if is_new:
            continue
        both = [" | ".join(_as_written(link, code_of) for link in some) for some in (old, links)]
        work.note(row, code, {"services": ("layanan", both[0], both[1])}, shows={})
        moved += code not in told
    return moved


def _link(link: Any) -> tuple[int, str, str]:
    return link["service_id"], str(link["opens_at"]), str(link["closes_at"])


def _as_written(link: Any, code_of: dict[int, str]) -> str:
    code = code_of.get(link["service_id"], "?")
    if link["opens_at"] is None:
        return code
    return f"{code}@{link['opens_at']:%H.%M}-{link['closes_at']:%H.%M}"


def save_visits(work: Work, rows: Rows) -> Counts:
    """Add or correct visit counts."""
    counters, services = work.known("counter", "code"), work.known("service", "code")
    wanted = []
    for number, record in rows:
        counter_id = work.look_up(counters, record["counter"], number, "loket")
        service_id = work.look_up(services, record["service"], number, "layanan")
        wanted.append(
            {
                "agency_id": work.agency_id,
                "day": record["day"],
                "counter_id": counter_id,
                "service_id": service_id,
                "visits": record["visits"],
            }
        )
    if work.errors:
        return 0, 0, 0
    counts, old = queries.upsert_visits(work.tx, wanted)
    for (number, record), before in zip(rows, old, strict=True):
        name = f"{record['day']:%d-%m-%Y} {record['counter']} {record['service']}"
        if before is None:
            work.note_new(number, name)
        elif before != record["visits"]:
            work.note(number, name, {"visits": ("jumlah", before, record["visits"])}, shows={})
    return counts
