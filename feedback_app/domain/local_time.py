"""Local time: Jambi keeps Western Indonesia Time (WIB, UTC+7) all year."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


def local_day(at: datetime) -> date:
    """The local day of an aware instant."""
    return at.astimezone(WIB).date()


def local_instant(day: date, clock_time: time) -> datetime:
    """The aware instant of a local day and clock time."""
    return datetime.combine(day, clock_time, tzinfo=WIB)
