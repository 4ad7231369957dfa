"""Text tables: whatever an office's spreadsheet wrote them in, with the separator they need."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from feedback_app.files.reading.book import FileFaultError, Row, Sheet

SEPARATORS = ";,\t|"
SAMPLE_ROWS = 30
LONGEST_CELL = 1_000_000
_SEP_LINE = re.compile(r'^\s*"?sep=(.)"?[^\r\n]*(?:\r\n|\n|\r)', re.IGNORECASE)

Rate = Callable[[list[Row]], int]  # how many wanted headings a sample holds


def decode_text(content: bytes) -> str:
    """Text of a file: UTF-8, UTF-16 or UTF-32 with or without their mark, else Windows-1252."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return content.decode("utf-32", errors="replace")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    head = content[:400]
    if len(head) >= 8 and head.count(0) * 5 >= len(head) * 2:
        return content.decode(
            "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be",
            errors="replace",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def text_sheet(content: bytes, rate: Rate) -> Sheet:
    """The file as one sheet; of the separators, the one under which the most headings are known."""
    text = decode_text(content)
    if "\x00" in text:
        raise FileFaultError("Berkas ini bukan tabel teks (berisi karakter NUL).")
    named = _SEP_LINE.match(text)
    if named:  # Excel takes this line for itself: rows are counted without it
        separator, text = named[1], text[named.end() :]
    else:
        separator = _separator(text, rate)
    return Sheet("", is_hidden=False, rows=lambda: _rows(text, separator), is_text=True)


def _separator(text: str, rate: Rate) -> str:
    sample = text[:200_000]

    def worth(separator: str) -> tuple[int, int, int]:
        """Known titles; how many rows have the usual number of cells; how many cells."""
        rows = list(islice(_rows(sample, separator), SAMPLE_ROWS))
        widths = Counter(len(values) for _number, values in rows if len(values) > 1)
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        return rate(rows), count, width

    return max(SEPARATORS, key=worth)


def _rows(text: str, separator: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        yield from enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1
        )
    except csv.Error as error:
        raise FileFaultError("Berkas CSV tidak dapat dibaca: %(why)s.", why=str(error)) from None
