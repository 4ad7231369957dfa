"""The second entry of a sample: draw it, key it without seeing the first, settle differences."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from feedback_app.domain.local_time import local_day
from feedback_app.domain.paper import (
    DAYS_TO_CHECK,
    FIELDS,
    Entry,
    ErrorRate,
    batch_mark,
    differing,
    entry_of,
    error_rate,
    ranges,
    sample_size,
    sheet_number,
)
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.paper.answers import (
    count_batch,
    is_decided,
    replace_answer,
    rostered,
)
from feedback_app.services.paper.batches import BatchLine, lines_of, owned, owned_to_change
from feedback_app.services.paper.sheets import check_entry, name_of, sheet_typed
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import PaperBatch, PaperSheet
from feedback_app.storage.queries import paper as queries
from feedback_app.storage.queries.paper import BatchRow

SETTLED = "entri ganda selembar kumpulan kertas {mark}"


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One sheet in a list; `is_own`: the viewer keyed it first."""

    number: int
    shown: str
    reason: str
    note: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch: its numbers, what is missing or void, and how the check stands."""

    line: BatchLine
    missing: tuple[tuple[str, str], ...]  # first and last of each run
    void: tuple[SheetLine, ...]
    waiting: tuple[SheetLine, ...]
    differing: tuple[SheetLine, ...]
    rate: ErrorRate | None
    wrong: tuple[tuple[str, int], ...]  # (field, how often), the most frequent first
    corrected: int
    missed: int  # keyed again by nobody in time
    sample: int  # how many a draw now would take
    counts_by: date | None  # the last day before its answers count unchecked; None when all count


@dataclass(frozen=True, slots=True)
class Difference:
    """Two entries of one sheet, and the officers who can be meant."""

    row: BatchRow
    shown: str
    names: tuple[str, ...]
    first: Mapping[str, Any]
    second: Mapping[str, Any]
    officers: Mapping[int, str]
    counters: Mapping[int, str]


def batch_view(site: Site, viewer: Viewer, batch_id: int) -> BatchView:
    """One batch of the viewer's."""
    with site.db.read() as session:
        row = owned(session, viewer, batch_id)
        sheets = queries.sheets_of(session, batch_id)
        (line,) = lines_of(session, [row])
    mark, waits = batch_mark(row.batch.number), row.batch.waits_since
    done = [sheet for sheet in sheets if sheet.checking == "done"]
    wrong = Counter(name for sheet in done for name in sheet.wrong)
    runs = ranges(sheet.number for sheet in sheets if sheet.state == "printed")

    def lines(**wanted: str) -> tuple[SheetLine, ...]:
        return tuple(
            SheetLine(
                number=sheet.number,
                shown=sheet_number(mark, sheet.number),
                reason=sheet.void_reason,
                note=sheet.note,
                is_own=sheet.keyed_by == viewer.account_id,
            )
            for sheet in sheets
            if all(getattr(sheet, name) == value for name, value in wanted.items())
        )

    return BatchView(
        line=line,
        missing=tuple((sheet_number(mark, a), sheet_number(mark, b)) for a, b in runs),
        void=lines(state="void"),
        waiting=lines(checking="waiting"),
        differing=lines(checking="differs"),
        rate=error_rate(wrong.total(), sum(sheet.compared for sheet in done)),
        wrong=tuple(wrong.most_common()),
        corrected=sum(sheet.is_corrected for sheet in sheets),
        missed=sum(sheet.checking == "missed" for sheet in sheets),
        sample=sample_size(sum(sheet.entry is not None for sheet in sheets)),
        counts_by=None if waits is None else local_day(waits + DAYS_TO_CHECK),
    )


def draw_sample(site: Site, viewer: Viewer, batch_id: int) -> int:
    """Close the first entry and draw by chance which sheets are keyed again; how many."""
    with site.db.transaction() as tx:
        row = owned_to_change(tx, viewer, batch_id)
        if row.batch.drawn_at is not None:
            raise FieldFaultError("sheet", "Contoh kumpulan ini sudah diambil.")
        keyed = [sheet for sheet in queries.sheets_of(tx, batch_id) if sheet.entry is not None]
        if not keyed:
            raise FieldFaultError("sheet", "Belum ada lembar yang dapat diketik kedua kali.")
        drawn = secrets.SystemRandom().sample(keyed, sample_size(len(keyed)))
        for sheet in drawn:
            sheet.checking = "waiting"
        row.batch.drawn_at = site.now()
        subject, detail = batch_mark(row.batch.number), {"keyed": len(keyed), "drawn": len(drawn)}
        log_act(tx, site, viewer, "draw_sheets", subject, detail)
        return len(drawn)


