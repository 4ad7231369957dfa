"""A certificate of service: one A4 page with a code to check it by."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from feedback_app.files.qr_symbols import qr_symbol
from feedback_app.files.typesetting import typeset


@dataclass(frozen=True, slots=True)
class CertificateTexts:
    """What the page says, written out."""

    agency: str
    name: str
    number: str
    period: str
    ground: str
    n: str
    mean: str
    interval: str
    published: str
    level: str
    reliability: str
    issued: str
    address: str  # where it is checked
    is_demo: bool


def certificate_pdf(texts: CertificateTexts) -> bytes:
    """The page as PDF/UA; texts go to the typesetter as data."""
    symbol = {"check.svg": qr_symbol(texts.address, correction="M")}
    data = {"certificate.json": asdict(texts)}
    return typeset("certificate.typ", data, beside=symbol, is_accessible=True)
