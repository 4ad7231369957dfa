"""Read an uploaded table, CSV or XLSX, into cells that remember how they arrived."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any, Literal
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import iterparse

from feedback_app.domain.faults import ReadableError

MAX_ROWS = 200_000
MAX_COLUMNS = 100
LAST_ROW_OF_A_SHEET = 1_048_576  # Excel's own limit
MAX_UNPACKED = 200 * 1024 * 1024  # bytes inside an XLSX: more is a zip bomb
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
XLSX_BEGINS = b"PK"  # as every ZIP file does
_OLE = b"\xd0\xcf\x11\xe0"  # old .xls, and XLSX behind a password

# What openpyxl and the standard library raise for a file that is no whole workbook, beside its own.
_BROKEN_XLSX = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)

Arrived = Literal["text", "number", "date", "time", "empty"]


class FileFaultError(ReadableError):
    """The file as a whole cannot be read; the text says what to do."""


class AnalystFileError(ValueError):
    """An analyst's file cannot be read or written: told at a terminal, in English."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text as a person sees it, and how it arrived."""

    text: str
    arrived: Arrived
    value: object = None


@dataclass(frozen=True, slots=True)
class Table:
    """Header names (folded) and rows; each row carries its number in the spreadsheet."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


EMPTY = Cell("", "empty")


def read_table(content: bytes) -> Table:
    """Read a CSV (';', ',' or tab; UTF-8, UTF-16, Windows-1252) or the first sheet of an XLSX."""
    if content.startswith(_OLE):
        raise FileFaultError(
            "Berkas ini .xls lama atau berkata sandi. Simpan sebagai .xlsx tanpa sandi."
        )
    lines = _xlsx_rows(content) if content.startswith(XLSX_BEGINS) else _csv_rows(content)
    table = _table(lines)
    if not table.rows:
        raise FileFaultError("Berkas ini tidak berisi baris data di bawah judul kolom.")
    return table


def raw_rows(content: bytes) -> list[list[Cell]]:
    """Every row of a CSV or of the first sheet of an XLSX, before any heading is looked for."""
    if content.startswith(_OLE):
        raise FileFaultError(
            "Berkas ini .xls lama atau berkata sandi. Simpan sebagai .xlsx tanpa sandi."
        )
    rows = _xlsx_rows(content) if content.startswith(b"PK") else _csv_rows(content)
    return list(islice(rows, MAX_ROWS))


def _table(lines: Iterator[list[Cell]]) -> Table:
    headers: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    for number, cells in enumerate(lines, start=1):
        if all(not cell.text for cell in cells):
            continue
        if any(cell.text for cell in cells[len(headers) :]) and headers:
            raise FileFaultError(
                "Baris %(row)s berisi lebih banyak sel daripada judul kolom. Periksa pemisahnya.",
                row=number,
            )
        if not headers:
            headers = _headers(cells)
            if len(headers) > MAX_COLUMNS:
                raise FileFaultError(
                    "Terlalu banyak kolom (paling banyak %(most)s).", most=MAX_COLUMNS
                )
            continue
        if len(rows) >= MAX_ROWS:
            raise FileFaultError(
                "Terlalu banyak baris (paling banyak %(most)s). Bagi berkasnya.", most=MAX_ROWS
            )
        padded = [*cells[: len(headers)], *[EMPTY] * (len(headers) - len(cells))]
        rows.append((number, tuple(padded)))
    if not headers:
        raise FileFaultError("Berkas ini kosong.")
    return Table(headers, tuple(rows))


def _headers(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Folded names; empty cells after the last one are only a spreadsheet's formatting."""
    names = [cell.text.strip().casefold() for cell in cells]
    while not names[-1]:
        names.pop()
    return tuple(names)


def _csv_rows(content: bytes) -> Iterator[list[Cell]]:
    text = decode_text(content)
    if "\x00" in text:
        raise FileFaultError("Berkas ini bukan tabel teks (berisi karakter NUL).")
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first_line.count)
    csv.field_size_limit(1_000_000)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_text_cell(cell) for cell in row]
    except csv.Error as error:
        raise FileFaultError("Berkas CSV tidak dapat dibaca: %(why)s.", why=str(error)) from None


def decode_text(content: bytes) -> str:
    """Text of a CSV file, whatever an office's spreadsheet wrote it in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _text_cell(text: str) -> Cell:
    plain = text.strip()
    return Cell(plain, "text") if plain else EMPTY


def _xlsx_rows(content: bytes) -> Iterator[list[Cell]]:
    import openpyxl  # noqa: PLC0415 (.3 s and 40 MB, as it brings numpy: where a workbook is read)
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 (the same)

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise FileFaultError("Berkas ini terlalu besar bila dibuka.")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            page: Any = book.worksheets[0]
            with packed.open(page._worksheet_path) as source:
                _check_sheet(source)
        page.reset_dimensions()  # some programs write wrong ones; rows outside would be passed over
        for row in page.iter_rows(values_only=True):
            yield [_xlsx_cell(value) for value in row]
        book.close()
    except FileFaultError:
        raise
    except (*_BROKEN_XLSX, InvalidFileException):
        raise FileFaultError("Berkas XLSX ini rusak. Simpan ulang, lalu coba lagi.") from None


def _check_sheet(source: IO[bytes]) -> None:
    """Refuse what the library would pass over: rows out of order, formulas without a result."""
    last = 0
    for _event, row in iterparse(source):
        if row.tag != _SHEET + "row":
            continue
        number = int(row.get("r", last + 1))
        if not last < number <= LAST_ROW_OF_A_SHEET:
            raise FileFaultError(
                "Nomor baris %(row)s dalam berkas ini kacau. Simpan ulang.", row=number
            )
        last = number
        for cell in row:
            is_formula = cell.find(_SHEET + "f") is not None
            if is_formula and cell.get("t") != "str" and not cell.findtext(_SHEET + "v"):
                raise _formula_without_result(cell.get("r"), number)
        row.clear()


def _formula_without_result(place: str | None, row: int) -> FileFaultError:
    if place is None:
        return FileFaultError(
            "Sel di baris %(row)s berisi rumus tanpa hasil. Buka dan simpan ulang di Excel.",
            row=row,
        )
    return FileFaultError(
        "Sel %(place)s berisi rumus tanpa hasil. Buka dan simpan ulang di Excel.", place=place
    )


def _xlsx_cell(value: Any) -> Cell:
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return Cell("ya" if value else "tidak", "text")
    if isinstance(value, int | float):
        return Cell(_number_text(value), "number", value)
    if isinstance(value, datetime):
        return Cell(value.date().isoformat(), "date", value.date())
    if isinstance(value, date):
        return Cell(value.isoformat(), "date", value)
    if isinstance(value, time):
        return Cell(value.strftime("%H:%M"), "time", value)
    return _text_cell(str(value))


def _number_text(value: int | float) -> str:
    """As a spreadsheet shows it: long numbers in powers of ten."""
    if abs(value) >= 1e11:
        return f"{value:.5E}"
    return str(int(value)) if float(value).is_integer() else str(value)
