"""Two batches of paper forms: one keyed, checked and counted, one that waits to be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

import numpy as np

from feedback_app.demo.forms import mixed
from feedback_app.demo.held import open_day
from feedback_app.demo.office import COUNTERS
from feedback_app.demo.people import Event, viewer_named
from feedback_app.demo.places import Places
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.paper import BAND_KEYS, Entry, batch_mark, entry_of, sheet_number
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen.visit_codes import NONE_GIVEN
from feedback_app.services.paper import batches, checks, sheets
from feedback_app.services.site import Site
from feedback_app.storage.queries import paper as queries

KEYED_BY, CHECKED_BY = "atasan", "admin"
MADE_AT, KEYED_AT, CHECKED_AT = time(8), time(15), time(16)
COMMENT = "Mohon disediakan kacamata baca di meja formulir."


@dataclass(frozen=True, slots=True)
class DemoBatch:
    """Sheets for one counter (place in COUNTERS), made and keyed so many open days ago."""

    counter: int
    size: int
    keyed: int
    made: int
    keyed_ago: int
    is_checked: bool


BATCHES = (
    DemoBatch(counter=2, size=30, keyed=12, made=14, keyed_ago=11, is_checked=True),
    DemoBatch(counter=4, size=20, keyed=7, made=5, keyed_ago=2, is_checked=False),
)


def paper_events(
    site: Site, places: Places, rng: np.random.Generator, *, last: date
) -> Iterator[Event]:
    """Batches with what was keyed; which sheets are keyed again is drawn by chance."""
    keys = viewer_named(site, KEYED_BY, unit_ids=frozenset({places.units["kantor"]}))
    checks_again = viewer_named(site, CHECKED_BY, unit_ids=frozenset())
    for batch in BATCHES:
        made: list[int] = []  # its identifier, once it is there
        entries = [_entry(places, batch, rng, last) for _ in range(batch.keyed)]
        yield Event(
            local_instant(open_day(last, batch.made), MADE_AT),
            lambda site, batch=batch, made=made: made.append(_make(site, keys, places, batch)),  # type: ignore[misc]
        )
        keyed_on = open_day(last, batch.keyed_ago)
        yield Event(
            local_instant(keyed_on, KEYED_AT),
            lambda site, made=made, entries=entries: _key(site, keys, made[0], entries),  # type: ignore[misc]
        )
        if batch.is_checked:
            yield Event(
                local_instant(keyed_on, CHECKED_AT),
                lambda site, made=made: _check(site, checks_again, made[0]),  # type: ignore[misc]
            )


def _entry(places: Places, batch: DemoBatch, rng: np.random.Generator, last: date) -> Entry:
    return Entry(
        visited_on=open_day(last, batch.made - 1),
        counter_id=places.counters[batch.counter],
        officer_id=None,
        answers=mixed(rng),
        bands=dict.fromkeys(BAND_KEYS),
        causes=(),
    )


def _make(site: Site, viewer: Viewer, places: Places, batch: DemoBatch) -> int:
    counter = COUNTERS[batch.counter]
    wanted = batches.Wanted(
        unit_id=places.units[counter.unit],
        service_id=places.services[counter.services[0]],
        counter_id=places.counters[batch.counter],
        size=batch.size,
    )
    return batches.make_batch(site, viewer, wanted)


def _key(site: Site, viewer: Viewer, batch_id: int, entries: list[Entry]) -> None:
    """Key every sheet; the next one came back empty."""
    for number, entry in enumerate(entries, start=1):
        words = COMMENT if number == 1 else ""
        name = _name(site, viewer, batch_id, number)
        sheets.key_sheet(site, viewer, batch_id, sheets.Keyed(name, entry, NONE_GIVEN, words))
    empty = _name(site, viewer, batch_id, len(entries) + 1)
    sheets.void_sheet(site, viewer, batch_id, empty, reason="empty", note="")


def _check(site: Site, viewer: Viewer, batch_id: int) -> None:
    """Draw a sample and key it again, the same as the first time."""
    checks.draw_sample(site, viewer, batch_id)
    with site.db.read() as session:
        drawn = [
            (sheet.number, entry_of(sheet.entry))
            for sheet in queries.sheets_of(session, batch_id)
            if sheet.checking == "waiting" and sheet.entry is not None
        ]
    for number, entry in drawn:
        checks.key_again(site, viewer, batch_id, _name(site, viewer, batch_id, number), entry)


def _name(site: Site, viewer: Viewer, batch_id: int, number: int) -> str:
    with site.db.read() as session:
        row = batches.owned(session, viewer, batch_id)
        return sheet_number(batch_mark(row.batch.number), number)
