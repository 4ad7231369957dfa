"""Which column of a table holds which field: sure by its title, else a guess by what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Protocol

from feedback_app.domain.folding import fold, heading_key
from feedback_app.domain.texts import Text
from feedback_app.files import cells, training_cells
from feedback_app.files.cells import CellError, CellFaultError
from feedback_app.files.tables import Cell, Table

SURE_ENOUGH = 0.62  # of 1: below it, guesses named the wrong column as often as the right one
PART = 0.7  # "Unit Kerja" for unit: all of one title and a word more
PART_BY_MEANING = 0.65  # "Konter Awal" for loket; below the word itself, so that "No" is no unit
SAMPLE = 40
# Words that mean the same in an office's titles.
_MEANS = (
    "nama name lengkap",
    "unit kerja satuan bagian bidang opd skpd instansi",
    "status asn kepegawaian kedudukan",
    "tanggal tgl hari date waktu",
    "mulai awal masuk start dari sejak",
    "selesai akhir pulang end sampai hingga",
    "loket counter konter meja",
    "layanan service pelayanan",
    "jumlah banyaknya total count visits kunjungan pemohon",
    "kode code id no nomor",
    "judul nama title pelatihan diklat kursus",
    "biaya harga tarif cost anggaran",
    "hasil kelulusan result",
    "sertifikat sertipikat piagam sttpp certificate",
    "alasan sebab dasar reason",
    "penyelenggara lembaga institusi provider pelaksana",
    "sapaan panggilan tampilan",
    "responden sampel respondent",
    "gratis free bebas",
)
_GROUPS: dict[str, set[int]] = {}
for _place, _alike_words in enumerate(_MEANS):
    for _word in _alike_words.split():
        _GROUPS.setdefault(_word, set()).add(_place)
# Readers that take few texts: what they accept says what a column is.
_TELLING: frozenset[Callable[[Cell], Any]] = frozenset(
    (cells.nip, cells.day, cells.clock_time, cells.employment, cells.yes_or_no,
     training_cells.training_kind,
     training_cells.siasn_day)
)  # fmt: skip


class AnyColumn(Protocol):
    """What matching needs to know of a column."""

    @property
    def field(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def also(self) -> tuple[str, ...]: ...
    @property
    def read(self) -> Callable[[Cell], Any]: ...
    @property
    def is_required(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Matched:
    """Places of fields; guesses that a person must confirm; columns that are nobody's."""

    places: Mapping[str, int]
    guesses: Mapping[str, int]
    unknown: tuple[int, ...]
    doubled: tuple[CellError, ...]
    titles: tuple[str, ...]


def match(
    columns: Sequence[AnyColumn], table: Table, *, chosen: Mapping[str, int | None]
) -> Matched:
    """Match by titles; `chosen` are a person's decisions (None: leave the field out)."""
    keys = [heading_key(title) for title in table.headers]
    places = {
        name: place
        for name, place in chosen.items()
        if place is not None and 0 <= place < len(keys)
    }
    doubled: list[CellError] = []
    for column in columns:
        if column.field in chosen:
            continue
        found = _by_title(column, keys, taken=set(places.values()))
        if len(found) > 1:
            reason = Text("kolom ini ada lebih dari satu")
            doubled.append(CellError(table.heading_row, column.heading, "", reason))
        elif found:
            places[column.field] = found[0]
    left = [
        place
        for place in range(len(keys))
        if place not in places.values() and _has_content(table, place)
    ]
    open_columns = [c for c in columns if c.field not in places and c.field not in chosen]
    guesses = {} if doubled else _guess(open_columns, table, left)
    unknown = tuple(place for place in left if place not in guesses.values())
    return Matched(places, guesses, unknown, tuple(doubled), table.headers)


def _by_title(column: AnyColumn, keys: Sequence[str], *, taken: set[int]) -> list[int]:
    """Columns of this very title; where there is none, of a title that means the same."""
    own = heading_key(column.heading)
    also = {heading_key(name) for name in column.also}
    free = [(place, key) for place, key in enumerate(keys) if place not in taken]
    return [place for place, key in free if key == own] or [
        place for place, key in free if key in also
    ]


def _has_content(table: Table, place: int) -> bool:
    return bool(table.headers[place]) or any(line[place].text for _number, line in table.rows)


def _guess(columns: Sequence[AnyColumn], table: Table, left: Sequence[int]) -> dict[str, int]:
    """The best pairs first; each column and each field once."""
    pairs = sorted(
        (
            (_likeness(column, table, place), column.field, place)
            for column in columns
            for place in left
        ),
        key=lambda pair: -pair[0],
    )
    found: dict[str, int] = {}
    for likeness, field, place in pairs:
        if likeness >= SURE_ENOUGH and field not in found and place not in found.values():
            found[field] = place
    return found


def _likeness(column: AnyColumn, table: Table, place: int) -> float:
    title = table.headers[place]
    if not title:
        return 0.0
    by_title = max(_alike(title, name) for name in (column.heading, *column.also))
    if column.read not in _TELLING or by_title < 0.5:
        return by_title
    return 0.5 * by_title + 0.5 * _readable(column, table, place)


def _alike(one: str, other: str) -> float:
    """Of two titles, 0 to 1: by letters, or by words that mean the same."""
    letters = SequenceMatcher(None, heading_key(one), heading_key(other)).ratio()
    first, second = _words(one), _words(other)
    if not first or not second:
        return letters
    shared = _shared(first, second)
    if shared == min(len(first), len(second)) and abs(len(first) - len(second)) == 1:
        is_same = set(first) <= set(second) or set(second) <= set(first)
        return max(letters, PART if is_same else PART_BY_MEANING)
    return max(letters, shared / max(len(first), len(second)))


def _shared(first: Sequence[str], second: Sequence[str]) -> int:
    """How many words find one of the same meaning in the other title, each word used once."""
    left = list(first)
    for word in second:
        twin = next((w for w in left if w == word), None) or next(
            (w for w in left if _same(word, w)), None
        )
        if twin is not None:
            left.remove(twin)
    return len(first) - len(left)


def _words(title: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", fold(title)) if word]


def _same(one: str, other: str) -> bool:
    return one == other or bool(_GROUPS.get(one, set()) & _GROUPS.get(other, set()))


def _readable(column: AnyColumn, table: Table, place: int) -> float:
    """The share of a column's first cells that the field's reader takes."""
    sample = [line[place] for _number, line in table.rows[: 4 * SAMPLE] if line[place].text][
        :SAMPLE
    ]
    taken = 0
    for cell in sample:
        try:
            column.read(cell)
        except CellFaultError:
            continue
        taken += 1
    return taken / len(sample) if sample else 0.0
