"""ODS, as LibreOffice writes it, as sheets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, time

from feedback_app.files.reading.book import MAX_COLUMNS, FileFaultError, Raw, Row, Sheet
from feedback_app.files.reading.xlsx import LAST_ROW_OF_A_SHEET
from feedback_app.files.reading.xml_parts import (
    BrokenFileError,
    check_size,
    feed,
    new_parser,
    pieces,
)

_CONTENT = "content.xml"
_CLOCK = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
MAX_REPEATED = (
    1_000  # a row with something in it that stands so often one below the other is a fault
)


def ods_sheets(content: bytes) -> list[Sheet]:
    """The sheets of a file in their order; hidden ones are known by their style."""
    packed = zipfile.ZipFile(io.BytesIO(content))
    check_size(packed)
    hidden_styles: set[str] = set()
    style, names = [""], []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "style":
            style[0] = attributes.get("style:name", "")
        elif tag == "table-properties" and attributes.get("table:display") == "false":
            hidden_styles.add(style[0])
        elif tag == "table":
            names.append((attributes.get("table:name", ""), attributes.get("table:style-name", "")))

    parser = new_parser(start, lambda _tag: None, lambda _text: None)
    with packed.open(_CONTENT) as source:
        for data in pieces(source):
            feed(parser, data)
    return [
        _sheet(packed, place, name, used in hidden_styles)
        for place, (name, used) in enumerate(names)
    ]


def _sheet(packed: zipfile.ZipFile, place: int, name: str, is_hidden: bool) -> Sheet:
    sheet = Sheet(name, is_hidden, rows=lambda: iter(()))
    sheet.rows = lambda: _rows(packed, place, sheet)
    return sheet


def _rows(packed: zipfile.ZipFile, place: int, sheet: Sheet) -> Iterator[Row]:
    reading = _Reading(place, sheet)
    parser = new_parser(reading.start, reading.end, reading.text)
    with packed.open(_CONTENT) as source:
        for data in pieces(source):
            feed(parser, data)
            yield from reading.ready
            reading.ready.clear()
            if reading.table > place:
                return


class _Reading:
    """The state of one pass over content.xml; only the table of one place is taken."""

    def __init__(self, place: int, sheet: Sheet) -> None:
        self.place, self.sheet = place, sheet
        sheet.hidden_rows.clear()
        self.table, self.number, self.times = -1, 0, 1
        self.ready: list[Row] = []
        self.values: list[Raw] = []
        self.blanks = 0
        self.cell: dict[str, str] = {}
        self.parts: list[str] = []
        self.is_hidden = self.in_cell = self.in_note = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self.table += 1
        elif self.table != self.place:
            return
        elif tag == "table-row":
            self.times = _times(attributes.get("table:number-rows-repeated"))
            self.is_hidden = attributes.get("table:visibility", "visible") != "visible"
            self.values, self.blanks = [], 0
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell, self.in_cell = attributes, True
            self.parts.clear()
        elif tag == "annotation":
            self.in_note = True
        elif tag in ("p", "s", "tab", "line-break") and self.in_cell:
            self.parts.append(" ")

    def end(self, tag: str) -> None:
        if self.table != self.place:
            return
        if tag in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif tag == "annotation":
            self.in_note = False
        elif tag == "table-row":
            self._end_row()

    def text(self, data: str) -> None:
        if self.in_cell and not self.in_note:
            self.parts.append(data)

    def _end_cell(self) -> None:
        self.in_cell = False
        times, value = _times(self.cell.get("table:number-columns-repeated")), self._value()
        if value is None or value == "":
            self.blanks += times
            return
        if len(self.values) + self.blanks + times > MAX_COLUMNS:
            raise FileFaultError("Terlalu banyak kolom (paling banyak %(most)s).", most=MAX_COLUMNS)
        self.values += [None] * self.blanks + [value] * times
        self.blanks = 0

    def _value(self) -> Raw:
        kind, text = self.cell.get("office:value-type", "string"), "".join(self.parts).strip()
        if kind in ("float", "percentage", "currency"):
            return _number(self.cell.get("office:value", ""))
        if kind == "date":
            return _day(self.cell.get("office:date-value", "")) or text
        if kind == "time" and (match := _CLOCK.fullmatch(self.cell.get("office:time-value", ""))):
            hours, minutes = int(match[1]), int(match[2])
            return time(hours, minutes) if hours < 24 and minutes < 60 else text
        if kind == "boolean":
            return self.cell.get("office:boolean-value") == "true"
        return text

    def _end_row(self) -> None:
        if self.values:
            if self.times > MAX_REPEATED:
                raise FileFaultError(
                    "Baris %(row)s diulang terlalu sering dalam berkas ini.", row=self.number + 1
                )
            for step in range(1, self.times + 1):
                self.ready.append((self.number + step, list(self.values)))
                if self.is_hidden:
                    self.sheet.hidden_rows.append(self.number + step)
        self.number += self.times
        if self.number > LAST_ROW_OF_A_SHEET + MAX_REPEATED:
            raise BrokenFileError


def _times(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1


def _number(text: str) -> Raw:
    try:
        value = float(text)
    except ValueError:
        raise BrokenFileError from None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
