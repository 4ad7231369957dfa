"""Report and poster are opened again by other programs: what they hold, and how they look."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import docx
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from feedback_app.domain.elements import ELEMENTS, element
from feedback_app.domain.survey import Span
from feedback_app.files.document import Document
from feedback_app.files.docx_writer import to_docx
from feedback_app.files.pdf_writer import to_pdf
from feedback_app.files.poster import SHAPES, Poster, poster_file
from feedback_app.files.skm_report import skm_report
from feedback_app.files.skm_report_results import ranked
from feedback_app.files.survey_facts import TrendPoint
from tests.ground.survey import GASPUL, answers_of, facts_of_answers

CHAPTERS = [
    "BAB I PENDAHULUAN",
    "1.1 Latar Belakang",
    "1.2 Dasar Pelaksanaan",
    "1.3 Maksud dan Tujuan",
    "BAB II PENGUMPULAN DATA SKM",
    "2.1 Pelaksana",
    "2.2 Metode Pengumpulan Data",
    "2.3 Lokasi Pengumpulan Data",
    "2.4 Waktu Pelaksanaan",
    "2.5 Penentuan Jumlah Responden",
    "BAB III HASIL PENGOLAHAN DATA SKM",
    "3.1 Jumlah Responden",
    "3.2 Indeks Kepuasan Masyarakat (Unit Layanan dan Per Unsur)",
    "BAB IV ANALISIS HASIL SKM",
    "4.1 Analisis Kelemahan dan Kelebihan Unsur Layanan",
    "4.2 Rencana Tindak Lanjut",
    "4.3 Tren Nilai SKM",
    "BAB V KESIMPULAN",
    "LAMPIRAN",
    "Lampiran 1. Kuesioner",
    "Lampiran 2. Hasil Olah Data",
    "Lampiran 3. Dokumentasi Pelaksanaan SKM",
    "Lampiran 4. Tindak Lanjut Hasil SKM Periode Sebelumnya",
]
HOSTILE = "Dinas & <b>'Uji'</b> \"Coba\" #set $x$ \\u{41} `raw` "
TREND = tuple(
    TrendPoint(
        Span(date(2025, 1 + place, 1), date(2025, 1 + place, 28)),
        f"Periode {place}",
        f"{place}/2025",
        100,
        Decimal("80.5") + place,
        "B",
        is_past=place < 2,
        new_form=(date(2025, 3, 9),) if place == 2 else (),
    )
    for place in range(4)
)


def report(**changes: Any) -> Document:
    return skm_report(facts_of_answers(answers_of(GASPUL), trend=TREND, **changes))


def text_of_pdf(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def test_the_docx_has_every_chapter_with_real_headings_tables_and_pictures() -> None:
    file = docx.Document(io.BytesIO(to_docx(report())))
    headings = [
        p.text for p in file.paragraphs if str(p.style and p.style.name).startswith("Heading")
    ]
    assert headings == CHAPTERS
    text = "\n".join(p.text for p in file.paragraphs)
    assert "IKM Unit A pada Triwulan III 2026 adalah 91,48, mutu pelayanan A" in text
    assert "DAFTAR ISI" in text
    values = next(
        t for t in file.tables if len(t.columns) == 5 and t.rows[0].cells[2].text == "NRR"
    )
    assert [cell.text for cell in values.rows[1].cells] == [
        "U1",
        "Persyaratan",
        "3,621",
        "0,402",
        "A",
    ]
    plan = next(t for t in file.tables if t.rows[0].cells[1].text == "Faktor yang memengaruhi")
    assert [c.text for c in plan.rows[1].cells][1:3] == ["Antrean panjang", "Loket kedua"]
    assert len(file.inline_shapes) == 2  # elements and trend
    described = [shape._inline.docPr.get("descr") for shape in file.inline_shapes]
    assert "Biaya/Tarif 4,00" in described[0]
    assert "Periode 3 83,50" in described[1]
    assert "Nama, S.Sos." in text
    assert "Pertanyaan formulir berubah pada 9 Maret 2025" in text
    assert file.core_properties.title.startswith("LAPORAN PELAKSANAAN")


def test_the_pdf_says_the_same_and_is_tagged() -> None:
    content = to_pdf(report())
    text = text_of_pdf(content)
    for words in (
        *CHAPTERS,
        "91,48",
        "Jawaban pertama diterima pada 6 Juli 2026 dan yang terakhir pada 28 September 2026.",
        "Loket kedua",
        "Selesai",
        "Antre terlalu lama.",
        "Nama, S.Sos.",
    ):
        assert words in " ".join(text.split()), words
    assert "DATA CONTOH" not in text
    assert "DATA CONTOH" in text_of_pdf(to_pdf(report(is_demo=True)))
    assert b"pdfuaid" in content or b"/MarkInfo" in content
    for item in ELEMENTS:
        if item.official:
            assert item.question.split()[-1] in text


def test_every_page_of_the_pdf_has_ink_within_its_margins() -> None:
    """A table or name that runs off the page would leave ink at the paper's edge."""
    facts = {
        "agency": HOSTILE,
        "unit": HOSTILE + "Panjang " * 20,
        "comments": (HOSTILE, "antre " * 300),
    }
    for page in pypdfium2.PdfDocument(to_pdf(report(**facts))):
        picture = page.render(scale=0.5).to_pil().convert("L")
        dark = picture.point(lambda value: 255 if value < 200 else 0).getbbox()
        assert dark is not None
        assert dark[0] > 10
        assert dark[2] < picture.width - 10


