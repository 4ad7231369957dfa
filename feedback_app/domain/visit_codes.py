"""One-time visit codes: a long one in the ticket's QR and a short one to type. Keys are passed in.

The short one is 7 characters of 30 and a check character: 2.2e10 codes. With 2,000 unspent ones
a guess hits once in ten million; wrong guesses are limited to `GUESSES_A_MINUTE` for the whole
site, so a million guesses take 23 days, in which every code expires many times.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from feedback_app.domain.codes import (
    ALPHABET,
    LONGEST_INPUT,
    RECEIPT_ALPHABET,
    check_character,
    plain_code,
)

TYPED_LENGTH = 8
LONG_BYTES = 16
LONG_LENGTH = 26  # 128 bits of 5 each
LIFETIME = timedelta(hours=48)  # docs/privacy.md
GUESSES_A_MINUTE = 30  # of the whole site, wrong pairing codes among them (docs/runbook.md)

_TYPED_FORGIVEN = str.maketrans("", "", " -.")


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as it is printed once; only its marks are kept."""

    long: str
    typed: str


@dataclass(frozen=True, slots=True)
class GivenCode:
    """What a visitor gave, in its plain form, and which of the two it is."""

    kind: Literal["long", "typed"]
    text: str


def new_code(random_bytes: bytes) -> NewCode:
    """A code out of 32 random bytes; ValueError for any other number of them."""
    if len(random_bytes) != 2 * LONG_BYTES:
        raise ValueError("a visit code needs 32 random bytes")
    value = int.from_bytes(random_bytes[:LONG_BYTES], "big")
    long = "".join(ALPHABET[value >> 5 * (LONG_LENGTH - 1 - i) & 31] for i in range(LONG_LENGTH))
    # 128 bits modulo 30**7: the bias is below 1e-27
    rest = int.from_bytes(random_bytes[LONG_BYTES:], "big")
    letters = ""
    for _ in range(TYPED_LENGTH - 1):
        rest, place = divmod(rest, len(RECEIPT_ALPHABET))
        letters += RECEIPT_ALPHABET[place]
    return NewCode(long=long, typed=letters + check_character(letters))


def read_visit_code(text: str) -> GivenCode | None:
    """What a scanned or typed text can be; None when it is no code at all (mistyped, cut off)."""
    if len(text) > LONGEST_INPUT or not text.isascii():
        return None
    typed = text.upper().translate(_TYPED_FORGIVEN)
    if len(typed) == TYPED_LENGTH:
        is_known = all(letter in RECEIPT_ALPHABET for letter in typed)
        fits = is_known and typed[-1] == check_character(typed[:-1])
        return GivenCode("typed", typed) if fits else None
    long = plain_code(text)
    is_long = len(long) == LONG_LENGTH and all(letter in ALPHABET for letter in long)
    return GivenCode("long", long) if is_long else None


def mark_of(code: GivenCode, *, key: bytes) -> str:
    """The HMAC under which a code is kept; `key` lives outside the database."""
    message = f"{code.kind}:{code.text}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def grouped(typed: str) -> str:
    """As it is printed: two groups of four."""
    return f"{typed[:4]} {typed[4:]}"
