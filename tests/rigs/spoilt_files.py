"""Files of records as offices send them: good ones, and good ones spoilt in every way we know."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

import openpyxl

from feedback_app.files.records import Column, Kind

Rows = list[list[Any]]

# What stands in the office that tests build (tests/ground/office.py), by field.
KNOWN = {
    "unit": ("A", "B"), "counter": ("A1", "A2"), "service": ("ktp", "kk"), "services": ("ktp|kk", "kk"),
    "training": ("prima", "prima"), "nip": ("198001012010012000", "198001012010012001"),
    "starts_on": ("24-11-2026", "23-11-2026"), "ends_on": ("24-11-2026", ""),
}  # fmt: skip
# A roster, a survey and a new officer have fields of the same names that mean something else.
OWN = {
    "officers": {"nip": ("198609102010032001", "199001152015031002")},
    "happenings": {
        "kind": ("mesin", "pindah"),
        "place": ("A1", "A"),
        "last": ("26-11-2026", ""),
        "first": ("24-11-2026", "25-11-2026"),
    },
    "past-results": {},
    "services": {"code": ("kia", "lahir")},
    "trainings": {"code": ("sopan", "siak")},
}
ODD: tuple[Any, ...] = (
    "", " ", "1.98609E+17", 198609102010032001, 1.98609e17, "=1+1", "=A1", "#REF!", "#N/A", "31-02-2026", "24/11/26",
    "2026-11-24", "11/24/2026", "24 November 2026", 46350, 46350.5, datetime(2026, 11, 24, 8, 30), date(1900, 1, 1),
    time(8, 30), True, False, "1,5", "1.5", "1.234", "-1", -1, 1e300, "nan", "²", "１２", "A" * 201, "A" * 40_000,
    "\u202eab", "\u200b", "a\tb", 'a"b', "a;b", "a,b", "a\nb", "a\r\nb", "é", "\ufffd", "ZZ", "ktp|ktp", "ktp@08.00",
    "ktp@08.00-12.00", "08.00", "24.00", "8", "ya", "tidak", "PNS", "0001-01-01", "9999-12-31", "01-01-1900", "'1",
    "Rp 6.000.000,00", "2.000.000.001", "perilaku|perilaku", "5", "0", "100", "A1", "A", "kk", "198001012010012000",
)  # fmt: skip
BOMB_BYTES = 210 * 1024 * 1024


def good_rows(kind: Kind) -> Rows:
    """Headings and two rows that the office's database takes."""
    own = OWN.get(kind.key, {})
    columns = [own.get(c.field) or _known(kind, c) for c in kind.columns]
    return [[c.heading for c in kind.columns], *(list(row) for row in zip(*columns, strict=True))]


def _known(kind: Kind, column: Column) -> tuple[str, ...]:
    if kind.key == "past-results" and column.field != "unit":
        return column.examples
    return KNOWN.get(column.field, column.examples)


@dataclass(frozen=True)
class Spoilt:
    """A file, and how many rows of data it holds; None where chance left that open."""

    content: bytes
    lines: int | None


def spoilt(rng: random.Random, kind: Kind) -> Spoilt:
    """A file of this kind, spoilt by chance: not at all, a cell, the table, or the bytes."""
    rows = good_rows(kind)
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        rows = rng.choice(TABLE_FAULTS)(rng, rows)
    written = [row for row in rows if any(str(cell).strip() for cell in row)]
    if rng.random() < 0.5:
        content, is_sure = _as_csv(rng, rows)
    else:
        content, is_sure = _as_xlsx(rng, rows), True
    if rng.random() < 0.25:
        return Spoilt(_bytes(rng, content), None)
    return Spoilt(content, len(written) - 1 if is_sure else None)


def _cell(rng: random.Random, rows: Rows) -> Rows:
    row = rng.choice(rows[1:] or rows)
    if row:
        row[rng.randrange(len(row))] = rng.choice(ODD)
    return rows


def _columns(rng: random.Random, rows: Rows) -> Rows:
    order = list(range(len(rows[0])))
    change = rng.choice(("shuffle", "drop", "double", "rename", "extra", "case"))
    if change == "shuffle":
        rng.shuffle(order)
    elif change == "drop" and order:
        order.pop(rng.randrange(len(order)))
    elif change == "double" and order:
        order.append(rng.choice(order))
    rows = [[row[i] if i < len(row) else "" for i in order] for row in rows]
    if change == "extra":
        return [[*row, "x" if place else "catatan"] for place, row in enumerate(rows)]
    if order and change in ("rename", "case"):
        place = rng.randrange(len(order))
        name = str(rows[0][place])
        rows[0][place] = (
            f" {name.upper()}  " if change == "case" else rng.choice(("", "x", name + "2"))
        )
    return rows


