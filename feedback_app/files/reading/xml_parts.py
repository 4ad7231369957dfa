"""Read XML of a packed file piece by piece, without ever holding it whole."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from feedback_app.files.reading.book import FileFaultError

AT_ONCE = 1 << 19  # bytes
MAX_UNPACKED = 200 * 1024 * 1024  # bytes inside one file: more is a zip bomb
# A sheet of 300,000 bordered rows packs 11 to 1, one of repeated rows 50 to 1; a bomb 400 to 1
# and more.
MOST_PACKED, PACKED_FROM = 150, 8 * 1024 * 1024
MAX_PART = 30 * 1024 * 1024  # of styles, names and other small parts

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class BrokenFileError(Exception):
    """The file is not whole: the caller says which program can mend it."""


def new_parser(start: Start, end: End, text: Callable[[str], None]) -> XMLParserType:
    """A parser that calls these with local names; a document type, where bombs hide, is refused."""
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_given: object) -> None:
    raise BrokenFileError


def feed(parser: XMLParserType, data: bytes, *, is_last: bool = False) -> None:
    """Give the parser its next bytes."""
    try:
        parser.Parse(data, is_last)
    except ExpatError:
        raise BrokenFileError from None


def pieces(source: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a part in pieces that end with a tag's end, so that none is cut in two."""
    kept = b""
    while data := source.read(AT_ONCE):
        whole, sign, kept_next = (kept + data).rpartition(b">")
        kept = kept_next if sign else kept + data
        if len(kept) > 4 * AT_ONCE:  # one text of megabytes
            raise FileFaultError("Berkas ini berisi sel yang terlalu panjang.")
        if sign:
            yield whole + sign
    yield kept


def read_part(
    packed: zipfile.ZipFile, name: str, start: Start, text: Callable[[str], None] | None = None
) -> None:
    """Parse a small part from start to end; one that is missing is passed over."""
    try:
        entry = packed.getinfo(name)
    except KeyError:
        return
    if entry.file_size > MAX_PART:
        raise FileFaultError("Berkas ini terlalu besar bila dibuka.")
    parser = new_parser(start, lambda _name: None, text or (lambda _text: None))
    with packed.open(entry) as source:
        for data in pieces(source):
            feed(parser, data)
    feed(parser, b"", is_last=True)


def attribute(attributes: dict[str, str], local: str) -> str:
    """An attribute whatever the prefix of its namespace; '' when it is not there."""
    if local in attributes:
        return attributes[local]
    ending = ":" + local
    return next((value for name, value in attributes.items() if name.endswith(ending)), "")


def check_size(packed: zipfile.ZipFile) -> None:
    """Refuse what unpacks to more than a table ever holds."""
    entries = packed.infolist()
    is_bomb = any(e.file_size > max(PACKED_FROM, MOST_PACKED * e.compress_size) for e in entries)
    if is_bomb or sum(entry.file_size for entry in entries) > MAX_UNPACKED or len(entries) > 5_000:
        raise FileFaultError("Berkas ini terlalu besar bila dibuka.")
