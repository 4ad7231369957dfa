"""Visit codes to print and cut: A4 sheets of 14 slips, each with a QR code and a typed code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from feedback_app.files.qr_symbols import qr_symbol
from feedback_app.files.typesetting import typeset

SLIPS_A_SHEET = 14  # 2 columns of 99 mm, 7 rows of 40 mm: room for print of 9 pt
# Trying all eight masks takes six times as long, which 2,000 symbols in one request would show.
MASK = 2


@dataclass(frozen=True, slots=True)
class Slip:
    """One code as it is printed: the QR's address and the code to type."""

    url: str
    typed: str


@dataclass(frozen=True, slots=True)
class SheetTexts:
    """What every slip of a batch says. `day` and `until`, its last day, are written out."""

    agency: str
    unit: str
    service: str
    day: str
    until: str
    domain: str
    is_demo: bool


def code_sheets_pdf(slips: Sequence[Slip], texts: SheetTexts) -> bytes:
    """The sheets. A slip carries no running number: it could be matched with a queue list.

    Error correction M: a slip is read once, from close by, within two days.
    """
    symbols = {
        f"qr{place}.svg": qr_symbol(slip.url, correction="M", mask=MASK)
        for place, slip in enumerate(slips)
    }
    shown = [{"typed": slip.typed, "qr": name} for slip, name in zip(slips, symbols, strict=True)]
    sheets = [shown[start : start + SLIPS_A_SHEET] for start in range(0, len(shown), SLIPS_A_SHEET)]
    data = {"sheets.json": {"texts": asdict(texts), "sheets": sheets}}
    return typeset("code_sheets.typ", data, beside=symbols)
