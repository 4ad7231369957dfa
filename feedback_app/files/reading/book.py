"""What every format is read into: sheets of numbered rows, and the faults of a whole file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from feedback_app.domain.faults import ReadableError

Raw = str | int | float | bool | date | time | None
Row = tuple[int, list[Raw]]  # the row's number in the spreadsheet, its values from column A on

MAX_COLUMNS = 100


class FileFaultError(ReadableError):
    """The file as a whole cannot be read; the text says what to do."""


@dataclass(slots=True)
class Sheet:
    """One table of a file. `rows()` reads it from the start each time it is called.

    What the reading finds on its way stands in `hidden_rows` and `merged` once the rows are
    through.
    """

    name: str
    is_hidden: bool
    rows: Callable[[], Iterator[Row]]
    is_text: bool = False  # no fixed places: a cell too many may have moved all that follow
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # rows from, to; columns


def is_blank(values: Sequence[Raw]) -> bool:
    """Whether nothing stands in a row but blanks; quick for the first cell that holds something."""
    for value in values:
        if value is None or value == "":
            continue
        if not isinstance(value, str) or value.strip():
            return False
    return True
