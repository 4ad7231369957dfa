"""Who stood at a counter when, and whom a citizen's answer is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from feedback_app.domain.local_time import local_day

# A rating at 13:05 can be about a service at 12:50, before the 13:00 swap.
GRACE = timedelta(minutes=30)

# Only an officer whom the citizen named may be scored by the answer.
COUNTS_FOR_OFFICER = frozenset({"confirmed", "chosen"})


@dataclass(frozen=True, slots=True)
class Shift:
    """An officer at a counter, half-open: present at starts_at, gone at ends_at (aware)."""

    shift_id: int
    officer_id: int
    counter_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom a rating is about and how that is known: confirmed, chosen or unknown.

    Older answers may also say 'roster': nobody was named, one alone was on duty; never scored.
    """

    officer_id: int | None
    kind: str


UNKNOWN = Attribution(officer_id=None, kind="unknown")


def on_duty(shifts: Iterable[Shift], *, counter_id: int, at: datetime) -> tuple[int, ...]:
    """Officers on shift at this counter at this instant; none, one or several."""
    present = [
        shift
        for shift in shifts
        if shift.counter_id == counter_id and shift.starts_at <= at < shift.ends_at
    ]
    return _by_latest_start(present)


def offered(shifts: Iterable[Shift], *, counter_id: int, at: datetime) -> tuple[int, ...]:
    """Officers whom the form names for the day of `at`: those on shift, then those seen earlier.

    A visitor who rates later the same day still finds the officer of the morning. For GRACE after
    a swap the one who left is named first: who rates then was most likely served before it.
    """
    day = local_day(at)
    here = [
        shift
        for shift in shifts
        if shift.counter_id == counter_id
        and shift.starts_at <= at
        and local_day(shift.ends_at) >= day
    ]
    present = on_duty(here, counter_id=counter_id, at=at)
    just_left = {s.officer_id for s in here if at - GRACE < s.ends_at <= at}
    just_came = {s.officer_id for s in here if at - GRACE < s.starts_at}
    names = present + _by_latest_start([s for s in here if s.officer_id not in present])

    def rank(officer_id: int) -> int:
        if officer_id in present and officer_id not in just_came:
            return 0
        return 1 if officer_id in just_left and officer_id not in present else 2

    return tuple(sorted(names, key=rank))


def on_day(shifts: Iterable[Shift], *, counter_id: int, day: date) -> tuple[int, ...]:
    """Officers on shift at this counter at any time of a local day, the latest first."""
    return _by_latest_start(
        [s for s in shifts if s.counter_id == counter_id and local_day(s.starts_at) == day]
    )


def attribute(*, officer_id: int | None, named: Sequence[int]) -> Attribution:
    """Whom the answer is about: the officer chosen, when the day of the visit offers that name.

    `named` are the officers offered for the day of the visit, none where that day is not known.
    """
    if officer_id is None or officer_id not in named:
        return UNKNOWN
    return Attribution(officer_id, "confirmed" if len(named) == 1 else "chosen")


def clashes(shifts: Iterable[Shift]) -> list[tuple[Shift, Shift]]:
    """Pairs of overlapping shifts of one officer, who cannot be in two places at once.

    Two officers at one counter are no clash.
    """
    found: list[tuple[Shift, Shift]] = []
    ordered = sorted(shifts, key=lambda shift: (shift.officer_id, shift.starts_at, shift.ends_at))
    for _officer, own in groupby(ordered, key=lambda shift: shift.officer_id):
        latest: Shift | None = None
        for shift in own:
            if latest is not None and shift.starts_at < latest.ends_at:
                found.append((latest, shift))
            if latest is None or shift.ends_at > latest.ends_at:
                latest = shift
    return found


def _by_latest_start(shifts: Iterable[Shift]) -> tuple[int, ...]:
    ordered = sorted(shifts, key=lambda shift: (-shift.starts_at.timestamp(), shift.officer_id))
    return tuple(dict.fromkeys(shift.officer_id for shift in ordered))
