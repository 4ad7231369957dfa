"""Sheet numbers find every mistyped character; days, samples and intervals are what they say."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.codes import ALPHABET
from feedback_app.domain.paper import (
    FIELDS,
    batch_mark,
    cause_numbers,
    day_of_answer,
    differing,
    entry_of,
    error_rate,
    grouped,
    ranges,
    read_sheet_number,
    sample_size,
    sheet_number,
)
from feedback_app.domain.survey import Span


def test_marks_of_batches_are_never_the_same() -> None:
    marks = [batch_mark(number) for number in range(1, 12_000)]
    assert len(set(marks)) == len(marks)
    assert (marks[0], marks[1], marks[483], marks[484]) == ("AA", "AB", "ZZ", "BAA")
    assert not set("".join(marks)) & set("IOLU0123456789")


@given(st.integers(1, 600), st.integers(1, 500))
def test_a_number_is_read_whole_or_without_letters(batch: int, running: int) -> None:
    mark = batch_mark(batch)
    number = sheet_number(mark, running)
    for typed in (number, number.lower(), grouped(number), number[len(mark) :], f" {number} "):
        assert read_sheet_number(typed, mark=mark) == running
    assert not isinstance(read_sheet_number(number[:-1], mark=mark), int)  # cut off
    assert not isinstance(read_sheet_number(number[len(mark) : -1], mark=mark), int)


def test_every_single_mistyped_character_is_found() -> None:
    for running in (1, 10, 123, 499):
        number = sheet_number("KM", running)
        for place in range(len(number)):
            for letter in ALPHABET:
                typed = number[:place] + letter + number[place + 1 :]
                if letter != number[place]:
                    assert not isinstance(read_sheet_number(typed, mark="KM"), int), typed


@pytest.mark.parametrize(
    "typed", ["", "X", "KM", "²23", "12", "KM12345X", "0" * 5000, "\x00", "é1X"]
)
def test_what_is_no_number_is_mistyped(typed: str) -> None:
    assert read_sheet_number(typed, mark="KM") in ("mistyped", "other_batch")


def test_look_alikes_are_forgiven_and_another_batch_is_named() -> None:
    number = sheet_number("KM", 101)
    assert read_sheet_number(number.replace("101", "IoL"), mark="KM") == 101
    assert read_sheet_number(number, mark="KN") == "other_batch"


def test_a_closed_survey_does_not_move() -> None:
    closed = [Span(date(2026, 11, 1), date(2026, 11, 15))]
    today = date(2026, 11, 24)
    assert day_of_answer(date(2026, 11, 15), today=today, closed=closed) == today
    assert day_of_answer(date(2026, 11, 16), today=today, closed=closed) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("keyed", "size"), [(0, 0), (1, 1), (4, 4), (5, 5), (50, 5), (51, 6), (500, 50)]
)
def test_a_tenth_is_checked_and_five_at_least(keyed: int, size: int) -> None:
    assert sample_size(keyed) == size


def test_the_interval_is_wilsons() -> None:
    """Newcombe 1998, Statistics in Medicine 17:857: 81 of 263 gives 0.2553 to 0.3662."""
    rate = error_rate(81, 263)
    assert rate is not None
    assert (round(rate.low, 4), round(rate.high, 4)) == (0.2553, 0.3662)
    none = error_rate(0, 20)
    assert none is not None
    assert (round(none.low, 4), round(none.high, 4)) == (0.0, 0.1611)
    assert error_rate(0, 0) is None


@given(st.sets(st.integers(1, 500)))
def test_runs_hold_every_number_once(numbers: set[int]) -> None:
    runs = ranges(numbers)
    assert [n for first, last in runs for n in range(first, last + 1)] == sorted(numbers)
    assert all(b[0] - a[1] > 1 for a, b in pairwise(runs))


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("", ()),
        ("2 4, 18;19.", (2, 4, 18, 19)),
        ("18 18", (18,)),
        ("0", None),
        ("52", None),
        ("²", None),
        ("2a", None),
        ("1 " * 600, None),
    ],
)
def test_only_printed_numbers_of_causes_are_read(
    typed: str, numbers: tuple[int, ...] | None
) -> None:
    assert cause_numbers(typed) == numbers


def test_an_entry_from_before_causes_were_asked_is_read() -> None:
    fields = dict.fromkeys(FIELDS) | {"visited_on": "2026-11-20", "counter_id": 1}
    older = {name: fields[name] for name in FIELDS if name not in ("causes", "visits_needed")}
    assert entry_of(older).causes == ()
    assert differing(older, entry_of(older).fields()) == ()
