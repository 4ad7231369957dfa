"""One person entered twice: whose the answers of a row are, quarter by quarter.

A joining begins with the quarter in which it was made, as no part of that quarter was shown yet,
and ends with the quarter in which it was ended: what was shown apart stays apart, what was shown
together stays together, and nobody can subtract one from the other (ADR 19).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Join:
    """`officer_id`'s answers are `into_id`'s on days from `from_day` to before `until_day`."""

    officer_id: int
    into_id: int
    from_day: date
    until_day: date | None  # None: still joined

    def holds_on(self, day: date) -> bool:
        """Whether the two are one on this day."""
        return self.from_day <= day and (self.until_day is None or day < self.until_day)


def owners_on(joins: Iterable[Join], day: date) -> dict[int, int]:
    """Whose the answers of a joined row are on a day; rows that stand alone are absent."""
    return _followed([join for join in joins if join.holds_on(day)])


def owners_now(joins: Iterable[Join]) -> dict[int, int]:
    """Who a joined row is today; rows that stand alone are absent."""
    return _followed([join for join in joins if join.until_day is None])


def rows_of(joins: Iterable[Join], officer_id: int) -> tuple[int, ...]:
    """Every row that is this person today, the person's own first."""
    owners = owners_now(joins)
    return (officer_id, *sorted(row for row, owner in owners.items() if owner == officer_id))


def _followed(holding: Sequence[Join]) -> dict[int, int]:
    """Chains to their end: a row joined into one that was itself joined later."""
    into = {join.officer_id: join.into_id for join in holding}
    found = {}
    for row, first in into.items():
        owner, seen = first, {row}
        while owner in into and owner not in seen:
            seen.add(owner)
            owner = into[owner]
        found[row] = owner
    return found
