"""Take in a file of records: the whole file or nothing, with every bad cell named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roles import Role
from feedback_app.domain.roster import Shift, clashes
from feedback_app.domain.texts import Text
from feedback_app.files import records, tables
from feedback_app.files.cells import CellError
from feedback_app.files.examples import example_csv, example_xlsx
from feedback_app.files.kinds import KINDS
from feedback_app.files.matching import Matched
from feedback_app.files.records import NO_CHOICES, Parsed, parse
from feedback_app.files.tables import read_table
from feedback_app.services.imports import past_results as survey_imports
from feedback_app.services.imports import places, siasn
from feedback_app.services.imports import trainings as training_imports
from feedback_app.services.imports.changes import Change
from feedback_app.services.imports.questions import Question
from feedback_app.services.imports.work import Counts, Rows, Work
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.queries import agencies, audit
from feedback_app.storage.queries import records as queries

Kind = records.Kind
Choices = records.Choices
SheetChoiceError = tables.SheetChoiceError
KINDS_THAT_ASK = frozenset({"siasn-kursus"})
TRAINING_KINDS = frozenset({"trainings", "attendance", "siasn-kursus"})


def kinds_for(role: Role) -> dict[str, Kind]:
    """What a role may import: the admin everything, HR what is about trainings."""
    if role == Role.ADMIN:
        return KINDS
    if role == Role.HR:
        return {key: kind for key, kind in KINDS.items() if key in TRAINING_KINDS}
    return {}


def title_of_kind(key: str) -> str | None:
    """What an import of this kind is called; None for another word."""
    return KINDS[key].title if key in KINDS else None


def example_file(kind: Kind, ending: str) -> bytes | None:
    """A file to copy from; None when it does not come with this ending."""
    write = {"csv": example_csv, "xlsx": example_xlsx}.get(ending)
    return write(kind) if write else None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do: counts when all was well, else every bad cell."""

    added: int
    changed: int
    same: int
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]
    is_saved: bool
    notes: tuple[Text, ...] = ()
    changes: tuple[Change, ...] = ()
    questions: tuple[Question, ...] = ()
    matched: Matched | None = None
    has_open_columns: bool = False  # a person has to say which column is which


class _Refused(Exception):  # noqa: N818 (never leaves this module: it only rolls back)
    """Roll the transaction back; `result` is what the caller gets."""

    def __init__(self, result: Imported) -> None:
        super().__init__("rolled back")
        self.result = result


class NoAgencyError(ValueError):
    """There is no agency, or more than one and none was named."""


def only_agency(site: Site, *, code: str | None) -> int:
    """The agency of this code, or the only one there is."""
    with site.db.read() as session:
        found = [row for row in agencies.agencies(session) if code is None or row.code == code]
    if len(found) != 1:
        raise NoAgencyError("name one agency by its code" if found else "there is no such agency")
    return found[0].id


def check_records(
    site: Site, kind: Kind, content: bytes, *, agency_id: int, choices: Choices = NO_CHOICES
) -> Imported:
    """What importing this file would do; nothing is kept."""
    return _run(
        site, kind, content, agency_id=agency_id, by=None, choices=choices, is_rehearsal=True
    )


def import_records(
    site: Site,
    kind: Kind,
    content: bytes,
    *,
    agency_id: int,
    by: int | None,
    choices: Choices = NO_CHOICES,
) -> Imported:
    """Import the file, unless a single cell is bad; FileFaultError when it is no table."""
    return _run(
        site, kind, content, agency_id=agency_id, by=by, choices=choices, is_rehearsal=False
    )


def _run(
    site: Site,
    kind: Kind,
    content: bytes,
    *,
    agency_id: int,
    by: int | None,
    choices: Choices,
    is_rehearsal: bool,
) -> Imported:
    parsed = parse(kind, read_table(content, kind.wanted, sheet=choices.sheet), choices)
    if parsed.errors:
        return _refused(parsed)
    try:
        with site.db.transaction() as tx:
            work = Work(
                tx,
                site,
                agency_id,
                errors=[],
                warnings=list(parsed.warnings),
                kind=kind,
                lacking=parsed.lacking,
                choices=choices,
                is_rehearsal=is_rehearsal,
            )
            result = _save(work, parsed)
            if result.errors or is_rehearsal:
                raise _Refused(result)
            _log(work, result, by=by)
    except _Refused as refused:
        return refused.result
    return replace(result, is_saved=True)


