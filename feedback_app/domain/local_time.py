"""Local time: one zone for the whole site. Indonesia's three keep the same time all year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_zone = ZoneInfo("Asia/Jakarta")
_WORDS = {7: "WIB", 8: "WITA", 9: "WIT"}  # hours ahead of UTC


def keep_time_of(name: str) -> None:
    """Let this be the zone of this process (`Asia/Makassar`); whoever opens a site says it once."""
    global _zone  # noqa: PLW0603 (a process serves one site, and pure rules ask for its day)
    _zone = ZoneInfo(name)


def local_zone() -> ZoneInfo:
    """The zone of this process."""
    return _zone


def zone_word() -> str:
    """How people call it: WIB, WITA, WIT."""
    return _WORDS[hours_ahead()]


def hours_ahead() -> int:
    """Hours that local clocks are ahead of UTC, all year."""
    ahead = datetime(2026, 1, 1, tzinfo=_zone).utcoffset() or timedelta()
    return ahead // timedelta(hours=1)


def local_day(at: datetime) -> date:
    """The local day of an aware instant."""
    return at.astimezone(_zone).date()


def last_of_month(day: date) -> date:
    """The last day of the month in which a day lies."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def local_instant(day: date, clock_time: time) -> datetime:
    """The aware instant of a local day and clock time."""
    return datetime.combine(day, clock_time, tzinfo=_zone)
