"""One zone for the site: its day, its hours and how they are called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest

from feedback_app.domain.local_time import (
    hours_ahead,
    keep_time_of,
    local_day,
    local_instant,
    zone_word,
)
from feedback_app.web.formats import clock

LATE = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def back_in_jambi() -> Iterator[None]:
    yield
    keep_time_of("Asia/Jakarta")


@pytest.mark.parametrize(
    ("name", "word", "ahead", "day", "shown"),
    [
        ("Asia/Jakarta", "WIB", 7, 24, "22.30 WIB"),
        ("Asia/Makassar", "WITA", 8, 24, "23.30 WITA"),
        ("Asia/Jayapura", "WIT", 9, 25, "00.30 WIT"),
    ],
)
def test_day_hour_and_word_are_the_zones(
    name: str, word: str, ahead: int, day: int, shown: str
) -> None:
    keep_time_of(name)
    assert (zone_word(), hours_ahead()) == (word, ahead)
    assert local_day(LATE) == date(2026, 11, day)
    assert clock(LATE) == shown
    eight = local_instant(date(2026, 11, 24), time(8))
    assert eight.astimezone(UTC).hour == 8 - ahead + (24 if ahead > 8 else 0)
