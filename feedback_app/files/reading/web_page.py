"""Tables of a web page, as many programs write them under the name .xls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

from feedback_app.files.reading.book import MAX_COLUMNS, Row, Sheet
from feedback_app.files.reading.text import decode_text

MAX_TABLES = 50
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)


def web_page_sheets(content: bytes) -> list[Sheet]:
    """Each table of the page as a sheet."""
    reading = _Reading()
    reading.feed(_text(content))
    reading.close()
    return [
        Sheet(f"Tabel {place}", is_hidden=False, rows=_given(rows))
        for place, rows in enumerate(reading.tables, start=1)
        if rows
    ]


def _given(rows: list[Row]) -> Callable[[], Iterator[Row]]:
    return lambda: iter(rows)


def _text(content: bytes) -> str:
    named = _CHARSET.search(content[:2000])
    if named and named[1].lower() not in (b"utf-8", b"utf8", b"utf-16"):
        try:
            return content.decode(named[1].decode("ascii"), errors="replace")
        except LookupError:
            pass
    return decode_text(content)


class _Reading(HTMLParser):
    """Cells of tables; a table inside a cell is part of that cell's text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[Row]] = []
        self.depth = 0
        self.parts: list[str] | None = None
        self.values: list[str] = []
        self.width = 1
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.silent += 1
        elif tag == "table":
            self.depth += 1
            if self.depth == 1 and len(self.tables) < MAX_TABLES:
                self.tables.append([])
        elif self.depth == 1 and tag == "tr":
            self._end_row()
        elif self.depth == 1 and tag in ("td", "th"):
            self._end_cell()
            given = dict(attrs).get("colspan") or "1"
            self.width = min(int(given), MAX_COLUMNS) if given.isascii() and given.isdigit() else 1
            self.parts = []
        elif tag in ("br", "p", "div") and self.parts is not None:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.silent = max(self.silent - 1, 0)
        elif tag in ("td", "th") and self.depth == 1:
            self._end_cell()
        elif tag == "tr" and self.depth == 1:
            self._end_row()
        elif tag == "table" and self.depth:
            if self.depth == 1:
                self._end_row()
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.parts is not None and not self.silent:
            self.parts.append(data)

    def _end_cell(self) -> None:
        if self.parts is not None:
            self.values += ["".join(self.parts), *[""] * (self.width - 1)]
            self.parts = None

    def _end_row(self) -> None:
        self._end_cell()
        if self.values and self.tables:
            rows = self.tables[-1]
            rows.append((len(rows) + 1, list(self.values)))
        self.values = []
