"""Read the monthly grid that offices keep: names down, days across, a letter or code a cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.tables import EMPTY, Cell, raw_rows

FEWEST_DAYS = 7  # a grid of less than a week is none
MOST_ROWS = 500
NO_SHIFT = frozenset({"", "-", "–", "—"})
MONTHS = (
    ("januari", "jan"),
    ("februari", "feb", "pebruari"),
    ("maret", "mar"),
    ("april", "apr"),
    ("mei",),
    ("juni", "jun"),
    ("juli", "jul"),
    ("agustus", "agt", "agu", "ags"),
    ("september", "sep", "sept"),
    ("oktober", "okt"),
    ("november", "nov", "nopember"),
    ("desember", "des"),
)
_NUMBER_OF = {word: n for n, words in enumerate(MONTHS, start=1) for word in words}
_NAME_HEADS, _COUNTER_HEADS = ("nama", "petugas", "pegawai"), ("loket", "meja")
_NOT_A_PERSON = ("jumlah", "total", "keterangan", "mengetahui", "catatan")
_WEEKDAYS = frozenset(
    (
        *("sen", "sel", "rab", "kam", "jum", "sab", "min", "ming"),
        *("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"),
    )
)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One officer's month: the row in the sheet, who, at which counter if told, a cell a day."""

    row: int
    name: str
    nip: str
    counter: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """A grid: its month (the first day) where the file tells it, the days, the rows."""

    month: date | None
    days: tuple[int, ...]
    rows: tuple[GridRow, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """Every letter and code that stands in it, in the order of first use."""
        every = (cell for row in self.rows for cell in row.cells)
        return tuple(dict.fromkeys(cell for cell in every if cell not in NO_SHIFT))


def read_month_grid(content: bytes) -> MonthGrid:
    """A grid of a CSV or XLSX; FileFaultError when no row of days is found in it."""
    numbered = raw_rows(content)
    lines = [line for _number, line in numbered]
    head, first, days = _heading(lines)
    dates = [cell.value for cell in lines[head] if isinstance(cell.value, date)]
    month = dates[0].replace(day=1) if dates else _month_told(lines[: head + 1])
    name_at = _name_column(lines, head, first)
    counter_at = _column(lines, head, first, _COUNTER_HEADS)
    nip_at = _column(lines, head, first, ("nip",))
    rows = []
    for number, line in numbered[head + 1 :]:
        name = _at(line, name_at).text
        cells = tuple(_mark(_at(line, first + place)) for place in range(len(days)))
        if not _is_person(name, cells):
            continue
        nip = re.sub(r"\D", "", _at(line, nip_at).text)
        rows.append(GridRow(number, name, nip, _at(line, counter_at).text, cells))
    if not rows:
        raise FileFaultError("Tabel ini tidak berisi nama petugas di bawah baris tanggal.")
    if len(rows) > MOST_ROWS:
        raise FileFaultError("Terlalu banyak baris (paling banyak %(most)s).", most=MOST_ROWS)
    return MonthGrid(month, tuple(days), tuple(rows))


def _heading(lines: Sequence[Sequence[Cell]]) -> tuple[int, int, list[int]]:
    """Where the days stand: the row, the first column, the days."""
    best: tuple[int, int, list[int]] = (0, 0, [])
    for number, line in enumerate(lines):
        first, days = _longest_run(line)
        if first > 0 and len(days) > len(best[2]):
            best = (number, first, days)
    if len(best[2]) < FEWEST_DAYS:
        raise FileFaultError(
            "Baris tanggal (1, 2, 3, …) tidak ditemukan. Tabel bulanan berisi nama ke bawah dan "
            "tanggal ke kanan."
        )
    return best


def _longest_run(line: Sequence[Cell]) -> tuple[int, list[int]]:
    """The longest run of days that follow each other, and its first column."""
    best: tuple[int, list[int]] = (0, [])
    first, run = 0, list[int]()
    for place, cell in enumerate([*line, EMPTY]):
        day = _day(cell)
        if run and day == run[-1] + 1:
            run.append(day)
            continue
        if len(run) > len(best[1]):
            best = (first, run)
        first, run = place, [day] if day is not None else []
    return best


def _day(cell: Cell) -> int | None:
    if isinstance(cell.value, date):
        return cell.value.day
    found = re.fullmatch(r"0?([1-9]|[12][0-9]|3[01])(?:[./ -]?[A-Za-z]{3,9})?", cell.text)
    return int(found[1]) if found else None


def _month_told(lines: Sequence[Sequence[Cell]]) -> date | None:
    """The month in the titles above: "BULAN DESEMBER 2026", "12/2026"."""
    text = " ".join(cell.text for line in lines for cell in line).casefold()
    for word, year in re.findall(r"([a-z]+)\W{0,3}(20[0-9]{2})", text):
        if word in _NUMBER_OF:
            return date(int(year), _NUMBER_OF[word], 1)
    number = re.search(r"\b(0?[1-9]|1[0-2])[/-](20[0-9]{2})\b", text)
    return date(int(number[2]), int(number[1]), 1) if number else None


def _column(
    lines: Sequence[Sequence[Cell]], head: int, first: int, words: Sequence[str]
) -> int | None:
    """The column left of the days whose heading says so; headings may be merged over two rows."""
    for line in lines[max(0, head - 2) : head + 2]:
        for place, cell in enumerate(line[:first]):
            if any(word in cell.text.casefold() for word in words) and len(cell.text) <= 30:
                return place
    return None


def _name_column(lines: Sequence[Sequence[Cell]], head: int, first: int) -> int:
    told = _column(lines, head, first, _NAME_HEADS)
    if told is not None:
        return told
    below = lines[head + 1 :]

    def letters(place: int) -> int:
        return sum(len(re.findall(r"[^\W\d]", _at(line, place).text)) for line in below)

    return max(range(first), key=letters)


def _at(line: Sequence[Cell], place: int | None) -> Cell:
    return line[place] if place is not None and place < len(line) else EMPTY


def _mark(cell: Cell) -> str:
    return " ".join(cell.text.upper().split())[:20]


def _is_person(name: str, cells: Sequence[str]) -> bool:
    """Not the row of weekdays, of sums or of the legend."""
    folded = name.casefold()
    if not re.search(r"[^\W\d]{2}", name) or folded.startswith(_NOT_A_PERSON):
        return False
    told = {cell.casefold() for cell in cells if cell}
    return bool(told) and not (len(told) > 3 and told <= _WEEKDAYS)


def folded_name(name: str) -> str:
    """A name without titles, dots and blanks, as two lists of one office may write it."""
    bare = name.partition(",")[0].casefold()
    bare = re.sub(r"\b(drs|dra|dr|ir|h|hj|prof|bapak|ibu|bpk|sdr)\b\.?", " ", bare)
    return re.sub(r"[^\w]", "", bare)
