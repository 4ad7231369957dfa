"""Files that a spreadsheet opens as data: no text becomes a formula, headings included."""

from __future__ import annotations

import csv
import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.files.exports import Sheet, to_csv, to_xlsx

STARTS = st.sampled_from(["", "=", "+", "-", "@", "\t=", "\r=", " =", "＝", "|", "%", "'="])
TEXTS = st.builds(lambda start, rest: start + rest, STARTS, st.text(max_size=20))
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), TEXTS)
def test_no_text_is_a_formula_in_either_format(rows: list[tuple[str, str]], heading: str) -> None:
    sheet = Sheet("Data", (heading, "B"), tuple(rows))
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([sheet])))
    for row in book.active.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "inlineStr", "n")
            assert cell.data_type != "n" or cell.value is None
    for row in csv.reader(
        io.StringIO(to_csv(sheet).decode("utf-8-sig"), newline=""), delimiter=";"
    ):
        assert not any(text.lstrip(" \u00a0").startswith(DANGEROUS) for text in row)


def test_numbers_stay_numbers_and_hidden_ones_stay_empty() -> None:
    sheet = Sheet("IKM: unit/1?", ("Nama", "n", "IKM"), (("A", 12, 75.5), ("B", None, None)))
    rows = list(
        openpyxl.load_workbook(io.BytesIO(to_xlsx([sheet]))).active.iter_rows(values_only=True)
    )
    assert rows[1:] == [("A", 12, 75.5), ("B", None, None)]
    assert to_csv(sheet).decode("utf-8-sig").splitlines()[1:] == ["A;12;75,50", "B;;"]
