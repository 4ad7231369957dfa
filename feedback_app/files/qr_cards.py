"""QR cards to print: for each counter an A5 table card and an A4 poster, as one PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from feedback_app.files.qr_symbols import qr_svg
from feedback_app.files.typesetting import typeset


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
    mended: str  # what was mended last because of answers, '' for nothing yet
    is_demo: bool


def qr_cards_pdf(cards: Sequence[Card]) -> bytes:
    """Two pages a card: A5, then A4. Texts go to the typesetter as data, never as markup."""
    symbols = {f"qr{place}.svg": qr_svg(card.url) for place, card in enumerate(cards)}
    shown = [
        asdict(card) | {"qr": name, "grouped": _grouped(card)}
        for card, name in zip(cards, symbols, strict=True)
    ]
    return typeset("qr_cards.typ", {"cards.json": shown}, beside=symbols)


def _grouped(card: Card) -> str:
    code = card.typed_code
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
