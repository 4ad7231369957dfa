"""Draws as they are looked at: HR's list and page, the public record, an officer's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feedback_app.domain import lot as rules
from feedback_app.domain.lot_seats import Place
from feedback_app.domain.lot_words import said_before
from feedback_app.domain.texts import Words
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.lots.lists import own_lot
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Lot
from feedback_app.storage.queries import joins, roster
from feedback_app.storage.queries import lots as queries
from feedback_app.storage.queries.lots import LotRow

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Seat:
    """One line of a draw for HR: whose it is; `reason` why the person cannot go.

    `is_gone`: serves no more on the seat's day (who waits: today), and nobody wrote it down yet.
    """

    officer_id: int
    name: str
    place: Place
    reason: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One draw as HR sees it: names in order of the draw once drawn, by name before."""

    row: LotRow
    state: str
    said: Words | None  # what will be seen, as it was told before; None: no scores then
    names: tuple[str, ...]
    seats: tuple[Seat, ...]
    people: dict[int, str]  # names of accounts that froze and drew

    def seat_of(self, officer_id: int) -> Seat:
        """The line of one person who has not left; NotThereError for nobody."""
        for seat in self.seats:
            if seat.officer_id == officer_id and not seat.place.has_left:
                return seat
        raise NotThereError

    def next_waiting(self, *, but: int) -> Seat | None:
        """Who would take a seat that falls free."""
        waiting = (x for x in self.seats if x.place.date is None and not x.place.has_left)
        return next((seat for seat in waiting if seat.officer_id != but), None)


@dataclass(frozen=True, slots=True)
class PublicPage:
    """One frozen draw for everybody: codes only."""

    row: LotRow
    state: str
    codes: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class OwnLot:
    """A draw that has an officer on its list: the own code, and the own seat or place in line."""

    row: LotRow
    state: str
    code: str
    place: Place | None
    day: date | None
    before: int  # people who wait before


def state_of(lot: Lot) -> str:
    """draft, frozen, drawn or called_off."""
    if lot.called_off_at is not None:
        return "called_off"
    if lot.drawn_at is not None:
        return "drawn"
    return "draft" if lot.frozen_at is None else "frozen"


def lots_page(site: Site, viewer: Viewer) -> list[tuple[LotRow, str]]:
    """Every draw of the agency with its state, newest first."""
    with site.db.read() as session:
        rows = queries.lots_of(session, agency_id=viewer.agency_id)
        return [(row, state_of(row.lot)) for row in rows]


def lot_page(site: Site, viewer: Viewer, lot_id: int) -> Page:
    """One draw for HR; NotThereError for another agency's."""
    with site.db.read() as session:
        row = own_lot(session, viewer, lot_id)
        listed = queries.listed(session, lot_id)
        lot = row.lot
        return Page(
            row=row,
            state=state_of(lot),
            said=said_of(lot),
            names=tuple(one.name for one in listed),
            seats=_seats(session, row, site.today()) if lot.drawn_at else (),
            people=roster.account_names(session, {lot.made_by, lot.frozen_by, lot.drawn_by}),
        )


def said_of(lot: Lot) -> Words | None:
    """What the office was told of a draw before it."""
    told = lot.told
    if not told.get("is_known"):
        return None
    values = [NAN if told[name] is None else float(told[name]) for name in ("smallest", "in_one")]
    return said_before(told["seats"], dates=told["dates"], smallest=values[0], in_one=values[1])


def _seats(session: Session, row: LotRow, today: date) -> tuple[Seat, ...]:
    people = {one.code: one for one in queries.listed(session, row.lot.id)}
    reasons = {x.officer_id: x.reason for x in queries.changes_of(session, row.lot.id)}
    return tuple(
        Seat(
            officer_id=people[place.code].officer_id,
            name=people[place.code].name,
            place=place,
            reason=reasons.get(people[place.code].officer_id, ""),
            is_gone=not place.has_left and _is_gone(people[place.code], row, place, today),
        )
        for place in queries.standing_of(session, row.lot)
    )


def _is_gone(one: queries.Listed, row: LotRow, place: Place, today: date) -> bool:
    day = today if place.date is None else row.days[place.date - 1]
    return one.gone_on is not None and one.gone_on <= day


def public_lots(site: Site) -> list[tuple[LotRow, str]]:
    """Frozen draws of the office for everybody, newest first."""
    with site.db.read() as session:
        rows = queries.frozen_lots(session)
        return [(row, state_of(row.lot)) for row in rows]


def public_page(site: Site, lot_id: int) -> PublicPage:
    """One frozen draw; NotThereError for a draft, which was told to nobody."""
    with site.db.read() as session:
        row = _frozen(session, lot_id)
        codes = rules.read_list(queries.frozen_list(session, lot_id))
        places = queries.standing_of(session, row.lot) if row.lot.drawn_at else ()
        return PublicPage(row, state_of(row.lot), codes, places)


def list_file(site: Site, lot_id: int) -> bytes:
    """The frozen list, byte for byte as it is hashed."""
    with site.db.read() as session:
        _frozen(session, lot_id)
        return queries.frozen_list(session, lot_id)


def record_file(site: Site, lot_id: int) -> bytes:
    """The record of a draw, as scripts/verify_lot.py repeats it; NotThereError before it."""
    with site.db.read() as session:
        lot = _frozen(session, lot_id).lot
        if lot.drawn_at is None:
            raise NotThereError
        content = queries.frozen_list(session, lot_id)
    return rules.draw(content, dice=lot.dice, seats=lot.seats, dates=len(lot.days)).record()


def _frozen(session: Session, lot_id: int) -> LotRow:
    row = queries.lot_of(session, lot_id, agency_id=None)
    if row is None or row.lot.frozen_at is None:
        raise NotThereError
    return row


def own_lots(session: Session, officer_id: int, *, today: date) -> list[OwnLot]:
    """Draws that have this person on the list and whose own date is not over, newest first."""
    found = []
    for row, code in queries.lots_with_officer(session, joins.rows_of(session, officer_id)):
        if row.days[-1] < today:
            continue
        places = queries.standing_of(session, row.lot) if row.lot.drawn_at else ()
        place = next((one for one in places if one.code == code), None)
        day = row.days[place.date - 1] if place is not None and place.date else None
        if day is not None and day < today:
            continue
        waiting = [one.code for one in places if one.date is None and not one.has_left]
        before = waiting.index(code) if code in waiting else 0
        found.append(OwnLot(row, state_of(row.lot), code, place, day, before))
    return found
