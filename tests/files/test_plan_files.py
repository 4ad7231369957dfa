"""The tables of a plan: each bad cell is named, and no rule applies to nobody in silence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feedback_app.files.plan_files import PlanTables, read_plan_tables
from tests.scripts.test_plan_scripts import TABLES


def tables_of(folder: Path, **changed: str) -> PlanTables:
    paths = {}
    for name, text in (TABLES | changed).items():
        paths[name] = folder / f"{name}.csv"
        paths[name].write_text(text)
    return read_plan_tables(**({"leave": None} | paths))


def test_tables_are_read_as_offices_write_them(tmp_path: Path) -> None:
    found = tables_of(tmp_path, leave="petugas;mulai;selesai\nBudi;4-1-2027;5 Januari 2027\n")
    assert found.faults == ()
    assert [(o.code, o.employment, o.jp_left, o.turns) for o in found.officers] == [
        ("Ani", "PNS", None, 1), ("Budi", "PPPK", 6, 1), ("Cici", "PPPK", 24, 0),
    ]  # fmt: skip
    first = found.runs[0]
    assert (first.start, first.end, first.cost) == (date(2027, 1, 5), date(2027, 1, 6), 6_000_000)
    assert first.gains == {"perilaku": 0.2, "informasi": 0.1}
    assert found.needs["Budi", "perilaku"] == 3
    assert found.leave == {("Budi", date(2027, 1, day)) for day in (4, 5)}


@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        ("needs", "Ani,perilaku", "Dedi,perilaku", "row 2, column officer: 'Dedi': is not in the officers"),
        ("needs", "Ani,informasi", "Ani,PERILAKU", "row 3, column officer: 'Ani': is the same as row 2"),
        ("needs", ",2\n", ",-2\n", "row 2, column weight: '-2': must be 0 or more"),
        ("needs", ",2\n", ",nan\n", "row 2, column weight: 'nan': must be a number"),
        ("officers", "Budi,PPPK", "Budi,honorer", "row 3, column employment: 'honorer': must be PNS or PPPK"),
        ("officers", "Budi,PPPK", "ANI,PPPK", "row 3, column officer: 'ANI': is the same as row 2"),
        ("runs", "2027-01-11,2027", "2027-01-12,2027", "row 4, column end: '2027-01-11': is before the start"),
        ("runs", "11,9,0", "11,-1,0", "row 4, column seats: '-1': must be a whole number, 0 or more"),
        ("runs", "2027-01-11,9", "2028-02-11,9", "makes a run of more than 366 days"),
        ("runs", "06-01-2027,2,6.000.000,0,0,6,informasi", "06-01-2027,3,6.000.000,0,0,6,informasi",
         "row 3, column seats: '3': differs from row 2 of the same run"),
        ("runs", "6,informasi", "6,perilaku", "row 3, column run: 'R1': is the same as row 2"),
        ("runs", "9,0,0,0", "9,,0,0", "row 4, column fee: '': must be rupiah a participant"),
        ("runs", "5 Januari 2027", "31-02-2027", "row 2, column start: '31-02-2027': must be a day"),
        ("roster", "Ani,L1,05", "Eko,L1,05", "row 2, column officer: 'Eko': is not in the officers"),
        ("roster", "Ani,L1,06", "Ani,L1,05", "row 3, column officer: 'Ani': is the same as row 2"),
        ("floors", "L1,1", "L9,1", "row 2, column counter: 'L9': is not in the roster"),
        ("floors", "L1,1", "L1,half", "row 2, column floor: 'half': must be a number"),
    ],
)  # fmt: skip
def test_bad_cells_are_named_by_file_row_and_column(
    tmp_path: Path, table: str, old: str, new: str, told: str
) -> None:
    assert old in TABLES[table]
    changed = {table: TABLES[table].replace(old, new, 1)}
    tables = tables_of(tmp_path, **changed)
    told_of = [
        f"row {cell.row}, column {cell.column}: {cell.value!r}: {cell.reason}"
        for path, cell in tables.faults
        if path.stem == table
    ]
    assert any(told in line for line in told_of), told_of
    assert table in {path.stem for path, _cell in tables.faults}
