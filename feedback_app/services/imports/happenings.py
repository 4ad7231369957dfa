"""Take in what happened at counters: new entries are added, known ones with other ends replaced."""

from __future__ import annotations

from datetime import date
from typing import Any

from feedback_app.domain.happenings import EARLIEST, FARTHEST, Happening
from feedback_app.domain.texts import Text
from feedback_app.files.cells import CellError
from feedback_app.files.records import Record
from feedback_app.services.imports.work import Counts, Rows, Work
from feedback_app.storage.queries import happenings as queries
from feedback_app.storage.queries import roster

Key = tuple[int, int | None, str, date]


def save_happenings(work: Work, rows: Rows) -> Counts:
    """Add or correct entries by place, kind and first day; the program's own stay."""
    units = {unit.code: unit.id for unit in roster.units_of_agency(work.tx, work.agency_id)}
    counters = {
        one.code: (one.unit_id, one.id) for one in roster.counters_in(work.tx, units.values())
    }
    places: dict[str, tuple[int, int | None]] = {code: (own, None) for code, own in units.items()}
    places |= counters
    kept = _kept(work, list(units.values()))
    added = changed = same = 0
    for number, told in rows:
        place = _place(work, places, told, number)
        if place is None:
            continue
        old = kept.get((*place, told["kind"], told["first"]))
        record = {**told, "last": told.get("last") or (old.last if old else None)}
        if not _days_are_right(work, record, number):
            continue
        if old is None:
            added += 1
            work.note_new(number, record["words"])
        elif (old.last, old.words) == (record["last"], record["words"]):
            same += 1
            continue
        else:
            changed += 1
            pairs = {
                "last": ("selesai", old.last, record["last"]),
                "words": ("keterangan", old.words, record["words"]),
            }
            differing = {name: pair for name, pair in pairs.items() if pair[1] != pair[2]}
            work.note(number, record["words"], differing, shows={})
        if not work.errors:
            _write(work, place, record, replaces=old)
    return (0, 0, 0) if work.errors else (added, changed, same)


def _kept(work: Work, unit_ids: list[int]) -> dict[Key, Happening]:
    found = queries.happenings_between(work.tx, unit_ids, first=EARLIEST, last=date.max)
    return {(one.unit_id, one.counter_id, one.kind, one.first): one for one in found}


def _place(
    work: Work, places: dict[str, tuple[int, int | None]], record: Record, number: int
) -> tuple[int, int | None] | None:
    """A counter's code stands before a unit's of the same letters."""
    folded = {code.casefold(): place for code, place in places.items()}
    found = places.get(record["place"]) or folded.get(record["place"].casefold())
    if found is None:
        reason = Text("kode ini tidak dikenal")
        work.errors.append(CellError(number, "loket", record["place"], reason))
    return found


def _days_are_right(work: Work, record: Record, number: int) -> bool:
    first, last = record["first"], record["last"]
    if last is not None and last < first:
        reason = Text("harus sama dengan atau sesudah hari pertama")
        work.errors.append(CellError(number, "selesai", last.isoformat(), reason))
        return False
    if not EARLIEST <= first <= work.site.today() + FARTHEST:
        reason = Text("hari pertama antara 2017 dan setahun ke depan")
        work.errors.append(CellError(number, "mulai", first.isoformat(), reason))
        return False
    return True


def _write(
    work: Work, place: tuple[int, int | None], record: Record, *, replaces: Happening | None
) -> None:
    unit_id, counter_id = place
    values: dict[str, Any] = {
        "agency_id": work.agency_id,
        "unit_id": unit_id,
        "counter_id": counter_id,
        "kind": record["kind"],
        "first_day": record["first"],
        "last_day": record["last"],
        "words": record["words"],
        "recorded_by": work.account_id,
        "recorded_at": work.site.now(),
        "replaces_id": replaces.happening_id if replaces else None,
    }
    if replaces is not None:
        queries.withdraw_happening(
            work.tx, replaces.happening_id, at=work.site.now(), by=work.account_id
        )
    queries.add_happening(work.tx, values)
