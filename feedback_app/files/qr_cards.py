"""QR cards to print: for each counter an A5 table card and an A4 poster, as one PDF."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import qrcode
import typst
from qrcode.image.svg import SvgPathImage

HERE = Path(__file__).resolve().parent
TEMPLATE = HERE / "typst" / "qr_cards.typ"
FONTS = HERE / "fonts"
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
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "qr_cards.typ").write_bytes(TEMPLATE.read_bytes())
        shown = []
        for place, card in enumerate(cards):
            (root / f"qr{place}.svg").write_bytes(qr_svg(card.url))
            shown.append(asdict(card) | {"qr": f"qr{place}.svg", "grouped": _grouped(card)})
        (root / "cards.json").write_text(json.dumps(shown), encoding="utf-8")
        return typst.compile(
            root / "qr_cards.typ", root=root, font_paths=[FONTS], ignore_system_fonts=True
        )


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


def _grouped(card: Card) -> str:
    code = card.typed_code
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
