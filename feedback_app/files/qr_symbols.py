"""QR symbols as drawings; their library is loaded here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from defusedxml.ElementTree import fromstring

QUIET_ZONE = 4  # modules of white around the symbol (ISO/IEC 18004)


@dataclass(frozen=True, slots=True)
class QrOutline:
    """A symbol for a page: its side in modules, and the path that a template draws."""

    side: str
    path: str


def qr_svg(url: str) -> bytes:
    """The symbol with error correction H: up to 30% may be dirty or torn."""
    return qr_symbol(url, correction="H")


def screen_qr_svg(url: str) -> bytes:
    """The symbol with error correction M: a screen is not torn, and larger squares read farther."""
    return qr_symbol(url, correction="M")


def qr_outline(text: str) -> QrOutline:
    """The symbol of `qr_svg`, taken apart so that a template writes the drawing itself."""
    drawing = fromstring(qr_svg(text))
    side = drawing.get("viewBox").split()[2]
    return QrOutline(side=side, path=next(iter(drawing)).get("d"))


def qr_symbol(url: str, *, correction: Literal["H", "M"], mask: int | None = None) -> bytes:
    """The SVG; without a mask all eight are tried and the easiest to read is taken."""
    import qrcode  # noqa: PLC0415 (10 ms and 3 MB: where a symbol is drawn)
    from qrcode.image.svg import SvgPathImage  # noqa: PLC0415 (the same)

    symbol = qrcode.QRCode(
        error_correction=getattr(qrcode.constants, f"ERROR_CORRECT_{correction}"),
        border=QUIET_ZONE,
        image_factory=SvgPathImage,
        mask_pattern=mask,
    )
    symbol.add_data(url, optimize=8)
    symbol.make(fit=True)
    return bytes(symbol.make_image().to_string())
