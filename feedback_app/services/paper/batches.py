"""Batches of paper forms: who may use which, make one, list them, print their sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from feedback_app.domain.causes import OF_ELEMENT, VISIT_FACTS
from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.paper import (
    LARGEST_BATCH,
    ErrorRate,
    batch_mark,
    error_rate,
    grouped,
    sheet_number,
)
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.roles import Role
from feedback_app.files.paper_form import PaperForms, paper_forms_pdf
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.models import PaperBatch
from feedback_app.storage.queries import agencies
from feedback_app.storage.queries import paper as queries
from feedback_app.storage.queries.paper import BatchRow

PAGE_LINES = 30


@dataclass(frozen=True, slots=True)
class UnitOffer:
    """A unit with what its counters offer: (service, name) and (counter, name, services)."""

    unit_id: int
    name: str
    services: tuple[tuple[int, str], ...]
    counters: tuple[tuple[int, str, frozenset[int]], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new batch is to be; without a counter its sheets leave a line for it."""

    unit_id: int
    service_id: int
    counter_id: int | None
    size: int


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch in the list: how many sheets are in which state."""

    row: BatchRow
    mark: str
    keyed: int
    void: int
    open: int
    to_check: int
    checked: int


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A page of batches, and the error rate over all checked sheets of the viewer's units."""

    lines: tuple[BatchLine, ...]
    total: int
    page: int
    pages: int
    rate: ErrorRate | None


def units_of(session: Session, viewer: Viewer) -> frozenset[int]:
    """The units whose paper forms the viewer may see: an admin all, a supervisor the own."""
    if viewer.role == Role.ADMIN:
        return frozenset(unit.id for unit in agencies.units_of(session, viewer.agency_id))
    return viewer.unit_ids


def owned(session: Session, viewer: Viewer, batch_id: int) -> BatchRow:
    """The batch, if it is the viewer's to see; NotThereError for any other."""
    found = queries.batch_in_units(session, batch_id, units_of(session, viewer))
    if found is None:
        raise NotThereError
    return found


def owned_to_change(tx: Session, viewer: Viewer, batch_id: int) -> BatchRow:
    """The same, held before any of its sheets: a check that closes changes all of them."""
    row = owned(tx, viewer, batch_id)
    queries.hold_batch(tx, batch_id)
    return row


def offers(site: Site, viewer: Viewer) -> list[UnitOffer]:
    """What the viewer may print forms for."""
    with site.db.read() as session:
        return _offers(session, viewer)


def _offers(session: Session, viewer: Viewer) -> list[UnitOffer]:
    rows = queries.counters_with_services(session, units_of(session, viewer))
    found = []
    for unit in dict.fromkeys(row[0] for row in rows):
        own = [(counter, service) for place, counter, service in rows if place is unit]
        services = {service.id: service.name for _counter, service in own}
        counters = {
            counter.id: (
                counter.id,
                counter.name,
                frozenset(service.id for other, service in own if other is counter),
            )
            for counter, _service in own
        }
        found.append(
            UnitOffer(unit.id, unit.name, tuple(services.items()), tuple(counters.values()))
        )
    return found


def make_batch(site: Site, viewer: Viewer, wanted: Wanted) -> int:
    """Number a batch of sheets; return its id."""
    with site.db.transaction() as tx:
        _check_offer(_offers(tx, viewer), wanted)
        batch = PaperBatch(
            agency_id=viewer.agency_id,
            unit_id=wanted.unit_id,
            service_id=wanted.service_id,
            counter_id=wanted.counter_id,
            number=queries.next_batch_number(tx, viewer.agency_id),
            size=wanted.size,
            made_at=site.now(),
            made_by=viewer.account_id,
            drawn_at=None,
            waits_since=None,
        )
        tx.add(batch)
        tx.flush()
        bulk.add_rows(tx, "paper_sheet", _blank_sheets(batch))
        mark = batch_mark(batch.number)
        log_act(tx, site, viewer, "add_paper_batch", mark, {"size": wanted.size})
        return batch.id


