"""Minutes of a draw: list, dice, witnesses and seats, to print, to sign and to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from feedback_app.files.typesetting import typeset


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One drawn person: place in the order, name, code, and the date or where the person waits."""

    place: int
    name: str
    code: str
    seat: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """What the minutes say; days and instants are written out."""

    agency: str
    training: str
    provider: str
    days: tuple[str, ...]
    seats: int
    people: int
    list_hash: str
    frozen: str
    drawn: str
    dice: str
    seed: str
    witnesses: tuple[str, ...]
    led_by: str
    address: str  # of the public record
    changes: tuple[str, ...]  # what came after the draw
    is_demo: bool


def lot_minutes_pdf(minutes: Minutes, lines: Sequence[SeatLine]) -> bytes:
    """The minutes as PDF/UA; texts go to the typesetter as data."""
    data = {"minutes.json": {"told": asdict(minutes), "lines": [asdict(one) for one in lines]}}
    return typeset("lot_minutes.typ", data, is_accessible=True)
