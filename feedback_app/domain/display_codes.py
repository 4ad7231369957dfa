"""The code on a counter's display: it changes every minute and proves that somebody stood there.

It names the display, not the counter: the server knows where a display stands. A picture of it
is worth two to four minutes and a few forms, so it has to be taken by somebody who is there.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedback_app.domain.codes import ALPHABET, LONGEST_INPUT, plain_code

STEP_SECONDS = 60  # a code changes each minute; with the steps beside it, it holds for three
STEPS_LATE = 1  # scanning and loading on a slow phone take time
STEPS_EARLY = 1  # two servers' clocks may differ a little
FORMS_A_STEP = 12  # more people than can stand before one counter within a minute

DEVICE_BITS, STEP_BITS, MAC_BITS = 32, 28, 80
LENGTH = (DEVICE_BITS + STEP_BITS + MAC_BITS) // 5  # 28 characters of 5 bits

DisplayFault = Literal["malformed", "forged", "late", "early"]


@dataclass(frozen=True, slots=True)
class DisplayCode:
    """A code that holds now: which display showed it, and in which minute."""

    device_id: int
    step: int


@dataclass(frozen=True, slots=True)
class BadDisplayCode:
    """A code that opens nothing. `device_id` is 0 unless we made the code ourselves."""

    fault: DisplayFault
    device_id: int = 0


def step_at(at: datetime) -> int:
    """The running step: whole minutes since 1970."""
    return int(at.timestamp()) // STEP_SECONDS


def seconds_left(at: datetime) -> int:
    """Whole seconds until the next step, 1 to 60."""
    return STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS


def display_code(device_id: int, *, at: datetime, key: bytes) -> str:
    """The code that this display shows at an instant; ValueError outside 32 and 28 bits."""
    step = step_at(at)
    if not 0 < device_id < 2**DEVICE_BITS or not 0 <= step < 2**STEP_BITS:
        raise ValueError(f"device {device_id} or step {step} is out of range")
    body = device_id << STEP_BITS | step
    value = body << MAC_BITS | _mac(body, key)
    return "".join(ALPHABET[value >> 5 * (LENGTH - 1 - i) & 31] for i in range(LENGTH))


def read_display_code(
    text: str, *, keys: Sequence[bytes], now: datetime
) -> DisplayCode | BadDisplayCode:
    """What a scanned code says; never raises on any text."""
    if len(text) > LONGEST_INPUT or not text.isascii():
        return BadDisplayCode("malformed")
    plain = plain_code(text)
    if len(plain) != LENGTH or any(letter not in ALPHABET for letter in plain):
        return BadDisplayCode("malformed")
    value = 0
    for letter in plain:
        value = value << 5 | ALPHABET.index(letter)
    body, mac = value >> MAC_BITS, value & (1 << MAC_BITS) - 1
    if not any(_is_same(mac, _mac(body, key)) for key in keys):
        return BadDisplayCode("forged")
    device_id, step = body >> STEP_BITS, body & (1 << STEP_BITS) - 1
    age = step_at(now) - step
    if age > STEPS_LATE:
        return BadDisplayCode("late", device_id)
    if age < -STEPS_EARLY:
        return BadDisplayCode("early", device_id)
    return DisplayCode(device_id, step)


def _mac(body: int, key: bytes) -> int:
    digest = hmac.new(key, b"display" + body.to_bytes(8, "big"), hashlib.sha256).digest()
    return int.from_bytes(digest[: MAC_BITS // 8], "big")


def _is_same(one: int, other: int) -> bool:
    size = MAC_BITS // 8
    return hmac.compare_digest(one.to_bytes(size, "big"), other.to_bytes(size, "big"))
