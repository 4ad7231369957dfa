"""What happened at the demo's counters, and Lebaran at both units."""

from __future__ import annotations

from datetime import date, time, timedelta

from feedback_app.demo.places import Places
from feedback_app.demo.roster import LEBARAN
from feedback_app.domain.local_time import local_instant
from feedback_app.storage.db import Session
from feedback_app.storage.queries.happenings import add_happening

A_DAY = timedelta(days=1)
# place of the counter (None: its whole unit), unit, kind, days before the last one: from, to, words
STORIES: tuple[tuple[int | None, str, str, int, int | None, str], ...] = (
    (2, "kantor", "outage", 38, 24, "jaringan ke pusat sering putus, antre dengan kertas"),
    (0, "kantor", "machine", 6, None, "mesin antrean rusak, nomor dibagikan dengan tangan"),
    (6, "rimbo", "move", 66, 65, "loket pindah ke ruang depan"),
    (None, "rimbo", "leave", 47, 43, "separuh petugas mengikuti diklat"),
)


def add_happenings(tx: Session, places: Places, *, first: date, last: date) -> int:
    """Add them; return how many."""
    found = [
        (where, unit, kind, last - begun * A_DAY, _before(last, ended), words)
        for where, unit, kind, begun, ended, words in STORIES
    ]
    found += [
        (
            None,
            unit,
            "lebaran",
            feast + 7 * A_DAY,
            feast + 27 * A_DAY,
            "hari-hari ramai sesudah Lebaran",
        )
        for feast in LEBARAN
        if first <= feast <= last
        for unit in places.units
    ]
    for where, unit, kind, starts, ends, words in found:
        add_happening(
            tx,
            {
                "agency_id": places.agency_id,
                "unit_id": places.units[unit],
                "counter_id": None if where is None else places.counters[where],
                "kind": kind,
                "first_day": starts,
                "last_day": ends,
                "words": words,
                "recorded_by": None,
                "recorded_at": local_instant(min(starts, last), time(8)),
                "replaces_id": None,
            },
        )
    return len(found)


def _before(last: date, days: int | None) -> date | None:
    return None if days is None else last - days * A_DAY
