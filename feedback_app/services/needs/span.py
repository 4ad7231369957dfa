"""Which days needs are read from; without loading the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure import months_later
from feedback_app.domain.disclosure.blocks import PARTS_DELAY, quarter_start

QUARTERS = 5  # the newest and the four before it, with which a unit is compared


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day of the closed quarters that needs are read from."""

    first: date
    last: date


def closed_span(today: date) -> Span:
    """The five newest quarters that ended a week ago or longer."""
    after = quarter_start(today - PARTS_DELAY)
    return Span(months_later(after, -3 * QUARTERS), after - timedelta(days=1))
