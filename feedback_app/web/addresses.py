"""What addresses carry: small numbers and days, read without raising on any text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request

LAST_DAY = date(2200, 1, 1)
FIRST_DAY = date(2000, 1, 1)
MOST_FIGURES = 9  # what every INTEGER column holds (2,147,483,647 has ten)


def small_number(text: str) -> int | None:
    """A whole number that fits a column of numbers; None for any other text."""
    # isdigit alone takes "²" too, which int() refuses
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_FIGURES
    return int(text) if is_number else None


def number_in_address(name: str) -> int | None:
    """A small number of the address; None for anything else."""
    return small_number(request.args.get(name, ""))


def page_number() -> int:
    """The page of a long list."""
    return number_in_address("hal") or 1


def day_asked(name: str, *, otherwise: date, among: Mapping[str, str] | None = None) -> date:
    """A day of an address, or among the fields of a form."""
    try:
        day = date.fromisoformat((request.args if among is None else among).get(name, ""))
    except ValueError:
        return otherwise
    return day if FIRST_DAY < day < LAST_DAY else otherwise
