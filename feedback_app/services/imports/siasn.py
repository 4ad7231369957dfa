"""Take in SIASN's course history, as its reading service and its web pages give it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from feedback_app.domain.folding import fold, heading_key
from feedback_app.domain.person_names import name_key
from feedback_app.domain.texts import Text
from feedback_app.domain.training import near_title, title_key
from feedback_app.files.cells import CellError
from feedback_app.files.records import Record
from feedback_app.services.imports.questions import Question
from feedback_app.services.imports.trainings import Found, check_days, save_found
from feedback_app.services.imports.work import Counts, Rows, Work
from feedback_app.storage import bulk
from feedback_app.storage.queries import joins
from feedback_app.storage.queries import trainings as queries

# What SIASN does not know, and must not overwrite when the office has said it.
FILLS_ONLY = ("jp", "certificate", "source_id", "reason", "sent", "result")
CODE_LENGTH = 40

Matched = tuple[int, int, Record]  # officer, row, record


def save_siasn_courses(work: Work, rows: Rows) -> Counts:
    """Add SIASN's course history; what cannot be taken is listed and passed over."""
    people = _People(work)
    matched: list[Matched] = []
    seen: dict[tuple[int, str, date], int] = {}
    for number, record in rows:
        officer_id = _officer_of(work, people, number, record)
        if officer_id is None:
            continue
        key = (officer_id, title_key(record["title"]), record["starts_on"])
        if key in seen:
            reason = Text("baris ganda, sama dengan baris %(row)s; dilewati", row=seen[key])
            work.warnings.append(CellError(number, "namakursus", record["title"], reason))
            continue
        seen[key] = number
        matched.append((officer_id, number, record))
    if work.errors:
        return 0, 0, 0
    trainings = _trainings_by_title(
        work, [(number, record) for _officer, number, record in matched]
    )
    kept = _certificates_once(work, matched, trainings)
    return save_found(work, _in_runs(work, kept, trainings), fill_only=FILLS_ONLY)


def _officer_of(work: Work, people: _People, number: int, record: Record) -> int | None:
    """Whose course a row is; None when it is passed over, with a word why."""
    title = record.get("title", "")
    if not title:
        work.errors.append(CellError(number, "namakursus", "", Text("wajib diisi")))
        return None
    if record.get("starts_on") is None:
        work.warnings.append(
            CellError(number, "tanggalkursus", title, Text("tanpa tanggal; dilewati"))
        )
        return None
    check_days(work, number, record, heading="tanggalkursus", last="tanggalselesaikursus")
    if record.get("year") and record["year"] != record["starts_on"].year:
        reason = Text("tahun tidak sama dengan tahun tanggal kursus; tanggal yang dipakai")
        work.warnings.append(CellError(number, "tahunkursus", str(record["year"]), reason))
    return people.find(number, record)


