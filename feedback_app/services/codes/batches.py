"""Batches of visit codes: make one, list them, revoke what is left of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.tiers import UNTIL_SET
from feedback_app.domain.visit_codes import NewCode
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.codes.making import add_codes
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.office import tier_choice
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import CodeBatch
from feedback_app.storage.queries import agencies, tiers
from feedback_app.storage.queries import code_batches as queries
from feedback_app.storage.queries import visit_codes as code_queries
from feedback_app.storage.queries.code_batches import BatchRow

LARGEST_BATCH = 2_000  # 84 sheets
FARTHEST = timedelta(days=30)
WAYS = ("sheet", "csv")
ALIKE_WITHIN = timedelta(minutes=10)  # a second click, or somebody who lost the file
BATCHES_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made. `service_id` is None for any service of the unit."""

    unit_id: int
    service_id: int | None
    valid_on: date
    size: int
    way: str


@dataclass(frozen=True, slots=True)
class Target:
    """A unit, or one service of it, that codes can be made for."""

    unit_id: int
    unit: str
    service_id: int | None
    service: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What making a batch will do. `switched`: counters whose posters stop counting."""

    target: Target
    switched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch and what became of its codes."""

    batch_id: int
    unit: str
    service: str | None
    valid_on: date
    way: str
    made_at: datetime
    revoked_at: datetime | None
    size: int
    unspent: int
    redeemed: int
    expired: int
    revoked: int


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Some batches, newest first."""

    lines: tuple[BatchLine, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Made:
    """A new batch with its codes, which nobody can read again later."""

    batch_id: int
    agency: str
    is_demo: bool
    target: Target
    order: Order
    codes: tuple[NewCode, ...]


class AlreadyMadeError(Exception):
    """A batch like this was made a moment ago; make another only on purpose."""

    def __init__(self, batch_id: int) -> None:
        """Name the newest batch alike."""
        super().__init__(batch_id)
        self.batch_id = batch_id


def targets(site: Site, viewer: Viewer) -> list[Target]:
    """Every unit of the agency, each followed by the services its counters offer."""
    with site.db.read() as session:
        units = agencies.units_of(session, viewer.agency_id)
        services = queries.services_of_units(session, [unit.id for unit in units])
    found = []
    for unit in units:
        found.append(Target(unit.id, unit.name, None, None))
        found += [
            Target(unit.id, unit.name, service_id, name)
            for unit_id, service_id, _code, name in services
            if unit_id == unit.id
        ]
    return found


def preview(site: Site, viewer: Viewer, order: Order) -> Preview:
    """What an order would do; FieldFaultError says what to mend in it."""
    target = _checked(site, viewer, order)
    with site.db.read() as session:
        counters = queries.counters_offering(session, order.unit_id, service_id=order.service_id)
        now = tiers.choices_of_agency(
            session, viewer.agency_id, at=site.now(), counter_ids=[row.id for row in counters]
        )
    switched = [
        choice.counter.name
        for choice in now
        if "poster" in (UNTIL_SET if choice.tiers is None else tier_choice.split(choice.tiers))
    ]
    return Preview(target, tuple(switched))


def make_batch(site: Site, viewer: Viewer, order: Order, *, after: int | None) -> Made:
    """Make the codes and switch on their tier at the counters that offer the service.

    `after` names the newest batch alike that the maker has seen; AlreadyMadeError when there is
    a newer one, so that a second click makes nothing.
    """
    target = _checked(site, viewer, order)
    with site.db.transaction() as tx:
        if queries.hold_unit(tx, order.unit_id, agency_id=viewer.agency_id) is None:
            raise NotThereError
        _refuse_second_click(tx, site, order, after)
        batch = new_batch(tx, site, order, agency_id=viewer.agency_id, by=viewer.account_id)
        codes = add_codes(
            tx,
            site,
            batch,
            count=order.size,
            valid_from=local_instant(order.valid_on, time.min),
        )
        agency = agencies.agency_of_id(tx, viewer.agency_id)
        detail = {"codes": order.size, "day": order.valid_on.isoformat(), "way": order.way}
        log_act(tx, site, viewer, "make_codes", _subject(target), detail)
    return Made(batch.id, agency.name, agency.is_demo, target, order, tuple(codes))


def new_batch(
    tx: Session, site: Site, order: Order, *, agency_id: int, by: int | None
) -> CodeBatch:
    """A batch without codes yet; the poster's answers stop counting where it will be used."""
    batch = CodeBatch(
        agency_id=agency_id,
        unit_id=order.unit_id,
        service_id=order.service_id,
        valid_on=order.valid_on,
        size=order.size,
        way=order.way,
        made_at=site.now(),
        made_by=by,
        revoked_at=None,
        expired=0,
        revoked=0,
    )
    tx.add(batch)
    tx.flush()
    counters = queries.counters_offering(tx, order.unit_id, service_id=order.service_id)
    tier_choice.switch_on_stronger(
        tx, site, agency_id=agency_id, counter_ids=[row.id for row in counters], by=by
    )
    return batch


