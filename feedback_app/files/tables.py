"""Read an uploaded table into cells that remember how they arrived."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import chain, islice
from typing import Literal

from feedback_app.domain.folding import read_once, tidy
from feedback_app.domain.texts import Text
from feedback_app.files.reading.above import above_notes, divided
from feedback_app.files.reading.book import MAX_COLUMNS, FileFaultError, Raw, Row, Sheet, is_blank
from feedback_app.files.reading.formats import sheets_of
from feedback_app.files.reading.headings import SAMPLE_ROWS, Heading, Wanted, find_heading

MAX_ROWS = 200_000
ROWS_NAMED = 10  # of hidden rows: enough to find them
_COMMA_NUMBER = re.compile(r"[0-9]{1,3}")

Arrived = Literal["text", "number", "date", "time", "empty"]
NOTHING = Wanted({}, frozenset())


class AnalystFileError(ValueError):
    """An analyst's file cannot be read or written: told at a terminal, in English."""


class SheetChoiceError(FileFaultError):
    """Several sheets hold such a table, and a person has to say which; `names` are theirs."""

    def __init__(self, names: Sequence[str]) -> None:
        """Name them all."""
        super().__init__(
            "Beberapa lembar berisi tabel ini: %(names)s. Pilih salah satu.", names=", ".join(names)
        )
        self.names = tuple(names)

    def __reduce__(self) -> tuple[type[SheetChoiceError], tuple[tuple[str, ...]]]:
        """By its names, so that it comes whole out of the helper process."""
        return SheetChoiceError, (self.names,)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text as a person sees it, and how it arrived."""

    text: str
    arrived: Arrived
    value: object = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A table that is found and not yet read: titles, rows below them, what was passed over."""

    titles: tuple[str, ...]
    rows: Iterator[Row]
    sheet: Sheet
    sheets: tuple[str, ...]  # visible sheets with something in them
    heading_row: int
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Column titles as written and rows; each row carries its number in the spreadsheet."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    notes: tuple[Text, ...] = ()
    twice_decoded: Mapping[tuple[int, int], str] | None = None  # (row, column) -> as it stood
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    heading_row: int = 1


EMPTY = Cell("", "empty")


def read_table(content: bytes, wanted: Wanted = NOTHING, *, sheet: str | None = None) -> Table:
    """Read CSV, XLSX, ODS or a web page's table: the visible sheet that holds the wanted titles."""
    opened = open_table(content, wanted, sheet=sheet)
    reading = _Cells(opened)
    rows = reading.rows()
    if not rows:
        raise FileFaultError("Berkas ini tidak berisi baris data di bawah judul kolom.")
    notes = (*opened.notes, *reading.notes(), *merged_notes(opened, rows))
    return Table(
        opened.titles,
        tuple((number, tuple(cells)) for number, cells in rows),
        notes,
        reading.twice_decoded,
        opened.sheet.name,
        opened.sheets,
        opened.heading_row,
    )


def raw_rows(content: bytes) -> list[tuple[int, list[Cell]]]:
    """Every row of the first visible sheet with something in it, before any heading is looked for.

    Each with its number in the spreadsheet; rows in which nothing stands are left out.
    """
    for sheet in sheets_of(content, lambda _rows: 0):
        rows = () if sheet.is_hidden else sheet.rows()
        filled = (row for row in rows if not is_blank(row[1]))
        found = [
            (number, [_plain_cell(v) for v in row]) for number, row in islice(filled, MAX_ROWS)
        ]
        if found:
            return found
    raise FileFaultError("Berkas ini kosong.")


def open_table(content: bytes, wanted: Wanted, *, sheet: str | None = None) -> Opened:
    """Find the sheet and the row of titles; FileFaultError when there is no table at all."""

    def rate(rows: list[Row]) -> int:
        heading = find_heading([row for row in rows if not is_blank(row[1])], wanted)
        return len(heading.fields) if heading else 0

    sheets = sheets_of(content, rate)
    chosen, heading, all_rows, filled = _choose(sheets, wanted, sheet)
    if len(heading.titles) > MAX_COLUMNS:
        raise FileFaultError("Terlalu banyak kolom (paling banyak %(most)s).", most=MAX_COLUMNS)
    above, rows = divided(all_rows, heading.last_row)
    return Opened(
        heading.titles,
        rows,
        chosen,
        filled,
        heading.last_row,
        (*_notes(sheets, chosen, filled), *above_notes(above, heading)),
    )


