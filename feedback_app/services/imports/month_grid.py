"""Bring a monthly grid into the roster: letters asked for once, shown before it is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from feedback_app.domain.local_time import last_of_month, local_instant
from feedback_app.domain.roster import Shift
from feedback_app.domain.texts import Text
from feedback_app.files.cells import CellError
from feedback_app.files.kinds import KINDS
from feedback_app.files.month_grid import (
    MOST_ROWS,
    NO_SHIFT,
    GridRow,
    MonthGrid,
    folded_name,
    read_month_grid,
)
from feedback_app.services.access.people import Viewer
from feedback_app.services.imports.changes import Change
from feedback_app.services.imports.office import reader_for
from feedback_app.services.imports.roster import save_cells
from feedback_app.services.imports.work import Work
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import roster as queries

Grid = MonthGrid


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a letter means: hours, at a counter (None: the row's own); no hours, no shift."""

    counter_id: int | None
    starts: time | None
    ends: time | None


@dataclass(frozen=True, slots=True)
class Answers:
    """What was asked on the screen: the month, letters, who rows without a match are."""

    month: date | None
    letters: Mapping[str, Meaning]
    officers: Mapping[int, int]  # by row of the sheet


@dataclass(frozen=True, slots=True)
class GridCheck:
    """How far a grid is understood; `is_ready` when it could be kept as it stands."""

    letters: Sequence[tuple[str, Meaning | None]]  # every mark, None: not known yet
    unmatched: Sequence[GridRow]
    counters: Sequence[tuple[int, str, str]]  # number, code, name
    officers: Sequence[tuple[int, str]]
    errors: Sequence[CellError]
    warnings: Sequence[CellError]
    changes: Sequence[Change]
    is_ready: bool
    is_saved: bool

    @property
    def counters_named(self) -> dict[str, int]:
        """Counters by code and by name, in capitals as marks are."""
        return {word.upper(): one for one, *words in self.counters for word in words}


class _Undone(Exception):  # noqa: N818 (never leaves this module: it only rolls back)
    """Roll the transaction back; `result` is what the caller gets."""

    def __init__(self, result: GridCheck) -> None:
        super().__init__("rolled back")
        self.result = result


def read_grid(site: Site, content: bytes) -> Grid:
    """The grid of an uploaded file; FileFaultError when there is none."""
    return reader_for(site, content).run(read_month_grid, content)


def unpacked(kept: str) -> Grid:
    """A grid that a browser carried from one step to the next; ValueError for anything else."""
    try:
        month, days, rows = json.loads(kept)
        grid = MonthGrid(
            date.fromisoformat(month) if month else None,
            tuple(int(day) for day in days),
            tuple(
                GridRow(int(row), str(name), str(nip), str(counter), tuple(map(str, cells)))
                for row, name, nip, counter, cells in rows
            ),
        )
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise ValueError("no grid of ours") from None
    is_whole = all(len(row.cells) == len(grid.days) for row in grid.rows)
    if not is_whole or len(grid.rows) > MOST_ROWS or not set(grid.days) <= set(range(1, 32)):
        raise ValueError("no grid of ours")
    return grid


def check_grid(site: Site, viewer: Viewer, grid: Grid, answers: Answers) -> GridCheck:
    """What keeping the grid would change; nothing is kept."""
    try:
        with site.db.transaction() as tx:
            raise _Undone(_take(tx, site, viewer, grid, answers))
    except _Undone as undone:
        return undone.result


def save_grid(site: Site, viewer: Viewer, grid: Grid, answers: Answers) -> GridCheck:
    """Keep it, and remember its letters; nothing is kept unless everything is understood."""
    try:
        with site.db.transaction() as tx:
            found = _take(tx, site, viewer, grid, answers)
            if not found.is_ready:
                raise _Undone(found)
            rows = [
                {"letter": mark, "counter_id": m.counter_id, "starts": m.starts, "ends": m.ends}
                for mark, m in found.letters
                if m is not None
            ]
            queries.keep_letters(tx, viewer.agency_id, rows)
    except _Undone as undone:
        return undone.result
    return replace(found, is_saved=True)


