"""Which services and officers of a counter's quarter may be shown without telling few answers.

Scores are sums over blocks of days, parts are sums over services or officers: each sorts the same
forms in its own way. Whoever adds and subtracts both can isolate the forms on which a set of parts
and a set of blocks disagree: Sari's answers minus the weeks in which only Sari served leave the few
who named nobody. With two ways of sorting, the least number of forms that any combination of sums
isolates is the least cut of the graph between blocks and parts (a sum's weight is a node's
potential, and a form is left over where its two nodes' potentials differ). That least cut is found
exactly: for each set of parts every block goes to the cheaper side. With a third way of sorting the
same elements no such proof is at hand, so each element is told by one kind of part only: officers
by the four officer items, services by the seven elements that are about the service.

An upheld appeal takes answers away from an officer. Somebody may have seen the figures before it,
see them again after it, and subtract: the difference is the answers it took. So these answers count
as one more part, beside the officer's remaining ones, when sets of parts are tried.
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
from feedback_app.domain.elements import OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.interval import Mean, mean_of_counts, mean_of_sums
from feedback_app.domain.skm import TooFew

# Told by service: official and not about the officer.
SERVICE_KEYS = tuple(key for key in OFFICIAL_KEYS if key not in OFFICER_KEYS)
REST = 0  # who is not shown apart; real identifiers begin with 1
MOST_PARTS = 8  # sets of parts are tried one by one: 2^8

MOST_WITH_TAKEN = 12  # the same where appeals took some

Row = tuple[int, ...]  # answers in each block (or month) of the quarter
Classes = dict[tuple[int, ...], Row]  # merged parts, or a part of an officer -> its row
Sizes = Mapping[int, Row]  # part -> its row
Taken = Mapping[tuple[int, int], Row]  # (officer, appeal) -> the row of what the appeal took


@dataclass(frozen=True, slots=True)
class Column:
    """Who was answered about in one item: by officer, of all, and what appeals took."""

    sizes: Sizes
    whole: Row
    taken: Taken


@dataclass(frozen=True, slots=True)
class OfficerSums:
    """One officer's complete forms of a quarter: counts of the four items; forms with all four
    items, the sum of their totals and of the squares; how many came through the poster."""

    items: Mapping[str, Counts]
    n: int
    total: int
    squares: int
    by_poster: int


@dataclass(frozen=True, slots=True)
class OfficerPart:
    """One officer at one counter in one quarter: as it may be shown."""

    officer_id: int
    n: int
    by_poster: int
    mean: Mean | Band
    items: Mapping[str, Answers | Band]


@dataclass(frozen=True, slots=True)
class ServicePart:
    """One service (several where merged; REST for none named): as it may be shown."""

    service_ids: tuple[int, ...]
    n: int
    elements: Mapping[str, Answers | Band]


def narrow_split(sizes: Mapping[tuple[int, ...], Sequence[int]]) -> frozenset[tuple[int, ...]]:
    """A set of parts that differs from some set of blocks by one to nine answers, or the empty set.

    Whoever subtracts the two sums would see those few answers alone. A set of parts tells what the
    other parts together tell, so only sets without the least key are tried and returned. `sizes`
    gives each part's answers in each block.
    """
    keys = sorted(sizes)
    whole = [sum(column) for column in zip(*sizes.values(), strict=True)]
    inside = [[0] * len(whole)]
    for number in range(1, 1 << max(len(keys) - 1, 0)):
        lowest = number & -number
        row = sizes[keys[lowest.bit_length()]]
        inside.append([a + b for a, b in zip(inside[number ^ lowest], row, strict=True)])
        apart = sum(min(a, b - a) for a, b in zip(inside[number], whole, strict=True))
        if 0 < apart < MIN_GROUP:
            return frozenset(key for place, key in enumerate(keys[1:]) if number >> place & 1)
    return frozenset()


def showable_officers(columns: Sequence[Column]) -> frozenset[int]:
    """Officers who may be shown apart in every column (an item's answers)."""
    before = [_before(column) for column in columns]
    sizes = {officer: sum(row) for officer, row in before[0].items()}
    shown = sorted((key for key, n in sizes.items() if n), key=lambda key: (-sizes[key], key))
    shown = shown[:MOST_PARTS]
    while shown:
        narrow = _narrow(
            _with_rest({(one,): rows.get(one, ()) for one in shown}, column.whole)
            for rows, column in zip(before, columns, strict=True)
        )
        if not narrow:
            break
        shown.remove(min((key for (key,) in narrow), key=lambda key: (sizes[key], key)))
    left = {one for one in shown if any(columns[0].sizes.get(one, ()))}
    return frozenset(left - _corrected(columns, before, shown))


def _corrected(
    columns: Sequence[Column], before: Sequence[Sizes], shown: Sequence[int]
) -> frozenset[int]:
    """Officers to withhold: an upheld appeal took few answers, and two looks would tell them."""
    touched = {officer for column in columns for officer, _appeal in column.taken} & set(shown)
    apart = set(touched)
    while apart:
        parts = [
            _with_rest(_apart(rows, column, shown, apart), column.whole)
            for rows, column in zip(before, columns, strict=True)
        ]
        narrow = _narrow(parts)
        if not narrow and len(parts[0]) <= MOST_WITH_TAKEN:
            break
        # Splits that keep every officer whole were tried above; so this one cuts one in two.
        cut = {one for one in apart if _is_cut(one, narrow, parts[0])}
        apart.remove(min(cut or apart))
    return frozenset(touched - apart)


def _is_cut(officer: int, side: Collection[tuple[int, ...]], parts: Classes) -> bool:
    own = {key for key in parts if key[0] == officer}
    return bool(own & set(side)) and not own <= set(side)


def _apart(rows: Sizes, column: Column, shown: Sequence[int], apart: Collection[int]) -> Classes:
    """The officers' parts; of those apart, what is left and what each appeal took."""
    parts: Classes = {(one,): rows.get(one, ()) for one in shown if one not in apart}
    parts |= {(one,): column.sizes.get(one, ()) for one in apart}
    return parts | {key: row for key, row in column.taken.items() if key[0] in apart}


def _before(column: Column) -> Sizes:
    """What each officer had before any appeal."""
    rows = dict(column.sizes)
    for (officer, _appeal), row in column.taken.items():
        own = rows.get(officer, (0,) * len(row))
        rows[officer] = tuple(a + b for a, b in zip(own, row, strict=True))
    return rows


def _narrow(columns: Iterable[Classes]) -> frozenset[tuple[int, ...]]:
    """The first set of parts that `narrow_split` finds in one of these columns, or the empty set.

    A column of more than MOST_WITH_TAKEN parts has too many sets to try and is passed over.
    """
    splits = (narrow_split(parts) for parts in columns if len(parts) <= MOST_WITH_TAKEN)
    return next((split for split in splits if split), frozenset())


def officer_parts(
    sums: Mapping[int, OfficerSums],
    *,
    shown: frozenset[int],
    taken: Sequence[tuple[int, Mapping[str, Counts]]],
    whole: Mapping[str, Counts],
    hidden: frozenset[str],
) -> dict[int, OfficerPart | Withheld | TooFew]:
    """Every officer's line; `whole` is the quarter, `hidden` are elements that a month hides.

    `taken` holds what each upheld appeal took from whom.

    Where one officer's items, or those of the rest, tell what nearly everybody said, all officers'
    items are bands: a single hidden one could be had from the whole. The same for their means.
    """
    named = [sums[officer].items for officer in shown]
    named += [items for officer, items in taken if officer in shown]
    rest = {key: _minus(whole[key], [items[key] for items in named]) for key in OFFICER_KEYS}
    groups = [rest, *named]
    in_months = bool(hidden & set(OFFICER_KEYS))
    opaque = in_months or any(tells(group[key]) for group in groups for key in OFFICER_KEYS)
    nobody_left = not any(sum(rest[key]) for key in OFFICER_KEYS)
    silent = (in_months and nobody_left) or any(
        all(tells(group[key]) for key in OFFICER_KEYS) for group in groups
    )
    return {
        officer: _unshown(own)
        if officer not in shown
        else OfficerPart(
            officer_id=officer,
            n=_size(own),
            by_poster=own.by_poster,
            mean=_band_of_four(own) if silent else _mean_of_four(own),
            items={
                key: shown_part(band_of(counts) if opaque else answers_of(counts))
                for key, counts in own.items.items()
            },
        )
        for officer, own in sums.items()
    }


def service_parts(
    sums: Mapping[int, Mapping[str, Counts]], *, sizes: Sizes, hidden: frozenset[str]
) -> list[ServicePart]:
    """Services that may be shown apart, small ones merged; empty when all of them are one.

    An element that one service or a month of the quarter would tell is a band for every service.
    """
    classes = merged_services(sizes)
    if len(classes) < 2:
        return []
    counts = {
        members: {
            key: add_counts([sums[member][key] for member in members]) for key in SERVICE_KEYS
        }
        for members in classes
    }
    bands = {
        key
        for key in SERVICE_KEYS
        if key in hidden or any(tells(group[key]) for group in counts.values())
    }
    return [
        ServicePart(
            service_ids=members,
            n=sum(group[SERVICE_KEYS[0]]),
            elements={
                key: shown_part(band_of(group[key]) if key in bands else answers_of(group[key]))
                for key in SERVICE_KEYS
            },
        )
        for members, group in counts.items()
    ]


def merged_services(sizes: Sizes) -> list[tuple[int, ...]]:
    """Services, merged until no set of them differs from a set of blocks by one to nine answers."""
    classes: Classes = {(key,): tuple(row) for key, row in sizes.items() if any(row)}
    while len(classes) > 1:
        narrow = frozenset[tuple[int, ...]]()
        if len(classes) <= MOST_PARTS:
            narrow = narrow_split(classes)
            if not narrow:
                break
        one = _smallest(classes, [key for key in classes if key in narrow] or list(classes))
        other = _smallest(classes, [k for k in classes if k not in narrow and k != one])
        row = tuple(a + b for a, b in zip(classes.pop(one), classes.pop(other), strict=True))
        classes[tuple(sorted(one + other))] = row
    return sorted(classes)


def _smallest(
    classes: Mapping[tuple[int, ...], Sequence[int]], keys: Sequence[tuple[int, ...]]
) -> tuple[int, ...]:
    return min(keys, key=lambda key: (sum(classes[key]), key))


def _with_rest(parts: Classes, whole: Row) -> Classes:
    nothing = (0,) * len(whole)
    classes = {key: row or nothing for key, row in parts.items()}
    named = zip(*classes.values(), strict=True)
    rest = tuple(all_of - sum(part) for all_of, part in zip(whole, named, strict=True))
    return {(REST,): rest, **classes}


def _size(own: OfficerSums) -> int:
    return max(sum(counts) for counts in own.items.values())


def _unshown(own: OfficerSums) -> Withheld | TooFew:
    n = _size(own)
    return TooFew(n=n, needed=MIN_GROUP) if n < MIN_GROUP else Withheld(n)


def shown_part(value: Answers | Band | TooFew) -> Answers | Band:
    """What the gate said of a part that was found large enough."""
    if isinstance(value, TooFew):
        raise ValueError("a part that is shown holds ten answers")
    return value


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