def key_again(site: Site, viewer: Viewer, batch_id: int, typed: str, entry: Entry) -> bool:
    """Compare a second entry with the first; whether both are the same."""
    with site.db.transaction() as tx:
        row = owned_to_change(tx, viewer, batch_id)
        sheet = sheet_typed(tx, row, typed)
        if sheet.checking in ("done", "differs"):
            raise FieldFaultError("sheet", "Lembar ini sudah diketik dua kali.")
        if sheet.checking != "waiting" or sheet.entry is None:
            raise FieldFaultError("sheet", "Lembar ini tidak termasuk contoh.")
        _must_be_another(sheet, viewer)
        check_entry(tx, site, row, entry)
        sheet.checked_by = viewer.account_id
        is_same = not differing(sheet.entry, entry.fields())
        if is_same:
            _finish(tx, site, row, sheet, right=sheet.entry)
        else:
            sheet.checking, sheet.second = "differs", entry.fields()
        log_act(tx, site, viewer, "check_sheet", name_of(row, sheet), {"same": is_same})
        return is_same


def difference(site: Site, viewer: Viewer, batch_id: int, number: int) -> Difference:
    """What two people keyed differently from one sheet; not for the first of them."""
    with site.db.read() as session:
        row = owned(session, viewer, batch_id)
        sheet = queries.sheet_named(session, batch_id, number)
        if sheet is None or sheet.entry is None or sheet.second is None:
            raise NotThereError
        if sheet.keyed_by == viewer.account_id:
            raise NotThereError
        officers: dict[int, str] = {}
        for entry in (entry_of(sheet.entry), entry_of(sheet.second)):
            officers |= rostered(session, entry.counter_id, entry.visited_on)
        offered = queries.counters_with_services(session, [row.unit.id])
        return Difference(
            row=row,
            shown=name_of(row, sheet),
            names=differing(sheet.entry, sheet.second),
            first=sheet.entry,
            second=sheet.second,
            officers=officers,
            counters={counter.id: counter.name for _unit, counter, _service in offered},
        )


def settle(
    site: Site, viewer: Viewer, batch_id: int, number: int, *, right: Mapping[str, Any]
) -> int:
    """Write down what the sheet really says where two entries differ; return the wrong fields.

    Where the first entry was wrong its answer is set aside and the right one saved, unless two
    people have decided about it meanwhile.
    """
    with site.db.transaction() as tx:
        row = owned_to_change(tx, viewer, batch_id)
        sheet = queries.sheet_to_change(tx, batch_id, number)
        if sheet is None or sheet.checking != "differs" or not sheet.entry or not sheet.second:
            raise NotThereError
        _must_be_another(sheet, viewer)
        names = differing(sheet.entry, sheet.second)
        final = sheet.entry | {name: right[name] for name in names}
        check_entry(tx, site, row, entry_of(final))
        if final != sheet.entry and not is_decided(tx, sheet.rating_id or ""):
            reason = SETTLED.format(mark=batch_mark(row.batch.number))
            replace_answer(tx, site, row, sheet, entry_of(final), comment=None, reason=reason)
        wrong = len(differing(sheet.entry, final))
        _finish(tx, site, row, sheet, right=final)
        log_act(tx, site, viewer, "settle_sheet", name_of(row, sheet), {"wrong": wrong})
        return wrong


def _must_be_another(sheet: PaperSheet, viewer: Viewer) -> None:
    if sheet.keyed_by == viewer.account_id:
        raise FieldFaultError(
            "sheet",
            "Lembar ini Anda ketik sendiri. Entri kedua dan pemeriksaannya oleh akun lain.",
        )


def count_overdue(site: Site) -> int:
    """Answers on paper whose check nobody finished in time count for the unit; how many."""
    counted = 0
    with site.db.transaction() as tx:
        for batch in queries.batches_overdue(tx, before=site.now() - DAYS_TO_CHECK):
            counted += _close(tx, site, batch, is_checked=False)
    return counted


def _finish(
    tx: Session, site: Site, row: BatchRow, sheet: PaperSheet, *, right: Mapping[str, Any]
) -> None:
    """Note the sheet's errors; once no sheet waits any more, close the check."""
    sheet.wrong = list(differing(sheet.entry or {}, right))
    sheet.compared = len(FIELDS) - (row.counter is not None)  # a printed counter is not keyed
    sheet.checking = "done"
    tx.flush()
    if not queries.is_being_checked(tx, row.batch.id):
        _close(tx, site, row.batch, is_checked=True)


def _close(tx: Session, site: Site, batch: PaperBatch, *, is_checked: bool) -> int:
    """Count the batch's answers and forget what was keyed."""
    counted = count_batch(tx, site, batch, is_checked=is_checked)
    queries.forget_entries(tx, batch.id)
    batch.waits_since = None
    return counted
