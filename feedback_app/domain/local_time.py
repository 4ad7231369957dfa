"""Local time: Jambi keeps Western Indonesia Time (WIB, UTC+7) all year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


def local_day(at: datetime) -> date:
    """The local day of an aware instant."""
    return at.astimezone(WIB).date()


def last_of_month(day: date) -> date:
    """The last day of the month in which a day lies."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def local_instant(day: date, clock_time: time) -> datetime:
    """The aware instant of a local day and clock time."""
    return datetime.combine(day, clock_time, tzinfo=WIB)
