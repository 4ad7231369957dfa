"""What an import changes, row by row: old and new, as a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from feedback_app.domain.texts import Words

Shown = str | Words
Show = Callable[[Any], Shown]
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One field: its column's title, what stands, what will stand."""

    heading: str
    old: Shown
    new: Shown


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the file that adds something or changes what is there."""

    row: int
    name: str
    is_new: bool
    cells: tuple[CellChange, ...]


def shown(value: Any) -> Shown:
    """A stored value in a cell's words."""
    if value is None or (isinstance(value, str | list | tuple) and not value):
        return NOTHING
    if isinstance(value, bool):
        return ("ya", "yes") if value else ("tidak", "no")
    if isinstance(value, list | tuple):
        return " | ".join(map(str, value))
    if hasattr(value, "strftime"):
        return str(value.strftime("%d-%m-%Y"))
    return str(value)


def from_words(words: Mapping[str, Words]) -> Show:
    """Show a key by its words."""
    return lambda key: words.get(key, NOTHING)


def from_codes(codes: Mapping[str, int]) -> Show:
    """Show an identifier by its code."""
    by_id = {number: code for code, number in codes.items()}
    return lambda number: by_id.get(number, NOTHING)
