"""What a cell of an XLSX means: shared texts, and numbers that are shown as days or times."""

from __future__ import annotations

import math
import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Literal

from feedback_app.files.reading.book import FileFaultError, Raw
from feedback_app.files.reading.xml_parts import (
    BrokenFileError,
    feed,
    new_parser,
    pieces,
    read_part,
)

MAX_SHARED_TEXTS = 500_000  # 0.8 s; ten columns of 50,000 rows in which no text stands twice

Shown = Literal["number", "date", "time"]
_BUILT_IN: dict[int, Shown] = {
    **dict.fromkeys((*range(14, 18), 22, *range(27, 37), *range(50, 59)), "date"),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), "time"),
}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)
_SECONDS = 86_400


def unescaped(text: str) -> str:
    """'_x000D_' is how XLSX writes a letter that XML has not."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def shared_texts(packed: zipfile.ZipFile, name: str) -> list[str]:
    """Every shared text by its number."""
    texts: list[str] = []
    parts: list[str] = []
    state = {"t": False, "rPh": False}

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag in state:
            state[tag] = True
        elif tag == "si":
            parts.clear()

    def end(tag: str) -> None:
        if tag in state:
            state[tag] = False
        elif tag == "si":
            texts.append(unescaped("".join(parts)))

    def text(data: str) -> None:
        if state["t"] and not state["rPh"]:  # rPh: how a Japanese word is read aloud
            parts.append(data)

    if name not in packed.namelist():
        return texts
    parser, seen = new_parser(start, end, text), 0
    with packed.open(name) as source:
        for data in pieces(source):
            seen += data.count(b"</si>") + data.count(b"<si/>") + data.count(b":si>") // 2
            if seen > MAX_SHARED_TEXTS:
                raise FileFaultError(
                    "Berkas ini berisi terlalu banyak teks yang berbeda (paling banyak "
                    "%(most)s). Bagi berkasnya.",
                    most=MAX_SHARED_TEXTS,
                )
            feed(parser, data)
    feed(parser, b"", is_last=True)
    return texts


def shown_as(packed: zipfile.ZipFile, name: str) -> list[Shown]:
    """How each cell style shows a number."""
    own: dict[int, Shown] = {}
    found: list[Shown] = []
    inside = {"cellXfs": False}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            own[_whole(attributes.get("numFmtId"))] = _of_code(attributes.get("formatCode", ""))
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside["cellXfs"] = tag == "cellXfs"
        elif tag == "xf" and inside["cellXfs"]:
            number = _whole(attributes.get("numFmtId"))
            found.append(own.get(number) or _BUILT_IN.get(number, "number"))

    read_part(packed, name, start)
    return found


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0


def _of_code(code: str) -> Shown:
    """A day when it shows day, month or year; a time when only hours, minutes, seconds."""
    shown = _NOT_SHOWN.sub("", code.split(";", 1)[0]).casefold()
    if re.search("[dy]", shown) or re.search("mmm", shown):
        return "date"
    if re.search("[hs]", shown):
        return "time" if "[" not in shown else "number"
    return "number"


def number_of(text: str) -> int | float:
    """A stored number; long whole ones stay what a spreadsheet made of them, a float."""
    if text.isdigit() and len(text) < 16:
        return int(text)
    try:
        value = float(text)
    except ValueError:
        raise BrokenFileError from None
    if not math.isfinite(value):
        raise BrokenFileError
    return value


def moment_of(serial: float, shown: Shown, *, is_1904: bool) -> Raw:
    """A stored number as the day or time it is shown as, rounded to the second."""
    if shown == "number" or not 0 <= serial < 2_958_466:  # the year 9999
        return serial
    seconds = round(serial * _SECONDS)
    if seconds < _SECONDS and not (is_1904 and shown == "date"):
        minutes, second = divmod(seconds, 60)
        return time(minutes // 60, minutes % 60, second)
    days = seconds // _SECONDS
    start = (
        date(1904, 1, 1) if is_1904 else date(1899, 12, 31 if days < 60 else 30)
    )  # no 29-02-1900
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return serial


def moment_of_text(text: str) -> Raw:
    """A day or time that is stored as text, as strict workbooks may do."""
    try:
        return datetime.fromisoformat(text).date() if "-" in text else time.fromisoformat(text)
    except ValueError:
        return text
