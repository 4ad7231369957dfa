"""Changes of the roster as plans: which shifts are withdrawn and which come instead.

A plan changes nothing by itself. New shifts carry the number 0 until they are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from feedback_app.domain.local_time import local_day, local_instant, local_zone
from feedback_app.domain.roster import Shift, clashes
from feedback_app.domain.texts import Words

# What was done, as the page and the audit log say it.
KINDS: dict[str, Words] = {
    "add": ("menambah petugas", "added an officer"),
    "substitute": ("mengganti petugas", "replaced an officer"),
    "swap": ("menukar petugas", "swapped officers"),
    "end_early": ("mengakhiri lebih awal", "ended early"),
    "remove": ("menghapus dari jadwal", "took out of the roster"),
    "leave": ("mencatat petugas berhalangan", "recorded an absence"),
    "copy": ("menyalin pola minggu", "copied a week's pattern"),
    "import": ("mengimpor jadwal", "imported a roster"),
    "grid": ("mengimpor tabel bulanan", "imported a monthly grid"),
    "retire": ("mencatat petugas berhenti", "recorded that an officer leaves"),
    "join": ("menggabungkan dua data petugas", "joined two entries of an officer"),
    "part": ("memisahkan data petugas", "parted two officers again"),
    "undo": ("membatalkan perubahan", "undid a change"),
}

Cell = tuple[int, date]  # a counter on a local day


@dataclass(frozen=True, slots=True)
class Plan:
    """Shifts to withdraw and shifts to add."""

    withdrawn: tuple[Shift, ...]
    added: tuple[Shift, ...]

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing."""
        return not self.withdrawn and not self.added


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: only `new`, an added shift; only `old`, a withdrawn one; both, changed."""

    old: Shift | None
    new: Shift | None

    @property
    def at(self) -> Shift:
        """The shift that says where and when."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 (a line has one of them)
        return found


NOTHING = Plan((), ())


def day_of(shift: Shift) -> date:
    """The local day of a shift: the one on which it begins."""
    return local_day(shift.starts_at)


def hours_text(shift: Shift) -> str:
    """08.00–16.00; a midnight at the end is 24.00."""
    starts, ends = shift.starts_at.astimezone(local_zone()), shift.ends_at.astimezone(local_zone())
    last = "24.00" if ends.time() == time(0) else f"{ends:%H.%M}"
    return f"{starts:%H.%M}–{last}"


def first_day_alone(today: date) -> date:
    """The oldest day that one person may change: yesterday. Before it, two are needed."""
    return today - timedelta(days=1)


def substitute(shift: Shift, *, officer_id: int, since: datetime) -> Plan:
    """Another officer from an instant on; before it the first one stays."""
    return Plan(
        (shift,), (*_before(shift, since), replace(_from(shift, since), officer_id=officer_id))
    )


def end_early(shift: Shift, *, at: datetime) -> Plan:
    """The officer leaves before the end."""
    return Plan((shift,), _before(shift, at))


def remove(shift: Shift) -> Plan:
    """The shift did not or will not take place."""
    return Plan((shift,), ())


def swap(one: Shift, other: Shift, *, since: datetime) -> Plan:
    """Each takes the other's place from an instant on."""
    added = [
        *_before(one, since),
        *_before(other, since),
        replace(_from(one, since), officer_id=other.officer_id),
        replace(_from(other, since), officer_id=one.officer_id),
    ]
    return Plan((one, other), tuple(added))


def replaced(
    standing: Iterable[Shift], wanted: Iterable[Shift], *, cells: Collection[Cell]
) -> Plan:
    """What makes these cells hold exactly the wanted shifts; those that are there already stay."""
    old = [shift for shift in standing if (shift.counter_id, day_of(shift)) in cells]
    new = list(wanted)
    kept = {same_as(shift) for shift in old} & {same_as(shift) for shift in new}
    return Plan(
        tuple(shift for shift in old if same_as(shift) not in kept),
        tuple(shift for shift in new if same_as(shift) not in kept),
    )


def same_as(shift: Shift) -> tuple[int, int, datetime, datetime]:
    """What makes two shifts the same, whatever their numbers."""
    return shift.officer_id, shift.counter_id, shift.starts_at, shift.ends_at


