"""Attendances as the measurement takes them, without loading the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from feedback_app.domain.faults import ReadableError
from feedback_app.impact.events import Event
from feedback_app.storage.queries.trainings import Attended


class NoDataError(ReadableError):
    """There are no ratings in this span that name an officer."""


def month_of(day: date) -> int:
    """Month number (year × 12 + month − 1) of a day."""
    return day.year * 12 + day.month - 1


def events_of(attended: Iterable[Attended]) -> list[Event]:
    """Attendances as the measurement takes them; the month is that of the first day."""
    return [
        Event(
            officer=str(a.attendance.officer_id),
            training=a.training.code,
            month=month_of(a.run.starts_on),
            reason=a.attendance.reason,
            sent=a.attendance.sent,
            cost=float("nan") if a.training.cost is None else float(a.training.cost),
        )
        for a in attended
    ]
