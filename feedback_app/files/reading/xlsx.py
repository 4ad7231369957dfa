"""XLSX, strict XLSX too, as sheets; a stream, so that empty formatted cells cost nothing."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from feedback_app.files.reading.book import MAX_COLUMNS, FileFaultError, Raw, Row, Sheet
from feedback_app.files.reading.xlsx_values import (
    Shown,
    moment_of,
    moment_of_text,
    number_of,
    shared_texts,
    shown_as,
    unescaped,
)
from feedback_app.files.reading.xml_parts import (
    BrokenFileError,
    attribute,
    check_size,
    feed,
    new_parser,
    pieces,
    read_part,
)

LAST_ROW_OF_A_SHEET = 1_048_576  # Excel's own limit
_RELATIONS = "_rels/.rels"
# A cell or row with a format and nothing else: 300,000 bordered rows go by at the speed of a
# search.
_EMPTY_CELL = re.compile(rb"<c(?:\s[^<>]*+)?(?:(?<=/)>|></c>)")
_EMPTY_ROW = re.compile(
    rb"<row(?:\s[^<>]*+)?(?:(?<=/)>|>(?:\s*+<c(?:\s[^<>]*+)?(?:(?<=/)>|></c>))*+\s*+</row>)"
)
# What the standard library raises for a file that is no whole workbook.
BROKEN = (
    BrokenFileError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sheet as the workbook names it."""

    name: str
    is_hidden: bool
    part: str


class _Workbook:
    """What all sheets of a workbook share; texts and styles are read when first needed."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self.packed = packed
        self.is_1904 = False
        self.folder, self.parts, self.places = "", {}, []  # type: ignore[var-annotated]
        self._read_names()
        self._texts: list[str] | None = None
        self._shown: list[Shown] | None = None

    def _read_names(self) -> None:
        top = _relations(self.packed, _RELATIONS)
        book = next(
            (part for kind, part, _id in top if kind == "officeDocument"), "xl/workbook.xml"
        )
        self.folder = posixpath.dirname(book)
        rels = posixpath.join(self.folder, "_rels", posixpath.basename(book) + ".rels")
        found = _relations(self.packed, rels)
        by_id = {given: self._part(target) for _kind, target, given in found}
        self.parts = {kind: self._part(target) for kind, target, _id in found}
        kinds = {given: kind for kind, _part, given in found}

        def start(tag: str, attributes: dict[str, str]) -> None:
            given = attribute(attributes, "id")
            if tag == "workbookPr":
                self.is_1904 = attributes.get("date1904") in ("1", "true")
            elif tag == "sheet" and kinds.get(given) == "worksheet":
                is_hidden = attributes.get("state", "visible") != "visible"
                self.places.append(_Place(attributes.get("name", ""), is_hidden, by_id[given]))

        read_part(self.packed, book, start)

    def _part(self, target: str) -> str:
        """A part's name in the archive; some programs write the whole path, with a slash."""
        return posixpath.normpath(posixpath.join(self.folder, target)).lstrip("/")

    @property
    def texts(self) -> list[str]:
        if self._texts is None:
            self._texts = shared_texts(self.packed, self.parts.get("sharedStrings", ""))
        return self._texts

    @property
    def shown(self) -> list[Shown]:
        if self._shown is None:
            self._shown = shown_as(self.packed, self.parts.get("styles", ""))
        return self._shown


