"""Codes: what is signed comes back, what is changed does not, and no text raises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.codes import (
    ALPHABET,
    RECEIPT_ALPHABET,
    FormToken,
    PlaceName,
    new_form_token,
    place_code,
    read_form_token,
    read_place_code,
    receipt_code,
    receipt_is_well_formed,
)

KEY, OTHER = b"k" * 32, b"o" * 32
OPENED = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
PLACE = place_code(7, 1, key=KEY)
TOKEN = new_form_token(PLACE, key=KEY, opened_at=OPENED, random_bytes=b"r" * 16, device_id=7)


def read(token: str, *, place: str = PLACE, after: timedelta = timedelta()) -> object:
    return read_form_token(
        token, place, keys=(OTHER, KEY), now=OPENED + after, max_age=timedelta(hours=48)
    )


@given(st.integers(0, 2**20 - 1), st.integers(0, 2**10 - 1))
def test_a_place_code_comes_back_however_it_is_typed(number: int, serial: int) -> None:
    code = place_code(number, serial, key=KEY)
    assert len(code) == 16
    typed = f" {code[:4]}-{code[4:8]} {code[8:]}".lower()
    assert read_place_code(typed, key=KEY) == PlaceName(number, serial)
    assert read_place_code(code, key=OTHER) is None


@pytest.mark.parametrize("position", range(16))
def test_every_changed_character_of_a_place_code_is_found(position: int) -> None:
    for letter in ALPHABET.replace(PLACE[position], ""):
        assert read_place_code(PLACE[:position] + letter + PLACE[position + 1 :], key=KEY) is None


@pytest.mark.parametrize("position", range(len(TOKEN)))
def test_every_changed_character_of_a_token_is_found(position: int) -> None:
    changed = TOKEN[:position] + ("A" if TOKEN[position] != "A" else "B") + TOKEN[position + 1 :]
    assert not isinstance(read(changed), FormToken)


def test_a_token_is_bound_to_its_place_and_its_time() -> None:
    assert read(TOKEN) == FormToken((b"r" * 16).hex(), OPENED, device_id=7)
    assert read(TOKEN, place=place_code(8, 1, key=KEY)) == "forged"
    assert read(TOKEN, after=timedelta(hours=48, seconds=1)) == "expired"
    assert read(TOKEN, after=timedelta(minutes=-4)) == FormToken(
        (b"r" * 16).hex(), OPENED, device_id=7
    )
    assert read(TOKEN, after=timedelta(minutes=-6)) == "from_the_future"


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    assert read_place_code(text, key=KEY) is None
    assert isinstance(read(text), str)
    assert not receipt_is_well_formed(text) or len(text) == 8


def test_odd_texts_do_not_raise() -> None:
    for text in ("\x00", "²" * 16, "🙂" * 16, "\ud800" * 16, "A" * 10_000_000, ""):
        assert read_place_code(text, key=KEY) is None
        assert isinstance(read(text), str)


def test_a_mistyped_receipt_is_found() -> None:
    receipt = receipt_code("ab" * 16, key=KEY)
    assert receipt_is_well_formed(receipt)
    for position in range(8):
        for letter in RECEIPT_ALPHABET.replace(receipt[position], ""):
            assert not receipt_is_well_formed(receipt[:position] + letter + receipt[position + 1 :])
