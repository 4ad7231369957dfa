"""Codes that people scan, type or carry: place codes, form tokens, receipts. Keys are passed in."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

# Crockford's base 32: no I, L, O, U, so that a typed code survives handwriting.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORGIVEN = str.maketrans({"I": "1", "L": "1", "O": "0", " ": "", "-": ""})

PLACE_LENGTH = 16  # characters of 5 bits: number 20, serial 10, signature 50
NUMBER_BITS, SERIAL_BITS, SIGNATURE_BITS = 20, 10, 50
LONGEST_INPUT = 200  # nothing longer is ever a code, so nothing longer is looked at

TOKEN_MAC_BYTES = 12  # 96 bits: out of reach of guesses over the network
TOKEN_BYTES = 16 + 4 + 4 + TOKEN_MAC_BYTES  # id, opened at, device, signature: 48 characters
RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # 30 letters and figures, none alike
RECEIPT_LENGTH = 8

TokenFault = Literal["malformed", "forged"]


@dataclass(frozen=True, slots=True)
class PlaceName:
    """What a place code says: which counter, and which printing of its card."""

    counter_number: int
    serial: int


@dataclass(frozen=True, slots=True)
class FormToken:
    """A form that was opened: its random submission id (32 hex figures), when, and where.

    `device_id` is the display or kiosk that opened it, 0 for the printed card.
    """

    submission_id: str
    opened_at: datetime
    device_id: int


@lru_cache(maxsize=64)  # of some masters and a dozen purposes; asked ten times an answer
def derive_key(master: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, so that no signature can be used for another."""
    return hmac.digest(master, purpose.encode(), "sha256")


def plain_code(text: str) -> str:
    """A typed code without blanks and hyphens, its look-alike letters put right."""
    return text.upper().translate(_FORGIVEN)


def place_code(counter_number: int, serial: int, *, key: bytes) -> str:
    """The signed code of a counter's card; ValueError outside 20 and 10 bits."""
    if not 0 <= counter_number < 2**NUMBER_BITS or not 0 <= serial < 2**SERIAL_BITS:
        raise ValueError(f"counter {counter_number} or serial {serial} is out of range")
    body = counter_number << SERIAL_BITS | serial
    value = body << SIGNATURE_BITS | _place_signature(body, key)
    return "".join(ALPHABET[value >> 5 * (PLACE_LENGTH - 1 - i) & 31] for i in range(PLACE_LENGTH))


def read_place_code(text: str, *, key: bytes) -> PlaceName | None:
    """What a scanned or typed code says; None for anything that was not signed by `key`."""
    if len(text) > LONGEST_INPUT or not text.isascii():
        return None
    return _read_code(text, key)


@lru_cache(maxsize=4096)  # a card's code is read with each form
def _read_code(text: str, key: bytes) -> PlaceName | None:
    plain = plain_code(text)
    if len(plain) != PLACE_LENGTH or any(letter not in ALPHABET for letter in plain):
        return None
    value = 0
    for letter in plain:
        value = value << 5 | ALPHABET.index(letter)
    body, signature = value >> SIGNATURE_BITS, value & (1 << SIGNATURE_BITS) - 1
    expected = _place_signature(body, key)
    if not hmac.compare_digest(signature.to_bytes(8, "big"), expected.to_bytes(8, "big")):
        return None
    return PlaceName(counter_number=body >> SERIAL_BITS, serial=body & (1 << SERIAL_BITS) - 1)


@lru_cache(maxsize=4096)  # of the cards in use
def _place_signature(body: int, key: bytes) -> int:
    digest = hmac.digest(key, b"place" + body.to_bytes(4, "big"), "sha256")
    return int.from_bytes(digest[:7], "big") >> 56 - SIGNATURE_BITS


def new_form_token(
    place: str, *, key: bytes, opened_at: datetime, random_bytes: bytes, device_id: int
) -> str:
    """A token for one opened form, bound to its place; `random_bytes` are 16."""
    body = random_bytes + int(opened_at.timestamp()).to_bytes(4, "big")
    body += device_id.to_bytes(4, "big")
    return base64.urlsafe_b64encode(body + _token_mac(body, place, key)).decode()


def read_form_token(text: str, place: str, *, keys: Sequence[bytes]) -> FormToken | TokenFault:
    """The opened form behind a token, or what is wrong with it; never raises on any text.

    Its age is judged by `is_stale`, and only where its answer is not saved yet.
    """
    if len(text) > LONGEST_INPUT:
        return "malformed"
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)  # 36 bytes need no padding
    except ValueError:
        return "malformed"
    if len(raw) != TOKEN_BYTES:
        return "malformed"
    body, mac = raw[:-TOKEN_MAC_BYTES], raw[-TOKEN_MAC_BYTES:]
    if not any(hmac.compare_digest(mac, _token_mac(body, place, key)) for key in keys):
        return "forged"
    return FormToken(
        submission_id=body[:16].hex(),
        opened_at=datetime.fromtimestamp(int.from_bytes(body[16:20], "big"), UTC),
        device_id=int.from_bytes(body[20:], "big"),
    )


def is_stale(token: FormToken, *, now: datetime, max_age: timedelta) -> bool:
    """Whether a form was opened too long ago, or by a clock too far ahead.

    A form from the near future is one whose clock was put right since: no reason to refuse it.
    """
    return abs(now - token.opened_at) > max_age


def _token_mac(body: bytes, place: str, key: bytes) -> bytes:
    message = body + plain_code(place).encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, "sha256")[:TOKEN_MAC_BYTES]


def receipt_code(submission_id: str, *, key: bytes) -> str:
    """A code of 8 to read aloud or note down; the last character checks the others."""
    digest = int.from_bytes(hmac.digest(key, submission_id.encode(), "sha256"), "big")
    letters = ""
    for _ in range(RECEIPT_LENGTH - 1):
        digest, place = divmod(digest, len(RECEIPT_ALPHABET))
        letters += RECEIPT_ALPHABET[place]
    return letters + check_character(letters)


def receipt_is_well_formed(text: str) -> bool:
    """Whether a typed receipt can be one: 8 known letters of which the last fits."""
    if len(text) != RECEIPT_LENGTH or any(letter not in RECEIPT_ALPHABET for letter in text):
        return False
    return text[-1] == check_character(text[:-1])


def check_character(letters: str, *, alphabet: str = RECEIPT_ALPHABET) -> str:
    """Luhn's algorithm modulo an even number: finds every single wrong character."""
    total = 0
    for i, letter in enumerate(reversed(letters)):
        value = alphabet.index(letter) * (2 - i % 2)
        total += value // len(alphabet) + value  # the sum of its two figures, modulo the whole
    return alphabet[-total % len(alphabet)]
