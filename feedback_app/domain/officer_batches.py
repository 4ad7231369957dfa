"""Closed batches of one officer's answers: whole months merged until ten, shown a week late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure import MIN_GROUP, is_unanimous
from feedback_app.domain.interval import HIGHEST, LOWEST, Mean

PUBLISHED_AFTER = timedelta(days=7)  # after the batch's last month has ended
BAND_STEP = 0.5  # points; how wide a band in place of a telling number is


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months from `first` to `last`, both given by their first day."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """The batch's name in addresses; batches share no month, so the first one names it."""
        return f"{self.first:%Y-%m}"

    @property
    def last_day(self) -> date:
        """The last day of the last month."""
        return next_month(self.last) - timedelta(days=1)

    @property
    def published_on(self) -> date:
        """From which day its figures may be seen."""
        return next_month(self.last) + PUBLISHED_AFTER


@dataclass(frozen=True, slots=True)
class Spans:
    """Published batches, oldest first, and the answers that still wait for a batch."""

    closed: tuple[Span, ...]
    waiting: int


def batch_spans(by_month: Mapping[date, int], *, today: date) -> Spans:
    """Merge months (first day -> answers) until a batch holds ten and a week has passed."""
    closed: list[Span] = []
    first: date | None = None
    running = waiting = 0
    for month in sorted(by_month):
        first = first or month
        running += by_month[month]
        if running < MIN_GROUP:
            continue
        span = Span(first, month)
        if span.published_on > today:
            break
        closed.append(span)
        first, running = None, 0
    shown = {month for month in by_month if closed and month <= closed[-1].last}
    waiting = sum(count for month, count in by_month.items() if month not in shown)
    return Spans(tuple(closed), waiting)


@dataclass(frozen=True, slots=True)
class Band:
    """Where a mean lies, when the mean itself would tell what single people answered."""

    n: int
    low: float
    high: float


def told(mean: Mean, counts: Sequence[int] | None, *, is_alike: bool) -> Mean | Band:
    """The mean, or its band when all answers are alike or all but one at one end of the scale."""
    from_top, from_bottom = (HIGHEST - mean.mean) * mean.n, (mean.mean - LOWEST) * mean.n
    alike = is_alike or (counts is not None and is_unanimous(counts))
    # One answer off the end moves the sum by 1 to 3 points: that person would be known.
    if not alike and min(from_top, from_bottom) > HIGHEST - LOWEST:
        return mean
    low = min(LOWEST + int((mean.mean - LOWEST) / BAND_STEP) * BAND_STEP, HIGHEST - BAND_STEP)
    return Band(n=mean.n, low=low, high=low + BAND_STEP)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)
