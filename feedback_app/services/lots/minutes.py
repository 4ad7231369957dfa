"""The minutes of a draw as a file."""

from __future__ import annotations

from datetime import datetime

from feedback_app.domain import lot as rules
from feedback_app.domain.local_time import local_day, local_zone
from feedback_app.files.indonesian import long_date
from feedback_app.files.lot_minutes import Minutes, SeatLine, lot_minutes_pdf
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.lots.pages import Page, Seat, lot_page
from feedback_app.services.site import Site
from feedback_app.storage.models import Agency
from feedback_app.storage.queries import lots as queries


def minutes_file(site: Site, viewer: Viewer, lot_id: int) -> bytes:
    """The minutes of a drawn lot with what changed since; NotThereError before the draw."""
    page = lot_page(site, viewer, lot_id)
    if page.state != "drawn":
        raise NotThereError
    lot = page.row.lot
    with site.db.read() as session:
        agency = session.get_one(Agency, viewer.agency_id)
        content = queries.frozen_list(session, lot_id)
        changes = queries.changes_of(session, lot_id)
    drawn = rules.draw(content, dice=lot.dice, seats=lot.seats, dates=len(lot.days))
    first = {seat.code: seat.date for seat in drawn.seated}
    days = [long_date(day) for day in page.row.days]
    names = {seat.officer_id: seat.name for seat in page.seats}
    minutes = Minutes(
        agency=agency.name,
        training=page.row.training.title,
        provider=page.row.training.provider,
        days=tuple(days),
        seats=lot.seats,
        people=len(page.seats),
        list_hash=lot.list_hash,
        frozen=_written(lot.frozen_at),
        drawn=_written(lot.drawn_at),
        dice=lot.dice,
        seed=drawn.seed,
        witnesses=tuple(lot.witnesses),
        led_by=page.people.get(lot.drawn_by or 0, "–"),
        address=f"{site.settings.base_url}/undian/{lot_id}",
        changes=tuple(
            f"{long_date(local_day(one.recorded_at))}: {_WORDS[one.kind] % names[one.officer_id]} "
            f"({one.reason})"
            for one in changes
        ),
        is_demo=agency.is_demo,
    )
    lines = [
        SeatLine(seat.place.place, seat.name, seat.place.code, _seat_words(page, seat, first, days))
        for seat in page.seats
    ]
    return site.documents.run(lot_minutes_pdf, minutes, lines)


_WORDS = {
    "left": "%s berhalangan; kursinya diambil yang berikut menurut urutan",
    "fewer": "kursi pada satu tanggal berkurang; %s kembali menunggu",
}


def _seat_words(page: Page, seat: Seat, first: dict[str, int], days: list[str]) -> str:
    """As drawn; what changed since stands in a list of its own."""
    date = first.get(seat.place.code)
    if date is not None:
        return days[date - 1]
    return f"menunggu, urutan {seat.place.place - page.row.lot.seats}"


def _written(at: datetime | None) -> str:
    if at is None:
        return "–"
    return f"{long_date(local_day(at))} pukul {at.astimezone(local_zone()):%H.%M}"
