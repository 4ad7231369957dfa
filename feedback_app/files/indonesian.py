"""Numbers and dates of Indonesian documents, through Babel (CLDR)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date
from babel.numbers import format_decimal

from feedback_app.domain.skm import round_half_up

LOCALE = "id_ID"


def number(value: int | float | Decimal | Fraction, places: int = 0) -> str:
    """1.234,56; an exact fraction is rounded half up, as a clerk does."""
    if isinstance(value, Fraction):
        value = round_half_up(value, places=places)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(value, format=pattern, locale=LOCALE))


def percent(part: int, whole: int) -> str:
    """12,3% of a whole that is not 0."""
    return number(Fraction(100 * part, whole), 1) + "%"


def long_date(day: date) -> str:
    """24 November 2026."""
    return str(format_date(day, format="d MMMM y", locale=LOCALE))


def month(day: date) -> str:
    """November 2026."""
    return str(format_date(day, format="MMMM y", locale=LOCALE))
