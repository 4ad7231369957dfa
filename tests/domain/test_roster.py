"""Whom an answer is about: the roster, the swap at one, and nobody invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.roster import UNKNOWN, Shift, attribute, clashes, offered, on_duty

DAY = datetime(2026, 11, 24, tzinfo=UTC)
SARI, ANDI, DEWI = 1, 2, 3


def shift(officer: int, start: float, end: float, counter: int = 1) -> Shift:
    return Shift(0, officer, counter, DAY + timedelta(hours=start), DAY + timedelta(hours=end))


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


SWAP = (shift(SARI, 8, 13), shift(ANDI, 13, 16))


def named(officer: int | None, served_by: str, hour: float, when: str = "now") -> object:
    return attribute(
        served_by=served_by,
        officer_id=officer,
        served_when=when,
        shifts=SWAP,
        counter_id=1,
        at=at(hour),
    )


def test_a_shift_is_half_open() -> None:
    assert on_duty(SWAP, counter_id=1, at=at(12.99)) == (SARI,)
    assert on_duty(SWAP, counter_id=1, at=at(13)) == (ANDI,)
    assert on_duty(SWAP, counter_id=1, at=at(16)) == ()
    assert on_duty(SWAP, counter_id=2, at=at(9)) == ()


def test_after_the_swap_both_are_offered_the_present_one_first() -> None:
    assert offered(SWAP, counter_id=1, at=at(13 + 5 / 60)) == (ANDI, SARI)
    assert offered(SWAP, counter_id=1, at=at(9)) == (SARI,)
    assert offered(SWAP, counter_id=1, at=at(7)) == ()


def test_what_the_citizen_says_decides() -> None:
    after = 13 + 5 / 60
    assert named(SARI, "officer", 9).kind == "confirmed"  # type: ignore[attr-defined]
    assert named(SARI, "officer", after).kind == "chosen"  # type: ignore[attr-defined]
    assert named(SARI, "officer", after).officer_id == SARI  # type: ignore[attr-defined]
    assert named(None, "another", 9) == UNKNOWN
    assert named(None, "not_sure", 9).kind == "roster"  # type: ignore[attr-defined]
    assert named(None, "not_sure", after) == UNKNOWN
    assert named(None, "not_sure", 13.6).officer_id == ANDI  # type: ignore[attr-defined]
    assert named(None, "not_sure", 9, "another_day") == UNKNOWN
    assert named(DEWI, "officer", 9) == UNKNOWN


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


@given(
    SHIFTS,
    st.sampled_from(["officer", "another", "not_sure"]),
    st.integers(1, 5),
    st.sampled_from(["now", "earlier_today", "another_day"]),
    st.floats(0, 24),
)
def test_nobody_is_invented(
    shifts: list[Shift], served_by: str, officer: int, when: str, hour: float
) -> None:
    found = attribute(
        served_by=served_by,
        officer_id=officer,
        served_when=when,
        shifts=shifts,
        counter_id=1,
        at=at(hour),
    )
    if found.officer_id is not None:
        assert found.officer_id in offered(shifts, counter_id=1, at=at(hour))
        assert found.kind in ("confirmed", "chosen", "roster")
    else:
        assert found == UNKNOWN