_Found = tuple[Sheet, Heading, Iterator[Row]]


def _choose(
    sheets: Sequence[Sheet], wanted: Wanted, name: str | None
) -> tuple[Sheet, Heading, Iterator[Row], tuple[str, ...]]:
    """The sheet, its titles, all its rows, and the names of visible sheets that are not empty."""
    found, fault = _look_at(sheets, wanted)
    names = tuple(sheet.name for sheet, _heading, _rows in found)
    if name is not None:
        found = [one for one in found if one[0].name == name]
        if not found:
            raise FileFaultError(
                "Lembar %(name)s tidak ada, kosong, atau tersembunyi. Yang dapat dibaca: "
                "%(names)s.",
                name=name, names=", ".join(names) or "–",
            )  # fmt: skip
    if not found:
        raise fault or FileFaultError("Berkas ini kosong.")
    whole = [one for one in found if wanted.needed <= one[1].fields]
    if len(whole) > 1 and wanted.needed:
        raise SheetChoiceError([sheet.name for sheet, _heading, _rows in whole])
    if fault is not None and not whole:
        raise fault  # the table may be in the sheet that cannot be read
    best = whole[0] if whole else max(found, key=lambda one: len(one[1].fields))
    return *best, names


def _look_at(sheets: Sequence[Sheet], wanted: Wanted) -> tuple[list[_Found], FileFaultError | None]:
    """Visible sheets with something in them; the first fault of one that cannot be read."""
    found: list[_Found] = []
    fault: FileFaultError | None = None
    for sheet in sheets:
        if sheet.is_hidden:
            continue
        rows = sheet.rows()
        try:
            sample = list(islice((row for row in rows if not is_blank(row[1])), SAMPLE_ROWS))
        except FileFaultError as told:
            fault = fault or told
            continue
        heading = find_heading(sample, wanted)
        if heading is not None:
            found.append((sheet, heading, chain(sample, rows)))
    return found, fault


def _notes(sheets: Sequence[Sheet], chosen: Sheet, filled: Sequence[str]) -> Iterator[Text]:
    hidden = [sheet.name for sheet in sheets if sheet.is_hidden]
    if hidden:
        yield Text("Lembar tersembunyi tidak dibaca: %(names)s.", names=", ".join(hidden))
    others = [name for name in filled if name != chosen.name]
    if others:
        yield Text(
            "Dibaca lembar %(name)s; lembar lain tidak: %(names)s.",
            name=chosen.name,
            names=", ".join(others),
        )


