"""Whom an answer is about: the roster, the swap at one, and nobody invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.local_time import local_day
from feedback_app.domain.roster import (
    UNKNOWN,
    Attribution,
    Shift,
    attribute,
    clashes,
    offered,
    on_day,
    on_duty,
)

DAY = datetime(2026, 11, 24, tzinfo=UTC)
SARI, ANDI, DEWI = 1, 2, 3


def shift(officer: int, start: float, end: float, counter: int = 1) -> Shift:
    return Shift(0, officer, counter, DAY + timedelta(hours=start), DAY + timedelta(hours=end))


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


SWAP = (shift(SARI, 8, 13), shift(ANDI, 13, 16))


def test_a_shift_is_half_open() -> None:
    assert on_duty(SWAP, counter_id=1, at=at(12.99)) == (SARI,)
    assert on_duty(SWAP, counter_id=1, at=at(13)) == (ANDI,)
    assert on_duty(SWAP, counter_id=1, at=at(16)) == ()
    assert on_duty(SWAP, counter_id=2, at=at(9)) == ()


def test_the_one_before_is_named_first_for_half_an_hour_after_a_swap() -> None:
    def names(hour: float) -> tuple[int, ...]:
        return offered(SWAP, counter_id=1, at=at(hour))

    assert names(7) == ()
    assert names(9) == (SARI,)
    assert names(13) == names(13 + 5 / 60) == names(13.49) == (SARI, ANDI)
    assert names(13.5) == names(15) == (ANDI, SARI)
    assert names(16.1) == (ANDI, SARI)  # nobody came after: the last one left is the nearest


def test_who_stays_is_named_before_who_just_left_or_came() -> None:
    shifts = (*SWAP, shift(DEWI, 8, 16))
    assert offered(shifts, counter_id=1, at=at(13.1)) == (DEWI, SARI, ANDI)


def test_yesterdays_officer_is_no_officer_of_today() -> None:
    yesterday = shift(DEWI, 8 - 24, 16 - 24)
    assert offered((*SWAP, yesterday), counter_id=1, at=at(9)) == (SARI,)
    day = local_day(at(9))
    assert on_day((*SWAP, yesterday), counter_id=1, day=day) == (ANDI, SARI)
    assert on_day((*SWAP, yesterday), counter_id=1, day=day - timedelta(days=1)) == (DEWI,)


def test_only_a_name_that_was_offered_for_the_day_is_taken_over() -> None:
    assert attribute(officer_id=SARI, named=(SARI,)) == Attribution(SARI, "confirmed")
    assert attribute(officer_id=SARI, named=(ANDI, SARI)) == Attribution(SARI, "chosen")
    assert attribute(officer_id=DEWI, named=(ANDI, SARI)) == UNKNOWN
    assert attribute(officer_id=SARI, named=()) == UNKNOWN  # the day of the visit is not known
    assert attribute(officer_id=None, named=(SARI,)) == UNKNOWN


def test_two_officers_at_one_counter_are_fine_one_at_two_is_not() -> None:
    assert clashes([shift(SARI, 8, 12), shift(ANDI, 8, 12)]) == []
    assert clashes([shift(SARI, 8, 12), shift(SARI, 12, 16, counter=2)]) == []
    assert len(clashes([shift(SARI, 8, 12), shift(SARI, 11, 13, counter=2)])) == 1
    nested = [shift(SARI, 8, 16), shift(SARI, 9, 10, 2), shift(SARI, 11, 12, 3)]
    assert len(clashes(nested)) == 2


SHIFTS = st.lists(
    st.builds(
        lambda officer, start, length: shift(officer, start, start + length),
        st.integers(1, 4),
        st.integers(0, 20),
        st.integers(1, 8),
    ),
    max_size=8,
)


@given(SHIFTS, st.floats(0, 24))
def test_nobody_is_named_twice_or_invented(shifts: list[Shift], hour: float) -> None:
    names = offered(shifts, counter_id=1, at=at(hour))
    began = {s.officer_id for s in shifts if s.starts_at <= at(hour)}
    assert len(names) == len(set(names))
    assert set(on_duty(shifts, counter_id=1, at=at(hour))) <= set(names) <= began
