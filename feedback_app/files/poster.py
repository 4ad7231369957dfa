"""The wall poster of a published result: A3, A4, and a square for social media."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache

from feedback_app.files.qr_symbols import qr_svg
from feedback_app.files.typesetting import typeset

# shape -> (width, height in mm, pixels an inch when it is a picture)
SHAPES = {"a3": (297, 420, 110), "a4": (210, 297, 150), "persegi": (210, 210, 130.63)}
ENDINGS = ("pdf", "png")


@dataclass(frozen=True, slots=True)
class Poster:
    """What the poster says, in words ready to be set; empty texts are left out."""

    agency: str
    unit: str
    title: str
    days: str
    ikm: str
    mutu: str
    kinerja: str
    interval: str
    respondents: str
    profile: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # question, (choice, number)
    elements: tuple[tuple[str, str, float, str], ...]  # name, mean, share of the bar, letter
    services: str
    plans: tuple[str, ...]
    signer: tuple[str, ...]  # place and month, position, name, rank, NIP
    url: str
    is_demo: bool


@lru_cache(maxsize=32)
def poster_file(poster: Poster, *, shape: str, ending: str) -> bytes:
    """The poster as PDF or PNG; kept, since many may fetch the same one."""
    width, height, ppi = SHAPES[shape]
    data = asdict(poster) | {"width": width, "height": height, "square": shape == "persegi"}
    return typeset(
        "poster.typ",
        {"poster.json": data},
        ending="png" if ending == "png" else "pdf",
        ppi=ppi,
        beside={"qr.svg": qr_svg(poster.url)},
    )
