"""Single sheets: key one, correct it once, note that one is void."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feedback_app.domain.local_time import local_day
from feedback_app.domain.paper import (
    OLDEST_VISIT,
    VOID_REASONS,
    Entry,
    batch_mark,
    entry_of,
    read_sheet_number,
    sheet_number,
)
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.citizen import visit_codes
from feedback_app.services.citizen.said_before import NONE, Ticks
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.paper.answers import add_answer, replace_answer, rostered
from feedback_app.services.paper.batches import owned, owned_to_change
from feedback_app.services.site import Site
from feedback_app.storage.comments import text_of
from feedback_app.storage.db import Session
from feedback_app.storage.models import PaperSheet
from feedback_app.storage.queries import paper as queries
from feedback_app.storage.queries.paper import BatchRow

KEYED_WRONGLY = "selembar kumpulan kertas {mark} dibetulkan"


@dataclass(frozen=True, slots=True)
class Keyed:
    """What came from one sheet: its number as typed, its fields, code, words and ticks."""

    sheet: str
    entry: Entry
    visit: visit_codes.Given
    comment: str
    ticks: Ticks = NONE


@dataclass(frozen=True, slots=True)
class Desk:
    """What the person who keys needs: where the pile is from, and who served there that day."""

    row: BatchRow
    mark: str
    day: date
    counters: tuple[tuple[int, str], ...]
    counter_id: int | None  # None until it is chosen among several
    officers: dict[int, str]
    open: int


@dataclass(frozen=True, slots=True)
class LastSheet:
    """The sheet keyed just before: its number, running number, and whether it may be corrected."""

    shown: str
    number: int
    may_correct: bool


def desk(site: Site, viewer: Viewer, batch_id: int, *, day: date, counter_id: int | None) -> Desk:
    """The keying page of a batch, for sheets of one day and counter."""
    with site.db.read() as session:
        row = owned(session, viewer, batch_id)
        counters = _counters(session, row)
        known = {one for one, _name in counters}
        chosen = counter_id if counter_id in known else None
        if len(known) == 1:
            (chosen,) = known
        officers = rostered(session, chosen, day) if chosen else {}
        states = queries.sheet_states(session, [batch_id])
    return Desk(
        row=row,
        mark=batch_mark(row.batch.number),
        day=day,
        counters=counters,
        counter_id=chosen,
        officers=officers,
        open=sum(n for _batch, state, _checking, n, _compared in states if state == "printed"),
    )


def _counters(session: Session, row: BatchRow) -> tuple[tuple[int, str], ...]:
    if row.counter is not None:
        return ((row.counter.id, row.counter.name),)
    offered = queries.counters_with_services(session, [row.unit.id])
    return tuple(
        (counter.id, counter.name)
        for _unit, counter, service in offered
        if service.id == row.service.id
    )


def key_sheet(site: Site, viewer: Viewer, batch_id: int, keyed: Keyed) -> int:
    """Save a sheet's answer, once; return its running number.

    The same sheet sent again by the same person with the same answers is the same sending.
    """
    with site.db.transaction() as tx:
        row = owned_to_change(tx, viewer, batch_id)
        sheet = sheet_typed(tx, row, keyed.sheet)
        if sheet.keyed_by == viewer.account_id and sheet.entry == keyed.entry.fields():
            return sheet.number
        _must_be_printed(sheet)
        check_entry(tx, site, row, keyed.entry)
        add_answer(
            tx,
            site,
            row,
            sheet,
            keyed.entry,
            visit=keyed.visit,
            comment=keyed.comment,
            ticks=keyed.ticks,
        )
        sheet.state, sheet.keyed_by = "keyed", viewer.account_id
        sheet.entry = keyed.entry.fields()
        row.batch.waits_since = row.batch.waits_since or site.now()
        if row.batch.drawn_at is not None:  # one that comes after the draw is checked as well
            sheet.checking = "waiting"
        log_act(tx, site, viewer, "key_sheet", name_of(row, sheet))
        return sheet.number


def correct_sheet(
    site: Site, viewer: Viewer, batch_id: int, number: int, entry: Entry, *, comment: str
) -> None:
    """Put a sheet right that the viewer keyed wrongly; once, and before its second entry."""
    with site.db.transaction() as tx:
        row = owned_to_change(tx, viewer, batch_id)
        sheet = queries.sheet_to_change(tx, batch_id, number)
        if sheet is None or sheet.keyed_by != viewer.account_id:
            raise NotThereError
        if sheet.rating_id is None:  # its check has closed since the page was opened
            raise FieldFaultError("sheet", "Jawaban lembar ini sudah diputus atau dihitung.")
        if not may_correct(sheet, viewer):
            raise NotThereError
        if (sheet.entry, text_of(tx, sheet.comment_id)) == (entry.fields(), comment):
            raise FieldFaultError("sheet", "Belum ada isian yang berubah.")
        check_entry(tx, site, row, entry)
        reason = KEYED_WRONGLY.format(mark=batch_mark(row.batch.number))
        replace_answer(tx, site, row, sheet, entry, comment=comment, reason=reason)
        sheet.entry, sheet.is_corrected = entry.fields(), True
        log_act(tx, site, viewer, "correct_sheet", name_of(row, sheet))


def sheet_to_correct(
    site: Site, viewer: Viewer, batch_id: int, number: int
) -> tuple[str, Entry, str]:
    """The number, the keyed fields and the words of a sheet that the viewer may put right."""
    with site.db.read() as session:
        row = owned(session, viewer, batch_id)
        sheet = queries.sheet_named(session, batch_id, number)
        if sheet is None or not may_correct(sheet, viewer) or sheet.entry is None:
            raise NotThereError
        return name_of(row, sheet), entry_of(sheet.entry), text_of(session, sheet.comment_id)


def last_sheet(site: Site, viewer: Viewer, batch_id: int, number: int | None) -> LastSheet | None:
    """The sheet that the page shows as keyed just before; only to who keyed it."""
    if number is None:
        return None
    with site.db.read() as session:
        row = owned(session, viewer, batch_id)
        sheet = queries.sheet_named(session, batch_id, number)
        if sheet is None or sheet.keyed_by != viewer.account_id:
            return None
        return LastSheet(name_of(row, sheet), number, may_correct(sheet, viewer))


def may_correct(sheet: PaperSheet, viewer: Viewer) -> bool:
    """Whether the viewer keyed the sheet and neither corrected it nor had it checked yet."""
    return (
        sheet.state == "keyed"
        and sheet.keyed_by == viewer.account_id
        and not sheet.is_corrected
        and sheet.rating_id is not None
        and sheet.checking in ("none", "waiting")
    )


def void_sheet(
    site: Site, viewer: Viewer, batch_id: int, typed: str, *, reason: str, note: str
) -> None:
    """Note that a sheet carries no answer, and why."""
    if reason not in VOID_REASONS:
        raise FieldFaultError("reason", "Pilih sebabnya.")
    with site.db.transaction() as tx:
        row = owned_to_change(tx, viewer, batch_id)
        sheet = sheet_typed(tx, row, typed)
        _must_be_printed(sheet)
        sheet.state, sheet.void_reason, sheet.note = "void", reason, note[:200]
        detail = {"reason": reason, "note": sheet.note}
        log_act(tx, site, viewer, "void_sheet", name_of(row, sheet), detail)


def restore_sheet(site: Site, viewer: Viewer, batch_id: int, typed: str) -> None:
    """Take a void note back: the sheet has been found or can be read after all."""
    with site.db.transaction() as tx:
        row = owned_to_change(tx, viewer, batch_id)
        sheet = sheet_typed(tx, row, typed)
        if sheet.state != "void":
            raise FieldFaultError("sheet", "Lembar ini tidak dicatat batal.")
        sheet.state, sheet.void_reason, sheet.note = "printed", "", ""
        log_act(tx, site, viewer, "restore_sheet", name_of(row, sheet))


def sheet_typed(tx: Session, row: BatchRow, typed: str) -> PaperSheet:
    """The sheet of a typed number, to change it; FieldFaultError says what is wrong with it."""
    number = read_sheet_number(typed, mark=batch_mark(row.batch.number))
    if number == "other_batch":
        raise FieldFaultError("sheet", "Lembar ini bukan dari kumpulan ini.")
    if number == "mistyped":
        raise FieldFaultError("sheet", "Nomor lembar salah ketik. Periksa setiap hurufnya.")
    sheet = queries.sheet_to_change(tx, row.batch.id, int(number))
    if sheet is None:
        raise FieldFaultError("sheet", "Nomor lembar ini tidak pernah dicetak.")
    return sheet


def name_of(row: BatchRow, sheet: PaperSheet) -> str:
    """The sheet's whole number."""
    return sheet_number(batch_mark(row.batch.number), sheet.number)


def _must_be_printed(sheet: PaperSheet) -> None:
    if sheet.state == "keyed":
        raise FieldFaultError("sheet", "Lembar ini sudah diketik. Satu lembar dihitung sekali.")
    if sheet.state == "void":
        raise FieldFaultError(
            "sheet", "Lembar ini dicatat batal. Hapus catatan itu di halaman kumpulan dahulu."
        )


def check_entry(session: Session, site: Site, row: BatchRow, entry: Entry) -> None:
    """Refuse what cannot be on a sheet of this batch."""
    if entry.counter_id not in {one for one, _name in _counters(session, row)}:
        raise NotThereError
    if entry.visited_on > site.today():
        raise FieldFaultError("day", "Hari kunjungan belum tiba.")
    if entry.visited_on < site.today() - OLDEST_VISIT:
        raise FieldFaultError("day", "Hari kunjungan paling lama 60 hari yang lalu.")
    if entry.visited_on < local_day(row.batch.made_at):
        raise FieldFaultError("day", "Pada hari itu lembar ini belum dicetak.")
    if entry.is_empty:
        raise FieldFaultError(
            "sheet", "Belum ada jawaban. Lembar yang kosong dicatat batal di halaman kumpulan."
        )