class _Cells:
    """Turns rows of values into rows of cells, as many as there are titles."""

    def __init__(self, opened: Opened) -> None:
        self.opened, self.width = opened, len(opened.titles)
        self.twice_decoded: dict[tuple[int, int], str] = {}
        self.beside = ""
        self._known: dict[str, Cell] = {}

    def rows(self) -> list[tuple[int, list[Cell]]]:
        found: list[tuple[int, list[Cell]]] = []
        width = self.width
        for number, values in self.opened.rows:
            cells = [self._cell(value, number, place) for place, value in enumerate(values)]
            if not any(cell.text for cell in cells):
                continue  # what no eye sees was tidied away
            if len(cells) > width and any(cell.text for cell in cells[width:]):
                self._beside(number, values)
            if len(found) >= MAX_ROWS:
                raise FileFaultError(
                    "Terlalu banyak baris (paling banyak %(most)s). Bagi berkasnya.", most=MAX_ROWS
                )
            found.append((number, [*cells[:width], *[EMPTY] * (width - len(cells))]))
        _fill_merged(self.opened.sheet, found)
        return found

    def notes(self) -> Iterator[Text]:
        hidden = [n for n in self.opened.sheet.hidden_rows if n > self.opened.heading_row]
        if hidden:
            named = ", ".join(map(str, hidden[:ROWS_NAMED])) + (
                " …" if len(hidden) > ROWS_NAMED else ""
            )
            yield Text(
                "%(n)s baris tersembunyi (disaring) ikut dibaca: %(rows)s.",
                n=len(hidden),
                rows=named,
            )
        if self.beside:
            yield Text(
                "Yang ada di luar kolom berjudul tidak dibaca, misalnya di baris %(row)s.",
                row=self.beside,
            )

    def _beside(self, number: int, values: Sequence[Raw]) -> None:
        """In text a cell too many may have moved the others; in a sheet it is a legend."""
        if self.opened.sheet.is_text:
            raise too_many_cells(number, values, self.width)
        self.beside = self.beside or str(number)

    def _cell(self, value: Raw, number: int, place: int) -> Cell:
        if value is None:
            return EMPTY
        if not isinstance(value, str):
            return cell_of(value)
        known = self._known.get(value)
        if known is None:
            plain = tidy(value)
            text = read_once(plain)
            if text != plain:
                self.twice_decoded[number, place] = plain
                return Cell(text, "text")
            known = Cell(text, "text") if text else EMPTY
            if len(self._known) < 50_000:
                self._known[value] = known
        return known


def too_many_cells(number: int, values: Sequence[Raw], width: int) -> FileFaultError:
    """A row of text with more cells than titles; a comma inside numbers is the usual cause."""
    texts = [str(value).strip() for value in values]
    if sum(1 for text in texts if _COMMA_NUMBER.fullmatch(text)) >= 2 and not any(
        ";" in text for text in texts
    ):
        return FileFaultError(
            "Baris %(row)s berisi lebih banyak sel (%(cells)s) daripada judul kolom "
            "(%(titles)s). Bila koma dipakai di "
            "dalam angka, pisahkan sel dengan titik koma.",
            row=number, cells=len(texts), titles=width,
        )  # fmt: skip
    return FileFaultError(
        "Baris %(row)s berisi lebih banyak sel daripada judul kolom. Periksa pemisahnya.",
        row=number,
    )


def _fill_merged(sheet: Sheet, rows: list[tuple[int, list[Cell]]]) -> None:
    """A cell merged over several rows holds for each of them."""
    by_number = dict(rows) if sheet.merged else {}
    for first, last, left, right in sheet.merged:
        top = by_number.get(first)
        if left != right or top is None or left >= len(top) or not top[left].text:
            continue
        for number in range(first + 1, min(last, first + MAX_ROWS) + 1):
            if number in by_number:
                by_number[number][left] = top[left]


def merged_notes(opened: Opened, rows: Sequence[tuple[int, Sequence[Cell]]]) -> Iterator[Text]:
    """Tell which rows got their value from a merged cell."""
    numbers = {number for number, _cells in rows}
    tall = [
        m
        for m in opened.sheet.merged
        if m[2] == m[3] < len(opened.titles) and m[0] < m[1] and m[0] in numbers
    ]
    if tall:
        first, last = tall[0][:2]
        yield Text(
            "Sel gabungan berlaku untuk semua barisnya, misalnya baris %(first)s–%(last)s.",
            first=first,
            last=last,
        )


def _plain_cell(value: Raw) -> Cell:
    if not isinstance(value, str):
        return EMPTY if value is None else cell_of(value)
    text = read_once(tidy(value))
    return Cell(text, "text") if text else EMPTY


def cell_of(value: int | float | bool | date | time) -> Cell:
    """A cell of a spreadsheet that is no text."""
    if isinstance(value, bool):
        return Cell("ya" if value else "tidak", "text")
    if isinstance(value, date):
        return Cell(value.isoformat(), "date", value)
    if isinstance(value, time):
        return Cell(value.strftime("%H:%M"), "time", value)
    return Cell(number_text(value), "number", value)


def number_text(value: int | float) -> str:
    """As a spreadsheet shows it: long numbers in powers of ten."""
    if abs(value) >= 1e11:
        return f"{value:.5E}"
    return str(int(value)) if float(value).is_integer() else str(value)
