"""Officers of a unit in a closed quarter: reads what the gate needs, returns what it lets through.

Officers are told once, over all counters of their unit (ADR 12). What came out before offices had
that rule was told by counter; it stays the sum of what was told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from feedback_app.domain.disclosure import MIN_GROUP, Block, Counts, Stretch, Withheld, months_later
from feedback_app.domain.disclosure.blocks import PARTS_DELAY, months_of, quarter_start
from feedback_app.domain.disclosure.gate import add_counts, hidden_elements
from feedback_app.domain.disclosure.officers import (
    Column,
    OfficerLine,
    OfficerPart,
    OfficerSums,
    Part,
    complete_parts,
    early_parts,
    opens_hidden,
    remainders,
    showable_officers,
)
from feedback_app.domain.disclosure.together import together
from feedback_app.domain.elements import OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.form_sets import COMPLETE, EARLY
from feedback_app.domain.skm import TooFew
from feedback_app.services.counters.closed_figures import counts_of_months, grids
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import cases, joins, surveys
from feedback_app.storage.queries import unit_officers as queries
from feedback_app.storage.queries.tallies import Sums, counts_of
from feedback_app.storage.queries.unit_officers import OfficerRow, TakenAnswer, UnitDays

Owners = Mapping[int, int]  # joined row -> the officer whose answers these are
Lines = Mapping[int, OfficerLine]
# Every complete form answers the official items, so one of them stands for both.
COUNTED_KEYS = ("kompetensi", *(key for key in OFFICER_KEYS if key not in OFFICIAL_KEYS))
NO_SUMS = OfficerSums(dict.fromkeys(OFFICER_KEYS, (0, 0, 0, 0)), 0, 0, 0, 0)


def closed_quarter_starts(site: Site, *, oldest: date) -> list[date]:
    """First days of the quarters that came out and end on this day or later, newest first."""
    starts, found = quarter_start(oldest), list[date]()
    while months_later(starts, 3) + PARTS_DELAY <= site.today():
        found.append(starts)
        starts = months_later(starts, 3)
    return found[::-1]


def officers_of_unit(site: Site, session: Session, unit_id: int, starts: date) -> Lines:
    """Every officer with answers in a closed quarter of a unit; worked out once (ADR 12).

    Only an upheld appeal changes it; so does what a restore or an import may do to its blocks.
    Rows that were joined in this quarter or before it are one part from the start (ADR 19).
    """
    quarter = _quarter(site, session, unit_id, starts)
    owners = joins.owners_on(session, starts)
    by_counter = months_later(starts, 3) + PARTS_DELAY <= queries.by_counter_until(session)
    upheld = cases.upheld_appeals(session)
    question = ("officers", unit_id, quarter, by_counter, upheld, tuple(sorted(owners.items())))
    work_out = _told_by_counter if by_counter else _lines
    return site.closed.get(question, lambda: work_out(session, quarter, owners))


@dataclass(frozen=True, slots=True)
class Quarter:
    """A unit's quarter: its days, and each counter's blocks that are shown."""

    days: UnitDays
    blocks: tuple[tuple[Block, ...], ...]  # as days.counter_ids

    def rows(self, key: str) -> list[Sequence[Block] | Sequence[Stretch]]:
        """What tells the item, by counter: blocks for the index's, else months."""
        if key in OFFICIAL_KEYS:
            return list(self.blocks)
        return [months_of(blocks) for blocks in self.blocks]


def _quarter(site: Site, session: Session, unit_id: int, starts: date) -> Quarter:
    counter_ids = sorted(surveys.counter_ids_of_unit(session, unit_id))
    last = months_later(starts, 3) - timedelta(days=1)
    found = grids(site, session, counter_ids, oldest=starts, newest=last)
    blocks = tuple(
        tuple(block for block in found[counter_id].blocks if starts <= block.last <= last)
        for counter_id in counter_ids
    )
    return Quarter(UnitDays(tuple(counter_ids), starts, last), blocks)


def _lines(session: Session, quarter: Quarter, owners: Owners) -> Lines:
    work = _Work(session, quarter, owners)
    complete, early = work.complete(), work.early()
    return {
        who: OfficerLine(complete.get(who, _nobody()), early.get(who, _nobody()))
        for who in complete.keys() | early.keys()
    }


def _nobody() -> Part:
    return TooFew(n=0, needed=MIN_GROUP)