def _refused(parsed: Parsed) -> Imported:
    """Bad cells, or columns that a person has to match first."""
    return Imported(
        0,
        0,
        0,
        parsed.errors,
        parsed.warnings,
        is_saved=False,
        notes=parsed.notes,
        matched=parsed.matched,
        has_open_columns=parsed.has_open_columns,
    )


def _log(work: Work, result: Imported, *, by: int | None) -> None:
    audit.append(
        work.tx,
        agency_id=work.agency_id,
        at=work.site.now(),
        account_id=by,
        action="import",
        subject=work.kind.key,
        detail={"added": result.added, "changed": result.changed, "same": result.same},
    )


def _save(work: Work, parsed: Parsed) -> Imported:
    counts = _SAVERS[work.kind.key](work, parsed.rows)
    changes = sorted(work.changes, key=lambda change: change.row)
    return Imported(
        *counts,
        tuple(work.errors),
        tuple(work.warnings),
        is_saved=False,
        notes=parsed.notes,
        changes=tuple(changes),
        questions=tuple(work.questions),
        matched=parsed.matched,
    )


def _save_roster(work: Work, rows: Rows) -> Counts:
    officers, counters = work.known("officer", "nip"), work.known("counter", "code")
    new: dict[Shift, int] = {}
    for number, record in rows:
        officer_id = work.look_up(officers, record["nip"], number, "nip")
        counter_id = work.look_up(counters, record["counter"], number, "loket")
        if record["ends"] <= record["starts"]:
            ends = record["ends"].strftime("%H.%M")
            reason = Text("harus sesudah jam mulai")
            work.errors.append(CellError(number, "selesai", ends, reason))
        elif officer_id is not None and counter_id is not None:
            starts_at = local_instant(record["day"], record["starts"])
            ends_at = local_instant(record["day"], record["ends"])
            new[Shift(0, officer_id, counter_id, starts_at, ends_at)] = number
    if work.errors or not new:
        return 0, 0, 0
    old = queries.shifts_between(
        work.tx,
        since=min(shift.starts_at for shift in new) - timedelta(days=1),
        until=max(shift.ends_at for shift in new),
        agency_id=work.agency_id,
    )
    kept = {(s.officer_id, s.counter_id, s.starts_at, s.ends_at) for s in old}
    fresh = {
        shift: number
        for shift, number in new.items()
        if (shift.officer_id, shift.counter_id, shift.starts_at, shift.ends_at) not in kept
    }
    _find_clashes(work, fresh, old)
    if work.errors:
        return 0, 0, 0
    bulk.add_rows(work.tx, "shift", [_shift_row(work, shift) for shift in fresh])
    added = set(fresh.values())
    for number, record in rows:
        if number in added:
            work.note_new(number, f"{record['day']:%d-%m-%Y} {record['counter']} {record['nip']}")
    return len(fresh), 0, len(new) - len(fresh)


def _find_clashes(work: Work, fresh: Mapping[Shift, int], old: Sequence[Shift]) -> None:
    for first, second in clashes([*fresh, *old]):
        number = fresh.get(second) or fresh.get(first)
        other = fresh.get(first) if fresh.get(second) else None
        if number is None:
            continue
        work.errors.append(CellError(number, "mulai", "", _on_duty_already(other)))


def _on_duty_already(row: int | None) -> Text:
    """Why a shift is refused: by another row of the file, or by the roster as it stands."""
    if row is None:
        return Text("petugas ini sudah bertugas pada jam yang sama menurut jadwal yang sudah ada")
    return Text("petugas ini sudah bertugas pada jam yang sama menurut baris %(row)s", row=row)


def _shift_row(work: Work, shift: Shift) -> dict[str, Any]:
    return {
        "agency_id": work.agency_id,
        "officer_id": shift.officer_id,
        "counter_id": shift.counter_id,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "recorded_at": work.site.now(),
        "withdrawn_at": None,
    }


_SAVERS: dict[str, Callable[[Work, Rows], Counts]] = {
    "services": places.save_services,
    "counters": places.save_counters,
    "officers": places.save_officers,
    "roster": _save_roster,
    "visits": places.save_visits,
    "past-results": survey_imports.save_past_results,
    "trainings": training_imports.save_trainings,
    "attendance": training_imports.save_attendance,
    "siasn-kursus": siasn.save_siasn_courses,
}
