"""Who stood at a counter when, and whom a citizen's answer is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

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
    """Whom a rating is about and how that is known: confirmed, chosen, roster or unknown."""

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
    """Officers whom the form names: those on shift first, then those seen earlier that day.

    `shifts` holds the shifts of one local day. A visitor who rates later the same day still
    finds the officer of the morning.
    """
    here = [shift for shift in shifts if shift.counter_id == counter_id and shift.starts_at <= at]
    present = on_duty(here, counter_id=counter_id, at=at)
    earlier = _by_latest_start([shift for shift in here if shift.officer_id not in present])
    return present + earlier


def attribute(
    *,
    served_by: str,
    officer_id: int | None,
    served_when: str,
    shifts: Sequence[Shift],
    counter_id: int,
    at: datetime,
) -> Attribution:
    """Whom the answer is about.

    `served_by` is what was answered: 'officer' (with `officer_id`), 'another' or 'not_sure'.
    An officer who was not offered is never taken over from the answer.
    """
    named = offered(shifts, counter_id=counter_id, at=at)
    if served_by == "officer" and officer_id in named:
        kind = "confirmed" if len(named) == 1 else "chosen"
        return Attribution(officer_id=officer_id, kind=kind)
    if served_by == "not_sure" and served_when == "now":
        return _only_one_possible(shifts, counter_id=counter_id, at=at)
    return UNKNOWN


def _only_one_possible(shifts: Sequence[Shift], *, counter_id: int, at: datetime) -> Attribution:
    """Somebody just served: the roster decides only if one officer covers the whole span."""
    touching = {
        shift.officer_id
        for shift in shifts
        if shift.counter_id == counter_id and shift.starts_at <= at and shift.ends_at > at - GRACE
    }
    return Attribution(touching.pop(), "roster") if len(touching) == 1 else UNKNOWN


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
