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


@given(st.text(max_size=300))
def test_no_text_is_an_error_or_a_code(text: str) -> None:
    found = read(text)
    assert isinstance(found, BadDisplayCode)
    assert found.device_id == 0


@given(
    st.integers(1, 2**31 - 1),
    st.datetimes(datetime(1971, 1, 1), datetime(2300, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_shown_is_what_is_read(device_id: int, at: datetime) -> None:
    code = display_code(device_id, at=at, key=KEY)
    assert read_display_code(code.lower(), keys=[KEY], now=at) == DisplayCode(
        device_id, step_at(at)
    )
    changed_at = at + timedelta(seconds=seconds_left(at))
    assert display_code(device_id, at=changed_at, key=KEY) != code


def test_numbers_that_do_not_fit_are_refused() -> None:
    for device_id, at in ((0, AT), (2**32, AT), (1, datetime(1960, 1, 1, tzinfo=UTC))):
        with pytest.raises(ValueError, match="out of range"):
            display_code(device_id, at=at, key=KEY)
