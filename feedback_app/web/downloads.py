"""Files to download: their types and headers."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort

from feedback_app.services.exports.tables import Fact, Table, csv_file, xlsx_file
from feedback_app.web.access import site

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
PNG = "image/png"
JSON = "application/json; charset=utf-8"


def download(content: bytes, content_type: str, name: str) -> Response:
    """A file that the browser saves under this name."""
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sheets(tables: list[Table], *, name: str, ending: str, about: Sequence[Fact]) -> Response:
    """Tables as XLSX after a summary, or the first of them as CSV; other endings are not there."""
    if ending == "csv":
        return download(csv_file(tables[0]), CSV, f"{name}.csv")
    if ending == "xlsx":
        return download(xlsx_file(site(), tables, about), XLSX, f"{name}.xlsx")
    return abort(404)
