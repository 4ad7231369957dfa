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
    check_character,
    derive_key,
    is_stale,
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


def read(token: str, *, place: str = PLACE) -> object:
    return read_form_token(token, place, keys=(OTHER, KEY))


def stale(after: timedelta) -> bool:
    token = read(TOKEN)
    assert isinstance(token, FormToken)
    return is_stale(token, now=OPENED + after, max_age=timedelta(hours=48))


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


def test_a_token_is_bound_to_its_place() -> None:
    assert read(TOKEN) == FormToken((b"r" * 16).hex(), OPENED, device_id=7)
    assert read(TOKEN, place=place_code(8, 1, key=KEY)) == "forged"


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    assert read_place_code(text, key=KEY) is None
    assert isinstance(read(text), str)
    assert not receipt_is_well_formed(text) or len(text) == 8


def test_odd_texts_do_not_raise() -> None:
    near = (PLACE[:-1], PLACE + "0", PLACE * 3, "U" + PLACE[1:], PLACE[:-1] + "*", "Z" * 40)
    for text in (*near, "\x00", "²" * 16, "🙂" * 16, "\ud800" * 16, "A" * 10_000_000, ""):
        assert read_place_code(text, key=KEY) is None
        assert isinstance(read(text), str)


def test_a_letter_that_only_looks_like_one_of_ours_is_not_read() -> None:
    """`upper` makes an S of the long s and an I of the dotless i."""
    assert PLACE[7] == "S"
    assert read_place_code(PLACE.replace("S", "ſ"), key=KEY) is None


@pytest.mark.parametrize("odd", ["!", " ", "+", "AAAA"])
def test_nothing_may_stand_inside_or_behind_a_token(odd: str) -> None:
    for changed in (TOKEN[:5] + odd + TOKEN[5:], TOKEN + odd):
        assert read(changed) == "malformed"


@pytest.mark.parametrize("device_id", [0, 7, 2**24 + 7, 2**32 - 1])
def test_a_token_tells_which_device_opened_the_form(device_id: int) -> None:
    token = new_form_token(
        PLACE, key=KEY, opened_at=OPENED, random_bytes=b"r" * 16, device_id=device_id
    )
    found = read(token)
    assert isinstance(found, FormToken)
    assert found.device_id == device_id


def test_the_check_character_is_luhns() -> None:
    """Its best known example, and the number of a test card."""
    assert check_character("7992739871", alphabet="0123456789") == "3"
    assert check_character("411111111111111", alphabet="0123456789") == "1"


def test_a_receipt_has_eight_known_letters_whatever_its_last_one_says() -> None:
    for length in (5, 6, 8, 9):
        letters = "62KJSKREX"[:length]
        assert not receipt_is_well_formed(letters + check_character(letters))
    for odd in ("0", "1", "O", "é", "²"):
        assert not receipt_is_well_formed("62KJSKR" + odd)
        assert not receipt_is_well_formed(odd + "2KJSKRE")


def test_a_mistyped_receipt_is_found() -> None:
    receipt = receipt_code("ab" * 16, key=KEY)
    assert receipt_is_well_formed(receipt)
    for position in range(8):
        for letter in RECEIPT_ALPHABET.replace(receipt[position], ""):
            assert not receipt_is_well_formed(receipt[:position] + letter + receipt[position + 1 :])


def test_what_is_printed_or_handed_out_today_is_read_for_ever() -> None:
    """Written down once: a change here would spoil every card on a counter."""
    assert PLACE == "000701NS01PC6HE7"
    assert place_code(2**20 - 1, 2**10 - 1, key=KEY) == "ZZZZZZBWFHD76G69"
    assert TOKEN == "cnJycnJycnJycnJycnJycmsFKQwAAAAH4EQsKslrOGWE8Fg5"
    assert receipt_code("ab" * 16, key=KEY) == "62KJSKRE"
    told = "a5ba466b70800a2d23bd94d171e2e809993e88862a0d4ae6d983785719686637"
    assert derive_key(KEY, "receipt").hex() == told
    assert derive_key(KEY, "form token") != derive_key(KEY, "receipt")


@pytest.mark.parametrize(("number", "serial"), [(2**20, 0), (0, 2**10), (-1, 0), (0, -1)])
def test_a_counter_that_fits_on_no_card_is_refused(number: int, serial: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        place_code(number, serial, key=KEY)


def test_a_token_lives_to_its_last_second_and_no_longer() -> None:
    second = timedelta(seconds=1)
    assert not stale(timedelta(hours=48))
    assert stale(timedelta(hours=48) + second)
    assert not stale(-timedelta(hours=25))  # its clock was a day ahead and is right again
    assert stale(-timedelta(hours=48) - second)


@pytest.mark.parametrize("blanks", [200 - 16, 200 - 15])
def test_a_code_among_blanks_is_read_up_to_the_longest_input(blanks: int) -> None:
    found = read_place_code(PLACE + " " * blanks, key=KEY)
    assert found == (PlaceName(7, 1) if blanks == 184 else None)
