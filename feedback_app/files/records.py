"""Records an office imports: what a kind of file is, and how a table becomes rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback_app.domain.texts import Text
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
    """A kind of file: its columns and the fields that make a row unique (none: told later)."""

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


def column(
    field: str,
    heading: str,
    read: Callable[[Cell], Any],
    hint: str,
    *examples: str,
    also: tuple[str, ...] = (),
) -> Column:
    """A column that every file must have."""
    return Column(field, heading, also, read, True, hint, examples)


def optional(
    field: str,
    heading: str,
    hint: str,
    *examples: str,
    read: Callable[[Cell], Any] = cells.optional_text,
    also: tuple[str, ...] = (),
) -> Column:
    """A column that may be missing or empty."""
    return Column(field, heading, (field, *also), read, False, hint, examples)


def parse(kind: Kind, table: Table) -> Parsed:
    """Every row and every bad cell of a table; nothing is raised for bad data."""
    places, errors = _find_columns(kind, table.headers)
    known = {name for column in kind.columns for name in (column.heading, *column.also)}
    warnings = [
        CellError(
            1,
            header or _column_letter(place),
            header,
            Text("kolom ini tidak dikenal dan dilewati"),
        )
        for place, header in enumerate(table.headers)
        if header not in known and (header or any(line[place].text for _, line in table.rows))
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


def _column_letter(place: int) -> str:
    """What a spreadsheet calls the column: 0 is A, 26 is AA."""
    before, letter = divmod(place, 26)
    return (_column_letter(before - 1) if before else "") + chr(ord("A") + letter)


def _find_columns(kind: Kind, headers: Sequence[str]) -> tuple[dict[str, int], list[CellError]]:
    places: dict[str, int] = {}
    errors = []
    for column in kind.columns:
        found = [i for i, name in enumerate(headers) if name in (column.heading, *column.also)]
        if len(found) > 1:
            errors.append(CellError(1, column.heading, "", Text("kolom ini ada lebih dari satu")))
        elif found:
            places[column.field] = found[0]
        elif column.is_required:
            errors.append(CellError(1, column.heading, "", Text("kolom ini tidak ada")))
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
            errors.append(CellError(number, column.heading, cell.text, fault.text))
    return record, errors


def _odd_nip(number: int, record: Record) -> list[CellError]:
    warning = cells.nip_warning(record["nip"]) if "nip" in record else None
    return [CellError(number, "nip", record["nip"], warning)] if warning else []


def _repeated(kind: Kind, rows: Sequence[tuple[int, Record]]) -> list[CellError]:
    seen: dict[tuple[Any, ...], int] = {}
    errors: list[CellError] = []
    for number, record in rows if kind.unique else ():
        key = tuple(record[field] for field in kind.unique)
        if key in seen:
            heading = next(c.heading for c in kind.columns if c.field == kind.unique[0])
            reason = Text("sama dengan baris %(row)s", row=seen[key])
            errors.append(CellError(number, heading, str(key[0]), reason))
        seen.setdefault(key, number)
    return errors
