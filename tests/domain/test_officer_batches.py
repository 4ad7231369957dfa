"""Closed batches of one officer: ten answers, whole months, a week late, nothing to subtract."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.interval import Mean, mean_of_counts
from feedback_app.domain.officer_batches import Band, Span, batch_spans, next_month, told

SEP, OCT, NOV = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


def test_months_are_merged_until_ten_and_the_rest_waits() -> None:
    found = batch_spans({SEP: 4, OCT: 6, NOV: 9}, today=date(2027, 6, 1))
    assert found.closed == (Span(SEP, OCT),)
    assert found.waiting == 9
    assert batch_spans({SEP: 9}, today=date(2030, 1, 1)).closed == ()


def test_a_batch_is_out_seven_days_after_its_last_month() -> None:
    counts = {SEP: 12, OCT: 12}
    assert [span.first for span in batch_spans(counts, today=date(2026, 11, 7)).closed] == [SEP]
    out = batch_spans(counts, today=date(2026, 11, 8))
    assert [span.published_on for span in out.closed] == [date(2026, 10, 8), date(2026, 11, 8)]
    assert out.closed[-1].last_day == date(2026, 10, 31)


@given(
    counts=st.lists(st.integers(0, 14), min_size=1, max_size=30),
    ages=st.tuples(st.integers(0, 900), st.integers(0, 900)),
)
def test_a_later_look_never_changes_an_older_batch(
    counts: list[int], ages: tuple[int, int]
) -> None:
    months = [date(2025, 1, 1)]
    while len(months) < len(counts):
        months.append(next_month(months[-1]))
    start = date(2025, 1, 1)
    early, late = (start + timedelta(days=age) for age in sorted(ages))
    by_month = {month: n for month, n in zip(months, counts, strict=True) if n}
    known = {month: n for month, n in by_month.items() if month <= early}
    first, second = batch_spans(known, today=early), batch_spans(by_month, today=late)
    assert second.closed[: len(first.closed)] == first.closed
    for span in second.closed:
        assert sum(n for month, n in by_month.items() if span.first <= month <= span.last) >= 10


def shown(*counts: int) -> Mean | Band:
    mean = mean_of_counts(counts, at_least=10)
    assert isinstance(mean, Mean)
    return told(mean, counts, is_alike=False)


def test_answers_alike_are_told_as_a_band() -> None:
    assert shown(0, 0, 12, 0) == Band(12, 3.0, 3.5)
    assert shown(0, 0, 0, 12) == Band(12, 3.5, 4.0)
    assert shown(12, 0, 0, 0) == Band(12, 1.0, 1.5)


def test_one_single_answer_off_the_end_is_not_told_either() -> None:
    for odd in (1, 2, 3):
        counts = [0, 0, 0, 11]
        counts[odd - 1] = 1
        assert isinstance(shown(*counts), Band), odd
    assert isinstance(shown(0, 2, 4, 10), Mean)