def _take(tx: Session, site: Site, viewer: Viewer, grid: Grid, answers: Answers) -> GridCheck:
    scope = scope_of(tx, viewer)
    known = {
        row.letter: Meaning(row.counter_id, row.starts, row.ends)
        for row in queries.letters(tx, viewer.agency_id)
    } | dict(answers.letters)
    reader = _Reader(scope, grid, known, answers)
    letters = [(mark, reader.meaning(mark)) for mark in grid.marks if reader.is_asked(mark)]
    unmatched = [row for row in grid.rows if reader.officer(row) is None]
    work = Work(
        tx,
        site,
        viewer.agency_id,
        errors=[],
        warnings=[],
        kind=KINDS["roster"],
        account_id=viewer.account_id,
    )
    is_known = (
        answers.month is not None
        and not unmatched
        and all(reader.meaning(mark) is not None for mark in grid.marks)
    )
    if is_known and answers.month is not None:
        wanted = reader.shifts(work, answers.month)
        if not work.errors and wanted:
            cells = reader.cells(wanted, answers.month)
            save_cells(work, wanted, cells=cells, kind="grid")
    return GridCheck(
        letters=letters,
        unmatched=unmatched,
        counters=[(one.id, one.code, one.name) for one in scope.counters],
        officers=sorted(((o.id, o.name) for o in scope.officers), key=lambda pair: pair[1]),
        errors=tuple(work.errors),
        warnings=tuple(work.warnings),
        changes=tuple(work.changes),
        is_ready=is_known and not work.errors,
        is_saved=False,
    )


class _Reader:
    """Turns a grid's cells into shifts with what is known of letters, names and counters."""

    def __init__(
        self, scope: Scope, grid: Grid, letters: Mapping[str, Meaning], answers: Answers
    ) -> None:
        self._grid, self._letters, self._answers = grid, letters, answers
        self._counters = {
            word.upper(): one.id for one in scope.counters for word in (one.name, one.code)
        }
        self._own_counters = set(scope.counter_names)
        self._by_nip = {one.nip: one.id for one in scope.officers}
        self._own = {one.id for one in scope.officers}
        names: dict[str, list[int]] = {}
        for one in scope.officers:
            names.setdefault(folded_name(one.name), []).append(one.id)
        self._by_name = {name: ids[0] for name, ids in names.items() if len(ids) == 1}

    def is_asked(self, mark: str) -> bool:
        """Whether a mark is shown: not one that is put together of known ones."""
        return mark in self._letters or self.meaning(mark) is None

    def meaning(self, mark: str) -> Meaning | None:
        """What a mark means; "L1/P" is put together of a counter and a letter."""
        if mark in self._letters:
            return self._letters[mark]
        parts = [part for part in re.split(r"[/,+ ]+", mark) if part]
        if len(parts) < 2:
            return None
        counter_id: int | None = None
        hours: Meaning | None = None
        for part in parts:
            found = self._letters.get(part)
            if found is not None and found.starts is not None:
                hours = found
            elif part in self._counters:
                counter_id = self._counters[part]
            else:
                return None
        if hours is None:
            return None
        return replace(hours, counter_id=counter_id or hours.counter_id)

    def officer(self, row: GridRow) -> int | None:
        """Whose row it is: as answered, by NIP, or by a name that only one officer has."""
        chosen = self._answers.officers.get(row.row)
        if chosen in self._own:
            return chosen
        return self._by_nip.get(row.nip) or self._by_name.get(folded_name(row.name))

    def shifts(self, work: Work, month: date) -> dict[Shift, int]:
        """Every cell as a shift with its row; what cannot be is told as an error of its cell."""
        last = last_of_month(month).day
        found: dict[Shift, int] = {}
        for row in self._grid.rows:
            officer_id, own = self.officer(row), self._counters.get(row.counter.upper())
            for number, mark in zip(self._grid.days, row.cells, strict=True):
                meaning = None if mark in NO_SHIFT else self.meaning(mark)
                if meaning is None or meaning.starts is None or meaning.ends is None:
                    continue
                counter_id = meaning.counter_id or own
                if number > last:
                    self._wrong(work, row, number, mark, Text("hari ini tidak ada dalam bulan itu"))
                elif counter_id is None:
                    reason = Text("loketnya tidak diketahui; pilih loket untuk tanda ini")
                    self._wrong(work, row, number, mark, reason)
                elif counter_id not in self._own_counters:
                    reason = Text("loket ini bukan di unit Anda")
                    self._wrong(work, row, number, mark, reason)
                elif officer_id is not None:
                    day = month.replace(day=number)
                    starts = local_instant(day, meaning.starts)
                    shift = Shift(
                        0, officer_id, counter_id, starts, local_instant(day, meaning.ends)
                    )
                    found[shift] = row.row
        return found

    def cells(self, wanted: Mapping[Shift, int], month: date) -> set[tuple[int, date]]:
        """A grid says of its whole month who stands at the counters that it names."""
        last = last_of_month(month).day
        days = [month.replace(day=number) for number in self._grid.days if number <= last]
        counters = {shift.counter_id for shift in wanted}
        return {(counter_id, day) for counter_id in counters for day in days}

    @staticmethod
    def _wrong(work: Work, row: GridRow, day: int, mark: str, reason: Text) -> None:
        work.errors.append(CellError(row.row, str(day), mark, reason))
