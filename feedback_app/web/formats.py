"""What templates write values with: numbers and dates the Indonesian way (Babel, CLDR)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from feedback_app.domain import effect_words, roster_plans, table_columns
from feedback_app.domain.local_time import local_zone, zone_word
from feedback_app.web.language import language, say

Number = int | float | Decimal


def locale() -> str:
    """The CLDR locale of the request's language."""
    return "id_ID" if language() == "id" else "en_GB"


def number(value: Number, places: int = 0) -> str:
    """1.234,56 in Indonesian, 1,234.56 in English."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, format=pattern, locale=locale())


def percent(share: float, places: int = 0) -> str:
    """A share of 1 as 12,3%."""
    return number(share * 100, places) + "%"


def long_date(day: date) -> str:
    """24 November 2026."""
    return format_date(day, format="d MMMM y", locale=locale())


def week_day(day: date) -> str:
    """Sel, 24 Nov."""
    return format_date(day, format="EEE, d MMM", locale=locale())


def full_day(day: date) -> str:
    """Selasa, 24 November 2026."""
    return format_date(day, format="EEEE, d MMMM y", locale=locale())


def local_date(at: datetime) -> str:
    """The local day of an instant: 24 November 2026."""
    return long_date(at.astimezone(local_zone()).date())


def short_day(at: datetime) -> str:
    """The local day of an instant without its year: 24 November."""
    return format_date(at.astimezone(local_zone()).date(), format="d MMMM", locale=locale())


def whole_seconds(seconds: float) -> int:
    """Seconds as people say them: at least 1."""
    return max(1, round(seconds))


def day_before(day: date) -> date:
    """The last day before one on which something holds no more."""
    return day - timedelta(days=1)


def month(day: date) -> str:
    """November 2026."""
    return format_date(day, format="MMMM y", locale=locale())


def moment(at: datetime) -> str:
    """24 November 2026 09.30 WIB."""
    pattern = "d MMMM y HH.mm" if language() == "id" else "d MMMM y HH:mm"
    local = at.astimezone(local_zone())
    return f"{format_datetime(local, format=pattern, locale=locale())} {zone_word()}"


def hour(at: datetime) -> str:
    """24 November 2026 09.00 WIB, for what is not told finer than the hour."""
    return moment(at.replace(minute=0))


def clock(at: datetime) -> str:
    """09.30 WIB."""
    pattern = "HH.mm" if language() == "id" else "HH:mm"
    local = at.astimezone(local_zone())
    return f"{format_datetime(local, format=pattern, locale=locale())} {zone_word()}"


def points(value: float) -> str:
    """Points with a sign and two decimals: +0,12."""
    return effect_words.points(value, language=language())


def about(value: Number) -> str:
    """A cost with two figures, as sure as it is: 3.400.000 for 3.362.788."""
    whole = round(value)
    return number(round(whole, 2 - len(str(abs(whole)))))


def written_day(text: str) -> str:
    """A day that was kept as 2026-11-24, as 24 November 2026."""
    return long_date(date.fromisoformat(text))


FILTERS = {
    "about": about,
    "clock": clock,
    "day_before": day_before,
    "written_day": written_day,
    "full_day": full_day,
    "number": number,
    "percent": percent,
    "local_date": local_date,
    "long_date": long_date,
    "month": month,
    "moment": moment,
    "hour": hour,
    "say": say,
    "shift_day": roster_plans.day_of,
    "shift_hours": roster_plans.hours_text,
    "week_day": week_day,
    "short_day": short_day,
    "whole_seconds": whole_seconds,
    **table_columns.FILTERS,
}
