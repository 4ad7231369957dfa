"""Text as people mean it: what no eye sees is taken out before anything is stored or compared."""

from __future__ import annotations

import re
import unicodedata

# Zero-width letters and marks of writing direction that copying from web pages and chats brings.
# Those that turn the
# order of letters (U+202A to U+202E, U+2066 to U+2069) stay: they are refused, as they can hide
# another text.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\u200e\u200f\u061c]")
# Joiners belong to Javanese, Arabic and emoji; beside plain letters nobody typed them.
_LONE_JOINER = re.compile("(?<![\u0300-\uffff\U00010000-\U0010ffff])[\u200c\u200d]")
_ESCAPED_CONTROL = re.compile(r"_x00(?:0[0-9A-Fa-f]|1[0-9A-Fa-f])_")
_QUOTES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u00b4`\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    }
)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
# What UTF-8 looks like after it was read as Windows-1252: the first byte of a letter, then the
# next.
_TWICE = re.compile(
    "[\u00c2\u00c3\u00c4\u00c5\u00e2][\u0080-\u00bf\u0152-\u02dc\u2013-\u2122\u20ac]"
)


def tidy(text: str) -> str:
    """A cell's text: single blanks, composed letters, nothing that no eye sees."""
    if text.isascii() and text.isprintable() and "  " not in text and "_x" not in text:
        return text.strip()
    plain = _UNSEEN.sub("", _ESCAPED_CONTROL.sub(" ", text))
    plain = unicodedata.normalize("NFC", _LONE_JOINER.sub("", plain))
    return " ".join(plain.split())


def read_once(text: str) -> str:
    """The text as it was before it was decoded twice ("Maâ€™ruf"); unchanged when it was not."""
    if text.isascii() or not _TWICE.search(text):
        return text
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _byte(letter: str) -> bytes:
    """Windows-1252 leaves five bytes undefined; programs write them as they are."""
    if letter in "\x81\x8d\x8f\x90\x9d":
        return letter.encode("latin-1")
    return letter.encode("cp1252")


def plain_marks(text: str) -> str:
    """Typographic quotes and dashes as typed ones, for what is compared or counted."""
    return text.translate(_QUOTES).translate(_DASHES)


def fold(text: str) -> str:
    """What two spellings of one word share: case, width, quotes and dashes do not count."""
    return plain_marks(unicodedata.normalize("NFKC", tidy(text))).casefold()


def heading_key(text: str) -> str:
    """A column's title as letters and figures: "Status ASN" and "status_asn:" are one."""
    return "".join(letter for letter in fold(text) if letter.isalnum())
