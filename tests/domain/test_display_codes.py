"""A display's code: who made it, when it holds, and that nothing else is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.codes import ALPHABET
from feedback_app.domain.display_codes import (
    LENGTH,
    BadDisplayCode,
    DisplayCode,
    display_code,
    read_display_code,
    seconds_left,
    step_at,
)

KEY = b"k" * 32
AT = datetime(2026, 11, 24, 6, 5, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def read(text: str, *, later: timedelta = timedelta(0)) -> DisplayCode | BadDisplayCode:
    return read_display_code(text, keys=[KEY], now=AT + later)


@pytest.mark.parametrize(
    ("later", "fault"),
    [
        (timedelta(0), None),
        (MINUTE, None),  # scanned just before it changed
        (-MINUTE, None),  # another server's clock is a little behind
        (timedelta(seconds=89), None),
        (timedelta(seconds=90), "late"),
        (2 * MINUTE, "late"),
        (timedelta(days=1), "late"),
        (-2 * MINUTE, "early"),
        (timedelta(days=-1), "early"),
    ],
)
def test_a_code_holds_for_its_minute_and_one_on_each_side(
    later: timedelta, fault: str | None
) -> None:
    code = display_code(7, at=AT, key=KEY)
    assert len(code) == LENGTH == 28
    expected = BadDisplayCode(fault, 7) if fault else DisplayCode(7, step_at(AT))  # type: ignore[arg-type]
    assert read(code, later=later) == expected


def test_every_changed_character_is_found() -> None:
    code = display_code(7, at=AT, key=KEY)
    for place in range(LENGTH):
        for letter in ALPHABET:
            if letter != code[place]:
                changed = code[:place] + letter + code[place + 1 :]
                assert read(changed) == BadDisplayCode("forged")


def test_another_key_forges_and_an_older_key_still_reads() -> None:
    code = display_code(7, at=AT, key=b"o" * 32)
    assert read(code) == BadDisplayCode("forged")
    assert read_display_code(code, keys=[KEY, b"o" * 32], now=AT) == DisplayCode(7, step_at(AT))


def test_what_is_cut_off_or_too_long_is_no_code() -> None:
    code = display_code(7, at=AT, key=KEY)
    for text in (code[:-1], code + "0", code * 2, "U" + code[1:], code[:-1] + "*", ""):
        assert read(text) == BadDisplayCode("malformed"), text


@given(st.text(max_size=300))
def test_no_text_is_an_error_or_a_code(text: str) -> None:
    found = read(text)
    assert isinstance(found, BadDisplayCode)
    assert found.device_id == 0


@given(
    st.integers(1, 2**32 - 1),
    st.datetimes(datetime(1970, 1, 1), datetime(2480, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_shown_is_what_is_read(device_id: int, at: datetime) -> None:
    code = display_code(device_id, at=at, key=KEY)
    assert read_display_code(code.lower(), keys=[KEY], now=at) == DisplayCode(
        device_id, step_at(at)
    )
    left = seconds_left(at)
    assert 1 <= left <= 60
    assert display_code(device_id, at=at + timedelta(seconds=left - 1), key=KEY) == code
    assert display_code(device_id, at=at + timedelta(seconds=left), key=KEY) != code


def test_a_code_changes_with_the_minute() -> None:
    times = [AT.replace(minute=5, second=59), AT.replace(minute=6, second=0)]
    before, after = (display_code(7, at=at, key=KEY) for at in times)
    assert before == display_code(7, at=AT.replace(minute=5, second=0), key=KEY)
    assert before != after
    assert [seconds_left(at) for at in times] == [1, 60]


def test_the_largest_numbers_come_back_and_what_does_not_fit_is_refused() -> None:
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(2480, 1, 1, tzinfo=UTC)
    for at in (first, AT, last):
        for device_id in (1, 2**32 - 1):
            code = display_code(device_id, at=at, key=KEY)
            found = read_display_code(code, keys=[KEY], now=at)
            assert found == DisplayCode(device_id, step_at(at))
    too_late = first + timedelta(minutes=2**28)
    for device_id, at in (
        (0, AT),
        (2**32, AT),
        (1, datetime(1960, 1, 1, tzinfo=UTC)),
        (1, too_late),
    ):
        with pytest.raises(ValueError, match="out of range"):
            display_code(device_id, at=at, key=KEY)


def test_no_character_of_the_signature_can_be_told_without_the_key() -> None:
    """80 bits are the last 16 characters: each of them differs from minute to minute."""
    shown = [display_code(7, at=AT + n * MINUTE, key=KEY)[-16:] for n in range(40)]
    assert all(len({code[place] for code in shown}) > 5 for place in range(16))


def test_a_code_among_blanks_is_read_up_to_the_longest_input() -> None:
    code = display_code(7, at=AT, key=KEY)
    assert read(code.ljust(200)) == DisplayCode(7, step_at(AT))
    assert read(code.ljust(201)) == BadDisplayCode("malformed")


def test_a_letter_that_only_looks_like_one_of_ours_is_not_read() -> None:
    """`upper` makes an S of the long s."""
    minutes = (AT + n * MINUTE for n in range(99))
    at = next(at for at in minutes if "S" in display_code(7, at=at, key=KEY))
    code = display_code(7, at=at, key=KEY)
    assert read_display_code(code, keys=[KEY], now=at) == DisplayCode(7, step_at(at))
    forged = read_display_code(code.replace("S", "ſ"), keys=[KEY], now=at)
    assert forged == BadDisplayCode("malformed")
