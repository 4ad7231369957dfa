"""Where a counter stands empty on a day on which it is usually served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, time

from feedback_app.domain.local_time import local_zone
from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import day_of

Hours = tuple[time, time]


def local_hours(shift: Shift) -> Hours:
    """Begin and end on the clock; the midnight at a day's end is 23.59."""
    ends = shift.ends_at.astimezone(local_zone()).time()
    return shift.starts_at.astimezone(local_zone()).time(), ends if ends != time(0) else time(
        23, 59
    )


def usual_hours(shifts: Sequence[Shift]) -> Hours | None:
    """The span that a counter is served on most of these days (the longest of equals)."""
    days: dict[date, list[Hours]] = {}
    for shift in shifts:
        days.setdefault(day_of(shift), []).append(local_hours(shift))
    spans = Counter((min(h[0] for h in own), max(h[1] for h in own)) for own in days.values())
    if not spans:
        return None
    return max(spans, key=lambda span: (spans[span], span[1].hour - span[0].hour))


def gaps(shifts: Sequence[Shift], *, usual: Hours) -> list[Hours]:
    """Spans within the usual hours in which none of one day's shifts is there."""
    found, reached = [], usual[0]
    for starts, ends in sorted(local_hours(shift) for shift in shifts):
        if starts > reached:
            found.append((reached, min(starts, usual[1])))
        reached = max(reached, ends)
        if reached >= usual[1]:
            return found
    return [*found, (reached, usual[1])]
