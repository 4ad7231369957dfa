"""Where a trend says that other questions were asked."""

from __future__ import annotations

from datetime import date

from feedback_app.domain.instrument import changes_before
from feedback_app.domain.survey import Span, quarter_from

QUARTERS = [quarter_from(date(2026, month, 1)) for month in (1, 4, 7)]


def test_a_change_stands_at_the_first_point_that_it_reaches() -> None:
    within, between, before = date(2026, 5, 3), date(2026, 7, 1), date(2025, 12, 31)
    assert changes_before(QUARTERS, [before, within, between]) == [(), (within,), (between,)]
    gap = [QUARTERS[0], QUARTERS[2]]  # no survey of the second quarter
    assert changes_before(gap, [within]) == [(), (within,)]
    assert changes_before(QUARTERS[:1], [date(2026, 4, 1)]) == [()]
    assert changes_before([], [within]) == []


def test_a_year_beside_its_quarters_tells_a_change_once() -> None:
    year = Span(date(2026, 1, 1), date(2026, 12, 31))
    told = changes_before([*QUARTERS, year], [date(2026, 8, 1), date(2026, 11, 1)])
    assert told == [(), (), (date(2026, 8, 1),), (date(2026, 11, 1),)]