def test_what_people_typed_stays_what_they_typed() -> None:
    facts = {
        "agency": HOSTILE,
        "unit": HOSTILE,
        "comments": ("antre =1+1 <b>x</b> #panic() 👍 $y$",),
    }
    text = text_of_pdf(to_pdf(report(**facts)))
    assert "#set $x$" in text
    assert "antre =1+1 <b>x</b> #panic()" in text
    file = docx.Document(io.BytesIO(to_docx(report(**facts))))
    assert any("antre =1+1 <b>x</b> #panic() 👍 $y$" in p.text for p in file.paragraphs)


def test_weakest_and_strongest_are_told_with_their_comments() -> None:
    facts = facts_of_answers(answers_of(GASPUL))
    assert ranked(facts)[0] == "waktu"
    assert ranked(facts)[-1] == "biaya"
    text = text_of_pdf(to_pdf(skm_report(facts)))
    assert "Tentang Waktu Penyelesaian masyarakat menulis" in text
    none = text_of_pdf(to_pdf(skm_report(replace(facts, comments=None, plans=(), carried=()))))
    assert "Saran masyarakat belum ditampilkan" in none
    assert "Rencana tindak lanjut belum disusun." in none
    assert "tren belum dapat ditunjukkan" in none


def poster(**changes: object) -> Poster:
    made = Poster(
        agency="Dinas Uji",
        unit="Unit A",
        title="Triwulan III 2026",
        days="1 Juli – 30 September 2026",
        ikm="91,48",
        mutu="A",
        kinerja="Sangat Baik",
        interval="rentang 95%: 88,1 – 93,9",
        respondents="29 orang",
        profile=(("Jenis kelamin", (("Perempuan", "12"), ("Laki-laki", "11"))),),
        elements=tuple((element(key).unsur, "3,6", 0.87, "A") for key in GASPUL),
        services="Semua layanan",
        plans=("Waktu Penyelesaian: Loket kedua",),
        signer=("Muara, …… Oktober 2026", "Kepala", "Nama, S.Sos.", "", ""),
        url="https://suara.example.go.id/hasil/dukcapil/A/2026-t3",
        is_demo=False,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", list(SHAPES))
def test_a_poster_fits_one_page_and_its_symbol_can_be_scanned(shape: str) -> None:
    file = pypdfium2.PdfDocument(poster_file(poster(), shape=shape, ending="pdf"))
    assert len(file) == 1
    text = text_of_pdf(poster_file(poster(), shape=shape, ending="pdf"))
    for words in (
        "INDEKS KEPUASAN MASYARAKAT",
        "91,48",
        "Mutu A",
        "Perempuan",
        "29 orang",
        "TERIMA KASIH",
    ):
        assert words in text, words
    assert ("Nama, S.Sos." in text) == (shape != "persegi")
    picture = Image.open(io.BytesIO(poster_file(poster(), shape=shape, ending="png")))
    assert picture.width > 1000
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == poster().url
    if shape == "persegi":
        assert abs(picture.width - 1080) <= 1
        assert picture.width == picture.height


def test_a_poster_with_long_names_still_fits_one_page() -> None:
    long = poster(
        unit="UPT & <Dinas> 'Uji' " * 10,
        agency="Dinas " * 25,
        plans=("Rencana " * 16,) * 3,
        profile=(
            *poster().profile,
            ("Pendidikan", tuple((f"Sekolah {n}", "99") for n in range(6))),
        ),
        signer=(
            "Muara Tebo, …… Oktober 2026",
            "Kepala Dinas Kependudukan dan Pencatatan Sipil Kabupaten",
            "Nama Panjang, S.Sos., M.Si.",
            "Pembina Utama Muda",
            "NIP 1",
        ),
    )
    for shape in SHAPES:
        assert len(pypdfium2.PdfDocument(poster_file(long, shape=shape, ending="pdf"))) == 1


def test_without_a_number_the_poster_shows_the_letter() -> None:
    text = text_of_pdf(poster_file(poster(ikm="Mutu A", interval=""), shape="a4", ending="pdf"))
    assert "91,48" not in text
    assert "selang" not in text
