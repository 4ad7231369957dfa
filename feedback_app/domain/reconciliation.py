"""Visit codes reconciled: issued, called and used, and what does not fit together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# key -> (Indonesian, English)
SIGNS = {
    "more_than_called": (
        "dipakai lebih banyak daripada dipanggil",
        "more used than called",
    ),
    "more_than_visits": ("banyak kode sisa dipakai", "many leftover codes used"),
}
DAYS_TO_USE = timedelta(days=2)  # a code of today may be used until the day after tomorrow
LATE_SHARE = 0.25  # of what a day left over; most who do not rate at once never do
FEW = 3  # codes beyond the books that a clerk's slip may explain
SHARE = 0.05  # and in a long day this part of the visits


@dataclass(frozen=True, slots=True)
class DayUse:
    """One day of one unit and service. `visits` are the books', None where they are silent."""

    day: date
    issued: int
    called: int
    redeemed: int
    expired: int
    revoked: int
    visits: int | None

    @property
    def rate(self) -> float | None:
        """Used of issued; None when none was issued."""
        return self.redeemed / self.issued if self.issued else None


def signs_by_day(uses: Iterable[DayUse]) -> dict[date, tuple[str, ...]]:
    """What does not fit, by day; the uses are of one unit and service.

    A code may be used two days after its visit, so some of what the days before left over is
    granted too. A day for which a queue told no call or the books no visit gives no sign.
    """
    days = sorted(uses, key=lambda use: use.day)
    beyond_calls = _beyond((use.day, use.called, use.redeemed) for use in days)
    beyond_visits = _beyond((use.day, use.visits or 0, use.redeemed) for use in days)
    found = {}
    for use in days:
        signs = []
        if use.called and beyond_calls[use.day] > 0:
            signs.append("more_than_called")
        if use.visits and beyond_visits[use.day] >= max(FEW, SHARE * use.visits):
            signs.append("more_than_visits")
        found[use.day] = tuple(signs)
    return found


def _beyond(days: Iterable[tuple[date, int, int]]) -> dict[date, int]:
    """How many were used of which the supply of the last days knows nothing; oldest first."""
    beyond: dict[date, int] = {}
    late: dict[date, int] = {}
    for day, supply, used in days:
        late = {at: n for at, n in late.items() if day - at <= DAYS_TO_USE}
        missing = max(0, used - supply)
        for at in sorted(late):
            taken = min(late[at], missing)
            late[at] -= taken
            missing -= taken
        late[day] = int(LATE_SHARE * max(0, supply - used))
        beyond[day] = missing
    return beyond
