"""The printed slips: every code decodes from the rendered sheet and stands beside what is typed."""

from __future__ import annotations

import ctypes

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from feedback_app.domain.visit_codes import grouped, read_visit_code
from feedback_app.files.code_sheets import SheetTexts, Slip, code_sheets_pdf
from feedback_app.services.codes.making import drawn

BASE = "https://suara.tebokab.go.id/v/"
ODD = "Unit <b>#let x = $1 *tebal* _miring_ 🙂 \\ " + "panjang " * 20
TEXTS = SheetTexts(
    agency="Dinas Dukcapil Kabupaten Tebo",
    unit="Kantor Dukcapil Muara Tebo",
    service="Kartu Keluarga",
    day="24 November 2026",
    until="25 November",
    domain="suara.tebokab.go.id",
    is_demo=False,
)


def slips(count: int) -> list[Slip]:
    return [Slip(BASE + code.long, grouped(code.typed)) for code in drawn(count)]


def pictures(content: bytes, *, ppi: int) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    return [page.render(scale=ppi / 72).to_pil().convert("L") for page in document]


def decoded(picture: Image.Image) -> list[str]:
    return sorted(found.text for found in zxingcpp.read_barcodes(picture))


def text_of(content: bytes, page: int = 0) -> str:
    words = pypdfium2.PdfDocument(content)[page].get_textpage().get_text_range()
    return " ".join(words.split())


@pytest.mark.proof
def test_every_slip_of_every_sheet_decodes_to_its_own_code() -> None:
    made = slips(50)
    content = code_sheets_pdf(made, TEXTS)
    sheets = pictures(content, ppi=300)
    assert [len(decoded(sheet)) for sheet in sheets] == [24, 24, 2]
    assert sorted(text for sheet in sheets for text in decoded(sheet)) == sorted(
        slip.url for slip in made
    )
    for slip in made:
        code = read_visit_code(slip.url.rsplit("/", 1)[1])
        assert code is not None
        assert code.kind == "long"


def test_the_qr_stands_beside_its_own_typed_code() -> None:
    made = slips(3)
    content = code_sheets_pdf(made, TEXTS)
    page = pypdfium2.PdfDocument(content)[0]
    text = page.get_textpage()
    found = zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil().convert("L"))
    by_url = {one.text: one.position.top_left.x * 72 / 300 for one in found}
    for slip in made:
        searcher = text.search(slip.typed.split()[0])
        start, _count = searcher.get_next()
        left = text.get_charbox(start)[0]
        assert 0 < left - by_url[slip.url] < 187  # within the same 66 mm


def test_a_slip_says_what_it_must_and_carries_no_running_number() -> None:
    made = slips(26)
    content = code_sheets_pdf(made, TEXTS)
    words = text_of(content)
    for needed in (
        "Kantor Dukcapil Muara Tebo",
        "Kartu Keluarga",
        "Nilailah setelah dilayani, sampai 25 November pukul 24.00.",
        "untuk 24 November 2026",
        "suara.tebokab.go.id",
        "± 2 menit, tanpa nama, tanpa NIK, tanpa uang.",
        "Lembar 1 dari 2",
        made[0].typed,
    ):
        assert needed in words
    without_codes = words
    for slip in made[:24]:
        assert words.count(slip.typed) == 1
        without_codes = without_codes.replace(slip.typed, "")
    left_over = (
        without_codes.replace("24 November 2026", "")
        .replace("25 November", "")
        .replace("Lembar 1 dari 2", "")
    )
    digits = [word for word in left_over.split() if word.isdigit()]
    assert set(digits) <= {"2", "48"}  # "± 2 menit", "berlaku 48 jam"
    assert "DATA CONTOH" not in words


def test_old_eyes_can_read_a_slip() -> None:
    """Nothing that stays on it is smaller than 9 pt; the sheet's own line is cut off."""
    page = pypdfium2.PdfDocument(code_sheets_pdf(slips(24), TEXTS))[0]
    sizes = {}
    for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
        size, matrix = ctypes.c_float(), one.get_matrix()
        pypdfium2.raw.FPDFTextObj_GetFontSize(one, size)
        sizes[round(size.value * abs(matrix.d), 1)] = one
    smallest = sorted(sizes)[:2]
    assert smallest == [6, 9]


def test_names_are_data_never_markup_and_stay_on_their_slip() -> None:
    texts = SheetTexts(
        ODD, ODD, ODD, "24 November 2026", "25 November", "suara.tebokab.go.id", is_demo=True
    )
    made = slips(24)
    content = code_sheets_pdf(made, texts)
    assert len(pypdfium2.PdfDocument(content)) == 1
    assert decoded(pictures(content, ppi=300)[0]) == sorted(slip.url for slip in made)
    words = text_of(content)
    assert "#let x = $1 *tebal*" in words
    assert all(slip.typed in words for slip in made)
    assert words.count("DATA CONTOH") == 24
