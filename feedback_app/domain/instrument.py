"""Changes of the form on a trend: which points were asked other questions than those before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from feedback_app.domain.survey import Span


def changes_before(spans: Sequence[Span], days: Sequence[date]) -> list[tuple[date, ...]]:
    """For each point of a trend, oldest first: the days of changes since the point before.

    A change within a point's own days counts there; one before the first point tells nothing.
    """
    found: list[tuple[date, ...]] = []
    since = spans[0].first if spans else date.max
    for span in spans:
        found.append(tuple(day for day in days if since <= day <= span.last))
        since = max(since, date.fromordinal(span.last.toordinal() + 1))
    return found
