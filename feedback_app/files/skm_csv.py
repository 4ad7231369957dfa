"""Read a table of SKM answers: one respondent a row, columns named by element."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from feedback_app.domain.elements import OFFICIAL_KEYS, element
from feedback_app.domain.folding import fold, heading_key
from feedback_app.domain.texts import Text
from feedback_app.files import cells
from feedback_app.files.cells import CellError
from feedback_app.files.reading.headings import Wanted
from feedback_app.files.tables import Cell, Table, read_table

_ORDINAL = re.compile(r"u(?:nsur)?([1-9])")
_VALUE = re.compile(r"([1-4])(?:[.,]0+)?")
_SUMS = re.compile(
    r"(?:jumlah|total|nrr|rata-rata|rata2|rerata|ikm|mutu|nilai|bobot|kinerja|sum|mean|average)\b"
)


def _names() -> dict[str, str]:
    """Folded titles of an element's column: its key, its name, U1 to U9, and both."""
    names: dict[str, str] = {}
    for number, key in enumerate(OFFICIAL_KEYS, start=1):
        own = (key, element(key).unsur, element(key).unsur_en)
        numbered = (f"U{number}", f"Unsur {number}")
        both = (f"U{n} {name}" for n in range(1, 10) for name in own)
        for name in (*own, *numbered, *both):
            names.setdefault(heading_key(name), key)
    return names


WANTED = Wanted(_names(), frozenset(OFFICIAL_KEYS))


@dataclass(frozen=True, slots=True)
class SkmAnswers:
    """Counts of 1 to 4 by element over complete forms, how many were partial, what is wrong."""

    counts: dict[str, list[int]]
    partial: int
    errors: tuple[CellError, ...]
    notes: tuple[Text, ...] = ()


def read_skm_answers(content: bytes, *, sheet: str | None = None) -> SkmAnswers:
    """Count complete forms; a form with an open answer is partial and left out of the counts."""
    table = read_table(content, WANTED, sheet=sheet)
    counts = {key: [0, 0, 0, 0] for key in OFFICIAL_KEYS}
    places, errors = _find(table)
    if errors:
        return SkmAnswers(counts, 0, tuple(errors), table.notes)
    lines, sums = _without_sums(table, places)
    partial = 0
    for number, line in lines:
        answers = {key: _answer(key, line[place]) for key, place in places.items()}
        bad = [
            CellError(
                number,
                key,
                line[places[key]].text,
                Text("harus 1, 2, 3, atau 4 / must be 1, 2, 3 or 4"),
            )
            for key, value in answers.items()
            if value is None
        ]
        errors += bad
        if not bad and 0 in answers.values():
            partial += 1
        elif not bad:
            for key, value in answers.items():
                counts[key][(value or 1) - 1] += 1
    return SkmAnswers(counts, partial, tuple(errors), (*table.notes, *_notes(table, places), *sums))


def _find(table: Table) -> tuple[dict[str, int], list[CellError]]:
    places: dict[str, int] = {}
    errors = []
    keys = [WANTED.names.get(heading_key(title)) for title in table.headers]
    for key in OFFICIAL_KEYS:
        if keys.count(key) == 1:
            places[key] = keys.index(key)
            continue
        reason = "kolom ini tidak ada / column is missing"
        if key in keys:
            reason = "kolom ini ada lebih dari satu / column is repeated"
        errors.append(CellError(table.heading_row, key, "", Text(reason)))
    return places, errors


def _answer(key: str, cell: Cell) -> int | None:
    """1 to 4; 0 when the question was left open; None for anything else."""
    if cells.is_empty(cell):
        return 0
    match = _VALUE.fullmatch(cell.text)
    if match:
        return int(match[1])
    labels = [heading_key(label) for label in element(key).labels]
    return labels.index(heading_key(cell.text)) + 1 if heading_key(cell.text) in labels else None


def _notes(table: Table, places: dict[str, int]) -> Sequence[Text]:
    """Agencies number the last two elements either way: told when only numbers stand there."""
    titles = {key: heading_key(table.headers[place]) for key, place in places.items()}
    if not all(_ORDINAL.fullmatch(titles[key]) for key in OFFICIAL_KEYS[-2:]):
        return ()
    eighth, ninth = (element(key).unsur for key in OFFICIAL_KEYS[-2:])
    return (
        Text("U8 dibaca sebagai %(eighth)s dan U9 sebagai %(ninth)s.", eighth=eighth, ninth=ninth),
    )


Line = tuple[int, tuple[Cell, ...]]


def _without_sums(table: Table, places: dict[str, int]) -> tuple[list[Line], list[Text]]:
    """The respondents, without rows of sums and means below them; those are told.

    They are known by the word in front of them, and nothing but such rows may follow.
    """
    first = min(places.values())
    is_sum = [_is_sum(line[:first]) for _number, line in table.rows]
    if not any(is_sum) or any(one and not other for one, other in pairwise(is_sum)):
        return list(table.rows), []
    kept = [row for row, is_one in zip(table.rows, is_sum, strict=True) if not is_one]
    left = [str(row[0]) for row, is_one in zip(table.rows, is_sum, strict=True) if is_one]
    return kept, [
        Text("Baris jumlah dan rata-rata tidak dihitung: %(rows)s.", rows=", ".join(left))
    ]


def _is_sum(before: Sequence[Cell]) -> bool:
    words = [fold(cell.text) for cell in before if cell.text]
    return bool(words) and _SUMS.match(words[0]) is not None
