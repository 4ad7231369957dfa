"""QR cards to print: for each counter an A5 table card and an A4 poster, as one PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import qrcode
from defusedxml.ElementTree import fromstring
from qrcode.image.svg import SvgPathImage

from feedback_app.files.typesetting import typeset

QUIET_ZONE = 4  # modules of white around the symbol (ISO/IEC 18004)


@dataclass(frozen=True, slots=True)
class Card:
    """What one counter's card says. `typed_code` is for those without a camera."""

    agency: str
    unit: str
    counter_code: str
    counter_name: str
    services: tuple[str, ...]
    url: str
    typed_code: str
    serial: int
    domain: str
    is_demo: bool


def qr_cards_pdf(cards: Sequence[Card]) -> bytes:
    """Two pages a card: A5, then A4. Texts go to the typesetter as data, never as markup."""
    symbols = {f"qr{place}.svg": qr_svg(card.url) for place, card in enumerate(cards)}
    shown = [
        asdict(card) | {"qr": name, "grouped": _grouped(card)}
        for card, name in zip(cards, symbols, strict=True)
    ]
    return typeset("qr_cards.typ", {"cards.json": shown}, beside=symbols)


def qr_svg(url: str) -> bytes:
    """The symbol with error correction H: up to 30% may be dirty or torn."""
    symbol = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_H,
        border=QUIET_ZONE,
        image_factory=SvgPathImage,
    )
    symbol.add_data(url, optimize=8)
    symbol.make(fit=True)
    return bytes(symbol.make_image().to_string())


@dataclass(frozen=True, slots=True)
class QrOutline:
    """A symbol for a page: its side in modules, and the path that a template draws."""

    side: str
    path: str


def qr_outline(text: str) -> QrOutline:
    """The symbol of `qr_svg`, taken apart so that a template writes the drawing itself."""
    drawing = fromstring(qr_svg(text))
    side = drawing.get("viewBox").split()[2]
    return QrOutline(side=side, path=next(iter(drawing)).get("d"))


def _grouped(card: Card) -> str:
    code = card.typed_code
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