def _told_by_counter(session: Session, quarter: Quarter, owners: Owners) -> Lines:
    """As it was told: at each counter by itself, over the days of its blocks."""
    parts: dict[int, list[Part]] = {}
    for counter_id, blocks in zip(quarter.days.counter_ids, quarter.blocks, strict=True):
        if blocks:
            days = UnitDays((counter_id,), quarter.days.first, blocks[-1].last)
            for who, part in _Work(session, Quarter(days, (blocks,)), owners).complete().items():
                parts.setdefault(who, []).append(part)
    early = _Work(session, quarter, owners).early()
    return {
        who: OfficerLine(_as_one(parts.get(who, [])), early.get(who, _nobody()))
        for who in parts.keys() | early.keys()
    }


def _as_one(parts: Sequence[Part]) -> Part:
    shown = [part for part in parts if isinstance(part, OfficerPart)]
    if shown:
        return together(shown)
    n = sum(part.n for part in parts)
    return TooFew(n=n, needed=MIN_GROUP) if n < MIN_GROUP else Withheld(n)


class _Work:
    """One unit's quarter on its way through the gate."""

    def __init__(self, session: Session, quarter: Quarter, owners: Owners) -> None:
        self._session, self._quarter, self._owners = session, quarter, owners
        self._rows = [
            replace(row, officer_id=owners.get(row.officer_id, row.officer_id))
            for row in queries.sums_by_officer(session, quarter.days)
        ]
        self._taken = [
            replace(answer, officer_id=owners.get(answer.officer_id, answer.officer_id))
            for answer in queries.taken_by_appeals(session, quarter.days)
        ]

    def complete(self) -> dict[int, Part]:
        """Complete forms: beside the blocks of every counter, its months and the unit's survey."""
        days = self._quarter.days
        named = [
            (counter, self._owners.get(who, who), day, answers)
            for counter, who, day, answers in queries.officer_days(
                self._session, days, keys=COUNTED_KEYS
            )
        ]
        everybody = queries.counter_days(self._session, days, keys=COUNTED_KEYS)
        taken = [answer for answer in self._taken if answer.form_set == COMPLETE]
        columns = [
            self._column(place, self._quarter.rows(key), named, everybody, taken)
            for place, key in enumerate(COUNTED_KEYS)
        ]
        shown = showable_officers(columns)
        is_open = self._opens_hidden(shown, named, everybody, taken)
        return complete_parts(
            self._sums(COMPLETE), shown=shown, groups=self._groups(shown, taken), is_open=is_open
        )

    def early(self) -> dict[int, Part]:
        """Forms that stopped early: the unit's quarter is their only block, and nobody's to see."""
        sums = self._sums(EARLY)
        taken = [answer for answer in self._taken if answer.form_set == EARLY]
        cut = _by_appeal(taken)
        rows = {appeal: (len(own),) for appeal, own in cut.items()}
        sizes = {who: (own.n,) for who, own in sums.items()}
        whole = (sum(row[0] for row in (*sizes.values(), *rows.values())),)
        shown = showable_officers([Column(sizes, whole, rows, told=(False,))])
        counts = [(appeal[0], _counts(own)) for appeal, own in cut.items()]
        return early_parts(sums, shown=shown, taken=counts)

    def _sums(self, form_set: int) -> dict[int, OfficerSums]:
        found: dict[int, OfficerSums] = {}
        for row in self._rows:
            if row.form_set == form_set:
                found[row.officer_id] = _added(found.get(row.officer_id, NO_SUMS), row)
        return found

    def _column(
        self,
        place: int,
        over: Sequence[Sequence[Block] | Sequence[Stretch]],
        named: Iterable[tuple[int, int, date, tuple[int, ...]]],
        everybody: Iterable[tuple[int, date, tuple[int, ...]]],
        taken: Sequence[TakenAnswer],
    ) -> Column:
        """One item's answers in every counter's blocks, or months, and in what is left of the unit.

        Scores are known by block; items outside the index only by month, and only where ten
        answered. What lies in no block is known of the index's items: the survey counts it.
        """
        key = COUNTED_KEYS[place]
        rows = _Rows(self._quarter.days.counter_ids, over)
        whole = rows.empty()
        for counter, day, answers in everybody:
            whole[rows.place(counter, day)] += answers[place]
        sizes: dict[int, list[int]] = {}
        for counter, who, day, answers in named:
            own = sizes.setdefault(who, rows.empty())
            own[rows.place(counter, day)] += answers[place]
        lost: dict[tuple[int, int], list[int]] = {}
        for answer in taken:
            if answer.items[key] is not None:
                row = lost.setdefault((answer.officer_id, answer.case_id), rows.empty())
                row[rows.place(answer.counter_id, answer.day)] += 1
        told = [n >= MIN_GROUP for n in whole]
        told[-1] &= key in OFFICIAL_KEYS
        return Column(
            {who: tuple(row) for who, row in sizes.items()},
            tuple(whole),
            {appeal: tuple(row) for appeal, row in lost.items()},
            tuple(told),
        )

    def _opens_hidden(
        self,
        shown: frozenset[int],
        named: Sequence[tuple[int, int, date, tuple[int, ...]]],
        everybody: Sequence[tuple[int, date, tuple[int, ...]]],
        taken: Sequence[TakenAnswer],
    ) -> bool:
        """Whether a month's hidden item follows from the officers' and the other months'."""
        days, months = self._quarter.days, [months_of(b) for b in self._quarter.blocks]
        hidden = [
            hidden_elements(month)
            for counter, own in zip(days.counter_ids, months, strict=True)
            for month in counts_of_months(self._session, counter, own)
        ]
        for key in OFFICER_KEYS:
            places = [place for place, keys in enumerate(hidden) if key in keys]
            stands_for = key if key in COUNTED_KEYS else COUNTED_KEYS[0]
            if places:
                column = self._column(
                    COUNTED_KEYS.index(stands_for), months, named, everybody, taken
                )
                # What lies in no month is known with the hidden ones together only.
                column = replace(column, told=(*column.told[:-1], False))
                if opens_hidden(column, shown=shown, hidden=places):
                    return True
        return False

    def _groups(
        self, shown: frozenset[int], taken: Sequence[TakenAnswer]
    ) -> list[Mapping[str, Counts]]:
        """Each officer's counts, what appeals took from them, and what these leave of counters."""
        named: dict[tuple[int, ...], tuple[Mapping[str, Counts], set[int]]] = {}
        for row in self._rows:
            if row.form_set == COMPLETE and row.officer_id in shown:
                items, counters = named.get((row.officer_id,), (NO_SUMS.items, set[int]()))
                named[row.officer_id,] = (_plus(items, row.sums), counters | {row.counter_id})
        for appeal, own in _by_appeal(taken).items():
            if appeal[0] in shown:
                named[appeal] = (_counts(own), {answer.counter_id for answer in own})
        sums = queries.sums_by_counter(self._session, self._quarter.days)
        whole = {counter: _items(own) for counter, own in sums.items()}
        return [*(items for items, _counters in named.values()), *remainders(whole, named)]


