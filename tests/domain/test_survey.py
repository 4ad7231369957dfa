"""Survey periods: bounds, names, and which may stand beside each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.survey import (
    Span,
    clash,
    day_words,
    kind_of,
    parts_of,
    short_title,
    slug,
    span_of,
    title,
    usual_spans,
)

Q = [span_of("quarter", year=2026, part=part) for part in (1, 2, 3, 4)]
S1, YEAR = span_of("semester", year=2026, part=1), span_of("year", year=2026, part=1)


def test_bounds_and_names() -> None:
    assert Q[3] == Span(date(2026, 10, 1), date(2026, 12, 31))
    assert Span(date(2026, 1, 1), date(2026, 6, 30)) == S1
    assert span_of("quarter", year=2024, part=1).last == date(2024, 3, 31)
    assert title(Q[3]) == ("Triwulan IV 2026", "Quarter 4, 2026")
    assert title(S1)[0] == "Semester I 2026"
    assert title(YEAR)[0] == "Tahun 2026"
    free = Span(date(2026, 10, 1), date(2026, 11, 15))
    assert title(free) == ("1 Oktober – 15 November 2026", "1 October – 15 November 2026")
    across = Span(date(2025, 12, 30), date(2026, 1, 2))
    assert day_words(across)[0] == "30 Desember 2025 – 2 Januari 2026"
    assert day_words(Span(date(2026, 8, 17), date(2026, 8, 17)))[0] == "17 Agustus 2026"
    assert [slug(s) for s in (Q[3], S1, YEAR, free)] == [
        "2026-t4",
        "2026-s1",
        "2026",
        "2026-10-01_2026-11-15",
    ]
    assert [short_title(s) for s in (Q[3], S1, YEAR, free)] == [
        "IV/2026",
        "S1/2026",
        "2026",
        "10/2026",
    ]


@pytest.mark.parametrize(
    ("kind", "part"), [("quarter", 5), ("quarter", 0), ("semester", 3), ("year", 2)]
)
def test_there_is_no_fifth_quarter(kind: str, part: int) -> None:
    with pytest.raises(ValueError, match="no part"):
        span_of(kind, year=2026, part=part)


def test_periods_may_not_cut_each_other() -> None:
    assert clash(Q[1], [Q[0], Q[2]]) is None
    assert clash(Q[1], [Q[1]]) == Q[1]
    assert clash(S1, [Q[0]]) == Q[0]  # the rest of the half year would be found by subtraction
    assert clash(Q[0], [YEAR]) == YEAR
    assert clash(Span(date(2026, 3, 1), date(2026, 4, 30)), Q[:2]) == Q[0]
    assert clash(S1, Q[:2]) is None  # made of whole ones
    assert clash(YEAR, Q) is None
    assert clash(S1, [*Q, YEAR]) is None
    assert clash(YEAR, [*Q, YEAR]) == YEAR
    assert clash(YEAR, [Q[0], Q[1], Q[3]]) == Q[0]


def test_the_smallest_parts_make_up_a_whole() -> None:
    assert parts_of(YEAR, [*Q, S1, YEAR]) == tuple(Q)
    assert parts_of(Q[0], [*Q, YEAR]) == ()


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(st.lists(st.tuples(DAYS, st.integers(0, 20)), max_size=8))
def test_whatever_is_admitted_can_be_added_but_never_subtracted(
    wanted: list[tuple[date, int]],
) -> None:
    """No two admitted periods leave days between them that are not periods themselves."""
    admitted: list[Span] = []
    for first, length in wanted:
        span = Span(first, first + timedelta(days=length))
        if clash(span, admitted) is None:
            admitted.append(span)
    for one in admitted:
        for other in admitted:
            if one != other and one.overlaps(other):
                assert one.holds(other) or other.holds(one)
                whole = one if one.holds(other) else other
                assert sum(part.days for part in parts_of(whole, admitted)) == whole.days


def test_the_usual_periods_are_known_by_their_slugs() -> None:
    spans = usual_spans(date(2026, 11, 24))
    assert spans["quarter"][0] == Q[3]
    assert spans["year"][0] == YEAR
    every = [span for group in spans.values() for span in group]
    assert len({slug(span) for span in every}) == len(every)
    assert all(kind_of(span) == kind for kind, group in spans.items() for span in group)
