"""Tables as CSV and XLSX that a spreadsheet opens as data, never as formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from feedback_app.domain.local_time import local_zone

Cell = str | int | float | Decimal | date | datetime | None

# Spreadsheets run a cell as a formula when it begins so (OWASP, CSV injection); what Unicode calls
# another form of these signs (full-width, small, raised, "==" in one) too.
_FORMULA_START = tuple("=+-@|%⁺⁼₊₌⩵⩶﬩﹢﹣﹦﹪﹫％＋－＝＠｜")
_BREAKS = ("\t", "\r", "\n")
# Not seen, and dropped by some programs before they look at what follows: Unicode's control and
# format characters (Cc, Cf), whole, beside blanks.
_UNSEEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
_LEADING = re.compile(rf"^[\s{_UNSEEN}]+")
# The same inside a text, for programs that divide the line at another separator than ours. A sign
# with nothing behind it stays: prices are written "Rp 10.000,-".
_INSIDE = re.compile(
    rf"""([,;\t\r\n"][\s{_UNSEEN}]*)(?=[{re.escape("".join(_FORMULA_START))}])(?![+-]\s*(?:$|[,;"]))"""
)
# What XML 1.0 cannot hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
SHEET_NAME_LIMIT = 31  # Excel's own limits, this and the next
LONGEST_CELL = 32_767  # characters; a longer one would be left out whole
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


DAY, MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
EMPTY = "Tidak ada baris."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A named table; every row is as long as the columns.

    Figures are rounded to `decimals`; None keeps all of them, where a program reads the file back.
    `note` says why there is nothing, where a table may have no rows.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    decimals: int | None = 2
    note: str = EMPTY


def to_csv(sheet: Sheet) -> bytes:
    """';' between cells, ',' in decimals, with a byte-order mark: as an Indonesian Excel reads.

    A double click opens the file in columns there, since ',' is the decimal sign; without the mark
    it would be read as Windows-1252. Days are ISO: Excel takes them for days in every country.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_csv_cell(name) for name in sheet.columns])
    writer.writerows([_csv_cell(cell, sheet.decimals) for cell in row] for row in sheet.rows)
    return ("\ufeff" + text.getvalue()).encode("utf-8")


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook: text is text, numbers are numbers, days are days; headings stay and filter."""
    import xlsxwriter  # noqa: PLC0415 (loaded where a workbook is made)

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        formats = _formats(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(_sheet_name(sheet.name)), sheet, formats)
    return content.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "heading": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "decimal": book.add_format({"num_format": "#,##0.00"}),
        "day": book.add_format({"num_format": DAY, "align": "left"}),
        "moment": book.add_format({"num_format": MOMENT, "align": "left"}),
    }


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for column, name in enumerate(sheet.columns):
        page.write_string(0, column, plain_text(name)[:LONGEST_CELL], formats["heading"])
        page.set_column(column, column, _width(sheet, column))
    if sheet.rows and len(sheet.columns) > 2:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    if not sheet.rows:
        page.write_string(1, 0, plain_text(sheet.note))
    for line, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(page, line, column, cell, sheet.decimals, formats)


def _write_cell(
    page: Any, line: int, column: int, cell: Cell, decimals: int | None, formats: dict[str, Any]
) -> None:
    if isinstance(cell, str):
        page.write_string(line, column, plain_text(cell)[:LONGEST_CELL])
    elif isinstance(cell, datetime):
        page.write_datetime(line, column, _local(cell), formats["moment"])
    elif isinstance(cell, date):
        page.write_datetime(line, column, cell, formats["day"])
    elif isinstance(cell, int):
        page.write_number(line, column, cell)
    elif cell is not None and decimals is not None:
        page.write_number(line, column, float(_rounded(cell, decimals)), formats["decimal"])
    elif cell is not None:
        page.write_number(line, column, float(cell))


def _local(at: datetime) -> datetime:
    """Spreadsheets know no zones: the office's own clock."""
    return at.astimezone(local_zone()).replace(tzinfo=None)


def plain_text(text: str) -> str:
    """Text without what a workbook's XML cannot hold."""
    return _NOT_XML.sub("", text)


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula, with an apostrophe where it would."""
    plain = _INSIDE.sub(r"\1'", plain_text(text))
    seen = _LEADING.sub("", plain)
    is_risky = plain.startswith(_BREAKS) or seen.startswith(_FORMULA_START)
    return "'" + plain if is_risky else plain


def _csv_cell(cell: Cell, decimals: int | None = 2) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return inert(cell)
    if isinstance(cell, datetime):
        return f"{_local(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, int | date):
        return str(cell)
    written = repr(float(cell)) if decimals is None else str(_rounded(cell, decimals))
    return written.replace(".", ",")


def _rounded(cell: float | Decimal, decimals: int) -> Decimal:
    """As pages round: by the decimals that are written, 3.325 to the even 3.32."""
    return round(Decimal(str(cell)), decimals)


def _sheet_name(name: str) -> str:
    return _NOT_IN_SHEET_NAME.sub(" ", plain_text(name))[:SHEET_NAME_LIMIT].strip() or "Data"


def _width(sheet: Sheet, column: int) -> int:
    cells = (_csv_cell(row[column], sheet.decimals) for row in sheet.rows[:200])
    longest = max((len(text) for text in (sheet.columns[column], *cells)), default=8)
    return min(max(longest + 2, 8), 60)
