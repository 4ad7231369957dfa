"""What an import changes, row by row: old and new, as a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from feedback_app.domain.texts import Words

Shown = str | Words
Show = Callable[[Any], Shown]
What = Literal["added", "changed", "withdrawn"]
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One field: its column's title, what stands, what will stand."""

    heading: Shown
    old: Shown
    new: Shown


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an import adds, changes or withdraws; `row` is None where no row says so."""

    row: int | None
    name: str
    what: What
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
