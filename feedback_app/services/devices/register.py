"""The admin's displays and kiosks: register, list, give a new pairing code, end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from feedback_app.domain.visit_codes import grouped, new_code
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.devices.pairing import pairing_mark
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.office.tier_choice import give_back
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Device
from feedback_app.storage.queries import code_batches, places
from feedback_app.storage.queries import devices as queries

CODES_ARE_USED = timedelta(days=30)  # a batch of the last month: the office hands codes out
CODE_HOLDS = timedelta(minutes=15)  # docs/glossary.md, pairing code
SEEN_LATELY = timedelta(minutes=15)  # an idle kiosk asks for a fresh form every ten minutes
LONGEST_NAME = 80
PAGE_LINES = 50
KINDS = ("display", "kiosk")

State = Literal["waiting", "not_paired", "in_use", "unseen", "revoked"]


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device as the admin sees it."""

    device_id: int
    kind: str
    name: str
    counter_code: str
    counter_name: str
    state: State
    seen_at: datetime | None
    code_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class DevicePage:
    """One page of the agency's devices."""

    lines: tuple[DeviceLine, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class NewPairing:
    """A pairing code as it is shown once, in two groups of four."""

    code: str
    ends_at: datetime
    line: DeviceLine


def counter_choices(site: Site, viewer: Viewer) -> list[tuple[str, str]]:
    """(code, name) of every open counter of the agency."""
    with site.db.read() as session:
        found = places.counters_on_cards(session, agency_id=viewer.agency_id)
    return [(line.counter.code, line.counter.name) for line in found]


def device_page(site: Site, viewer: Viewer, *, page: int) -> DevicePage:
    """A page of the agency's devices, those in use first; a page not there becomes the last."""
    with site.db.read() as session:
        total = queries.count_of_agency(session, viewer.agency_id)
        pages = max(1, ceil(total / PAGE_LINES))
        page = min(max(page, 1), pages)
        rows = queries.devices_of_agency(
            session, viewer.agency_id, limit=PAGE_LINES, offset=(page - 1) * PAGE_LINES
        )
    lines = tuple(_line(site, device, counter) for device, counter in rows)
    return DevicePage(lines=lines, total=total, page=page, pages=pages)


def device_line(site: Site, viewer: Viewer, device_id: int) -> DeviceLine:
    """One of the agency's devices; NotThereError for any other."""
    with site.db.read() as session:
        return _line(site, *_own(session, viewer, device_id))


def register_device(
    site: Site, viewer: Viewer, *, counter_code: str, kind: str, name: str
) -> NewPairing:
    """Register a display or kiosk for a counter; it changes nothing before it is paired."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise FieldFaultError("name", "Isi nama perangkat, paling banyak 80 huruf.")
    if kind not in KINDS:
        raise FieldFaultError("kind", "Pilih salah satu dari daftar.")
    code = _new_code()
    with site.db.transaction() as tx:
        counter = places.counter_with_code(tx, counter_code, agency_id=viewer.agency_id)
        if counter is None or counter.retired_on is not None:
            raise FieldFaultError("counter", "Pilih salah satu dari daftar.")
        device = _new_device(site, viewer, counter, kind, name)
        _give_code(site, device, code)
        tx.add(device)
        detail = {"counter": counter.code, "kind": kind}
        log_act(tx, site, viewer, "register_device", name, detail)
        tx.flush()
        line = _line(site, device, counter)
    return NewPairing(grouped(code), site.now() + CODE_HOLDS, line)


def give_new_pairing(site: Site, viewer: Viewer, device_id: int) -> NewPairing:
    """Another pairing code; the tablet paired before goes on until the new one is used."""
    code = _new_code()
    with site.db.transaction() as tx:
        device, counter = _own(tx, viewer, device_id)
        if device.revoked_at is not None:
            raise NotThereError
        _give_code(site, device, code)
        log_act(tx, site, viewer, "new_pairing_code", device.name, {"counter": counter.code})
        line = _line(site, device, counter)
    return NewPairing(grouped(code), site.now() + CODE_HOLDS, line)


def revoke_device(site: Site, viewer: Viewer, device_id: int) -> bool:
    """End a device at once and for good; whether its counter got back what the pairing took.

    It does when no other way of proving a visit is left there, and nobody has chosen since.
    """
    with site.db.transaction() as tx:
        device, counter = _own(tx, viewer, device_id)
        if device.revoked_at is not None:
            return False
        was_paired = device.paired_at is not None
        device.revoked_at = site.now()
        device.pairing_hash = device.pairing_ends_at = None
        log_act(tx, site, viewer, "revoke_device", device.name, {"counter": counter.code})
        tx.flush()
        return was_paired and _give_back(tx, site, viewer, counter, device)


def _give_back(tx: Session, site: Site, viewer: Viewer, counter: Counter, gone: Device) -> bool:
    """Let the poster count again, where this device was the last proof of a visit."""
    if queries.is_in_use_at(tx, counter.id) or code_batches.are_codes_used(
        tx, counter.unit_id, since=site.today() - CODES_ARE_USED
    ):
        return False
    return give_back(tx, site, viewer, counter, taken_at=(gone.made_at, gone.paired_at))


def _own(session: Session, viewer: Viewer, device_id: int) -> tuple[Device, Counter]:
    found = queries.device_of_agency(session, device_id, agency_id=viewer.agency_id)
    if found is None:
        raise NotThereError
    return found


def _new_code() -> str:
    return new_code(secrets.token_bytes(32)).typed


def _new_device(site: Site, viewer: Viewer, counter: Counter, kind: str, name: str) -> Device:
    return Device(
        agency_id=viewer.agency_id,
        counter_id=counter.id,
        kind=kind,
        name=name,
        secret_hash=None,
        made_at=site.now(),
        made_by=viewer.account_id,
        paired_at=None,
        seen_at=None,
        revoked_at=None,
    )


def _give_code(site: Site, device: Device, code: str) -> None:
    device.pairing_hash = pairing_mark(site, code)
    device.pairing_ends_at = site.now() + CODE_HOLDS


def _line(site: Site, device: Device, counter: Counter) -> DeviceLine:
    return DeviceLine(
        device_id=device.id,
        kind=device.kind,
        name=device.name,
        counter_code=counter.code,
        counter_name=counter.name,
        state=_state(device, site.now()),
        seen_at=device.seen_at,
        code_ends_at=device.pairing_ends_at,
    )


def _state(device: Device, now: datetime) -> State:
    if device.revoked_at is not None:
        return "revoked"
    if device.paired_at is None:
        is_waiting = device.pairing_ends_at is not None and device.pairing_ends_at > now
        return "waiting" if is_waiting else "not_paired"
    is_seen = device.seen_at is not None and now - device.seen_at <= SEEN_LATELY
    return "in_use" if is_seen else "unseen"