def _blank_sheets(batch: PaperBatch) -> list[dict[str, Any]]:
    blank = {
        "agency_id": batch.agency_id,
        "batch_id": batch.id,
        "state": "printed",
        "void_reason": "",
        "note": "",
        "keyed_by": None,
        "is_corrected": False,
        "rating_id": None,
        "entry": None,
        "checking": "none",
        "second": None,
        "checked_by": None,
        "compared": 0,
        "wrong": [],
    }
    return [blank | {"number": number} for number in range(1, batch.size + 1)]


def _check_offer(known: Sequence[UnitOffer], wanted: Wanted) -> None:
    if not 1 <= wanted.size <= LARGEST_BATCH:
        raise FieldFaultError("size", "Jumlah lembar: 1 sampai 500.")
    unit = next((unit for unit in known if unit.unit_id == wanted.unit_id), None)
    if unit is None:
        raise NotThereError
    if wanted.service_id not in {service_id for service_id, _name in unit.services}:
        raise NotThereError
    if wanted.counter_id is None:
        return
    served = {counter_id: services for counter_id, _name, services in unit.counters}
    if wanted.service_id not in served.get(wanted.counter_id, ()):
        raise FieldFaultError("counter", "Loket ini tidak memberi layanan itu.")


def batch_page(site: Site, viewer: Viewer, *, page: int) -> BatchPage:
    """A page of the viewer's batches, newest first; a page that is not there becomes the last."""
    with site.db.read() as session:
        units = units_of(session, viewer)
        total, _none = queries.batches_of_units(session, units, limit=1, offset=0)
        pages = max(1, ceil(total / PAGE_LINES))
        page = min(max(page, 1), pages)
        _total, rows = queries.batches_of_units(
            session, units, limit=PAGE_LINES, offset=(page - 1) * PAGE_LINES
        )
        lines = lines_of(session, rows)
        checked = queries.checked_sheets(session, units)
    rate = error_rate(
        sum(len(wrong) for _compared, wrong in checked), sum(compared for compared, _ in checked)
    )
    return BatchPage(tuple(lines), total, page, pages, rate)


def lines_of(session: Session, rows: Sequence[BatchRow]) -> list[BatchLine]:
    """These batches with the numbers of their sheets."""
    states = queries.sheet_states(session, [row.batch.id for row in rows])

    def count(batch_id: int, *, state: str = "", checking: tuple[str, ...] = ()) -> int:
        return sum(
            n
            for found, its_state, its_checking, n, _compared in states
            if found == batch_id
            and state in ("", its_state)
            and (not checking or its_checking in checking)
        )

    return [
        BatchLine(
            row=row,
            mark=batch_mark(row.batch.number),
            keyed=count(row.batch.id, state="keyed"),
            void=count(row.batch.id, state="void"),
            open=count(row.batch.id, state="printed"),
            to_check=count(row.batch.id, checking=("waiting", "differs")),
            checked=count(row.batch.id, checking=("done",)),
        )
        for row in rows
    ]


def forms_pdf(site: Site, viewer: Viewer, batch_id: int) -> tuple[str, bytes]:
    """The batch's letters, and its sheets to print: the same numbers each time."""
    with site.db.read() as session:
        row = owned(session, viewer, batch_id)
    mark = batch_mark(row.batch.number)
    numbers = [sheet_number(mark, running) for running in range(1, row.batch.size + 1)]
    forms = PaperForms(
        agency=row.agency.name,
        unit=row.unit.name,
        service=row.service.name,
        counter=row.counter.name if row.counter else "",
        numbers=tuple(grouped(number) for number in numbers),
        bands=tuple(
            (band.question, tuple(words for _key, words, _en in band.choices)) for band in BANDS
        ),
        official=tuple((e.question, e.labels) for e in ELEMENTS if e.official),
        facts=tuple((f.question, tuple(w for _key, w, _en in f.choices)) for f in VISIT_FACTS),
        causes=tuple(
            (e.unsur, tuple((c.number, c.text) for c in OF_ELEMENT.get(e.key, ())))
            for e in ELEMENTS
        ),
        own=tuple((e.question, e.labels) for e in ELEMENTS if not e.official),
        is_demo=row.agency.is_demo,
    )
    return mark, site.documents.run(paper_forms_pdf, forms)
