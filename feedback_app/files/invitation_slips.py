"""Invitations to print and cut: A4 sheets of eight slips, each with a name and a one-time link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from feedback_app.files.qr_symbols import qr_symbol
from feedback_app.files.typesetting import typeset

SLIPS_A_SHEET = 8  # 2 columns of 95 mm, 4 rows of 68 mm
MASK = 2  # as of visit codes: 200 symbols with all masks tried would show


@dataclass(frozen=True, slots=True)
class Slip:
    """Who is invited, under which user name, by which address."""

    name: str
    username: str
    url: str


@dataclass(frozen=True, slots=True)
class SlipTexts:
    """What every slip says. `until` is the last day, written out."""

    agency: str
    until: str
    domain: str
    is_demo: bool


def invitation_slips_pdf(slips: Sequence[Slip], texts: SlipTexts) -> bytes:
    """The sheets, in the order of the slips; texts go to the typesetter as data."""
    symbols = {
        f"qr{place}.svg": qr_symbol(slip.url, correction="M", mask=MASK)
        for place, slip in enumerate(slips)
    }
    shown = [asdict(slip) | {"qr": name} for slip, name in zip(slips, symbols, strict=True)]
    sheets = [shown[start : start + SLIPS_A_SHEET] for start in range(0, len(shown), SLIPS_A_SHEET)]
    data = {"slips.json": {"texts": asdict(texts), "sheets": sheets}}
    return typeset("invitation_slips.typ", data, beside=symbols)
