"""What addresses carry: small numbers and days, read without raising on any text."""

from __future__ import annotations

from datetime import date

from flask import request

LAST_DAY = date(2200, 1, 1)
FIRST_DAY = date(2000, 1, 1)


def small_number(text: str) -> int | None:
    """A whole number of at most eight figures."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def page_number() -> int:
    """The page of a long list."""
    return small_number(request.args.get("hal", "")) or 1


def day_asked(name: str, *, otherwise: date) -> date:
    """A day of an address."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
    return day if FIRST_DAY < day < LAST_DAY else otherwise
