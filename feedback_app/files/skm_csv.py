"""Read a table of SKM answers: one respondent a row, columns named by element key."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.texts import Text
from feedback_app.files.cells import CellError
from feedback_app.files.tables import read_table


@dataclass(frozen=True, slots=True)
class SkmAnswers:
    """Counts of 1 to 4 by element over complete forms, how many were partial, what is wrong."""

    counts: dict[str, list[int]]
    partial: int
    errors: tuple[CellError, ...]


def read_skm_answers(content: bytes) -> SkmAnswers:
    """Count complete forms; a form with an open answer is partial and left out of the counts."""
    table = read_table(content)
    errors = [
        CellError(1, key, "", Text("kolom ini tidak ada / column is missing"))
        if table.headers.count(key) == 0
        else CellError(1, key, "", Text("kolom ini ada lebih dari satu / column is repeated"))
        for key in OFFICIAL_KEYS
        if table.headers.count(key) != 1
    ]
    counts = {key: [0, 0, 0, 0] for key in OFFICIAL_KEYS}
    partial = 0
    if errors:
        return SkmAnswers(counts, partial, tuple(errors))
    places = {key: table.headers.index(key) for key in OFFICIAL_KEYS}
    for number, line in table.rows:
        answers = {key: line[place].text for key, place in places.items()}
        bad = [
            CellError(number, key, text, Text("harus 1, 2, 3, atau 4 / must be 1, 2, 3 or 4"))
            for key, text in answers.items()
            if text not in ("", "1", "2", "3", "4")
        ]
        errors += bad
        if not bad and "" in answers.values():
            partial += 1
        elif not bad:
            for key, text in answers.items():
                counts[key][int(text) - 1] += 1
    return SkmAnswers(counts, partial, tuple(errors))
