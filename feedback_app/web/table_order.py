"""Rows of a page's table in the order of one column, read from what its cells say.

For whole tables only: rows of one page of many would be in order, and the list would not.
"""

from __future__ import annotations

import html
import re
from datetime import date

_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh]\b([^>]*)>(.*?)</t[dh]>", re.DOTALL)
_COLSPAN = re.compile(r'\bcolspan="(\d+)"')
_UNSEEN = re.compile(r'<span class="hidden">.*?</span>|<svg\b.*?</svg>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"[−-]?\d+(?:[.,\u00a0]\d+)*")
_DAY = re.compile(r"(\d{1,2}) ([^\W\d]{3,}) (\d{4})")
_MONTH = re.compile(r"([^\W\d]{3,}) (\d{4})")
_PLAIN_DAY = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_PARTS = re.compile(r"\d+|\D+")
# The first three letters tell the month in both languages.
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar", "apr", "mei may", "jun", "jul", "agu aug", "sep", "okt oct",
         "nov nop", "des dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip
Key = tuple[int, tuple[object, ...]]


def ordered(rows: str, place: int, *, is_falling: bool, decimal: str, is_figure: bool) -> str:
    """The rows by their cell at `place` (from 0); what says nothing, and rows without it, last.

    `decimal` is the language's mark; a column of figures goes by its first number.
    """
    found = _ROW.findall(rows)
    told = [(_text(row, place), row) for row in found]
    said = [pair for pair in told if pair[0]]
    silent = [row for text, row in told if not text]
    said.sort(key=lambda pair: key_of(pair[0], decimal, is_figure), reverse=is_falling)
    return "\n".join([*(row for _said, row in said), *silent])


def _text(row: str, place: int) -> str:
    at = 0
    for cell in _CELL.finditer(row):
        span = _COLSPAN.search(cell[1])
        if at == place and span is None:
            plain = _TAG.sub(" ", _UNSEEN.sub("", cell[2]))
            return " ".join(html.unescape(plain).split()).strip("–-")
        at += int(span[1]) if span else 1
    return ""


def key_of(text: str, decimal: str, is_figure: bool) -> Key:
    """Days by the calendar, figures by size, words by the alphabet with L2 before L10."""
    if day := _day(text):
        return 0, (day,)
    number = _NUMBER.search(text)
    if is_figure and number:
        return 1, (_value(number[0], decimal),)
    parts = _PARTS.findall(text.casefold())
    return 2, tuple((0, int(x), "") if x.isdecimal() else (1, 0, x) for x in parts)


def _day(text: str) -> date | None:
    if plain := _PLAIN_DAY.match(text):
        parts = int(plain[3]), int(plain[2]), int(plain[1])
    elif (long := _DAY.search(text)) and (month := _MONTHS.get(long[2][:3].lower())):
        parts = int(long[3]), month, int(long[1])
    elif (whole := _MONTH.fullmatch(text)) and (month := _MONTHS.get(whole[1][:3].lower())):
        parts = int(whole[2]), month, 1
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def _value(text: str, decimal: str) -> float:
    """'1.234,5' and '−0,3' where the comma is the mark, '1,234.5' where the point is."""
    groups = "." if decimal == "," else ","
    plain = text.replace(groups, "").replace("\u00a0", "").replace(decimal, ".").replace("−", "-")
    try:
        return float(plain)
    except ValueError:  # 12.30.45: no number at all
        return 0.0
