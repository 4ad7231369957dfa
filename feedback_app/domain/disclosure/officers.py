"""Which officers of a unit's quarter may be shown, and as what: numbers, bands, or not at all.

Officers are told once, over all counters of their unit. Complete forms are sorted by them and by
the blocks of every counter, so a least cut says who may be shown (`parts`, `cuts`). Forms that
stopped early are a set of their own: nothing else is told of them, so their blocks are the unit's
quarters, and no sum reaches from one set into the other.

An upheld appeal takes answers away from an officer. Somebody may have seen the figures before it,
see them again after it, and subtract: the difference is the answers it took. So these answers count
as one more part, beside the officer's remaining ones, when the cut is sought.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from feedback_app.domain.disclosure.gate import (
    Answers,
    Band,
    Withheld,
    add_counts,
    answers_of,
    band_around,
    band_of,
)
from feedback_app.domain.disclosure.groups import MIN_GROUP, Counts, tells
from feedback_app.domain.disclosure.parts import (
    GROUND,
    Classes,
    Key,
    Row,
    Sizes,
    narrow_split,
    shown_part,
)
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.interval import Mean, mean_of_counts, mean_of_sums
from feedback_app.domain.skm import TooFew

Taken = Mapping[tuple[int, int], Row]  # (officer, appeal) -> the row of what the appeal took
Items = Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Column:
    """Who was answered about in one item, in each block (or month): by officer, of all, and what
    appeals took. `told` says of which blocks the sum is known to anybody."""

    sizes: Sizes
    whole: Row
    taken: Taken
    told: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class OfficerSums:
    """One officer's forms of one set in a quarter: counts of the four items; forms with all four
    items, the sum of their totals and of the squares; how many came through the poster."""

    items: Items
    n: int
    total: int
    squares: int
    by_poster: int


@dataclass(frozen=True, slots=True)
class OfficerPart:
    """One officer in one quarter of a unit, by one set of forms: as it may be shown."""

    officer_id: int
    n: int
    by_poster: int
    mean: Mean | Band
    items: Mapping[str, Answers | Band]


Part = OfficerPart | Withheld | TooFew


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """One officer in one quarter of a unit: complete forms, and those that stopped early."""

    complete: Part
    early: Part

    @property
    def is_shown(self) -> bool:
        """Whether any figure of the officer is in it."""
        return isinstance(self.complete, OfficerPart) or isinstance(self.early, OfficerPart)


def showable_officers(columns: Sequence[Column]) -> frozenset[int]:
    """Officers who may be shown apart in every column (an item's answers)."""
    before = [_before(column) for column in columns]
    sizes = {officer: sum(row) for officer, row in before[0].items()}
    shown = {officer for officer, n in sizes.items() if n >= MIN_GROUP}
    while shown:
        narrow = _narrow(
            (column, {(one,): rows[one] for one in shown if one in rows})
            for rows, column in zip(before, columns, strict=True)
        )
        if not narrow:
            break
        shown.remove(min((key for (key,) in narrow), key=lambda key: (sizes[key], key)))
    left = {one for one in shown if any(columns[0].sizes.get(one, ()))}
    return frozenset(left - _corrected(columns, before, shown))


def _corrected(
    columns: Sequence[Column], before: Sequence[Sizes], shown: Collection[int]
) -> frozenset[int]:
    """Officers to withhold: an upheld appeal took few answers, and two looks would tell them."""
    touched = {officer for column in columns for officer, _appeal in column.taken} & set(shown)
    apart = set(touched)
    while apart:
        parts = [
            (column, _apart(rows, column, shown, apart))
            for rows, column in zip(before, columns, strict=True)
        ]
        narrow = _narrow(parts)
        if not narrow:
            break
        # Splits that keep every officer whole were tried above; so this one cuts one in two.
        cut = {one for one in apart if _is_cut(one, narrow, parts[0][1])}
        apart.remove(min(cut or apart))
    return frozenset(touched - apart)


def _is_cut(officer: int, side: Collection[Key], parts: Classes) -> bool:
    own = {key for key in parts if key[0] == officer}
    return bool(own & set(side)) and not own <= set(side)


def _apart(rows: Sizes, column: Column, shown: Collection[int], apart: Collection[int]) -> Classes:
    """The officers' parts; of those apart, what is left and what each appeal took."""
    parts: Classes = {(one,): rows[one] for one in shown if one in rows and one not in apart}
    parts |= {(one,): column.sizes[one] for one in apart if one in column.sizes}
    return parts | {key: row for key, row in column.taken.items() if key[0] in apart}


def _before(column: Column) -> Sizes:
    """What each officer had before any appeal."""
    rows = dict(column.sizes)
    for (officer, _appeal), row in column.taken.items():
        own = rows.get(officer, (0,) * len(row))
        rows[officer] = tuple(a + b for a, b in zip(own, row, strict=True))
    return rows


def _narrow(columns: Iterable[tuple[Column, Classes]]) -> frozenset[Key]:
    """The first set of parts that `narrow_split` finds in one of these columns, or none."""
    splits = (narrow_split(*_told_and_not(column, parts)) for column, parts in columns)
    return next((split for split in splits if split), frozenset())


def _told_and_not(column: Column, parts: Classes) -> tuple[Classes, dict[Key, int]]:
    """Each part's answers in the blocks that are told, and outside them; the rest is the ground."""
    named = zip(*parts.values(), strict=True) if parts else ((),) * len(column.whole)
    rest = tuple(n - sum(part) for n, part in zip(column.whole, named, strict=True))
    told = {
        key: tuple(n if known else 0 for n, known in zip(row, column.told, strict=True))
        for key, row in ({GROUND: rest} | parts).items()
    }
    return told, {key: sum(row) - sum(told[key]) for key, row in parts.items()}


def opens_hidden(column: Column, *, shown: Collection[int], hidden: Collection[int]) -> bool:
    """Whether sums of officers and of other months give answers of months that hide the item.

    `hidden` are places in the column's rows: months in which nearly everybody answered alike, so
    that any part of them tells. An officer tied to nobody unnamed, but by those months, opens them.
    """
    parts: Classes = {(one,): column.sizes[one] for one in shown if one in column.sizes}
    parts |= {key: row for key, row in column.taken.items() if key[0] in shown}
    known = tuple(told and place not in hidden for place, told in enumerate(column.told))
    rows = {place: set[Key]() for place, is_known in enumerate(known) if is_known}
    told, _untold = _told_and_not(column, parts)
    grounded: set[Key] = {GROUND}
    for key, row in told.items():
        for place, keys in rows.items():
            if row[place]:
                keys.add(key)
    for key, row in parts.items():
        outside = (n for place, n in enumerate(row) if place not in hidden and not known[place])
        if any(outside):
            grounded.add(key)
    for _round in parts:  # each reaches one officer further at least
        for keys in rows.values():
            if keys & grounded:
                grounded |= keys
    return any(any(parts[key][place] for place in hidden) for key in parts.keys() - grounded)


def complete_parts(
    sums: Mapping[int, OfficerSums],
    *,
    shown: frozenset[int],
    groups: Sequence[Items],
    is_open: bool,
) -> dict[int, Part]:
    """Every officer's complete forms.

    `groups` are all sets whose counts anybody can have: each officer's own, what appeals took, and
    what is left of counters and of the unit. `is_open`: a month's hidden item would be told.

    Where one group's items tell what nearly everybody said, all officers' items are bands: a
    single hidden one could be had from the whole. The same for their means.
    """
    opaque = is_open or any(tells(group[key]) for group in groups for key in OFFICER_KEYS)
    silent = is_open or any(_tells_all(group) for group in groups)
    return {
        officer: _part(officer, own, opaque=opaque, silent=silent)
        if officer in shown
        else _unshown(own)
        for officer, own in sums.items()
    }


def early_parts(
    sums: Mapping[int, OfficerSums],
    *,
    shown: frozenset[int],
    taken: Sequence[tuple[int, Items]],
) -> dict[int, Part]:
    """Every officer's forms that stopped early: no whole is told, so each stands by itself."""
    found: dict[int, Part] = {}
    for officer, own in sums.items():
        groups = [own.items, *(items for who, items in taken if who == officer)]
        found[officer] = _unshown(own)
        if officer in shown:
            opaque = any(tells(group[key]) for group in groups for key in OFFICER_KEYS)
            silent = any(_tells_all(group) for group in groups)
            found[officer] = _part(officer, own, opaque=opaque, silent=silent)
    return found


def remainders(
    whole: Mapping[int, Items],
    named: Mapping[Key, tuple[Items, Collection[int]]],
) -> list[Items]:
    """What is left of counters once those are taken out who served there and nowhere else.

    `whole` are the complete forms by counter, `named` each shown part with the counters it lies
    at. Tried are each part's counters, each counter, and the unit.
    """
    places = {frozenset(counters) for _items, counters in named.values()}
    places |= {frozenset({counter}) for counter in whole} | {frozenset(whole)}
    found = list[Items]()
    for place in sorted(places, key=sorted):
        inside = [items for items, counters in named.values() if set(counters) <= place]
        if inside:
            all_of = {
                key: add_counts([whole[counter][key] for counter in place]) for key in OFFICER_KEYS
            }
            found.append({key: _minus(all_of[key], [i[key] for i in inside]) for key in all_of})
    return found


def _tells_all(group: Items) -> bool:
    return all(tells(group[key]) for key in OFFICER_KEYS)


def _part(officer: int, own: OfficerSums, *, opaque: bool, silent: bool) -> OfficerPart:
    return OfficerPart(
        officer_id=officer,
        n=_size(own),
        by_poster=own.by_poster,
        mean=_band_of_four(own) if silent else _mean_of_four(own),
        items={
            key: shown_part(band_of(counts) if opaque else answers_of(counts))
            for key, counts in own.items.items()
        },
    )


def _size(own: OfficerSums) -> int:
    return max(sum(counts) for counts in own.items.values())


def _unshown(own: OfficerSums) -> Withheld | TooFew:
    n = _size(own)
    return TooFew(n=n, needed=MIN_GROUP) if n < MIN_GROUP else Withheld(n)


def _mean_of_four(own: OfficerSums) -> Mean:
    """The mean of the four items.

    Where all answered all four, the interval is that of their totals. Else it is the mean of the
    items' ends, as if the items went together wholly: totals over another set of forms beside the
    items' counts would tell the answers of the few who left one out.
    """
    if all(sum(counts) == own.n for counts in own.items.values()):
        mean = mean_of_sums(own.n, own.total, own.squares, items=len(OFFICER_KEYS), at_least=1)
        if isinstance(mean, Mean):
            return mean
    means = [mean_of_counts(counts, at_least=1) for counts in own.items.values()]
    found = [mean for mean in means if isinstance(mean, Mean)]
    return Mean(
        n=_size(own),
        mean=sum(mean.mean for mean in found) / len(found),
        low=sum(mean.low for mean in found) / len(found),
        high=sum(mean.high for mean in found) / len(found),
    )


def _band_of_four(own: OfficerSums) -> Band:
    totals = [sum(v * c for v, c in enumerate(counts, start=1)) for counts in own.items.values()]
    n = [sum(counts) for counts in own.items.values()]
    return band_around(_size(own), Fraction(sum(totals), sum(n)))


def _minus(whole: Counts, parts: Sequence[Counts]) -> Counts:
    taken = add_counts(parts)
    one, two, three, four = (a - b for a, b in zip(whole, taken, strict=True))
    return one, two, three, four
