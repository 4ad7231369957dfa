"""Closed blocks: whole days that are over, merged until ten complete forms lie in each.

Every score is over whole blocks, so any two scores of a counter differ by whole blocks: by ten
forms or more. The grid starts anew each calendar quarter and fills it to its last day, as the
official survey counts that quarter too: what is left over when it ends goes into its last block.
So that this changes nothing that was seen, the newest full block of a running quarter is not shown
until another one is full behind it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from feedback_app.domain.disclosure.groups import MIN_GROUP, tells_total

ITEMS = 9  # official elements of a complete form
PARTS_DELAY = timedelta(days=7)  # parts of a quarter are shown a week after it


@dataclass(frozen=True, slots=True)
class DayForms:
    """Complete forms of one day: how many, the sum of their nine-answer totals, of the squares."""

    day: date
    n: int
    total: int
    squares: int


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive days, both included, and their complete forms."""

    first: date
    last: date
    n: int
    total: int
    squares: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A counter's blocks that may be shown, oldest first.

    `waiting` counts forms of the running quarter that are in none of them yet; no block that ends
    before the day `open_from` will be added.
    """

    blocks: tuple[Block, ...]
    waiting: int
    open_from: date


@dataclass(frozen=True, slots=True)
class Stretch:
    """The blocks that end in one calendar month or quarter; `starts` is its first day.

    The days really covered go from the first block's first day to the last one's last.
    """

    starts: date
    blocks: tuple[Block, ...]

    @property
    def first(self) -> date:
        """The first day covered."""
        return self.blocks[0].first

    @property
    def last(self) -> date:
        """The last day covered."""
        return self.blocks[-1].last


def grid_of(days: Iterable[DayForms], *, today: date) -> Grid:
    """The blocks of these days, which begin with a quarter; today is not over and only waits."""
    shown: list[Block] = []
    waiting, open_from = 0, today
    ordered = sorted(days, key=lambda forms: forms.day)
    for starts, of_quarter in groupby(ordered, key=lambda forms: quarter_start(forms.day)):
        full, rest = _cut(starts, of_quarter, today=today)
        last_day = months_later(starts, 3) - timedelta(days=1)
        if last_day < today:
            shown += [*full[:-1], _joined(full[-1], rest, last=last_day)] if full else []
            continue
        shown += full[:-1]
        waiting = rest.n + (full[-1].n if full else 0)
        open_from = full[-1].last if full else today
    return Grid(tuple(shown), waiting, open_from)


def counter_to_shorten(units_days: Mapping[int, Iterable[DayForms]], *, starts: date) -> int | None:
    """The counter of a unit whose last block of a past quarter stays unshown; None: no counter.

    Counters with too few forms show none. Their unit's survey counts them: where it would leave
    one to nine of them beside the other counters' blocks, another ten stay back with them.
    """
    after, ends, left = months_later(starts, 3), dict[int, int](), 0
    for counter_id, days in units_days.items():
        own = list(days)
        blocks = grid_of(own, today=after).blocks
        if blocks:
            ends[counter_id] = blocks[-1].n
        else:
            left += sum(forms.n for forms in own)
    if not ends or not 0 < left < MIN_GROUP:
        return None
    return min(ends, key=lambda counter_id: (ends[counter_id], counter_id))


def without_end_of(grid: Grid, starts: date) -> Grid:
    """The grid without the block with which a quarter ends."""
    last = months_later(starts, 3) - timedelta(days=1)
    kept = tuple(block for block in grid.blocks if block.last != last)
    return Grid(kept, grid.waiting, grid.open_from)


def _cut(starts: date, days: Iterable[DayForms], *, today: date) -> tuple[list[Block], DayForms]:
    """The full blocks of a quarter, and what is left over behind them."""
    full: list[Block] = []
    first, n, total, squares = starts, 0, 0, 0
    for forms in days:
        n, total, squares = n + forms.n, total + forms.total, squares + forms.squares
        if forms.day < today and _is_full(n, total, squares):
            full.append(Block(first, forms.day, n, total, squares))
            first, n, total, squares = forms.day + timedelta(days=1), 0, 0, 0
    return full, DayForms(first, n, total, squares)


def _joined(block: Block, rest: DayForms, *, last: date) -> Block:
    return Block(
        block.first,
        last,
        block.n + rest.n,
        block.total + rest.total,
        block.squares + rest.squares,
    )


def grid_start(oldest: date) -> date:
    """From which day on days must be read to know the blocks that hold this day."""
    return quarter_start(oldest)


def ending_within(blocks: Iterable[Block], *, first: date, last: date) -> tuple[Block, ...]:
    """The blocks that end on one of these days."""
    return tuple(block for block in blocks if first <= block.last <= last)


def closed_months(grid: Grid) -> list[Stretch]:
    """Calendar months in which a block ended and no other one will, oldest first."""
    return months_of(grid.blocks, until=grid.open_from)


def months_of(blocks: Sequence[Block], *, until: date = date.max) -> list[Stretch]:
    """The blocks by the calendar month in which they end; months that are over on that day."""
    return _stretches(blocks, lambda day: day.replace(day=1), months=1, today=until)


def closed_quarters(blocks: Sequence[Block], *, today: date) -> list[Stretch]:
    """The same for calendar quarters, a week after they are over."""
    return _stretches(blocks, quarter_start, months=3, today=today - PARTS_DELAY)


def quarter_start(day: date) -> date:
    """The first day of the calendar quarter."""
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


def months_later(month: date, months: int) -> date:
    """The first day of the month that is so many months later (or earlier)."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def by_stretch(
    rows: Iterable[tuple[date, int]], stretches: Sequence[Block] | Sequence[Stretch]
) -> tuple[int, ...]:
    """Numbers of days summed over the stretch (or block) in which each day lies."""
    ends = [stretch.last for stretch in stretches]
    sums = [0] * len(ends)
    for day, number in rows:
        sums[bisect_left(ends, day)] += number
    return tuple(sums)


def _stretches(
    blocks: Sequence[Block], start_of: Callable[[date], date], *, months: int, today: date
) -> list[Stretch]:
    grouped = groupby(blocks, key=lambda block: start_of(block.last))
    found = [Stretch(starts, tuple(members)) for starts, members in grouped]
    return [stretch for stretch in found if months_later(stretch.starts, months) <= today]


def _is_full(n: int, total: int, squares: int) -> bool:
    return n >= MIN_GROUP and not tells_total(n, total, squares, items=ITEMS)
