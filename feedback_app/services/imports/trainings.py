"""Take in trainings: the catalogue, attendances, and SIASN's course history."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from feedback_app.domain.texts import Text
from feedback_app.domain.training import title_key
from feedback_app.files.cells import CellError
from feedback_app.files.records import Record
from feedback_app.services.imports.work import Counts, Rows, Work, upsert
from feedback_app.storage import bulk
from feedback_app.storage.queries import trainings as queries

# What SIASN does not know, and must not overwrite when the office has said it.
SIASN_FILLS_ONLY = ("jp", "certificate", "source_id", "reason", "sent", "result")
CODE_LENGTH = 40


def save_trainings(work: Work, rows: Rows) -> Counts:
    """Add or change the catalogue."""
    wanted = {
        record["code"]: {
            "title": record["title"],
            "kind": record["kind"],
            "elements": list(record["elements"]),
            "competences": list(record["competences"]),
            "provider": record["provider"],
            "partner": record["partner"],
            "jp": record["jp"],
            "cost": record["cost"],
        }
        for _number, record in rows
    }
    return upsert(work, "training", "code", wanted)


def save_attendance(work: Work, rows: Rows) -> Counts:
    """Add attendances of the catalogue's trainings; every NIP must be an officer's."""
    officers, trainings = work.known("officer", "nip"), work.known("training", "code")
    hours = {row.id: row.jp for row in queries.catalogue(work.tx, agency_id=work.agency_id)}
    found: list[tuple[int, int, Record]] = []
    for number, record in rows:
        officer_id = work.look_up(officers, record["nip"], number, "nip")
        training_id = work.look_up(trainings, record["training"], number, "pelatihan")
        _check_days(work, number, record, heading="tanggal_mulai", last="tanggal_selesai")
        if officer_id is not None and training_id is not None:
            full = dict(record) | {"jp": record["jp"] or hours[training_id], "source_id": ""}
            found.append((officer_id, training_id, full))
    return _save(work, found, fill_only=())


def save_siasn_courses(work: Work, rows: Rows) -> Counts:
    """Add SIASN's course history; people who are no officers here are listed and passed over."""
    officers = work.known("officer", "nip")
    matched: list[tuple[int, int, Record]] = []
    seen: dict[tuple[str, str, date], int] = {}
    for number, record in rows:
        key = (record["nip"], title_key(record["title"]), record["starts_on"])
        if key in seen:
            reason = Text("baris ganda, sama dengan baris %(row)s; dilewati", row=seen[key])
            work.warnings.append(CellError(number, "namakursus", record["title"], reason))
            continue
        seen[key] = number
        _check_days(work, number, record, heading="tanggalkursus", last="tanggalselesaikursus")
        if record["year"] and record["year"] != record["starts_on"].year:
            reason = Text("tahun tidak sama dengan tahun tanggal kursus; tanggal yang dipakai")
            warning = CellError(number, "tahunkursus", str(record["year"]), reason)
            work.warnings.append(warning)
        if record["nip"] not in officers:
            reason = Text("bukan petugas yang terdaftar; dilewati")
            work.warnings.append(CellError(number, "nip", record["nip"], reason))
            continue
        matched.append((officers[record["nip"]], number, record))
    if work.errors:
        return 0, 0, 0
    trainings = _trainings_by_title(work, [record for _, _, record in matched])
    found = [
        (
            officer_id,
            trainings[title_key(record["title"])],
            dict(record) | {"result": "attended", "reason": "unknown", "sent": "officer"},
        )
        for officer_id, _number, record in matched
    ]
    return _save(work, found, fill_only=SIASN_FILLS_ONLY)


def _check_days(work: Work, number: int, record: Record, *, heading: str, last: str) -> None:
    starts_on, ends_on = record["starts_on"], record["ends_on"]
    if starts_on > work.site.today():
        reason = Text("tanggal ini belum tiba; catat kehadiran sesudah pelatihan")
        work.errors.append(CellError(number, heading, starts_on.isoformat(), reason))
    if ends_on is not None and ends_on < starts_on:
        reason = Text("harus sama dengan atau sesudah tanggal mulai")
        work.errors.append(CellError(number, last, ends_on.isoformat(), reason))


def _save(
    work: Work, found: Sequence[tuple[int, int, Record]], *, fill_only: tuple[str, ...]
) -> Counts:
    if work.errors:
        return 0, 0, 0
    wanted: dict[tuple[int, date], date] = {}
    for _officer, training_id, record in found:
        key = (training_id, record["starts_on"])
        ends_on = record["ends_on"] or record["starts_on"]
        wanted[key] = max(wanted.get(key, ends_on), ends_on)
    runs = queries.ensure_runs(work.tx, wanted, agency_id=work.agency_id)
    rows = [
        {
            "agency_id": work.agency_id,
            "run_id": runs[training_id, record["starts_on"]],
            "officer_id": officer_id,
            "recorded_at": work.site.now(),
            **{
                field: record[field]
                for field in ("jp", "result", "certificate", "reason", "sent", "source_id")
            },
        }
        for officer_id, training_id, record in found
    ]
    return queries.save_attendances(work.tx, rows, fill_only=fill_only)


def _trainings_by_title(work: Work, records: Sequence[Record]) -> Mapping[str, int]:
    """Trainings by folded title; courses that the catalogue lacks are added to it."""
    known = {
        title_key(row.title): row.id for row in queries.catalogue(work.tx, agency_id=work.agency_id)
    }
    new: dict[str, dict[str, Any]] = {}
    for record in records:
        key = title_key(record["title"])
        if key not in known and key not in new:
            new[key] = {
                "agency_id": work.agency_id,
                "code": course_code(record["title"]),
                "title": record["title"],
                "kind": "kursus",
                "elements": [],
                "competences": [],
                "provider": record["provider"],
                "partner": "",
                "jp": record["jp"],
                "cost": None,
            }
    if new:
        added = bulk.add_rows(work.tx, "training", list(new.values()))
        known |= dict(zip(new, added, strict=True))
        for row in new.values():
            reason = Text("pelatihan baru dalam katalog; lengkapi unsur dan biayanya")
            work.warnings.append(CellError(1, "namakursus", row["title"], reason))
    return known


def course_code(title: str) -> str:
    """A code from a title: its words, and a few figures of its hash so that none meet."""
    words = re.sub(r"[^a-z0-9]+", "-", title_key(title).encode("ascii", "ignore").decode())
    mark = hashlib.sha256(title_key(title).encode()).hexdigest()[:6]
    start = words.strip("-")[: CODE_LENGTH - 7].strip("-")
    return f"{start}-{mark}" if start else f"kursus-{mark}"
