"""Tables as files that a spreadsheet opens as data, never as formulas."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_app.files import exports
from feedback_app.services.site import Site

Table = exports.Sheet
ENDINGS = ("csv", "xlsx")


def csv_file(table: Table) -> bytes:
    """One table as an Indonesian Excel reads it."""
    return exports.to_csv(table)


def xlsx_file(site: Site, tables: Sequence[Table]) -> bytes:
    """A workbook of these tables."""
    return site.documents.run(exports.to_xlsx, tables)
