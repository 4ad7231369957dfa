"""Records an office imports: what a kind of file is, and how a table becomes rows.

A field that a file does not speak of is not in its record: an absent column, and an empty cell
unless the person who
imports says that empty cells clear. What a new row then gets stands in the kind's `defaults`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from feedback_app.domain.folding import heading_key
from feedback_app.domain.texts import Text
from feedback_app.files import cells
from feedback_app.files.cells import CellError, CellFaultError
from feedback_app.files.column_checks import swapped_days, totals_row
from feedback_app.files.matching import Matched, match
from feedback_app.files.reading.headings import Wanted
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

    @property
    def empty(self) -> Any:
        """What an optional field of a new row is when nothing was said."""
        return self.read(EMPTY)


@dataclass(frozen=True)
class Kind:
    """A kind of file: its columns and the fields that make a row unique (none: told later).

    A kind that `patches` may leave out what rows of the database have already; others are told
    whole.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...]
    patches: bool = False
    one_of: tuple[str, ...] = ()  # of these fields, one at least

    @cached_property
    def wanted(self) -> Wanted:
        """The titles by which a table of this kind is known among a file's sheets and rows."""
        names: dict[str, str] = {}
        for column in self.columns:
            for name in (column.heading, *column.also):
                names.setdefault(heading_key(name), column.field)
        required = (c.field for c in self.columns if c.is_required)
        return Wanted(
            names, frozenset(self.unique or required) if self.patches else frozenset(required)
        )

    def heading(self, field: str) -> str:
        """The title of a field's column."""
        return next(column.heading for column in self.columns if column.field == field)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has decided about a file; a column of None is left out."""

    sheet: str | None = None
    columns: Mapping[str, int | None] = field(default_factory=dict)
    empty_clears: bool = False
    merges: Mapping[str, str] = field(
        default_factory=dict
    )  # folded title of a course -> of its twin
    people: Mapping[str, str] = field(
        default_factory=dict
    )  # folded name -> NIP, or "": somebody else
    greetings: Mapping[str, str] = field(
        default_factory=dict
    )  # NIP -> "1" Bapak, "2" Ibu, "": the name alone


NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows with their numbers, or all that is wrong; warnings and notes never stop an import.

    `lacking`: fields that new rows need and the file has no column for.
    """

    rows: tuple[tuple[int, Record], ...]
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]
    notes: tuple[Text, ...] = ()
    matched: Matched | None = None
    lacking: tuple[str, ...] = ()
    has_open_columns: bool = False  # a person has to say which column is which


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


def parse(kind: Kind, table: Table, choices: Choices = NO_CHOICES) -> Parsed:
    """Every row and every bad cell of a table; nothing is raised for bad data."""
    matched = match(kind.columns, table, chosen=choices.columns)
    errors = [*matched.doubled, *_unsure(kind, table, matched), *_absent(kind, table, matched)]
    warnings = [*_unknown(table, matched)]
    if errors:
        return Parsed(
            (),
            tuple(errors),
            tuple(warnings),
            table.notes,
            matched,
            has_open_columns=bool(matched.guesses or matched.unknown) and not matched.doubled,
        )
    reading = _Reading(kind, table, matched, choices)
    rows, errors = reading.rows()
    errors += swapped_days(kind.columns, table, matched.places)
    errors += _repeated(kind, rows)
    warnings += reading.warnings
    lacking = tuple(
        c.field for c in kind.columns if c.is_required and c.field not in matched.places
    )
    return Parsed(tuple(rows), tuple(errors), tuple(warnings), table.notes, matched, lacking)


def _unsure(kind: Kind, table: Table, matched: Matched) -> list[CellError]:
    """A column that is probably meant: a person says so, nobody guesses for them."""
    return [
        CellError(
            table.heading_row,
            kind.heading(field),
            table.headers[place],
            Text("mungkin kolom ini yang dimaksud; pilih di layar atau samakan judulnya"),
        )
        for field, place in matched.guesses.items()
    ]