def _lines(rng: random.Random, rows: Rows) -> Rows:
    place = rng.randrange(len(rows))
    line = list(rows[place])
    change = rng.choice(("double", "drop", "blank", "short", "long", "head", "many", "shuffle"))
    if change == "drop":
        return rows[:place] + rows[place + 1 :] or [[]]
    if change == "shuffle":
        return rng.sample(rows, len(rows))
    if change in ("short", "long"):
        rows[place] = line[:-1] if change == "short" else [*line, rng.choice(("x", "", 1))]
        return rows
    put = {"blank": [[]], "head": [rows[0]], "many": [line] * 40}.get(change, [line])
    return rows[: place + 1] + [list(row) for row in put] + rows[place + 1 :]


TABLE_FAULTS: tuple[Callable[[random.Random, Rows], Rows], ...] = (
    _cell,
    _cell,
    _cell,
    _columns,
    _lines,
)


def _as_csv(rng: random.Random, rows: Rows) -> tuple[bytes, bool]:
    """The table as text, and whether its rows are still those that were given."""
    text = io.StringIO()
    ends = rng.choice(("\r\n", "\n", "\r"))
    writer = csv.writer(text, delimiter=rng.choice(";;;,\t"), lineterminator=ends)
    writer.writerows(rows)
    given = written = text.getvalue()
    if rng.random() < 0.1:
        written = written.replace(
            *rng.choice(((";", ","), (",", ";"), ('"', ""), ("\n", "\n\n"), (ends, "")))
        )
    if rng.random() < 0.1:  # the headings alone are divided otherwise
        head, end, rest = written.partition(ends)
        written = head.replace(";", rng.choice("|,\t ")) + end + rest
    name = rng.choice(
        ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1")
    )
    return written.encode(name, errors="replace"), written == given


def _as_xlsx(rng: random.Random, rows: Rows) -> bytes:
    book = openpyxl.Workbook()
    page: Any = book.active
    if rng.random() < 0.1:
        book.create_sheet("Lain", rng.choice((0, 1))).append(["catatan"])
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            shown = (
                re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
                if isinstance(value, str)
                else value
            )
            page.cell(line, place).value = shown[:32_000] if isinstance(shown, str) else shown
    if rng.random() < 0.15:
        page.merge_cells(rng.choice(("A1:B1", "A2:A3", "A1:C3", "B2:D2")))
    if rng.random() < 0.1:
        page.insert_rows(1, rng.choice((1, 3)))
    content = io.BytesIO()
    book.save(content)
    return _sheet(rng, content.getvalue()) if rng.random() < 0.3 else content.getvalue()


def _sheet(rng: random.Random, content: bytes) -> bytes:
    """A workbook whose XML says something odd."""
    faults: tuple[tuple[bytes, bytes], ...] = (
        (rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1048576"/>'),
        (rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>'),
        (rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:Z2"/>'),
        (rb'<dimension ref="[^"]*"/>', b""),
        (rb'<row r="2"', b'<row r="9"'),
        (rb'<row r="3"', b'<row r="2"'),
        (rb'<row r="2"', b'<row r="99999999999"'),
        (rb'<row r="2"', b'<row r="0"'),
        (rb' r="[A-Z]+2"', b""),
        (rb'r="B2"', b'r="XFD2"'),
        (rb'r="B2"', b'r="ZZZZ2"'),
        (rb't="inlineStr"', b't="s"'),
        (rb't="n"', b't="e"'),
        (rb"<sheetData>", b"<sheetData/><sheetData>"),
        (rb"</worksheet>", b""),
        (rb"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'),
        (rb"<v>[^<]*</v>", b"<v>1e999</v>"),
        (rb"<v>[^<]*</v>", b"<v></v>"),
    )
    pattern, put = rng.choice(faults)
    return changed_member(
        content, "xl/worksheets/sheet1.xml", lambda text: re.sub(pattern, put, text)
    )


def changed_member(content: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its members changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, change(data) if entry.filename == member else data)
    return out.getvalue()


def _bytes(rng: random.Random, content: bytes) -> bytes:
    change = rng.choice(("cut", "flip", "flip", "empty", "rubbish", "double", "zip", "bomb"))
    if change == "cut":
        return content[: rng.randrange(len(content) + 1)]
    if change == "flip":
        spoilt_bytes = bytearray(content)
        for _ in range(rng.randint(1, 6)):
            spoilt_bytes[rng.randrange(len(content))] = rng.randrange(256)
        return bytes(spoilt_bytes)
    if change == "zip" and content.startswith(b"PK"):
        return _without_a_member(rng, content)
    if change == "bomb" and rng.random() < 0.1:
        return zip_bomb()
    return {"empty": b"", "double": content * 2}.get(change) or rng.randbytes(
        rng.choice((1, 40, 4000))
    )


def _without_a_member(rng: random.Random, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        names = old.namelist()
        lost = rng.choice(names)
        for name in names:
            if name != lost:
                new.writestr(name, old.read(name))
    return out.getvalue()


@cache
def zip_bomb() -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to more than the limit."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", 8) as packed, packed.open("xl/sharedStrings.xml", "w") as member:
        for _ in range(BOMB_BYTES // 2**20):
            member.write(bytes(2**20))
    return out.getvalue()