def batch_page(site: Site, viewer: Viewer, *, unit_id: int | None, page: int) -> BatchPage:
    """Some of the agency's batches, or of one unit's."""
    page = max(page, 1)
    with site.db.read() as session:
        units = [row.id for row in agencies.units_of(session, viewer.agency_id)]
        total, rows = queries.batches_of_units(
            session,
            [unit for unit in units if unit_id in (None, unit)],
            now=site.now(),
            limit=BATCHES_A_PAGE,
            offset=(page - 1) * BATCHES_A_PAGE,
        )
    lines = tuple(_line(row) for row in rows)
    return BatchPage(lines, total, page, max(1, -(-total // BATCHES_A_PAGE)))


def batch_line(site: Site, viewer: Viewer, batch_id: int) -> BatchLine:
    """One batch of the agency."""
    with site.db.read() as session:
        row = queries.batch_of_agency(session, batch_id, agency_id=viewer.agency_id, now=site.now())
    if row is None:
        raise NotThereError
    return _line(row)


def revoke_batch(site: Site, viewer: Viewer, batch_id: int) -> int:
    """Delete what is left of a batch and count it as revoked; how many codes that were."""
    with site.db.transaction() as tx:
        row = queries.batch_of_agency(tx, batch_id, agency_id=viewer.agency_id, now=site.now())
        if row is None:
            raise NotThereError
        if row.batch.revoked_at is not None:
            return 0
        revoked = queries.delete_unspent(tx, batch_id, now=site.now())
        row.batch.revoked_at = site.now()
        row.batch.revoked = revoked
        code_queries.count(
            tx,
            agency_id=viewer.agency_id,
            unit_id=row.batch.unit_id,
            service_id=row.batch.service_id,
            day=row.batch.valid_on,
            added={"revoked": revoked},
        )
        detail = {"codes": revoked, "day": row.batch.valid_on.isoformat()}
        log_act(tx, site, viewer, "revoke_codes", row.unit, detail)
    return revoked


def _checked(site: Site, viewer: Viewer, order: Order) -> Target:
    asked = (order.unit_id, order.service_id)
    target = next((t for t in targets(site, viewer) if (t.unit_id, t.service_id) == asked), None)
    if target is None:
        raise FieldFaultError("target", "Pilih salah satu dari daftar.")
    if not 1 <= order.size <= LARGEST_BATCH:
        raise FieldFaultError("size", "Jumlah kode: 1 sampai 2.000.")
    if not site.today() <= order.valid_on <= site.today() + FARTHEST:
        raise FieldFaultError("valid_on", "Pilih hari ini atau hari dalam 30 hari ke depan.")
    if order.way not in WAYS:
        raise FieldFaultError("way", "Pilih salah satu dari daftar.")
    return target


def _refuse_second_click(tx: Session, site: Site, order: Order, after: int | None) -> None:
    newest = queries.newest_alike(
        tx,
        unit_id=order.unit_id,
        service_id=order.service_id,
        valid_on=order.valid_on,
        size=order.size,
        since=site.now() - ALIKE_WITHIN,
    )
    if newest is not None and newest.id != after:
        raise AlreadyMadeError(newest.id)


def _subject(target: Target) -> str:
    return f"{target.unit} · {target.service}" if target.service else target.unit


def _line(row: BatchRow) -> BatchLine:
    batch = row.batch
    kept = row.unspent + row.overdue
    return BatchLine(
        batch_id=batch.id,
        unit=row.unit,
        service=row.service,
        valid_on=batch.valid_on,
        way=batch.way,
        made_at=batch.made_at,
        revoked_at=batch.revoked_at,
        size=batch.size,
        unspent=row.unspent,
        redeemed=max(0, batch.size - batch.expired - batch.revoked - kept),
        expired=batch.expired + row.overdue,
        revoked=batch.revoked,
    )
