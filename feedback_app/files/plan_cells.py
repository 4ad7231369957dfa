"""Cells and rows of a training plan's tables: each bad cell named by file, row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import TypeVar

from feedback_app.domain.days import day_of
from feedback_app.domain.folding import heading_key
from feedback_app.domain.texts import Text
from feedback_app.domain.training import LARGEST_JP
from feedback_app.files import cells, training_cells
from feedback_app.files.analyst_tables import read_columns
from feedback_app.files.cells import CellError, CellFaultError
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.reading.headings import Wanted
from feedback_app.files.tables import AnalystFileError, Cell

LONGEST_CODE = 100
_ALSO = {
    "officer": ("petugas", "kode petugas"), "employment": ("status", "status asn"),
    "jp_done": ("jp", "jp sudah", "jp tahun ini"), "turns": ("giliran", "jumlah pelatihan"),
    "item": ("unsur",), "weight": ("bobot",),
    "run": ("jadwal", "kode jadwal"), "training": ("pelatihan", "kode pelatihan"),
    "kind": ("jenis",), "start": ("mulai", "tanggal mulai"), "end": ("selesai", "tanggal selesai"),
    "seats": ("kursi",), "fee": ("kontribusi", "biaya kontribusi"),
    "travel": ("perjalanan", "biaya perjalanan"), "daily": ("uang harian",),
    "gain": ("pengaruh",), "counter": ("loket", "kode loket"), "day": ("tanggal",),
    "floor": ("paling sedikit", "petugas minimum"),
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
T = TypeVar("T")


class PlanFileError(Exception):
    """A file cannot be read at all; `text` says why, in Indonesian where the reader does."""

    def __init__(self, path: Path, text: Text) -> None:
        """Keep both apart."""
        super().__init__(f"{path}: {text}")
        self.path, self.text = path, text


class BadValueError(ValueError):
    """A cell that cannot be used; the message is the reason."""


class PlanFile:
    """One file's rows; faults gather in the list that all files share."""

    def __init__(
        self,
        path: Path,
        needed: tuple[str, ...],
        faults: list[tuple[Path, CellError]],
        optional: tuple[str, ...] = (),
    ) -> None:
        """Read the file; PlanFileError when it is no such table."""
        names = (*needed, *optional)
        also = {heading_key(word): name for name in names for word in _ALSO.get(name, ())}
        wanted = Wanted(also | {heading_key(name): name for name in names}, frozenset(needed))
        try:
            table = read_columns(path, wanted)
        except FileFaultError as fault:
            raise PlanFileError(path, fault.text) from None
        except AnalystFileError as fault:
            raise PlanFileError(path, Text(str(fault))) from None
        self.path, self.faults, self.notes = path, faults, table.notes
        self.numbers = table.rows.tolist()
        self.columns = {name: column.whole().tolist() for name, column in table.columns.items()}
        self._keys: dict[tuple[str, ...], int] = {}

    def rows(self) -> Iterator[PlanRow]:
        """Each row by the names of its columns."""
        for place, number in enumerate(self.numbers):
            yield PlanRow(self, number, {name: col[place] for name, col in self.columns.items()})

    def is_new(self, row: PlanRow, *keys: str) -> bool:
        """Whether these texts stood in no row before, whatever their case."""
        told = tuple(row.texts[key].casefold() for key in keys)
        first = self._keys.setdefault(told, row.number)
        if first != row.number:
            row.fault(keys[0], f"is the same as row {first}")
        return first == row.number


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row: its number in the spreadsheet, and its texts by column."""

    file: PlanFile
    number: int
    texts: dict[str, str]

    def get(self, name: str, read: Callable[[str], T]) -> T | None:
        """The value of a cell; None with its fault noted."""
        try:
            return read(self.texts[name])
        except BadValueError as fault:
            self.fault(name, str(fault))
            return None

    def code(self, name: str, known: Collection[str] | None = None, where: str = "") -> str | None:
        """A code; with `known`, one of these."""
        found = self.get(name, code_of)
        if found is not None and known is not None and found not in known:
            self.fault(name, f"is not in {where}")
            return None
        return found

    def fault(self, name: str, reason: str) -> None:
        """Note what is wrong with a cell of this row."""
        error = CellError(self.number, name, self.texts.get(name, ""), Text(reason))
        self.file.faults.append((self.file.path, error))


def code_of(text: str) -> str:
    """A code as another table writes it."""
    if not text:
        raise BadValueError("must not be empty")
    if len(text) > LONGEST_CODE or not text.isprintable():
        raise BadValueError(f"must be a code of at most {LONGEST_CODE} characters")
    return text


def number_of(text: str) -> float:
    """Decimal comma or point; Python's number words (nan, inf, 1_0) are no numbers here."""
    plain = text.replace(",", ".")
    if not plain.isascii() or not _NUMBER.fullmatch(plain) or not isfinite(float(plain)):
        raise BadValueError("must be a number")
    return float(plain)


def number_from_0(text: str) -> float:
    """A number that is not below 0."""
    value = number_of(text)
    if value < 0:
        raise BadValueError("must be 0 or more")
    return value


def hours_of(text: str) -> float:
    """JP of a run."""
    value = number_from_0(text)
    if value > LARGEST_JP:
        raise BadValueError(f"must be at most {LARGEST_JP} JP")
    return value


def whole_number(text: str) -> int:
    """A whole number from 0."""
    value = number_of(text)
    if value < 0 or not value.is_integer() or value > 1_000_000:
        raise BadValueError("must be a whole number, 0 or more")
    return int(value)


def rupiah_of(text: str) -> int:
    """Rupiah a participant; an empty price is no price of 0."""
    try:
        value = training_cells.rupiah(Cell(text, "text"))
    except CellFaultError:
        value = None
    if value is None:
        raise BadValueError("must be rupiah a participant like 6000000 or 6.000.000; 0 for free")
    return value


@lru_cache(maxsize=4096)
def day_in(text: str) -> date:
    """A day as offices write it."""
    found = day_of(text)
    if found is None:
        raise BadValueError("must be a day like 24-11-2026 or 2026-11-24")
    return found


def employment_of(text: str) -> str:
    """PNS or PPPK, as offices write them."""
    found = cells.EMPLOYMENTS.get(heading_key(text))
    if found is None:
        raise BadValueError("must be PNS or PPPK")
    return found
