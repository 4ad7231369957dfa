"""The panel of needs as analysts bring it: every fault named by row and column."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from feedback_app.files.needs_files import read_needs_panel
from feedback_app.files.panel_files import Checked
from feedback_app.files.tables import AnalystFileError

HEAD = "officer,counter,service,month,item,score,n\n"
GOOD = "o1,L1,ktp,2026-01,kompetensi,3.25,40\no1,L2,ktp,2026-01,perilaku,3.5,12\n"


def read(folder: Path, text: str, name: str = "panel.csv") -> Checked:
    path = folder / name
    path.write_text(text)
    return read_needs_panel(path)


def test_a_clean_file_is_read_as_it_stands(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + GOOD)
    assert found.errors == ()
    assert found.frame["score"].tolist() == [3.25, 3.5]
    assert found.frame["n"].tolist() == [40, 12]
    assert found.frame["item"].tolist() == ["kompetensi", "perilaku"]


def test_semicolons_decimal_commas_office_words_and_blank_tails_are_read(tmp_path: Path) -> None:
    text = (
        "Petugas;Loket;Layanan;Bulan;Unsur;Nilai;Jawaban\n"
        "o1;L1;ktp;Jan 2026;Kompetensi Pelaksana;3,25;40\n"
        "o2;L1;ktp;01/2026;KOMPETENSI;3,5;12\n;;;;;;\n;;;;;;\n"
    )
    found = read(tmp_path, text)
    assert found.errors == ()
    assert found.frame["month"].tolist() == ["2026-01", "2026-01"]
    assert found.frame["item"].tolist() == ["kompetensi", "kompetensi"]
    assert found.frame["score"].tolist() == [3.25, 3.5]


def test_a_workbook_reads_the_same(tmp_path: Path) -> None:
    csv = read(tmp_path, HEAD + GOOD)
    path = tmp_path / "panel.xlsx"
    csv.frame.to_excel(path, index=False)
    book = read_needs_panel(path)
    assert book.errors == ()
    pd.testing.assert_frame_equal(book.frame, csv.frame)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("o1,L1,ktp,2026-01,kompetensi,3.25,-4", "n", "whole number"),
        ("o1,L1,ktp,2026-01,kompetensi,3.25,2.5", "n", "whole number"),
        ("o1,L1,ktp,2026-01,kompetensi,3.25,", "n", "whole number"),
        ("o1,L1,ktp,2026-01,kompetensi,5.2,4", "score", "from 1 to 4"),
        ("o1,L1,ktp,2026-01,kompetensi,0.9,4", "score", "from 1 to 4"),
        ("o1,L1,ktp,2026-01,kompetensi,nan,4", "score", "from 1 to 4"),
        ("o1,L1,ktp,2026-01,kompetensi,,4", "score", "from 1 to 4"),
        ("o1,L1,ktp,2026-13,kompetensi,3,4", "month", "a month like"),
        ("o1,L1,ktp,2026-01,keramahan,3,4", "item", "must be one of"),
        ("o1,L1,ktp,2026-01,,3,4", "item", "must not be empty"),
        (",L1,ktp,2026-01,kompetensi,3,4", "officer", "must not be empty"),
        ("o1,,ktp,2026-01,kompetensi,3,4", "counter", "must not be empty"),
        ("o1,L1,,2026-01,kompetensi,3,4", "service", "must not be empty"),
    ],
)
def test_a_bad_cell_is_named(tmp_path: Path, row: str, column: str, reason: str) -> None:
    found = read(tmp_path, HEAD + GOOD.replace("o1", "o9") + row + "\n")
    (error,) = found.errors
    assert (error.row, error.column) == (4, column)
    assert reason in str(error.reason)


def test_a_cell_given_twice_is_named_and_the_same_in_another_month_is_not(tmp_path: Path) -> None:
    again = "o1,L1,ktp,2026-01,kompetensi,3,4\no1,L1,ktp,2026-02,kompetensi,3,4\n"
    (error,) = read(tmp_path, HEAD + GOOD + again).errors
    assert (error.row, error.column) == (4, "officer")
    assert "there already" in str(error.reason)


def test_rows_without_answers_are_passed_over_with_a_note(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + GOOD + "o3,L1,ktp,2026-01,kompetensi,,0\n")
    assert len(found.frame) == 2
    (note,) = found.notes
    assert note.values == {"n": 1}
    with pytest.raises(AnalystFileError, match="no answers"):
        read(tmp_path, HEAD + "o3,L1,ktp,2026-01,kompetensi,,0\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD, "no rows"),
        ("officer,counter,month,score,n\no1,L1,2026-01,3,4\n", "column is missing: service, item"),
    ],
)
def test_what_is_no_such_table_is_told_as_a_whole(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(AnalystFileError, match=told):
        read(tmp_path, text)
