"""The workbook is recalculated by LibreOffice: its formulas must find our exact figures."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.survey import ELEMENT_ORDERS
from feedback_app.files.skm_workbook import DATA, FIRST_ROW, skm_workbook
from tests.ground.libreoffice import recalculated
from tests.ground.once import made_once
from tests.ground.survey import GASPUL, GASPUL_IKM, Answers, answers_of, facts_of_answers

WEIGHTS = ("1/9", "0.111", "0.11")
HOSTILE = (
    "=1+1",
    "+62",
    "@SUM(A1)",
    '=HYPERLINK("http://x","y")',
    "<b>&</b>",
    "👍 bagus",
    "\x00\x0b",
)


def sheets(path: Path) -> Any:
    return openpyxl.load_workbook(path, data_only=True)


def summary(path: Path) -> dict[str, Any]:
    rows = sheets(path)["Ringkasan"].iter_rows(values_only=True)
    return {row[0]: row[1] for row in rows if row[0]}


def with_weight(weight: str) -> bytes:
    answers = answers_of(GASPUL)
    return skm_workbook(facts_of_answers(answers, weight=weight), answers)


def changed_by_hand() -> bytes:
    answers = answers_of(GASPUL)
    book = openpyxl.load_workbook(io.BytesIO(skm_workbook(facts_of_answers(answers), answers)))
    page = book[DATA]
    assert page.cell(FIRST_ROW + 1, 2).value == 4
    page.cell(FIRST_ROW + 1, 2).value = 1
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


def hostile() -> bytes:
    answers = answers_of(GASPUL)
    unit = "A & B <'\"> " + "x" * 180
    return skm_workbook(
        facts_of_answers(answers, comments=HOSTILE, unit=unit, agency="=1+1"), answers
    )


@pytest.fixture(scope="session")
def opened(shared: Path) -> Path:
    """All workbooks of this file as LibreOffice has recalculated them."""

    def make(folder: Path) -> None:
        books = {f"weight-{place}": with_weight(weight) for place, weight in enumerate(WEIGHTS)}
        books |= {ikm: skm_workbook(facts_of_answers(forms), forms) for forms, ikm in ties()}
        recalculated(books | {"changed": changed_by_hand(), "hostile": hostile()}, folder)

    return made_once(shared / "workbooks", make) / "out"


@pytest.mark.proof
@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_published_example_recalculates_to_its_printed_index(weight: str, opened: Path) -> None:
    facts = facts_of_answers(answers_of(GASPUL), weight=weight)
    assert facts.index.ikm == Decimal(GASPUL_IKM[weight])
    found = summary(opened / f"weight-{WEIGHTS.index(weight)}.xlsx")
    assert found["Jumlah responden"] == 29
    assert Decimal(str(found["Nilai IKM"])) == Decimal(GASPUL_IKM[weight])
    assert found["Mutu pelayanan"] == "A"


@pytest.mark.proof
def test_every_figure_of_the_sheet_is_recalculated_from_the_answers(opened: Path) -> None:
    """The control: one answer is changed by hand, and LibreOffice finds the new figures."""
    answers = answers_of(GASPUL)
    found = opened / "changed.xlsx"
    facts = facts_of_answers([(1, *answers[0][1:]), *answers[1:]])
    assert Decimal(str(summary(found)["Nilai IKM"])) == facts.index.ikm
    assert facts.index.ikm != Decimal("91.48")
    page = sheets(found)[DATA]
    last = FIRST_ROW + len(answers)
    for column, key in enumerate(facts.order, start=2):
        nrr = facts.index.nrr[key]
        assert page.cell(last + 1, column).value == nrr * 29
        assert page.cell(last + 2, column).value == pytest.approx(float(nrr), abs=1e-12)
        assert page.cell(last + 3, column).value == pytest.approx(float(nrr) / 9, abs=1e-12)


def ties() -> list[tuple[Answers, str]]:
    """Forms whose exact index ends in a half hundredth: a clerk rounds it up, floats may not."""

    def forms(total: int, n: int) -> Answers:
        low, more = divmod(total, 9 * n)
        values = [low + 1] * more + [low] * (9 * n - more)
        return [tuple(values[9 * i : 9 * i + 9]) for i in range(n)]

    whole = {"76.88": (1107, 40), "76.61": (9 * 15321, 5000), "88.31": (9 * 17661, 5000)}
    return [(forms(total, n), ikm) for ikm, (total, n) in whole.items()]


@pytest.mark.proof
@pytest.mark.parametrize(("answers", "ikm"), ties(), ids=["76.875", "76.605", "88.305"])
def test_a_half_is_rounded_up_in_the_sheet_as_in_exact_arithmetic(
    answers: Answers, ikm: str, opened: Path
) -> None:
    facts = facts_of_answers(answers)
    assert facts.index.ikm == Decimal(ikm)
    found = summary(opened / f"{ikm}.xlsx")
    assert Decimal(str(found["Nilai IKM"])) == Decimal(ikm)
    assert found["Mutu pelayanan"] == facts.index.mutu


def test_elements_eight_and_nine_follow_the_chosen_order() -> None:
    """The trap: with the other numbering the ninth column holds Sarana, not Pengaduan."""
    answers = answers_of(GASPUL)
    for name, order in ELEMENT_ORDERS.items():
        facts = facts_of_answers(answers, order=order)
        page = openpyxl.load_workbook(io.BytesIO(skm_workbook(facts, answers)))[DATA]
        heads = [page.cell(FIRST_ROW, column).value for column in range(2, 11)]
        eighth = sum(page.cell(row, 9).value for row in range(FIRST_ROW + 1, FIRST_ROW + 30))
        assert facts.index.ikm == Decimal("91.48")
        if name == "sarana_8":
            assert (heads[7], eighth) == ("U8 Sarana dan Prasarana", 18 * 4 + 11 * 3)
        else:
            assert heads[7].startswith("U8 Penanganan Pengaduan")
            assert eighth == 28 * 4 + 3


@pytest.mark.proof
def test_no_identifier_no_time_and_no_formula_of_a_citizen(opened: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(hostile()))
    page = book[DATA]
    assert page.max_column == 1 + len(OFFICIAL_KEYS)
    formulas = [
        c
        for sheet in ("Saran", "Tindak lanjut", "Keterangan")
        for row in book[sheet]
        for c in row
        if c.data_type == "f"
    ]
    assert formulas == []
    assert [row[0].value for row in book["Saran"].iter_rows(min_row=3)][:2] == ["=1+1", "+62"]
    assert book["Ringkasan"]["B3"].data_type == "s"
    assert summary(opened / "hostile.xlsx")["Unit pelayanan"].startswith("A & B <'\">")


def test_comments_that_may_not_be_shown_are_not_in_the_file() -> None:
    facts = facts_of_answers(answers_of(GASPUL), comments=None)
    book = openpyxl.load_workbook(io.BytesIO(skm_workbook(facts, answers_of(GASPUL))))
    assert "Belum ditampilkan" in book["Saran"]["A3"].value
