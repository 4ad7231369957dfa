"""A document as blocks: written once, turned into DOCX to edit and PDF to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a chapter and begins a page."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a note is small and grey."""

    text: str
    style: Literal["normal", "note", "centre"] = "normal"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; numbered when the order matters."""

    items: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `align` has a letter a column: l, c or r; `widths` are shares of the line."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    widths: tuple[float, ...]
    last_is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart drawn by typst/charts.typ from plain data; `alt` says in words what it shows."""

    kind: Literal["bars", "trend"]
    data: Mapping[str, Any]
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: place and date, position, name, rank, NIP; empty ones are left to be filled in."""

    place_and_date: str
    position: str
    name: str
    rank: str
    nip: str


Block = Heading | Paragraph | Bullets | Table | Picture | Signature


@dataclass(frozen=True, slots=True)
class Document:
    """Cover lines (largest first), a warning that stands on it, and the blocks.

    A sheet is a wide table to sign: landscape, its title on top, no cover and no contents.
    """

    title: str
    subtitle: str
    cover: tuple[str, ...]
    warning: str
    author: str
    blocks: Sequence[Block]
    is_sheet: bool = False
