"""The office's own queue machine: it gets codes for its tickets and tells whom it calls."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from feedback_app.domain.faults import ReadableError
from feedback_app.domain.local_time import local_day
from feedback_app.domain.visit_codes import LIFETIME, grouped, read_visit_code
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen.paired_device import secret_hash
from feedback_app.services.citizen.visit_codes import marks
from feedback_app.services.codes.batches import Order, new_batch
from feedback_app.services.codes.making import add_codes, code_address
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.queries import agencies, queue_keys
from feedback_app.storage.queries import code_batches as queries
from feedback_app.storage.queries import visit_codes as code_queries

MOST_AT_ONCE = 50
MOST_A_DAY = 3_000  # of one unit: a stolen key makes no more than a day's crowd
KEY_START = "sl_"
NAME_LIMIT = 80


class QueueFaultError(ReadableError):
    """The machine cannot have what it asked for; `status` is HTTP's, the text its operator's."""

    def __init__(self, status: int, text: str, **values: object) -> None:
        """Say why."""
        super().__init__(text, **values)
        self.status = status


@dataclass(frozen=True, slots=True)
class Machine:
    """Whose key it was."""

    agency_id: int
    unit_id: int


@dataclass(frozen=True, slots=True)
class TicketCode:
    """What the machine prints."""

    address: str
    typed: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Called:
    """A told call. `is_first`: it was counted; a code called again is not."""

    counter: str
    called_at: datetime
    is_first: bool


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key in the admin's list."""

    key_id: int
    name: str
    unit: str
    made_at: datetime
    revoked_at: datetime | None


def machine_of(site: Site, key: str) -> Machine | None:
    """The machine that holds this key; None when there is none or it was revoked."""
    with site.db.read() as session:
        found = queue_keys.key_with_hash(session, secret_hash(key))
    return None if found is None else Machine(found.agency_id, found.unit_id)


def issue_codes(
    site: Site, machine: Machine, *, service_code: str | None, count: int
) -> list[TicketCode]:
    """Codes for tickets that are printed now; QueueFaultError says what is wrong."""
    now = site.now()
    with site.db.transaction() as tx:
        queries.hold_unit(tx, machine.unit_id, agency_id=machine.agency_id)
        offered = queries.services_of_units(tx, [machine.unit_id])
        service = next((row[1] for row in offered if row[2] == service_code), None)
        if service_code is not None and service is None:
            raise QueueFaultError(404, "Layanan ini tidak ditawarkan di unit ini.")
        issued = queries.issued_by_queue(tx, machine.unit_id, valid_on=local_day(now))
        if issued + count > MOST_A_DAY:
            raise QueueFaultError(409, "Jumlah kode unit ini untuk hari ini sudah habis.")
        batch = queries.queue_batch(
            tx, machine.unit_id, service_id=service, valid_on=local_day(now)
        )
        if batch is None:
            order = Order(machine.unit_id, service, local_day(now), 0, queries.QUEUE)
            batch = new_batch(tx, site, order, agency_id=machine.agency_id, by=None)
        batch.size += count
        codes = add_codes(tx, site, batch, count=count, valid_from=now)
    return [
        TicketCode(code_address(site, code), grouped(code.typed), now + LIFETIME) for code in codes
    ]


def tell_call(site: Site, machine: Machine, *, code: str, counter_code: str) -> Called:
    """The holder of a code is called to a counter; counted once, the last counter stands."""
    given = read_visit_code(code.rsplit("/", 1)[-1])
    if given is None:
        raise QueueFaultError(400, "Kode salah ketik.")
    with site.db.transaction() as tx:
        counters = queries.counters_offering(tx, machine.unit_id, service_id=None)
        counter = next((row for row in counters if row.code == counter_code), None)
        if counter is None:
            raise QueueFaultError(404, "Loket ini tidak ada di unit ini.")
        kept = queries.held_code(tx, given.kind, marks(site, given), unit_id=machine.unit_id)
        if kept is None or kept.expires_at <= site.now():
            raise QueueFaultError(404, "Kode tidak dikenal, sudah dipakai, atau lewat waktu.")
        if kept.valid_from > site.now():
            raise QueueFaultError(409, "Kode belum berlaku.")
        kept.counter_id = counter.id
        is_first = kept.called_at is None
        if is_first:
            kept.called_at = site.now()
            code_queries.count(
                tx,
                agency_id=machine.agency_id,
                unit_id=machine.unit_id,
                service_id=kept.service_id,
                day=site.today(),
                added={"called": 1},
            )
        called_at = kept.called_at or site.now()
    return Called(counter.code, called_at, is_first)


def key_lines(site: Site, viewer: Viewer) -> list[KeyLine]:
    """The agency's keys, those in use first."""
    with site.db.read() as session:
        found = queue_keys.keys_of_agency(session, viewer.agency_id)
    return [
        KeyLine(key.id, key.name, unit.name, key.made_at, key.revoked_at) for key, unit in found
    ]


def make_key(site: Site, viewer: Viewer, *, unit_id: int, name: str) -> str:
    """A new key for a unit's machine; only here can it be read."""
    name = name.strip()
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise FieldFaultError("name", "Isi nama mesin, paling banyak 80 huruf.")
    key = KEY_START + secrets.token_urlsafe(32)
    with site.db.transaction() as tx:
        if unit_id not in {unit.id for unit in agencies.units_of(tx, viewer.agency_id)}:
            raise FieldFaultError("unit", "Pilih salah satu dari daftar.")
        queue_keys.add_key(
            tx,
            agency_id=viewer.agency_id,
            unit_id=unit_id,
            name=name,
            key_hash=secret_hash(key),
            made_at=site.now(),
            made_by=viewer.account_id,
        )
        log_act(tx, site, viewer, "make_queue_key", name)
    return key


def key_line(site: Site, viewer: Viewer, key_id: int) -> KeyLine:
    """One key of the agency."""
    line = next((line for line in key_lines(site, viewer) if line.key_id == key_id), None)
    if line is None:
        raise NotThereError
    return line


def revoke_key(site: Site, viewer: Viewer, key_id: int) -> None:
    """End a key; codes it got stay as they are."""
    with site.db.transaction() as tx:
        found = queue_keys.keys_of_agency(tx, viewer.agency_id)
        key = next((key for key, _unit in found if key.id == key_id), None)
        if key is None:
            raise NotThereError
        if key.revoked_at is None:
            key.revoked_at = site.now()
            log_act(tx, site, viewer, "revoke_queue_key", key.name)