def _absent(kind: Kind, table: Table, matched: Matched) -> list[CellError]:
    needed = [
        c.field
        for c in kind.columns
        if c.is_required and (not kind.patches or c.field in kind.unique)
    ]
    known = {*matched.places, *matched.guesses}
    if kind.one_of and not known & set(kind.one_of):
        needed.append(kind.one_of[0])
    return [
        CellError(table.heading_row, kind.heading(field), "", Text("kolom ini tidak ada"))
        for field in needed
        if field not in known
    ]


def _unknown(table: Table, matched: Matched) -> list[CellError]:
    reason = Text("kolom ini tidak dikenal dan dilewati")
    return [
        CellError(
            table.heading_row,
            table.headers[place] or column_letters(place),
            table.headers[place],
            reason,
        )
        for place in matched.unknown
    ]


def column_letters(place: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        letters, place = chr(65 + rest) + letters, place - 1
    return letters


class _Reading:
    """Reads the rows of a table whose columns are known."""

    def __init__(self, kind: Kind, table: Table, matched: Matched, choices: Choices) -> None:
        self.kind, self.table, self.choices = kind, table, choices
        self.columns = [
            (c, matched.places[c.field]) for c in kind.columns if c.field in matched.places
        ]
        self.keys = [matched.places[name] for name in kind.unique if name in matched.places]
        self.warnings: list[CellError] = []

    def rows(self) -> tuple[list[tuple[int, Record]], list[CellError]]:
        found: list[tuple[int, Record]] = []
        errors: list[CellError] = []
        for number, line in self.table.rows:
            label = totals_row(line, self.keys)
            if label is not None:
                self.warnings.append(
                    CellError(number, label, label, Text("baris jumlah; dilewati"))
                )
                continue
            record, wrong = self._row(number, line)
            errors += wrong
            if not wrong:
                found.append((number, record))
                self.warnings += _odd_nip(number, record)
        return found, errors

    def _row(self, number: int, line: Sequence[Cell]) -> tuple[Record, list[CellError]]:
        record: dict[str, Any] = {}
        errors = []
        twice = self.table.twice_decoded or {}
        for column, place in self.columns:
            cell = line[place]
            if cells.is_empty(cell):
                if not self._is_told(column):
                    continue
                cell = EMPTY
            try:
                record[column.field] = column.read(cell)
            except CellFaultError as fault:
                errors.append(CellError(number, column.heading, cell.text, fault.text))
            if (number, place) in twice:
                self.warnings.append(
                    _twice(number, column.heading, twice[number, place], cell.text)
                )
        return record, errors

    def _is_told(self, column: Column) -> bool:
        """Whether an empty cell says something: that a key is missing, or that it clears."""
        if not self.kind.patches:
            return column.is_required or self.choices.empty_clears
        return column.field in self.kind.unique or self.choices.empty_clears


def _twice(number: int, heading: str, stood: str, text: str) -> CellError:
    reason = Text("teks ini tersandi dua kali; dibaca sebagai %(read)s", read=text)
    return CellError(number, heading, stood, reason)


def _odd_nip(number: int, record: Record) -> list[CellError]:
    warning = cells.nip_warning(record["nip"]) if record.get("nip") else None
    return [CellError(number, "nip", record["nip"], warning)] if warning else []


def _repeated(kind: Kind, rows: Sequence[tuple[int, Record]]) -> list[CellError]:
    seen: dict[tuple[Any, ...], int] = {}
    errors: list[CellError] = []
    for number, record in rows if kind.unique else ():
        key = tuple(_as_compared(record[field]) for field in kind.unique)
        if key in seen:
            heading = kind.heading(kind.unique[0])
            reason = Text("sama dengan baris %(row)s", row=seen[key])
            errors.append(CellError(number, heading, str(record[kind.unique[0]]), reason))
        seen.setdefault(key, number)
    return errors


def _as_compared(value: object) -> object:
    """Codes are one whatever their case, as a spreadsheet compares them."""
    return value.casefold() if isinstance(value, str) else value
