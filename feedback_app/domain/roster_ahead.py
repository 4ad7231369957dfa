"""The roster that is not written yet: who usually stands where, by weekday."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

LOOK_BACK = 91  # days: three months of whole weeks, each weekday thirteen times
Place = tuple[str, str, date]  # officer, counter, day


def with_pattern(
    roster: Collection[Place], *, until: date, closed: Collection[date] = ()
) -> tuple[Place, ...]:
    """The roster and, after its last day up to `until`, what the last three months were like.

    On each weekday a counter gets as many officers as it mostly had, those who stood there most;
    an officer has one counter a day. `closed` days have nobody. What comes of it is a guess and
    is called one where it is shown.
    """
    if not roster:
        return ()
    last = max(day for _officer, _counter, day in roster)
    recent = [place for place in roster if place[2] > last - timedelta(days=LOOK_BACK)]
    usual = {weekday: _usual(recent, weekday) for weekday in range(7)}
    ahead = (last + timedelta(days=n) for n in range(1, (until - last).days + 1))
    guessed = [
        (officer, counter, day)
        for day in ahead
        if day not in closed
        for officer, counter in usual[day.weekday()]
    ]
    return (*roster, *guessed)


def _usual(recent: Iterable[Place], weekday: int) -> list[tuple[str, str]]:
    """Officers and counters of one weekday."""
    same = [place for place in recent if place[2].weekday() == weekday]
    heads = _usual_heads(same)
    stood = Counter((officer, counter) for officer, counter, _day in same)
    found: list[tuple[str, str]] = []
    taken: set[str] = set()
    filled: Counter[str] = Counter()
    for (officer, counter), _times in sorted(stood.items(), key=lambda one: (-one[1], one[0])):
        if officer not in taken and filled[counter] < heads[counter]:
            found.append((officer, counter))
            taken.add(officer)
            filled[counter] += 1
    return found


def _usual_heads(same: Collection[Place]) -> dict[str, int]:
    """How many stood at each counter, by the median of its days (the lower one of two)."""
    days = len({day for _officer, _counter, day in same})
    by_day = Counter((counter, day) for _officer, counter, day in same)
    counts: dict[str, list[int]] = defaultdict(list)
    for (counter, _day), heads in by_day.items():
        counts[counter].append(heads)
    return {
        # Days on which it was closed count as none.
        counter: sorted([*heads, *[0] * (days - len(heads))])[(days - 1) // 2]
        for counter, heads in counts.items()
    }