class _People:
    """Officers by NIP, and by name where a person has said who is meant."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.by_nip = work.officers()
        self.by_name: dict[str, list[tuple[str, str]]] = {}
        joined = joins.owners_now(work.tx)
        for officer in queries.officers(work.tx, agency_id=work.agency_id):
            if officer.id in joined:
                continue
            self.by_name.setdefault(name_key(officer.name), []).append((officer.nip, officer.name))
        self.asked: set[str] = set()

    def find(self, number: int, record: Record) -> int | None:
        nip = record.get("nip") or self._by_name(number, record.get("name") or "")
        if not nip:
            return None
        if nip not in self.by_nip:
            reason = Text("bukan petugas yang terdaftar; dilewati")
            self.work.warnings.append(CellError(number, "nip", nip, reason))
            return None
        return self.by_nip[nip]

    def _by_name(self, number: int, name: str) -> str:
        key = name_key(name)
        decided = self.work.choices.people.get(key)
        if decided:
            return decided
        found = self.by_name.get(key, []) if key else []
        if decided is None and len(found) == 1:
            self._ask(number, key, name, *found[0])
            return ""
        reason = Text("tanpa NIP, dan namanya bukan nama satu petugas; dilewati")
        if decided is not None:
            reason = Text("tanpa NIP; bukan petugas yang bernama sama; dilewati")
        self.work.warnings.append(CellError(number, "nama", name, reason))
        return ""

    def _ask(self, number: int, key: str, name: str, nip: str, officer: str) -> None:
        if not self.work.is_rehearsal:
            reason = Text(
                "tanpa NIP; mungkin %(officer)s, NIP %(nip)s: harus dipastikan",
                officer=officer,
                nip=nip,
            )
            self.work.errors.append(CellError(number, "nama", name, reason))
        if key not in self.asked:
            self.asked.add(key)
            question = Question("person", number, key, name, f"{officer} · {nip}", nip)
            self.work.questions.append(question)


def _trainings_by_title(work: Work, records: Rows) -> Mapping[str, int]:
    """Trainings by folded title; courses that the catalogue lacks are added to it."""
    titles = {row.id: row.title for row in queries.catalogue(work.tx, agency_id=work.agency_id)}
    known = {title_key(title): number for number, title in titles.items()}
    known |= queries.aliases(work.tx, agency_id=work.agency_id)
    new: dict[str, tuple[int, Record]] = {}
    merged: dict[str, str] = {}
    for number, record in records:
        key = title_key(record["title"])
        if key in known or key in new or key in merged:
            continue
        twin = work.choices.merges.get(key)
        if twin and (twin in known or twin in new):
            merged[key] = twin
            continue
        others = [*titles.values(), *(r["title"] for _row, r in new.values())]
        near = near_title(record["title"], others) if twin is None else None
        if near is not None:
            work.questions.append(
                Question("training", number, key, record["title"], near, title_key(near))
            )
        new[key] = number, record
    known |= _add_trainings(work, new)
    found = {key: known[twin] for key, twin in merged.items()}
    queries.add_aliases(work.tx, found, agency_id=work.agency_id)
    return known | found


def _add_trainings(work: Work, new: Mapping[str, tuple[int, Record]]) -> dict[str, int]:
    if not new:
        return {}
    rows: list[dict[str, Any]] = [
        {
            "agency_id": work.agency_id,
            "code": course_code(record["title"]),
            "title": record["title"],
            "kind": "kursus",
            "elements": [],
            "competences": [],
            "provider": record.get("provider", ""),
            "partner": "",
            "jp": record.get("jp"),
            "cost": None,
        }
        for _number, record in new.values()
    ]
    for number, record in new.values():
        reason = Text("pelatihan baru dalam katalog; lengkapi unsur dan biayanya")
        work.warnings.append(CellError(number, "namakursus", record["title"], reason))
    return dict(zip(new, bulk.add_rows(work.tx, "training", rows), strict=True))


def _certificates_once(
    work: Work, matched: Sequence[Matched], trainings: Mapping[str, int]
) -> list[Matched]:
    """One certificate is one course: the same number of one officer again is passed over."""
    stored = {
        (officer, heading_key(number)): place
        for (officer, number), place in queries.certificates(
            work.tx, agency_id=work.agency_id
        ).items()
    }
    seen: dict[tuple[int, str], int] = {}
    kept = []
    for officer_id, number, record in matched:
        key = (officer_id, heading_key(record.get("certificate", "")))
        if key[1] and key in seen:
            reason = Text(
                "nomor sertifikat ini sudah ada di baris %(row)s; dilewati", row=seen[key]
            )
            work.warnings.append(
                CellError(number, "nomorsertipikat", record["certificate"], reason)
            )
            continue
        elsewhere = stored.get(key) if key[1] else None
        if elsewhere is not None and not _is_same(
            elsewhere, trainings[title_key(record["title"])], record
        ):
            reason = Text("nomor sertifikat ini sudah tercatat untuk petugas ini; dilewati")
            work.warnings.append(
                CellError(number, "nomorsertipikat", record["certificate"], reason)
            )
            continue
        seen.setdefault(key, number)
        kept.append((officer_id, number, record))
    return kept


def _is_same(place: tuple[int, date], training_id: int, record: Record) -> bool:
    """Whether an attendance is the very one that a row tells of."""
    day: date = record["starts_on"]
    return place[0] == training_id and (place[1].year, place[1].month) == (day.year, day.month)


def _in_runs(work: Work, matched: Sequence[Matched], trainings: Mapping[str, int]) -> list[Found]:
    """Rows of one course and month are one run: SIASN gives each person's own day.

    A second row of the same officer in that month is a course of its own.
    """
    runs = queries.runs_by_month(work.tx, agency_id=work.agency_id)
    taken: set[tuple[int, int, date]] = set()
    found = []
    for officer_id, number, record in sorted(matched, key=lambda one: one[2]["starts_on"]):
        training_id, day = trainings[title_key(record["title"])], record["starts_on"]
        days = runs.setdefault((training_id, day.year, day.month), [])
        own = (
            [day] if day in days else [d for d in days if (officer_id, training_id, d) not in taken]
        )
        start = own[0] if own else day
        if start not in days:
            days.append(start)
        taken.add((officer_id, training_id, start))
        told = {f: record[f] for f in ("jp", "certificate", "source_id") if f in record}
        found.append(
            Found(
                number,
                officer_id,
                training_id,
                start,
                record.get("ends_on"),
                told,
                {},
                fold(record["title"]),
            )
        )
    return sorted(found, key=lambda one: one.row)


def course_code(title: str) -> str:
    """A code from a title: its words, and a few figures of its hash so that none meet."""
    words = re.sub(r"[^a-z0-9]+", "-", title_key(title).encode("ascii", "ignore").decode())
    mark = hashlib.sha256(title_key(title).encode()).hexdigest()[:6]
    start = words.strip("-")[: CODE_LENGTH - 7].strip("-")
    return f"{start}-{mark}" if start else f"kursus-{mark}"