class _Rows:
    """Places of days in a row: each counter's blocks (or months), then what lies in none."""

    def __init__(
        self, counter_ids: Sequence[int], over: Sequence[Sequence[Block] | Sequence[Stretch]]
    ) -> None:
        self._ends, self._start, self._length = dict[int, list[date]](), dict[int, int](), 0
        for counter_id, own in zip(counter_ids, over, strict=True):
            self._ends[counter_id] = [one.last for one in own]
            self._start[counter_id] = self._length
            self._length += len(own)

    def empty(self) -> list[int]:
        """A row of nobody."""
        return [0] * (self._length + 1)

    def place(self, counter_id: int, day: date) -> int:
        """Where a day's answers belong."""
        ends = self._ends[counter_id]
        within = bisect_left(ends, day)
        return self._start[counter_id] + within if within < len(ends) else self._length


def _by_appeal(taken: Iterable[TakenAnswer]) -> dict[tuple[int, int], list[TakenAnswer]]:
    found: dict[tuple[int, int], list[TakenAnswer]] = {}
    for answer in taken:
        found.setdefault((answer.officer_id, answer.case_id), []).append(answer)
    return found


def _counts(taken: Sequence[TakenAnswer]) -> dict[str, Counts]:
    values = {key: [answer.items[key] for answer in taken] for key in OFFICER_KEYS}
    return {key: (v.count(1), v.count(2), v.count(3), v.count(4)) for key, v in values.items()}


def _items(sums: Sums) -> dict[str, Counts]:
    return {key: counts_of(sums, key) for key in OFFICER_KEYS}


def _plus(items: Mapping[str, Counts], sums: Sums) -> dict[str, Counts]:
    return {key: add_counts([items[key], counts_of(sums, key)]) for key in OFFICER_KEYS}


def _added(own: OfficerSums, row: OfficerRow) -> OfficerSums:
    return OfficerSums(
        items=_plus(own.items, row.sums),
        n=own.n + row.sums["officer_n"],
        total=own.total + row.sums["officer_total"],
        squares=own.squares + row.sums["officer_squares"],
        by_poster=own.by_poster + row.by_poster,
    )
