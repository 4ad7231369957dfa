"""Numbers that docs/privacy.md promises to citizens: a change here is a change of the promise."""

from __future__ import annotations

from datetime import date, timedelta

from feedback_app.domain.disclosure import COMMENT_BATCH, COMMENT_DELAY, MIN_GROUP, RENEWED_BY
from feedback_app.domain.disclosure.blocks import DayForms, grid_of


def test_the_least_group_the_batch_and_the_delay_are_the_promised_ones() -> None:
    assert MIN_GROUP == 10
    assert COMMENT_BATCH == 5
    assert COMMENT_DELAY.days == 7


def test_a_score_is_renewed_as_the_supervisors_page_tells() -> None:
    """When so many complete forms are in none of its blocks, or when the quarter ends."""
    monday = date(2026, 10, 5)

    def shown(forms: int, today: date) -> int:
        days = [DayForms(monday + timedelta(days=n), 1, 27, 81) for n in range(forms)]
        return sum(block.n for block in grid_of(days, today=today).blocks)

    after = monday + timedelta(days=60)
    assert shown(RENEWED_BY - 1, after) == 0
    assert shown(RENEWED_BY, after) == MIN_GROUP  # ten wait behind it
    assert shown(MIN_GROUP + RENEWED_BY - 1, after) == MIN_GROUP
    assert shown(MIN_GROUP + RENEWED_BY, after) == 2 * MIN_GROUP
    assert shown(MIN_GROUP + RENEWED_BY - 1, date(2027, 1, 1)) == MIN_GROUP + RENEWED_BY - 1
