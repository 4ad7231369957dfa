"""QR cards: which counters, what their cards say, and new serials when a card is lost."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain.codes import place_code
from feedback_app.files.qr_cards import Card, qr_cards_pdf
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen.mended import newest_mended
from feedback_app.services.faults import LoopbackAddressError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.models import Agency
from feedback_app.storage.queries import places
from feedback_app.storage.queries.places import CounterOnCard


@dataclass(frozen=True, slots=True)
class CardLine:
    """One counter in the list of cards."""

    code: str
    name: str
    url: str


def card_lines(site: Site, *, agency_id: int | None = None) -> list[CardLine]:
    """Every open counter with the address its card carries."""
    return [
        CardLine(code=found.counter.code, name=found.counter.name, url=_url(site, found))
        for found in _counters(site, agency_id)
    ]


def cards_pdf(
    site: Site, *, agency_id: int | None = None, counter_code: str | None = None
) -> bytes:
    """The PDF of all cards, or of one counter's; NotThereError when there is none.

    LoopbackAddressError where no phone could open them.
    """
    cards = [
        _card(site, found)
        for found in _counters(site, agency_id)
        if counter_code is None or found.counter.code == counter_code
    ]
    if not cards:
        raise NotThereError
    return site.documents.run(qr_cards_pdf, cards)


def address_is_missing(site: Site, viewer: Viewer) -> bool:
    """Whether no phone could open the cards that would be printed now."""
    with site.db.read() as session:
        is_demo = session.get_one(Agency, viewer.agency_id).is_demo
    try:
        site.printed_address(is_demo=is_demo)
    except LoopbackAddressError:
        return True
    return False


def replace_card(site: Site, viewer: Viewer, *, counter_code: str) -> None:
    """Give a counter's card a new serial: every card printed before stops working."""
    with site.db.transaction() as tx:
        counter = places.counter_with_code(tx, counter_code, agency_id=viewer.agency_id)
        if counter is None:
            raise NotThereError
        counter.card_serial += 1
        serial = {"serial": counter.card_serial}
        log_act(tx, site, viewer, "replace_card", counter_code, serial)


def _counters(site: Site, agency_id: int | None) -> list[CounterOnCard]:
    with site.db.read() as session:
        return places.counters_on_cards(session, agency_id=agency_id)


def _card(site: Site, found: CounterOnCard) -> Card:
    address = site.printed_address(is_demo=found.agency.is_demo)
    with site.db.read() as session:
        mended = newest_mended(session, found.unit.id)
    url = _url(site, found)
    return Card(
        agency=found.agency.name,
        unit=found.unit.name,
        counter_code=found.counter.code,
        counter_name=found.counter.name,
        services=found.services,
        url=url,
        typed_code=url.rsplit("/", 1)[1],
        serial=found.counter.card_serial,
        domain=address.split("://")[1],
        mended=mended,
        is_demo=found.agency.is_demo,
    )


def _url(site: Site, found: CounterOnCard) -> str:
    code = place_code(found.counter.number, found.counter.card_serial, key=site.settings.place_key)
    return f"{site.settings.base_url}/q/{code}"