def repeated(pattern: Sequence[Shift], *, monday: date, days: Iterable[date]) -> list[Shift]:
    """The shifts of the pattern's week (from its Monday) on the same weekdays of other days."""
    found = []
    for day in days:
        source = monday + timedelta(days=day.weekday())
        for shift in pattern:
            if day_of(shift) == source:
                found.append(moved(shift, to=day))
    return found


def moved(shift: Shift, *, to: date) -> Shift:
    """The same hours on another local day."""
    starts = local_instant(to, shift.starts_at.astimezone(local_zone()).time())
    return Shift(0, shift.officer_id, shift.counter_id, starts, starts + _length(shift))


def without_clashes(
    plan: Plan, standing: Iterable[Shift]
) -> tuple[Plan, list[tuple[Shift, Shift]]]:
    """The plan without new shifts of officers who stand elsewhere then, and (new, other) pairs."""
    gone = {shift.shift_id for shift in plan.withdrawn}
    staying = [shift for shift in standing if shift.shift_id not in gone]
    refused: dict[Shift, Shift] = {}
    for first, second in clashes([*staying, *plan.added]):
        new, other = (second, first) if second.shift_id == 0 else (first, second)
        if new.shift_id == 0:
            refused.setdefault(new, other)
    kept = tuple(shift for shift in plan.added if shift not in refused)
    return Plan(plan.withdrawn, kept), list(refused.items())


def parted(plan: Plan, *, first_alone: date) -> tuple[Plan, Plan]:
    """What one person may do, and what needs two: days before `first_alone`."""

    def apart(shifts: Sequence[Shift]) -> tuple[tuple[Shift, ...], tuple[Shift, ...]]:
        old = tuple(shift for shift in shifts if day_of(shift) < first_alone)
        return tuple(shift for shift in shifts if shift not in old), old

    withdrawn, added = apart(plan.withdrawn), apart(plan.added)
    return Plan(withdrawn[0], added[0]), Plan(withdrawn[1], added[1])


def reversed_plan(plan: Plan) -> Plan:
    """What takes a change back: its new shifts go, its old ones come again."""
    return Plan(plan.added, tuple(replace(shift, shift_id=0) for shift in plan.withdrawn))


def lines(plan: Plan) -> list[Line]:
    """Differences by day, counter and hour; an old and a new shift that belong together are one."""

    def key(shift: Shift) -> tuple[date, int]:
        return day_of(shift), shift.counter_id

    found: list[Line] = []
    everything = sorted({key(shift) for shift in (*plan.withdrawn, *plan.added)})
    old = {k: list(group) for k, group in groupby(sorted(plan.withdrawn, key=key), key)}
    new = {k: list(group) for k, group in groupby(sorted(plan.added, key=key), key)}
    for cell in everything:
        found += _paired(old.get(cell, []), new.get(cell, []))
    return sorted(found, key=lambda line: (line.at.starts_at, line.at.counter_id))


def _paired(old: list[Shift], new: list[Shift]) -> list[Line]:
    """First those of one officer whose hours changed, then those of one hour whose officer did."""
    pairs = []
    for matches in (_is_same_officer, _is_same_start):
        for before in list(old):
            after = next((shift for shift in new if matches(before, shift)), None)
            if after is not None:
                old.remove(before)
                new.remove(after)
                pairs.append(Line(before, after))
    return [
        *pairs,
        *(Line(shift, None) for shift in old),
        *(Line(None, shift) for shift in new),
    ]


def _is_same_officer(one: Shift, other: Shift) -> bool:
    return one.officer_id == other.officer_id


def _is_same_start(one: Shift, other: Shift) -> bool:
    return one.starts_at == other.starts_at


def _before(shift: Shift, at: datetime) -> tuple[Shift, ...]:
    if at <= shift.starts_at:
        return ()
    return (replace(shift, shift_id=0, ends_at=min(at, shift.ends_at)),)


def _from(shift: Shift, at: datetime) -> Shift:
    """The rest of a shift from an instant that lies before its end."""
    return replace(shift, shift_id=0, starts_at=max(at, shift.starts_at))


def _length(shift: Shift) -> timedelta:
    return shift.ends_at - shift.starts_at
