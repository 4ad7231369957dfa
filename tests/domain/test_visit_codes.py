"""Visit codes: what is printed is read however it is typed, and nothing near it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.codes import ALPHABET, RECEIPT_ALPHABET
from feedback_app.domain.visit_codes import (
    GUESSES_A_MINUTE,
    LIFETIME,
    GivenCode,
    grouped,
    mark_of,
    new_code,
    read_visit_code,
)

BYTES = bytes(range(7, 39))
CODE = new_code(BYTES)


def test_what_is_printed_today_is_read_for_ever() -> None:
    """Written down once: a change here would spoil every ticket that is out."""
    assert CODE.long == "07104GM2RC1M70Y40H289H858P"
    assert CODE.typed == "AQMPCB4S"
    told = "80b27a6021fd1ec8e24793a4a478675b6e126c7378e3276ac22a0c5aa3cef12c"
    assert mark_of(GivenCode("typed", CODE.typed), key=b"k" * 32) == told


def test_the_promised_life_of_a_code_and_the_pace_of_guesses() -> None:
    assert timedelta(hours=48) == LIFETIME
    assert GUESSES_A_MINUTE == 30


@given(st.binary(min_size=32, max_size=32))
def test_both_codes_are_read_however_they_are_typed(drawn: bytes) -> None:
    code = new_code(drawn)
    long, typed = GivenCode("long", code.long), GivenCode("typed", code.typed)
    assert (len(code.long), len(code.typed)) == (26, 8)
    for written in (code.long, code.long.lower(), f" {code.long[:13]}-{code.long[13:]} "):
        assert read_visit_code(written) == long
    spoken = code.long.replace("1", "l").replace("0", "o")
    assert read_visit_code(spoken) == long
    for written in (
        code.typed,
        code.typed.lower(),
        grouped(code.typed),
        f" {code.typed[:4]}-{code.typed[4:]}. ",
    ):
        assert read_visit_code(written) == typed


def test_every_byte_that_is_drawn_makes_another_code() -> None:
    """The long one holds all of the first 16, the short one depends on all of the others."""
    for place in range(32):
        other = new_code(BYTES[:place] + bytes([BYTES[place] ^ 1]) + BYTES[place + 1 :])
        assert (other.long != CODE.long) is (place < 16), place
        assert (other.typed != CODE.typed) is (place >= 16), place


@pytest.mark.parametrize("number", [0, 16, 31, 33, 64])
def test_a_code_is_made_of_thirty_two_bytes_only(number: int) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        new_code(b"r" * number)


@pytest.mark.parametrize("position", range(8))
def test_every_wrong_letter_of_a_typed_code_is_found(position: int) -> None:
    for letter in (RECEIPT_ALPHABET + "01OI").replace(CODE.typed[position], ""):
        wrong = CODE.typed[:position] + letter + CODE.typed[position + 1 :]
        assert read_visit_code(wrong) is None, wrong


def test_what_is_cut_off_or_too_long_is_no_code() -> None:
    for text in (CODE.typed[:-1], CODE.typed + "2", CODE.long[:-1], CODE.long + "0", "", " - . "):
        assert read_visit_code(text) is None, text
    for letter in "U*²é":
        assert letter not in ALPHABET
        assert read_visit_code(letter + CODE.long[1:]) is None, letter


def test_a_letter_that_only_looks_like_one_of_ours_is_not_read() -> None:
    """`upper` makes an S of the long s."""
    code = next(c for c in (new_code(bytes([n] * 32)) for n in range(1, 99)) if "S" in c.long)
    assert read_visit_code(code.long) == GivenCode("long", code.long)
    assert read_visit_code(code.long.replace("S", "ſ")) is None


def test_a_code_among_blanks_is_read_up_to_the_longest_input() -> None:
    for code, kind in ((CODE.long, "long"), (CODE.typed, "typed")):
        found = read_visit_code(code.ljust(200))
        assert found is not None
        assert (found.kind, found.text) == (kind, code)
        assert read_visit_code(code.ljust(201)) is None


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    found = read_visit_code(text)
    assert found is None or len(found.text) in (8, 26)


def test_the_two_codes_of_a_ticket_are_kept_under_marks_of_their_own() -> None:
    """A long code's text typed as a short one, or another site's key, opens nothing."""
    marks = {
        mark_of(GivenCode(kind, text), key=key)  # type: ignore[arg-type]
        for kind in ("long", "typed")
        for text in (CODE.long, CODE.typed)
        for key in (b"k" * 32, b"o" * 32)
    }
    assert len(marks) == 8
    assert not any(CODE.long in mark or CODE.typed in mark for mark in marks)


def test_a_typed_code_is_printed_in_two_groups_of_four() -> None:
    assert grouped("ABCD2345") == "ABCD 2345"
