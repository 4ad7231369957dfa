"""The printed form holds the official words, one page a sheet, a number on each."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from pypdfium2 import raw

from feedback_app.domain.causes import CAUSES, OF_ELEMENT, VISIT_FACTS
from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.paper import grouped, sheet_number
from feedback_app.domain.respondent import BANDS
from feedback_app.files.paper_form import PaperForms, paper_forms_pdf


def forms(*, sheets: int, **changes: str) -> PaperForms:
    texts = {"agency": "Dinas <Uji> & Coba", "unit": "Unit #A", "service": "KTP-el", "counter": ""}
    return PaperForms(
        **(texts | changes),
        numbers=tuple(grouped(sheet_number("AB", n)) for n in range(1, sheets + 1)),
        bands=tuple((b.question, tuple(w for _key, w, _en in b.choices)) for b in BANDS),
        official=tuple((e.question, e.labels) for e in ELEMENTS if e.official),
        facts=tuple((f.question, tuple(w for _key, w, _en in f.choices)) for f in VISIT_FACTS),
        causes=tuple(
            (e.unsur, tuple((c.number, c.text) for c in OF_ELEMENT[e.key])) for e in ELEMENTS
        ),
        own=tuple((e.question, e.labels) for e in ELEMENTS if not e.official),
        is_demo=False,
    )


def words_of(page: pypdfium2.PdfPage) -> str:
    return re.sub(r"\s+", " ", page.get_textpage().get_text_range())


def test_every_word_of_the_official_form_is_there() -> None:
    with pypdfium2.PdfDocument(paper_forms_pdf(forms(sheets=1))) as document:
        text = " ".join(words_of(side) for side in document)
    squeezed = text.replace(" ", "")
    for item in ELEMENTS:
        for words in (item.question, *item.labels):
            assert words.replace(" ", "") in squeezed, words
    for band in BANDS:
        for words in (band.question, *(choice[1] for choice in band.choices)):
            assert words.replace(" ", "") in squeezed, words
    for words in (
        "Dinas <Uji> & Coba",
        "Unit #A",
        "Jangan tulis nama, NIK, atau nomor telepon",
        "Dilayani oleh",
        "Tanggal kunjungan",
        "kotak survei",
        "Kode kunjungan",
    ):
        assert words in text, words


@pytest.mark.parametrize("sheets", [1, 3, 500])
def test_a_page_a_sheet_each_with_its_number(sheets: int) -> None:
    made = forms(sheets=sheets, counter="Loket 1")
    with pypdfium2.PdfDocument(paper_forms_pdf(made)) as document:
        assert len(document) == 2 * sheets
        for place in {0, sheets // 2, sheets - 1}:
            for side in (2 * place, 2 * place + 1):
                text = words_of(document[side])
                assert made.numbers[place] in text
                assert sum(number in text for number in made.numbers) == 1


def test_long_names_still_fit_one_page() -> None:
    long = {name: f"{name} " * 60 for name in ("agency", "unit", "service", "counter")}
    with pypdfium2.PdfDocument(paper_forms_pdf(forms(sheets=2, **long))) as document:
        assert len(document) == 4
        assert "kotak survei" in words_of(document[3])


def test_what_is_rated_is_in_12_points_with_a_face_beside_each_answer() -> None:
    with pypdfium2.PdfDocument(paper_forms_pdf(forms(sheets=1))) as document:
        text = document[0].get_textpage()
        for item in ELEMENTS:
            for words in (item.question.split()[0], item.labels[0].split()[0]):
                found = text.search(words, match_case=True).get_next()
                assert found
                assert raw.FPDFText_GetFontSize(text, found[0]) >= 12, words
        assert "inspektorat" in words_of(document[1]).lower()
        assert "Saya diminta memberi nilai tertentu" in words_of(document[1])
        drawn = document[0].get_objects(max_depth=8)
        curves = sum(part.type == raw.FPDF_PAGEOBJ_PATH for part in drawn)
    boxes = faces = len(ELEMENTS) * 4
    assert curves >= boxes + faces


def test_every_cause_stands_on_the_back_with_its_number() -> None:
    with pypdfium2.PdfDocument(paper_forms_pdf(forms(sheets=1))) as document:
        front, back = (words_of(page) for page in document)
    assert "sebabnya di balik lembar" in front
    for cause in CAUSES:
        assert f"{cause.number} {cause.text}" in back, cause
    for fact in VISIT_FACTS:
        for words in (fact.question, *(choice[1] for choice in fact.choices)):
            assert words in back, words
