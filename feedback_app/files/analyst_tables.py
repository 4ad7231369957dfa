"""An analyst's table as columns of text, through the same reader as the office's imports."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from itertools import islice
from operator import itemgetter
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feedback_app.domain.folding import heading_key, read_once, tidy
from feedback_app.domain.texts import Text
from feedback_app.files.cells import CellError
from feedback_app.files.reading.book import Raw, is_blank
from feedback_app.files.reading.headings import Wanted
from feedback_app.files.tables import AnalystFileError, Opened, open_table, too_many_cells

ROWS_AT_ONCE = 20_000
FAULTS_SHOWN = 200
EMPTY_WORDS = ("-", "–", "—")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text, each different text once: `texts[codes]` is the column."""

    codes: NDArray[np.intp]
    texts: pd.Index

    def whole(self) -> pd.Series:
        """Every cell."""
        return pd.Series(self.texts.astype("str").take(self.codes)).reset_index(drop=True)

    def read(self, read: Callable[[str], object], kind: str) -> NDArray[np.generic]:
        """What a function makes of each cell; it is called once for each different text."""
        made = np.array([read(text) for text in self.texts], dtype=kind)
        return made[self.codes] if len(made) else np.empty(0, dtype=kind)

    def is_in(self, texts: frozenset[str]) -> NDArray[np.bool_]:
        """Which cells are one of these."""
        return np.asarray(self.texts.isin(list(texts)))[self.codes]


@dataclass(frozen=True, slots=True)
class AnalystTable:
    """Columns by field, each row's number in the spreadsheet, and what was passed over."""

    columns: dict[str, Column]
    rows: NDArray[np.int64]
    notes: tuple[Text, ...]

    def __contains__(self, name: object) -> bool:
        """Whether the file has this column."""
        return name in self.columns


def read_columns(path: Path, wanted: Wanted) -> AnalystTable:
    """CSV, XLSX, ODS or Parquet; FileFaultError or AnalystFileError when it is no table."""
    if path.suffix.casefold() == ".parquet":
        return _from_parquet(path, wanted)
    opened = open_table(path.read_bytes(), wanted)
    with _uncollected():
        return _from_rows(opened, wanted)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: rows hold no circles, and it took two thirds of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _from_rows(opened: Opened, wanted: Wanted) -> AnalystTable:
    places = _places(opened.titles, wanted)
    parts: list[list[NDArray[np.object_]]] = [[] for _name in places]
    numbers: list[NDArray[np.int64]] = []
    for given, values in _batches(opened):
        numbers.append(np.array(given, dtype=np.int64))
        columns = list(zip(*values, strict=True))
        for part, place in zip(parts, places.values(), strict=True):
            part.append(_objects(columns[place]))
    if not numbers:
        raise AnalystFileError("the file has no rows of data")
    columns_found = {
        name: _column(np.concatenate(part)) for name, part in zip(places, parts, strict=True)
    }
    return AnalystTable(columns_found, np.concatenate(numbers), (*opened.notes, *_hidden(opened)))


def _batches(opened: Opened) -> Iterator[tuple[Sequence[int], Sequence[Sequence[Raw]]]]:
    """Row numbers and rows as wide as the titles, some thousands at a time; no blank rows."""
    width = len(opened.titles)
    while rows := list(islice(opened.rows, ROWS_AT_ONCE)):
        numbers, values = zip(*rows, strict=True)
        is_even = set(map(len, values)) == {width} and all(map(itemgetter(0), values))
        if not is_even:
            kept = [(n, _even(n, row, opened)) for n, row in rows if not is_blank(row)]
            if not kept:
                continue
            numbers, values = zip(*kept, strict=True)
        yield numbers, values


def _even(number: int, values: Sequence[Raw], opened: Opened) -> Sequence[Raw]:
    """A row as wide as the titles; a cell too many may have moved the others: a fault."""
    width = len(opened.titles)
    if len(values) > width and not is_blank(values[width:]):
        if opened.sheet.is_text:
            raise too_many_cells(number, values, width)
        raise AnalystFileError(
            f"row {number}: something stands beside the table's columns; remove it"
        )
    return values if len(values) == width else [*values[:width], *[""] * (width - len(values))]


def _hidden(opened: Opened) -> Iterator[Text]:
    hidden = [number for number in opened.sheet.hidden_rows if number > opened.heading_row]
    if hidden:
        named = ", ".join(map(str, hidden[:10])) + (" …" if len(hidden) > 10 else "")
        yield Text(
            "%(n)s baris tersembunyi (disaring) ikut dibaca: %(rows)s.", n=len(hidden), rows=named
        )


def _places(titles: Sequence[str], wanted: Wanted) -> dict[str, int]:
    """Where each field stands; a field that stands twice is a fault."""
    found: dict[str, list[int]] = {}
    for place, title in enumerate(titles):
        name = wanted.names.get(heading_key(title))
        if name is not None:
            found.setdefault(name, []).append(place)
    twice = sorted(name for name, places in found.items() if len(places) > 1)
    if twice:
        raise AnalystFileError(f"column is there twice: {', '.join(twice)}")
    missing = [
        name for name in wanted.names.values() if name in wanted.needed and name not in found
    ]
    if missing:
        told = ", ".join(title for title in titles if title) or "none"
        raise AnalystFileError(
            f"column is missing: {', '.join(dict.fromkeys(missing))} (columns there: {told})"
        )
    return {name: places[0] for name, places in found.items()}


def _objects(values: Sequence[object]) -> NDArray[np.object_]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _column(values: NDArray[np.object_]) -> Column:
    """Each different value once, as tidy text; those that became the same text are joined."""
    codes, different = pd.factorize(values)
    texts = _objects([*map(_text, different), ""])  # the last one is for cells without a value: -1
    again, joined = pd.factorize(texts)
    return Column(np.asarray(again)[codes], pd.Index(joined, dtype=object))


def _text(value: object) -> str:
    if isinstance(value, str):
        text = read_once(tidy(value))
        return "" if text in EMPTY_WORDS else text
    if value is None or value != value:  # noqa: PLR0124 (NaN of a Parquet file)
        return ""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()


def _from_parquet(path: Path, wanted: Wanted) -> AnalystTable:
    try:
        frame: pd.DataFrame = duckdb.read_parquet(str(path)).df()
    except duckdb.Error as error:
        raise AnalystFileError(f"not a Parquet file: {str(error).splitlines()[0]}") from None
    places = _places([str(name) for name in frame.columns], wanted)
    if frame.empty:
        raise AnalystFileError("the file has no rows of data")
    plain = frame.astype(object).where(frame.notna(), None)
    columns = {name: _column(plain.iloc[:, place].to_numpy()) for name, place in places.items()}
    return AnalystTable(columns, np.arange(2, len(frame) + 2), ())


class Faults:
    """Gathers bad cells of a table, with the rows as a spreadsheet numbers them."""

    def __init__(self, table: AnalystTable) -> None:
        """Start without any."""
        self.table = table
        self.cells: list[CellError] = []

    def add(self, column: str, is_bad: NDArray[np.bool_], reason: str) -> None:
        """Name the bad cells of a column, up to a limit."""
        for place in np.flatnonzero(is_bad)[:FAULTS_SHOWN]:
            own = self.table.columns.get(column)
            value = "" if own is None else str(own.texts[own.codes[place]])
            self.cells.append(CellError(int(self.table.rows[place]), column, value, Text(reason)))

    def found(self) -> tuple[CellError, ...]:
        """All bad cells in the order of rows."""
        return tuple(sorted(self.cells, key=lambda cell: cell.row))
