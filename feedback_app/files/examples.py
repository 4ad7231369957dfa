"""An example file of each kind of record, to copy from."""

from __future__ import annotations

import csv
import io

from feedback_app.files.records import Kind


def example_csv(kind: Kind) -> bytes:
    """A file to copy from, as an Indonesian Excel writes CSV."""
    content = io.StringIO()
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.heading for column in kind.columns])
    writer.writerows(zip(*(column.examples for column in kind.columns), strict=True))
    return ("\ufeff" + content.getvalue()).encode()


def example_xlsx(kind: Kind) -> bytes:
    """A workbook to copy from; every column is formatted as text, so that a NIP survives."""
    import xlsxwriter  # noqa: PLC0415 (loaded where a workbook is made)

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        as_text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        page = book.add_worksheet(kind.title)
        for place, column in enumerate(kind.columns):
            page.set_column(place, place, 24, as_text)
            page.write_string(0, place, column.heading, bold)
            page.write_comment(0, place, column.hint)
            for line, value in enumerate(column.examples, start=1):
                page.write_string(line, place, value, as_text)
    return content.getvalue()
