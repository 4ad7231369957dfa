"""Days and months as offices write them: figures in Indonesian order, or words."""

from __future__ import annotations

import re
from datetime import date, timedelta

from feedback_app.domain.folding import fold

_MONTH_WORDS = (
    "januari january jan", "februari pebruari february feb peb", "maret march mar mrt", "april apr",
    "mei may",
    "juni june jun", "juli july jul", "agustus august agu agt ags aug",
    "september sep sept", "oktober october okt oct",
    "november nopember nov nop", "desember december des dec",
)  # fmt: skip
MONTHS = {word: n for n, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}
_WEEKDAY = re.compile(
    r"^(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?\.?,?\s+"
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?z?)?")
_FIGURES = re.compile(
    r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?:\s\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?"
)
_WORDS = re.compile(r"(\d{1,2})[\s./-]*([a-z]+)\.?[\s./,-]*(\d{4}|\d{2})")
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # 1954 to 2119, as spreadsheets count days
_SPREADSHEET_DAY_0 = date(1899, 12, 30)


def day_of(text: str) -> date | None:
    """The day that a text names, or None: 24-11-2026, 24.11.26, 2026-11-24, Selasa, 24 Nov 2026."""
    plain = _WEEKDAY.sub("", fold(text))
    if match := _ISO.fullmatch(plain):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _FIGURES.fullmatch(plain):
        return _day(_year(match[4]), int(match[3]), int(match[1]))
    if (match := _WORDS.fullmatch(plain)) and match[2] in MONTHS:
        return _day(_year(match[3]), MONTHS[match[2]], int(match[1]))
    return None


def month_of(text: str) -> str | None:
    """'2026-11' for 2026-11, 2026-11-01, 11/2026, Nov-26, November 2026; None for the rest."""
    plain = fold(text)
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", plain):
        return _month(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", plain):
        return _month(int(match[2]), int(match[1]))
    if (match := re.fullmatch(r"([a-z]+)\.?[\s./-]*(\d{4}|\d{2})", plain)) and match[1] in MONTHS:
        return _month(_year(match[2]), MONTHS[match[1]])
    day = day_of(text)
    return _month(day.year, day.month) if day is not None and day.day == 1 else None


def is_figures_in_order(text: str) -> bool:
    """Whether a day is written as d/m/y, which an American spreadsheet takes for m/d/y."""
    return _FIGURES.fullmatch(fold(text)) is not None


def day_of_serial(text: str) -> date | None:
    """The day behind a spreadsheet's bare number such as 46350."""
    if not re.fullmatch(r"[0-9]{5}(?:\.0+)?", text):
        return None
    serial = int(float(text))
    if not FIRST_SERIAL <= serial <= LAST_SERIAL:
        return None
    return _SPREADSHEET_DAY_0 + timedelta(days=serial)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(year: int, month: int) -> str | None:
    return f"{year:04d}-{month:02d}" if 1900 <= year <= 2099 and 1 <= month <= 12 else None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)
