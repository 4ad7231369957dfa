"""Periods that a supervisor looks at, all in local days, both ends included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    key: str
    first: date
    last: date


PERIOD_KEYS = ("today", "7", "30", "month", "semester")
OFFERED = PERIOD_KEYS[1:]  # one day can never have an index; old addresses may still ask for it


def period(key: str, *, today: date) -> Period:
    """The period of this key that ends today; an unknown key means 30 days."""
    starts = {
        "today": today,
        "7": today - timedelta(days=6),
        "30": today - timedelta(days=29),
        "month": today.replace(day=1),
        "semester": today.replace(month=1 if today.month <= 6 else 7, day=1),
    }
    known = key if key in starts else "30"
    return Period(key=known, first=starts[known], last=today)


def weeks_before(today: date, count: int) -> tuple[Period, ...]:
    """The last `count` whole weeks (Monday to Sunday) and the running one, oldest first."""
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    return tuple(Period("week", start, start + timedelta(days=6)) for start in starts)


def quarter_start(day: date) -> date:
    """The first day of a day's quarter."""
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)
