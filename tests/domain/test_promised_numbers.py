"""Numbers that docs/privacy.md promises to citizens: a change here is a change of the promise."""

from __future__ import annotations

from feedback_app.domain.disclosure import COMMENT_BATCH, COMMENT_DELAY, MIN_GROUP


def test_the_least_group_the_batch_and_the_delay_are_the_promised_ones() -> None:
    assert MIN_GROUP == 10
    assert COMMENT_BATCH == 5
    assert COMMENT_DELAY.days == 7
