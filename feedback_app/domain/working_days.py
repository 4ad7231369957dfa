"""Which days an office works: weekends, public holidays, its own days, and who is away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.texts import Words

SATURDAY = 5  # date.weekday()

ENTRY_KINDS: dict[str, Words] = {
    "closed": ("tutup", "closed"),
    "open": ("buka", "open"),
    "leave": ("berhalangan", "away"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One of the office's own entries: closed or open days, or an officer's absence."""

    entry_id: int
    kind: str
    first: date
    last: date
    unit_id: int | None  # None: every unit
    officer_id: int | None  # of an absence
    name: str

    def is_on(self, day: date) -> bool:
        """Whether it covers the day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of days: public holidays by day (Indonesian names), and the own entries."""

    holidays: Mapping[date, str]
    entries: Sequence[Entry]

    def closed_as(self, day: date, *, unit_id: int) -> str | None:
        """Why a unit is closed on a day, by entry or public holiday; '' for a plain weekend."""
        own = [e for e in self.entries if e.is_on(day) and e.unit_id in (None, unit_id)]
        if any(entry.kind == "open" for entry in own):
            return None
        closed = next((entry.name for entry in own if entry.kind == "closed"), None)
        if closed is not None:
            return closed
        if day in self.holidays:
            return self.holidays[day]
        return "" if day.weekday() >= SATURDAY else None

    def is_away(self, officer_id: int, day: date) -> bool:
        """Whether the officer is away on the day."""
        return any(
            entry.kind == "leave" and entry.officer_id == officer_id and entry.is_on(day)
            for entry in self.entries
        )

    def works(self, day: date, *, unit_id: int, usual_weekdays: Collection[int]) -> bool:
        """Whether somebody is expected: an office that is rostered on Saturdays works on them."""
        why = self.closed_as(day, unit_id=unit_id)
        return why is None or (why == "" and day.weekday() in usual_weekdays)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, none where they stand the wrong way round."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
