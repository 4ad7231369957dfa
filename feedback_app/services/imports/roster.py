"""Save an imported roster: it replaces exactly the days and counters that it contains."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roster import Shift, clashes
from feedback_app.domain.roster_plans import (
    Cell,
    Line,
    Plan,
    day_of,
    first_day_alone,
    hours_text,
    lines,
    parted,
    replaced,
)
from feedback_app.domain.texts import Text
from feedback_app.files.cells import CellError
from feedback_app.services.imports.changes import NOTHING, CellChange, Change, What
from feedback_app.services.imports.work import Counts, Rows, Work
from feedback_app.services.roster.writing import (
    By,
    day_span,
    ended,
    ended_text,
    save_plan,
    standing_around,
)
from feedback_app.storage.queries import roster as queries

PERSON = {"import": "nip", "grid": "petugas"}  # the column that names who is on duty
ON_DUTY = ("petugas, jam", "officer, hours")


def save_roster(work: Work, rows: Rows) -> Counts:
    """Rows of a list (day, NIP, counter, hours) into the roster."""
    wanted = _wanted(work, rows)
    if work.errors or not wanted:
        return 0, 0, 0
    cells = {(shift.counter_id, day_of(shift)) for shift in wanted}
    return save_cells(work, wanted, cells=cells, kind="import")


def save_cells(
    work: Work, wanted: Mapping[Shift, int], *, cells: Collection[Cell], kind: str
) -> Counts:
    """Make these cells hold exactly the wanted shifts (with their rows), as one change.

    Days older than yesterday need two people: they stay as they are and are told as warnings.
    """
    queries.hold_roster(work.tx, work.agency_id)
    since, until = day_span(min(day for _c, day in cells), max(day for _c, day in cells))
    standing = queries.standing_shifts(work.tx, agency_id=work.agency_id, since=since, until=until)
    plan = replaced(standing, wanted, cells=cells)
    recent, old = parted(plan, first_alone=first_day_alone(work.site.today()))
    _tell_old(work, old, wanted)
    for shift, (name, last) in ended(work.tx, recent.added).items():
        reason = ended_text(shift, name, last)
        work.errors.append(CellError(wanted[shift], PERSON[kind], name, reason))
    _find_clashes(work, recent, wanted)
    if work.errors:
        return 0, 0, 0
    found = lines(recent)
    work.changes.extend(_changes(work, found, wanted))
    if not recent.is_empty:
        save_plan(work.tx, work.site, By(work.agency_id, work.account_id), kind, recent)
    added = sum(1 for line in found if line.old is None)
    changed = sum(1 for line in found if line.old is not None and line.new is not None)
    return added, changed, len(wanted) - len(plan.added)


def _wanted(work: Work, rows: Rows) -> dict[Shift, int]:
    officers, counters = work.officers(), work.known("counter", "code")
    wanted: dict[Shift, int] = {}
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
            wanted[Shift(0, officer_id, counter_id, starts_at, ends_at)] = number
    return wanted


def _find_clashes(work: Work, plan: Plan, rows: Mapping[Shift, int]) -> None:
    gone = {shift.shift_id for shift in plan.withdrawn}
    staying = [s for s in standing_around(work.tx, plan) if s.shift_id not in gone]
    for first, second in clashes([*plan.added, *staying]):
        number = rows.get(second) or rows.get(first)
        other = rows.get(first) if rows.get(second) else None
        if number is not None:
            work.errors.append(CellError(number, "mulai", "", _on_duty_already(other)))


def _on_duty_already(row: int | None) -> Text:
    """Why a shift is refused: by another row of the file, or by the roster as it stands."""
    if row is None:
        return Text("petugas ini sudah bertugas pada jam yang sama menurut jadwal yang sudah ada")
    return Text("petugas ini sudah bertugas pada jam yang sama menurut baris %(row)s", row=row)


def _tell_old(work: Work, old: Plan, rows: Mapping[Shift, int]) -> None:
    """A day once: the first row that would change it, or the heading where none does."""
    first: dict[date, int] = {}
    for shift in (*old.added, *old.withdrawn):
        first.setdefault(day_of(shift), rows.get(shift, 1))
    reason = Text(
        "hari lama tidak diubah oleh impor; ubah lewat halaman Jadwal, dengan persetujuan dua orang"
    )
    for day, row in sorted(first.items()):
        work.warnings.append(CellError(row, "tanggal", f"{day:%d-%m-%Y}", reason))


def _changes(work: Work, found: Sequence[Line], rows: Mapping[Shift, int]) -> list[Change]:
    names = {one.id: one.name for one in queries.officers_of(work.tx, work.agency_id)}
    counters = {number: code for code, number in work.known("counter", "code").items()}

    def told(shift: Shift | None) -> str:
        return NOTHING if shift is None else f"{names[shift.officer_id]}, {hours_text(shift)}"

    changes = []
    for line in found:
        what: What = "added" if line.old is None else "withdrawn" if line.new is None else "changed"
        row = None if line.new is None else rows.get(line.new)
        name = f"{day_of(line.at):%d-%m-%Y} · {counters[line.at.counter_id]}"
        cell = CellChange(ON_DUTY, told(line.old), told(line.new))
        changes.append(Change(row, name, what, (cell,)))
    return changes
