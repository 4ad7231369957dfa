"""Take in trainings: the catalogue and who attended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from feedback_app.domain.folding import heading_key
from feedback_app.domain.texts import Text
from feedback_app.domain.training import REASONS, RESULTS, SENT, TRAINING_KINDS, near_title
from feedback_app.files.cells import CellError
from feedback_app.files.records import Record
from feedback_app.services.imports.changes import Show, from_words
from feedback_app.services.imports.work import Counts, Rows, Wish, Work, upsert
from feedback_app.storage.queries import lots
from feedback_app.storage.queries import trainings as queries

TOLD_OF_TRAINING = ("title", "kind", "elements", "competences", "provider", "partner", "jp", "cost")
TOLD_OF_ATTENDANCE = ("jp", "result", "certificate", "reason", "sent")
# What an attendance is when its file does not say.
UNTOLD = {
    "jp": None,
    "result": "attended",
    "certificate": "",
    "reason": "unknown",
    "sent": "officer",
    "source_id": "",
}
_SHOWS: dict[str, Show] = {
    "kind": from_words(TRAINING_KINDS),
    "result": from_words(RESULTS),
    "reason": from_words(REASONS),
    "sent": from_words(SENT),
}


@dataclass(frozen=True, slots=True)
class Found:
    """An attendance that a row tells of; `defaults` go before those of all attendances."""

    row: int
    officer_id: int
    training_id: int
    starts_on: date
    ends_on: date | None
    told: Mapping[str, Any]
    defaults: Mapping[str, Any]
    name: str

    @property
    def seat(self) -> tuple[int, date, int]:
        """As a draw names a seat: who has one came by lot, whatever the file says."""
        return self.training_id, self.starts_on, self.officer_id


def save_trainings(work: Work, rows: Rows) -> Counts:
    """Add or change the catalogue."""
    known = work.known("training", "code")
    titles = {row.code: row.title for row in queries.catalogue(work.tx, agency_id=work.agency_id)}
    merged = queries.merged_codes(work.tx, agency_id=work.agency_id)
    wanted: dict[str, Wish] = {}
    for number, record in rows:
        code = known.spelt(record["code"])
        if code in merged:
            reason = Text("sudah digabung ke %(code)s; pakai kode itu", code=merged[code])
            work.errors.append(CellError(number, "kode", record["code"], reason))
            continue
        if code not in known:
            work.need(record, number)
            _tell_near(work, number, record, titles)
            titles[code] = record.get("title", "")
        values = {name: record[name] for name in TOLD_OF_TRAINING if name in record}
        for name in {"elements", "competences"} & set(values):
            values[name] = list(values[name])
        wanted[code] = Wish(number, values)
    defaults = {c.field: c.empty for c in work.kind.columns if not c.is_required}
    defaults |= {"elements": [], "competences": []}
    headings = {column.field: column.heading for column in work.kind.columns}
    return upsert(
        work, "training", "code", wanted, defaults=defaults, headings=headings, shows=_SHOWS
    )


def _tell_near(work: Work, number: int, record: Record, titles: Mapping[str, str]) -> None:
    near = near_title(record.get("title", ""), titles.values())
    if near is not None:
        reason = Text("mirip dengan pelatihan %(title)s; pakai kodenya bila sama", title=near)
        work.warnings.append(CellError(number, "judul", record["title"], reason))


def save_attendance(work: Work, rows: Rows) -> Counts:
    """Add attendances of the catalogue's trainings; every NIP must be an officer's."""
    officers, trainings = work.officers(), work.known("training", "code")
    hours = {row.id: row.jp for row in queries.catalogue(work.tx, agency_id=work.agency_id)}
    names = {row.id: row.name for row in queries.officers(work.tx, agency_id=work.agency_id)}
    found: list[Found] = []
    numbers: dict[tuple[str, str], int] = {}
    for number, record in rows:
        officer_id = work.look_up(officers, record["nip"], number, "nip")
        training_id = work.look_up(trainings, record["training"], number, "pelatihan")
        check_days(work, number, record, heading="tanggal_mulai", last="tanggal_selesai")
        _check_certificate(work, number, record, numbers)
        if officer_id is None or training_id is None:
            continue
        told = {name: record[name] for name in TOLD_OF_ATTENDANCE if name in record}
        if told.get("jp", 0) is None:
            told["jp"] = hours[training_id]
        name = f"{names[officer_id]} · {record['training']}"
        ends_on, defaults = record.get("ends_on"), {"jp": hours[training_id]}
        found.append(
            Found(
                number, officer_id, training_id, record["starts_on"], ends_on, told, defaults, name
            )
        )
    return save_found(work, found, fill_only=())


def _check_certificate(
    work: Work, number: int, record: Record, seen: dict[tuple[str, str], int]
) -> None:
    """One certificate is one course of one person."""
    key = (record["nip"], heading_key(record.get("certificate", "")))
    if key[1] and key in seen:
        reason = Text(
            "nomor sertifikat ini sudah ada di baris %(row)s untuk orang yang sama", row=seen[key]
        )
        work.errors.append(CellError(number, "sertifikat", record["certificate"], reason))
    seen.setdefault(key, number)


def check_days(work: Work, number: int, record: Record, *, heading: str, last: str) -> None:
    """A course that has not begun, or ends before it begins, is a fault."""
    starts_on, ends_on = record["starts_on"], record.get("ends_on")
    if starts_on > work.site.today():
        reason = Text("tanggal ini belum tiba; catat kehadiran sesudah pelatihan")
        work.errors.append(CellError(number, heading, starts_on.isoformat(), reason))
    if ends_on is not None and ends_on < starts_on:
        reason = Text("harus sama dengan atau sesudah tanggal mulai")
        work.errors.append(CellError(number, last, ends_on.isoformat(), reason))


def save_found(work: Work, found: Sequence[Found], *, fill_only: tuple[str, ...]) -> Counts:
    """Save attendances with the runs they need, and tell what changed."""
    if work.errors:
        return 0, 0, 0
    wanted: dict[tuple[int, date], date] = {}
    for one in found:
        key = (one.training_id, one.starts_on)
        ends_on = max(one.ends_on or one.starts_on, one.starts_on)
        wanted[key] = max(wanted.get(key, ends_on), ends_on)
    runs = queries.ensure_runs(work.tx, wanted, agency_id=work.agency_id)
    by_lot = lots.seated_by_lot(work.tx, agency_id=work.agency_id)
    wishes = [
        queries.AttendanceWish(
            runs[one.training_id, one.starts_on],
            one.officer_id,
            {**one.told, "reason": "lot"} if one.seat in by_lot else one.told,
            {**UNTOLD, **one.defaults},
        )
        for one in found
    ]
    done = queries.save_attendances(
        work.tx, wishes, agency_id=work.agency_id, at=work.site.now(), fill_only=fill_only
    )
    headings = {column.field: column.heading for column in work.kind.columns}
    for one, changed in zip(found, done, strict=True):
        if changed is None:
            work.note_new(one.row, one.name)
        elif changed:
            fields = {name: (headings.get(name, name), *both) for name, both in changed.items()}
            work.note(one.row, one.name, fields, shows=_SHOWS)
    added, changed_ones = done.count(None), sum(1 for one in done if one)
    return added, changed_ones, len(done) - added - changed_ones
