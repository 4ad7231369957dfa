"""Printed cards: rendered, blurred, tilted, decoded by a real decoder, and followed."""

from __future__ import annotations

import pypdfium2
import pytest
import segno
import zxingcpp
from PIL import Image, ImageFilter

from feedback_app.files.qr_cards import Card, qr_cards_pdf

URL = "https://suara.tebokab.go.id/q/00070145QGJDHZ3X"
ODD = "Loket <1> & 'dua' \"tiga\" #let x = $1 *tebal* _miring_ 🙂 \\ " + "panjang " * 25


def card(**changes: object) -> Card:
    values = {
        "agency": "Dinas Dukcapil",
        "unit": "Kantor Dukcapil",
        "counter_code": "L1",
        "counter_name": "Loket 1 — KTP-el",
        "services": ("KTP-el", "KIA"),
        "url": URL,
        "typed_code": URL.rsplit("/", 1)[1],
        "serial": 1,
        "domain": "suara.tebokab.go.id",
        "mended": "",
        "is_demo": False,
    }
    return Card(**(values | changes))  # type: ignore[arg-type]


def pages(content: bytes) -> list[Image.Image]:
    return [
        page.render(scale=150 / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(content)
    ]


def decoded(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_each_counter_gets_an_a5_card_and_an_a4_poster_that_decode() -> None:
    content = qr_cards_pdf([card()])
    sizes = [
        tuple(round(side) for side in page.get_size()) for page in pypdfium2.PdfDocument(content)
    ]
    assert sizes == [(420, 595), (595, 842)]
    for picture in pages(content):
        assert decoded(picture) == [URL]


@pytest.mark.parametrize("degrees", [0, 11, 47])
def test_a_blurred_tilted_and_dirty_card_still_decodes(degrees: int) -> None:
    picture = pages(qr_cards_pdf([card()]))[0]
    width, height = picture.size
    corners = (0, 0, 30, height, width, height - 40, width - 25, 15)
    leaning = picture.transform(picture.size, Image.Transform.QUAD, corners, fillcolor=255)
    turned = leaning.rotate(degrees, expand=True, fillcolor=255)
    blurred = turned.filter(ImageFilter.GaussianBlur(2.5))
    assert decoded(blurred) == [URL]


def test_the_symbol_is_small_and_a_second_encoder_agrees() -> None:
    assert int(segno.make(URL, error="h", micro=False).version) <= 6


def test_names_are_data_never_markup() -> None:
    content = qr_cards_pdf([card(counter_name=ODD, unit=ODD, agency=ODD, services=(ODD,) * 9)])
    assert len(pages(content)) == 2
    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    assert "#let x = $1" in " ".join(text.split())
    assert all(decoded(picture) == [URL] for picture in pages(content))


def test_the_card_says_what_it_must() -> None:
    text = pypdfium2.PdfDocument(qr_cards_pdf([card(is_demo=True)]))[0].get_textpage()
    words = " ".join(text.get_text_range().split())
    for needed in (
        "Loket 1 — KTP-el",
        "KTP-el · KIA",
        "Tidak pernah meminta NIK atau uang",
        "suara.tebokab.go.id",
        "0007 0145 QGJD HZ3X",
        "Seri 1",
        "DATA CONTOH",
        "lapor.go.id",
    ):
        assert needed in words
