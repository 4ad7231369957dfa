"""What only a whole column or row shows: swapped days and months, rows of sums."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from feedback_app.domain.days import is_figures_in_order
from feedback_app.domain.folding import fold
from feedback_app.domain.texts import Text
from feedback_app.files import cells, training_cells
from feedback_app.files.cells import CellError
from feedback_app.files.matching import AnyColumn
from feedback_app.files.tables import Cell, Table

_DAYS: frozenset[Callable[[Cell], Any]] = frozenset(
    (
        cells.day,
        training_cells.optional_day,
        training_cells.siasn_day,
        training_cells.optional_siasn_day,
    )
)
_TOTALS = re.compile(
    r"(?:sub ?|grand ?)?(?:jumlah|total|jml|rata-rata|rata2|rerata|sum|average|mean)\b"
)
FAULTS_OF_A_COLUMN = 100


def swapped_days(
    columns: Sequence[AnyColumn], table: Table, places: Mapping[str, int]
) -> list[CellError]:
    """Real dates that an American spreadsheet has made of texts, with day and month swapped.

    It leaves 13/05/2026 as a text, as there is no 13th month, and turns 05/03/2026 into the 3rd of
    May: half texts,
    half dates, and no date after the 12th, is its mark.
    """
    errors: list[CellError] = []
    for column in columns:
        place = places.get(column.field)
        if place is None or column.read not in _DAYS:
            continue
        days = [(number, line[place]) for number, line in table.rows]
        dates = [(number, cell) for number, cell in days if isinstance(cell.value, date)]
        has_text = any(
            cell.arrived == "text" and is_figures_in_order(cell.text) for _number, cell in days
        )
        if has_text and all(_may_be_swapped(cell.value) for _number, cell in dates):
            reason = Text(
                "hari dan bulan mungkin tertukar: kolom ini setengah tanggal, setengah teks; "
                "samakan semuanya"
            )
            errors += [
                CellError(number, column.heading, cell.text, reason)
                for number, cell in dates[:FAULTS_OF_A_COLUMN]
            ]
    return errors


def _may_be_swapped(day: object) -> bool:
    return isinstance(day, date) and day.day <= 12


def totals_row(line: Sequence[Cell], keys: Sequence[int]) -> str | None:
    """The word that says that a row holds sums or means of the rows above; None for a row of data.

    All that makes a row of data one of its own must be empty in it, the word itself apart.
    """
    first = next((place for place, cell in enumerate(line) if cell.text), None)
    if first is None or not _TOTALS.match(fold(line[first].text)):
        return None
    if any(line[place].text for place in keys if place != first) or not keys:
        return None
    if keys == [first] and any(
        cell.arrived == "text" for cell in line[first + 1 :] if not _is_number(cell)
    ):
        return None
    return line[first].text


def _is_number(cell: Cell) -> bool:
    return cell.arrived in ("number", "empty") or not any(letter.isalpha() for letter in cell.text)
