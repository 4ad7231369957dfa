"""Files made to be dear: how long reading or refusing them takes, and how much memory.

Example: .venv/bin/python bench/import_bombs.py
Each in a process of its own that has loaded what a web process has. Processor seconds are the
reader's alone; memory is the process's greatest, beside what it was before the file.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import openpyxl

from feedback_app.files.kinds import KINDS
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.records import parse
from feedback_app.files.tables import read_table
from tests.rigs.spoilt_files import good_rows, zip_bomb

KIND = KINDS["officers"]
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
TYPES, LINKS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KIND_OF_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
PART = f'<Override PartName="/{STRINGS}" ContentType="{KIND_OF_PART}"/>'
LINK = f'<Relationship Type="{OFFICE}/sharedStrings" Target="/{STRINGS}" Id="rId99"/>'
BORDERED, MANY = 300_000, 1_000_000


def _book() -> bytes:
    book = openpyxl.Workbook()
    page = book.create_sheet("Pegawai", 0)
    for row in good_rows(KIND):
        page.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _with(changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_book())) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as into,
    ):
        for name in source.namelist():
            into.writestr(name, changes.get(name, bytes)(source.read(name)))
    return target.getvalue()


def bordered_rows() -> bytes:
    """A list whose table was bordered down to row 300,000: cells with a style and nothing else."""
    cells = "".join(f'<c r="{letter}{{0}}" s="0"/>' for letter in "ABCDEF")
    rows = (f'<row r="{n}">{cells.format(n)}</row>' for n in range(10, BORDERED))
    empty = "".join(rows).encode()
    return _with({SHEET: lambda xml: xml.replace(b"</sheetData>", empty + b"</sheetData>")})


def far_cell() -> bytes:
    """One text in the last cell that a sheet can have."""
    last = (
        b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    return _with({SHEET: lambda xml: xml.replace(b"</sheetData>", last)})


def shared_strings() -> bytes:
    """A million texts, of which one cell names the last."""
    texts = "".join(f"<si><t>teks {n}</t></si>" for n in range(MANY))
    book = _with(
        {
            TYPES: lambda xml: xml.replace(b"</Types>", PART.encode() + b"</Types>"),
            LINKS: lambda xml: xml.replace(b"</Rel", LINK.encode() + b"</Rel", 1),
            SHEET: lambda xml: xml.replace(
                b"</sheetData>",
                f'<row r="9"><c r="A9" t="s"><v>{MANY - 1}</v></c></row></sheetData>'.encode(),
            ),
        }
    )
    target = io.BytesIO(book)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as into:
        into.writestr(STRINGS, f'<sst xmlns="{MAIN}">{texts}</sst>')
    return target.getvalue()


def many_columns() -> bytes:
    """A row of all 16,384 columns."""
    cells = "".join(f'<c r="{_letters(n)}9" t="str"><v>x</v></c>' for n in range(16_384))
    row = f'<row r="9">{cells}</row></sheetData>'.encode()
    return _with({SHEET: lambda xml: xml.replace(b"</sheetData>", row)})


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def million_cells() -> bytes:
    """A sheet full of texts, far more rows than any office has."""
    rows = (
        f'<row r="{n}"><c r="A{n}" t="str"><v>198001012010012001</v></c></row>'
        for n in range(10, MANY)
    )
    full = "".join(rows).encode() + b"</sheetData>"
    return _with({SHEET: lambda xml: xml.replace(b"</sheetData>", full)})


FILES: dict[str, Callable[[], bytes]] = {
    "300,000 bordered empty rows": bordered_rows,
    "zip bomb": zip_bomb,
    "a cell at XFD1048576": far_cell,
    "a million shared strings": shared_strings,
    "16,384 columns": many_columns,
    "a million rows": million_cells,
}


def one(path: Path) -> dict[str, float | str]:
    """Read this file as an import does; what it took and what was said."""
    content = path.read_bytes()
    Path("/proc/self/clear_refs").write_text("5")  # the greatest memory is counted from here on
    before, began = _mb(), time.process_time()
    try:
        parsed = parse(KIND, read_table(content, KIND.wanted))
        said = f"read, {len(parsed.rows)} rows"
    except FileFaultError as fault:
        said = str(fault)
    return {"seconds": time.process_time() - began, "mb": _mb(), "before": before, "said": said}


def _mb() -> float:
    """The greatest resident memory since it was last reset (Linux)."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(told[1]) / 1024 if told else 0.0


def main() -> None:
    """Print a line of a table for each file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one)))
        return
    print("| file | size | outcome | processor | memory, before |\n|---|---|---|---|---|")
    for name, make in FILES.items():
        path = Path(sys.argv[0]).resolve().parent / ".bomb.xlsx"
        path.write_bytes(make())
        try:
            command = [sys.executable, __file__, "--one", str(path)]
            found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
            size = path.stat().st_size / 1e6
        finally:
            path.unlink()
        print(
            f"| {name} | {size:.1f} MB | {found['said']} | {found['seconds']:.2f} s "
            f"| {found['mb']:.0f} MB, {found['before']:.0f} MB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
