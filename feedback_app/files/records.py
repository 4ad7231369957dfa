"""The kinds of records an office imports: their columns, and how a table becomes rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback_app.files import cells
from feedback_app.files.cells import CellError, CellFaultError
from feedback_app.files.tables import EMPTY, Cell, Table

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its field, its heading, other headings it may have, how it is read."""

    field: str
    heading: str
    also: tuple[str, ...]
    read: Callable[[Cell], Any]
    is_required: bool
    hint: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its columns and the fields that make a row unique."""

    key: str
    title: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows with their numbers, or everything that is wrong; warnings never stop an import."""

    rows: tuple[tuple[int, Record], ...]
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]


def _column(
    field: str,
    heading: str,
    read: Callable[[Cell], Any],
    hint: str,
    *examples: str,
    also: tuple[str, ...] = (),
) -> Column:
    return Column(field, heading, also, read, True, hint, examples)


def _optional(field: str, heading: str, hint: str, *examples: str) -> Column:
    return Column(field, heading, (field,), cells.optional_text, False, hint, examples)


_UNIT = _column("unit", "unit", cells.code, "kode unit", "kantor", "kantor")

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "services",
            "Layanan",
            (
                _column("code", "kode", cells.code, "kode pendek", "ktp", "kk", also=("code",)),
                _column(
                    "name",
                    "nama",
                    cells.text,
                    "nama layanan",
                    "KTP-el",
                    "Kartu Keluarga",
                    also=("name",),
                ),
                _optional("name_en", "nama_en", "nama Inggris", "Identity card", "Family card"),
                _column(
                    "is_free",
                    "gratis",
                    cells.yes_or_no,
                    "ya atau tidak",
                    "ya",
                    "ya",
                    also=("free",),
                ),
                _UNIT,
            ),
            ("code",),
        ),
        Kind(
            "counters",
            "Loket",
            (
                _column("code", "kode", cells.code, "kode loket", "A1", "A2", also=("code",)),
                _column(
                    "name",
                    "nama",
                    cells.text,
                    "nama loket",
                    "Loket A1",
                    "Loket A2",
                    also=("name",),
                ),
                _UNIT,
                _column(
                    "services",
                    "layanan",
                    cells.offers,
                    "kode layanan, dipisah |; jam bila perlu: kk@08.00-12.00",
                    "ktp|kk@08.00-12.00",
                    "kk",
                    also=("services",),
                ),
            ),
            ("code",),
        ),
        Kind(
            "officers",
            "Petugas",
            (
                _column(
                    "nip",
                    "nip",
                    cells.nip,
                    "18 angka, kolom berformat Teks",
                    "198609102010032001",
                    "199001152015031002",
                ),
                _column(
                    "name",
                    "nama",
                    cells.text,
                    "nama lengkap",
                    "Siti Aminah",
                    "Budi Santoso",
                    also=("name",),
                ),
                _optional(
                    "display_name",
                    "nama_tampilan",
                    "sapaan di formulir; kosong = nama depan",
                    "Ibu Siti",
                    "Bapak Budi",
                ),
                _column(
                    "employment",
                    "status_asn",
                    cells.employment,
                    "PNS atau PPPK",
                    "PNS",
                    "PPPK",
                    also=("status", "employment"),
                ),
                _UNIT,
            ),
            ("nip",),
        ),
        Kind(
            "roster",
            "Jadwal",
            (
                _column(
                    "day",
                    "tanggal",
                    cells.day,
                    "24-11-2026",
                    "24-11-2030",
                    "24-11-2030",
                    also=("date",),
                ),
                _column(
                    "nip",
                    "nip",
                    cells.nip,
                    "18 angka, kolom berformat Teks",
                    "198609102010032001",
                    "199001152015031002",
                ),
                _column(
                    "counter", "loket", cells.code, "kode loket", "A1", "A2", also=("counter",)
                ),
                _column(
                    "starts",
                    "mulai",
                    cells.clock_time,
                    "08.00 (WIB)",
                    "08.00",
                    "12.00",
                    also=("start",),
                ),
                _column(
                    "ends",
                    "selesai",
                    cells.clock_time,
                    "16.00 (WIB)",
                    "12.00",
                    "16.00",
                    also=("end",),
                ),
            ),
            ("day", "nip", "counter", "starts"),
        ),
        Kind(
            "visits",
            "Jumlah kunjungan",
            (
                _column(
                    "day",
                    "tanggal",
                    cells.day,
                    "24-11-2026",
                    "24-11-2030",
                    "24-11-2030",
                    also=("date",),
                ),
                _column(
                    "counter", "loket", cells.code, "kode loket", "A1", "A1", also=("counter",)
                ),
                _column(
                    "service",
                    "layanan",
                    cells.code,
                    "kode layanan",
                    "ktp",
                    "kk",
                    also=("service",),
                ),
                _column(
                    "visits",
                    "jumlah",
                    cells.count,
                    "bilangan bulat",
                    "85",
                    "61",
                    also=("visits",),
                ),
            ),
            ("day", "counter", "service"),
        ),
    )
}


def parse(kind: Kind, table: Table) -> Parsed:
    """Every row and every bad cell of a table; nothing is raised for bad data."""
    places, errors = _find_columns(kind, table.headers)
    known = {name for column in kind.columns for name in (column.heading, *column.also)}
    warnings = [
        CellError(1, header, header, "kolom ini tidak dikenal dan dilewati")
        for header in table.headers
        if header and header not in known
    ]
    if errors:
        return Parsed((), tuple(errors), tuple(warnings))
    rows: list[tuple[int, Record]] = []
    for number, line in table.rows:
        record, wrong = _read_row(kind, places, number, line)
        errors += wrong
        if not wrong:
            rows.append((number, record))
            warnings += _odd_nip(number, record)
    errors += _repeated(kind, rows)
    return Parsed(tuple(rows), tuple(errors), tuple(warnings))


def _find_columns(kind: Kind, headers: Sequence[str]) -> tuple[dict[str, int], list[CellError]]:
    places: dict[str, int] = {}
    errors = []
    for column in kind.columns:
        found = [i for i, name in enumerate(headers) if name in (column.heading, *column.also)]
        if len(found) > 1:
            errors.append(CellError(1, column.heading, "", "kolom ini ada lebih dari satu"))
        elif found:
            places[column.field] = found[0]
        elif column.is_required:
            errors.append(CellError(1, column.heading, "", "kolom ini tidak ada"))
    return places, errors


def _read_row(
    kind: Kind, places: Mapping[str, int], number: int, line: Sequence[Cell]
) -> tuple[Record, list[CellError]]:
    record: dict[str, Any] = {}
    errors = []
    for column in kind.columns:
        cell = line[places[column.field]] if column.field in places else EMPTY
        try:
            record[column.field] = column.read(cell)
        except CellFaultError as fault:
            errors.append(CellError(number, column.heading, cell.text, str(fault)))
    return record, errors


def _odd_nip(number: int, record: Record) -> list[CellError]:
    warning = cells.nip_warning(record["nip"]) if "nip" in record else None
    return [CellError(number, "nip", record["nip"], warning)] if warning else []


def _repeated(kind: Kind, rows: Sequence[tuple[int, Record]]) -> list[CellError]:
    seen: dict[tuple[Any, ...], int] = {}
    errors = []
    for number, record in rows:
        key = tuple(record[field] for field in kind.unique)
        if key in seen:
            heading = next(c.heading for c in kind.columns if c.field == kind.unique[0])
            reason = f"sama dengan baris {seen[key]}"
            errors.append(CellError(number, heading, str(key[0]), reason))
        seen.setdefault(key, number)
    return errors