def _relations(packed: zipfile.ZipFile, name: str) -> list[tuple[str, str, str]]:
    """(kind, part, id) of a part's relations; the kind is the last word of its address."""
    found: list[tuple[str, str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = attributes.get("Target", "")
            found.append(
                (
                    kind,
                    target.lstrip("/") if name == _RELATIONS else target,
                    attributes.get("Id", ""),
                )
            )

    read_part(packed, name, start)
    return found


def xlsx_sheets(content: bytes) -> list[Sheet]:
    """The sheets of a workbook in their order."""
    packed = zipfile.ZipFile(io.BytesIO(content))
    check_size(packed)
    book = _Workbook(packed)
    if not book.places:
        raise BrokenFileError
    return [_sheet(book, place) for place in book.places]


def _sheet(book: _Workbook, place: _Place) -> Sheet:
    sheet = Sheet(place.name, place.is_hidden, rows=lambda: iter(()))
    sheet.rows = lambda: _rows(book, place, sheet)
    return sheet


def _rows(book: _Workbook, place: _Place, sheet: Sheet) -> Iterator[Row]:
    reading = _SheetReading(book, sheet)
    parser = new_parser(reading.start, reading.end, reading.text)
    with book.packed.open(place.part.lstrip("/")) as source:
        for data in pieces(source):
            # Inside a CDATA section the same letters would be text.
            is_plain = b"<!" not in data
            feed(parser, _EMPTY_CELL.sub(b"", _EMPTY_ROW.sub(b"", data)) if is_plain else data)
            yield from reading.ready
            reading.ready.clear()
    feed(parser, b"", is_last=True)


class _SheetReading:
    """The state of one pass over a sheet's XML."""

    def __init__(self, book: _Workbook, sheet: Sheet) -> None:
        self.book, self.sheet = book, sheet
        sheet.hidden_rows.clear()
        sheet.merged.clear()
        self.ready: list[Row] = []
        self.values: list[Raw] = []
        self.number = 0
        self.is_hidden = False
        self.column = -1
        self.kind = self.style = self.place = ""
        self.has_formula = self.takes_text = self.is_reading_aid = False
        self.parts: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self.place = attributes.get("r", "")
            self.column = column_of(self.place) if self.place else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.has_formula = False
            self.parts.clear()
        elif tag in ("v", "t"):
            self.takes_text = not self.is_reading_aid
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "f":
            self.has_formula = True
        elif tag == "rPh":
            self.is_reading_aid = True
        elif tag == "mergeCell":
            self._note_merged(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.takes_text = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row" and self.values:
            self.ready.append((self.number, self.values))
            if self.is_hidden:
                self.sheet.hidden_rows.append(self.number)
        elif tag == "rPh":
            self.is_reading_aid = False

    def text(self, data: str) -> None:
        if self.takes_text:
            self.parts.append(data)

    def _start_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r", "")
        number = int(given) if given.isdigit() else self.number + 1
        if not self.number < number <= LAST_ROW_OF_A_SHEET:
            raise FileFaultError(
                "Nomor baris %(row)s dalam berkas ini kacau. Simpan ulang.", row=number
            )
        self.number, self.values, self.column = number, [], -1
        self.is_hidden = attributes.get("hidden") in ("1", "true")

    def _end_cell(self) -> None:
        value = self._value("".join(self.parts))
        if value is None or value == "":
            return
        if self.column >= MAX_COLUMNS:
            raise FileFaultError(
                "Sel %(place)s terletak terlalu jauh: paling banyak %(most)s kolom. Hapus "
                "isinya bila tidak perlu.",
                place=self.place or str(self.number), most=MAX_COLUMNS,
            )  # fmt: skip
        self.values.extend([None] * (self.column - len(self.values)))
        if self.column < len(self.values):
            raise BrokenFileError
        self.values.append(value)

    def _value(self, text: str) -> Raw:
        if not text:
            if self.has_formula and self.kind != "str":
                raise self._without_result()
            return None
        if self.kind == "s":
            return self.book.texts[int(text)]
        if self.kind in ("str", "inlineStr"):
            return unescaped(text)
        if self.kind == "b":
            return text == "1"
        if self.kind == "e":
            return text
        if self.kind == "d":
            return moment_of_text(text)
        number = number_of(text)
        if not self.style:
            return number
        shown = self.book.shown
        place = int(self.style)
        style: Shown = shown[place] if place < len(shown) else "number"
        return number if style == "number" else moment_of(number, style, is_1904=self.book.is_1904)

    def _without_result(self) -> FileFaultError:
        if not self.place:
            return FileFaultError(
                "Sel di baris %(row)s berisi rumus tanpa hasil. Buka dan simpan ulang di Excel.",
                row=self.number,
            )
        return FileFaultError(
            "Sel %(place)s berisi rumus tanpa hasil. Buka dan simpan ulang di Excel.",
            place=self.place,
        )

    def _note_merged(self, reference: str) -> None:
        match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})", reference)
        if match and len(self.sheet.merged) < 10_000:
            first, last = column_of(match[1]), column_of(match[3])
            self.sheet.merged.append((int(match[2]), int(match[4]), first, last))


_columns: dict[str, int] = {}


def column_of(place: str) -> int:
    """'C12' -> 2; letters of at most three, as Excel's XFD."""
    letters = place.rstrip("0123456789")
    if letters not in _columns:
        if not re.fullmatch("[A-Z]{1,3}", letters):
            raise BrokenFileError
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        _columns[letters] = number - 1
    return _columns[letters]
