"""Take in officers: who serves in which unit, and what citizens call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from feedback_app.domain.person_names import (
    HONORIFICS,
    LONGEST,
    calling_name,
    greeting_by_rule,
    sex_by_nip,
    sex_by_title,
    told_apart,
)
from feedback_app.domain.texts import Text, Words
from feedback_app.files.cells import CellError
from feedback_app.files.records import Record
from feedback_app.services.imports.changes import NOTHING, CellChange, from_codes, from_words
from feedback_app.services.imports.places import BACK, HEADINGS, told_of
from feedback_app.services.imports.questions import Question
from feedback_app.services.imports.work import Counts, Rows, Wish, Work, upsert
from feedback_app.storage.models import Officer
from feedback_app.storage.queries import joins, roster

ORIGINS: Mapping[str, Words] = {
    "rule": ("dari nama", "from the name"),
    "office": ("ditulis kantor", "written by the office"),
    "wish": ("keinginan sendiri", "own wish"),
}
_NAMED = {
    "name": "nama",
    "display_name": "nama_tampilan",
    "greeting_from": "asal sapaan",
    "employment": "status_asn",
}


def save_officers(work: Work, rows: Rows) -> Counts:
    """Add or change officers; a greeting that is not told is made from name and NIP."""
    units = work.units()
    before = {one.nip: one for one in roster.officers_of(work.tx, work.agency_id)}
    joined = joins.owners_now(work.tx)
    wanted: dict[str, Wish] = {}
    for number, record in rows:
        old = before.get(record["nip"])
        if old is not None and old.id in joined:
            reason = Text("NIP ini sudah digabung dengan orang lain di halaman Orang; dilewati")
            work.warnings.append(CellError(number, "nip", record["nip"], reason))
            continue
        values = told_of(work, record, number, units, ("name", "employment"))
        if values.get("unit_id") in _retired_units(work):
            reason = Text("unit ini sudah berakhir; pilih unit yang masih dipakai")
            work.errors.append(CellError(number, "unit", record["unit"], reason))
        if old is None:
            work.need(record, number)
        values |= _greeting(work, number, record, old)
        wanted[record["nip"]] = Wish(number, values)
    shows = BACK | {"unit_id": from_codes(units), "greeting_from": from_words(ORIGINS)}
    headings = HEADINGS | _NAMED
    counts = upsert(work, "officer", "nip", wanted, defaults={}, headings=headings, shows=shows)
    if not work.errors:
        _tell_new(work, wanted)
        _tell_alike(work, wanted)
    return counts


def _retired_units(work: Work) -> set[int]:
    found = roster.units_of_agency(work.tx, work.agency_id)
    return {unit.id for unit in found if unit.retired_on is not None}


def _greeting(work: Work, number: int, record: Record, old: Officer | None) -> dict[str, Any]:
    """What the row changes of the greeting; what somebody wished for stays."""
    told = record.get("display_name")
    if old is not None and old.greeting_from == "wish":
        if told and told != old.display_name:
            reason = Text("sapaan ini keinginan orangnya sendiri; tidak diubah")
            work.warnings.append(CellError(number, "nama_tampilan", told, reason))
        return {}
    if told:
        is_same = old is not None and old.display_name == told[:LONGEST]
        return {} if is_same else {"display_name": told[:LONGEST], "greeting_from": "office"}
    name = record.get("name") or (old.name if old else "?")
    is_renamed = old is not None and old.greeting_from == "rule" and name != old.name
    if old is not None and not is_renamed and told is None:
        return {}
    sex = _sex(work, number, record, old, name)
    return {"display_name": greeting_by_rule(name, sex=sex), "greeting_from": "rule"}


def _sex(work: Work, number: int, record: Record, old: Officer | None, name: str) -> str | None:
    """Told by the file, the NIP, a title or what stands; else a person is asked."""
    employment = record.get("employment") or (old.employment if old else "")
    standing = [key for key, word in HONORIFICS.items() if old and word in old.display_name.split()]
    found: str | None = record.get("sex") or sex_by_nip(record["nip"], employment=employment)
    found = found or sex_by_title(name) or (standing[0] if standing else None)
    if found is None and record["nip"] in work.choices.greetings:
        return work.choices.greetings[record["nip"]] or None
    if found is None:
        key, called = record["nip"], calling_name(name)
        work.questions.append(Question("greeting", number, key, name, called, key))
    return found


def _tell_new(work: Work, wanted: Mapping[str, Wish]) -> None:
    """New people with their names and greetings, not by the NIP alone."""
    for place, change in enumerate(work.changes):
        if change.what == "added" and change.name in wanted:
            values = wanted[change.name].values
            cells = (
                CellChange("nama", NOTHING, values["name"]),
                CellChange("nama_tampilan", NOTHING, values["display_name"]),
            )
            work.changes[place] = replace(change, cells=cells)


def _tell_alike(work: Work, wanted: Mapping[str, Wish]) -> None:
    """Who would be called like somebody else of the unit, and how the form tells them apart."""
    by_unit: dict[int, list[Officer]] = {}
    for one in roster.officers_of(work.tx, work.agency_id):
        if one.retired_on is None:
            by_unit.setdefault(one.unit_id, []).append(one)
    for officers in by_unit.values():
        for officer, shown in _changed_names(officers):
            if officer.nip in wanted:
                reason = Text(
                    "ada orang lain dengan sapaan ini di unit yang sama; "
                    "formulir menulis “%(shown)s”",
                    shown=shown,
                )
                row = wanted[officer.nip].row
                work.warnings.append(CellError(row, "nama_tampilan", officer.display_name, reason))


def _changed_names(officers: Sequence[Officer]) -> list[tuple[Officer, str]]:
    shown = told_apart({one.id: (one.display_name, one.name) for one in officers})
    return [(one, shown[one.id]) for one in officers if shown[one.id] != one.display_name]
