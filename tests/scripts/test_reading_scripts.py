"""The analyst's scripts read what the office's imports read, and nothing is dropped with exit 0."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from feedback_app.config import ROOT
from feedback_app.files.panel_files import read_events, read_panel
from feedback_app.files.reading.book import FileFaultError
from feedback_app.files.skm_csv import read_skm_answers
from feedback_app.files.tables import AnalystFileError
from tests.ground.scripts import Done, run_script

CASES = ROOT / "tests" / "files" / "cases"
PLAIN = read_skm_answers((CASES / "30_skm_plain.csv").read_bytes()).counts


@pytest.mark.parametrize(
    "name",
    [
        "30b_skm_u1u9.csv", "30c_skm_floats.csv", "30d_skm_decimal_comma.csv", "30e_skm_sums_below.csv",
        "30f_skm_title_case.csv", "30g_skm_official_names.csv",
    ],
)  # fmt: skip
def test_answers_are_read_however_an_office_keeps_them(name: str) -> None:
    found = read_skm_answers((CASES / name).read_bytes())
    assert (found.errors, found.partial) == ((), 0)
    assert found.counts == PLAIN


def test_an_open_answer_is_partial_and_a_value_that_is_none_is_named() -> None:
    dash = read_skm_answers((CASES / "30j_skm_dash_is_open.csv").read_bytes())
    assert (dash.errors, dash.partial) == ((), 1)
    zero = read_skm_answers((CASES / "30i_skm_zero_is_open.csv").read_bytes())
    assert [(e.row, e.column, e.value) for e in zero.errors] == [(5, "waktu", "0")]
    labels = read_skm_answers((CASES / "30h_skm_labels.csv").read_bytes())
    assert {e.column for e in labels.errors} >= {
        "prosedur",
        "waktu",
        "biaya",
    }  # their words are others


def test_rows_of_sums_are_told_and_a_person_is_never_taken_for_one() -> None:
    found = read_skm_answers((CASES / "30e_skm_sums_below.csv").read_bytes())
    assert [str(note) for note in found.notes] == [
        "Baris jumlah dan rata-rata tidak dihitung: 22, 23."
    ]
    lines = (CASES / "30b_skm_u1u9.csv").read_text().splitlines()
    named = "\n".join([lines[0], *(f"Sumarni;{line.partition(';')[2]}" for line in lines[1:])])
    assert read_skm_answers(named.encode()).counts == PLAIN


@pytest.mark.parametrize(
    "name",
    [
        "31b_panel_blank_tail.csv", "31c_panel_excel_month.csv", "31e_panel_semicolon.csv", "31f_panel_n_float.csv",
        "31g_panel_month_day.csv", "31h_panel_sep.csv", "31i_panel.xlsx",
    ],
)  # fmt: skip
def test_a_panel_is_read_however_a_spreadsheet_left_it(name: str) -> None:
    plain, found = read_panel(CASES / "31_panel.csv"), read_panel(CASES / name)
    assert found.errors == ()
    assert found.frame.values.tolist() == plain.frame.values.tolist()


def test_thousands_of_answers_are_read_and_what_may_be_both_is_refused(tmp_path: Path) -> None:
    found = read_panel(CASES / "31l_panel_thousands.csv")
    assert (found.errors, set(found.frame["n"])) == ((), {1020})
    path = tmp_path / "panel.csv"
    path.write_text("officer,counter,month,score,n\na,L1,2025-01,3.1,20.000\n")
    assert [(e.row, e.column) for e in read_panel(path).errors] == [(2, "n")]


@pytest.mark.parametrize(
    "name",
    ["31j_panel_comma_comma.csv", "31k_panel_one_extra.csv", "32_panel_comma_in_comma.csv"],
)
def test_a_cell_too_many_is_never_dropped(name: str) -> None:
    row = 6 if "31k" in name else 2
    with pytest.raises(FileFaultError, match=f"Baris {row} berisi lebih banyak sel"):
        read_panel(CASES / name)


def test_what_stands_beside_a_table_in_a_workbook_is_never_dropped(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(CASES / "31i_panel.xlsx")
    book.worksheets[0]["H7"] = "catatan"
    book.save(tmp_path / "panel.xlsx")
    with pytest.raises(AnalystFileError, match="row 7"):
        read_panel(tmp_path / "panel.xlsx")


def test_rupiah_of_events_are_whole_and_reasons_are_the_offices() -> None:
    officers = frozenset(f"00{n}" for n in range(1, 9))
    for name, cost in (("31m_events_rupiah.csv", 6_000_000), ("31n_events_rupiah_dot.csv", 6_000)):
        found = read_events(CASES / name, officers=officers)
        assert (found.errors, set(found.frame["cost"])) == ((), {float(cost)})
    assert set(read_events(CASES / "31_events_id.csv", officers=officers).frame["reason"]) == {
        "lot"
    }


def test_lost_zeros_are_told_by_row() -> None:
    panel = read_panel(CASES / "31d_panel_lost_zeros.csv")
    found = read_events(CASES / "31_events.csv", officers=frozenset(panel.frame["officer"]))
    first = found.errors[0]
    assert (first.row, first.column) == (2, "officer")


def run(script: str, *arguments: str) -> Done:
    return run_script(script.removeprefix("scripts/"), *arguments)


def test_the_scripts_say_in_english_what_stops_them(tmp_path: Path) -> None:
    panel, events = str(CASES / "32_panel_comma_in_comma.csv"), str(CASES / "32_events.csv")
    told = run(
        "scripts/measure_impact.py", "--panel", panel, "--events", events, "--out", str(tmp_path)
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert "Row 2 has more cells (6) than there are column headings (5)" in told.stderr
    index = run("scripts/skm_index.py", str(CASES / "30e_skm_sums_below.csv"))
    assert (index.returncode, json.loads(index.stdout)["n"]) == (0, 20)
    assert "Rows of totals and means are not counted: 22, 23." in index.stderr
