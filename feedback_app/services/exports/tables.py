"""Tables as files that a spreadsheet opens as data, never as formulas."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_app.files import exports
from feedback_app.files.exports import Cell
from feedback_app.services.site import Site
from feedback_app.storage.queries import agencies

Table = exports.Sheet
Fact = tuple[str, Cell]  # of the summary: what, and its value
ENDINGS = ("csv", "xlsx")


def csv_file(table: Table) -> bytes:
    """One table as an Indonesian Excel reads it."""
    return exports.to_csv(table)


def xlsx_file(site: Site, tables: Sequence[Table], about: Sequence[Fact]) -> bytes:
    """A workbook of these tables, after a summary of what they are and when they were taken."""
    return site.documents.run(exports.to_xlsx, [summary(site, tables, about), *tables])


def summary(site: Site, tables: Sequence[Table], about: Sequence[Fact]) -> Table:
    """The first sheet: what the file is about, when it was made, what each sheet holds."""
    rows: list[tuple[Cell, ...]] = [*about, ("Dibuat (WIB)", site.now())]
    with site.db.read() as session:
        is_demo = agencies.any_is_demo(session)
    if is_demo:
        rows.append(("Catatan", "Data contoh, bukan data sebenarnya."))
    for table in tables:
        held = f"{len(table.rows)} baris" if table.rows else table.note
        rows.append((f"Lembar {table.name}", held))
    return Table("Ringkasan", ("Hal", "Isi"), tuple(rows))
