"""A visitor with a ticket: which visit code it is, and at which counters it can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from feedback_app.domain.codes import place_code
from feedback_app.domain.local_time import local_day
from feedback_app.domain.visit_codes import GivenCode, read_visit_code
from feedback_app.services.citizen import code_guesses, visit_codes
from feedback_app.services.citizen.code_guesses import Typist
from feedback_app.services.citizen.visit_codes import marks
from feedback_app.services.site import Site
from feedback_app.storage.models import Counter
from feedback_app.storage.queries import agencies, places
from feedback_app.storage.queries import code_batches as batches
from feedback_app.storage.queries import visit_codes as queries


class NoSuchCodeError(Exception):
    """The text is no visit code: mistyped or cut off."""


class SpentCodeError(Exception):
    """A code of the right shape that opens nothing: used, past its time, revoked, or made up."""


class NotYetValidError(Exception):
    """The code begins to hold later."""

    def __init__(self, valid_from: datetime) -> None:
        """Say from when on."""
        super().__init__(valid_from)
        self.valid_from = valid_from


@dataclass(frozen=True, slots=True)
class TicketCounter:
    """A counter where the ticket may have been used. `place` is the code on its card."""

    code: str
    name: str
    services: str
    place: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """An unspent code. `here` is the counter where it was used, as far as that is known."""

    code: str
    day: date  # that it was made for
    agency: str
    unit: str
    service_id: int | None
    counters: tuple[TicketCounter, ...]
    here: TicketCounter | None


def some_were_lost(site: Site) -> bool:
    """Whether an honest visitor may hold a code that this office lost with its database."""
    with site.db.read() as session:
        return visit_codes.some_were_lost(session, now=site.now())


def scanned_ticket(site: Site, text: str) -> Ticket:
    """The ticket of a QR code; a typed code in an address is none."""
    code = read_visit_code(text)
    if code is None or code.kind != "long":
        raise NoSuchCodeError
    return _ticket(site, code)


def given_ticket(site: Site, text: str, *, network: str) -> Ticket:
    """The ticket of a code that was typed or carried on; wrong typed ones are counted."""
    code = read_visit_code(text)
    if code is None:
        raise NoSuchCodeError
    if code.kind == "long":
        return _ticket(site, code)
    typist = Typist("front page", network=network)
    with site.db.read() as session:
        code_guesses.brake(session, site, typist)
    try:
        return _ticket(site, code)
    except SpentCodeError:
        with site.db.transaction() as tx:
            code_guesses.note_wrong(tx, site, typist)
        raise


def _ticket(site: Site, code: GivenCode) -> Ticket:
    with site.db.read() as session:
        kept = queries.unspent(session, code.kind, marks(site, code), now=site.now())
        if kept is None:
            raise SpentCodeError
        if kept.valid_from > site.now():
            raise NotYetValidError(kept.valid_from)
        found = batches.counters_offering(session, kept.unit_id, service_id=kept.service_id)
        shown = places.counters_on_cards(session, agency_id=kept.agency_id)
        agency = agencies.agency_of_id(session, kept.agency_id)
        unit = next(u for u in agencies.units_of(session, kept.agency_id) if u.id == kept.unit_id)
    services = {row.counter.id: row.services for row in shown}
    counters = [_counter(site, row, services.get(row.id, ())) for row in found]
    called = next((row.code for row in found if row.id == kept.counter_id), None)
    return Ticket(
        code=code.text,
        day=local_day(kept.valid_from),
        agency=agency.name,
        unit=unit.name,
        service_id=kept.service_id,
        counters=tuple(counters),
        here=_here(counters, called),
    )


def _counter(site: Site, counter: Counter, services: Sequence[str]) -> TicketCounter:
    return TicketCounter(
        code=counter.code,
        name=counter.name,
        services=" · ".join(services),
        place=place_code(counter.number, counter.card_serial, key=site.settings.place_key),
    )


def _here(counters: Sequence[TicketCounter], called: str | None) -> TicketCounter | None:
    if called is not None:
        return next((counter for counter in counters if counter.code == called), None)
    return counters[0] if len(counters) == 1 else None
