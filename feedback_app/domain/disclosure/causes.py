"""Causes and facts of a closed quarter: shares in tens of percent, of ten answers or more.

Causes are shared among the low answers, whose exact number the elements tell (`gate`). What the
elements show as a band shows no causes: their number would say how many answered 1 or 2 at least.
Months are told beside the quarter only where each of them holds no low answer or ten: else the
quarter without its other months would tell of the few of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.causes import OF_ELEMENT, VISIT_FACTS, Cause
from feedback_app.domain.disclosure.groups import MIN_GROUP, Counts
from feedback_app.domain.elements import ALL_KEYS

STEP = 10
LEAST, MOST = 10, 90  # "10 or less", "90 or more": neither says of anybody what was ticked

# (item, choice) -> how many; an item is an element, or a fact of the visit
Said = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class CauseShare:
    """About how many of a hundred low answers name a cause; `months` as the quarter's months."""

    cause: Cause
    percent: int
    months: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class ElementCauses:
    """The causes of one element; `months` says how many low answers each month holds, if told."""

    key: str
    low: int
    months: tuple[int, ...]
    shares: tuple[CauseShare, ...]


@dataclass(frozen=True, slots=True)
class FactShares:
    """About how many of a hundred gave each answer to a fact, in the order of its choices."""

    key: str
    n: int
    percents: tuple[int, ...]


def tens(part: int, whole: int) -> int:
    """The share in tens of percent, rounded half up, never less than 10 or more than 90."""
    rounded = (2 * 100 * part + STEP * whole) // (2 * STEP * whole) * STEP
    return min(max(rounded, LEAST), MOST)


def causes_of(
    months: Sequence[Mapping[str, Counts]], said: Sequence[Said], *, hidden: frozenset[str]
) -> tuple[ElementCauses, ...]:
    """Each element with ten low answers or more over a quarter's months, by share.

    `months` and `said` go together; a month in which few answered an element is left out of it, as
    the elements do.
    """
    found = []
    for key in ALL_KEYS:
        if key in hidden or key not in OF_ELEMENT:
            continue
        kept = [i for i, month in enumerate(months) if sum(month[key]) >= MIN_GROUP]
        lows = {i: months[i][key][0] + months[i][key][1] for i in kept}
        if sum(lows.values()) >= MIN_GROUP:
            found.append(_element(key, lows, said, len(months)))
    return tuple(found)


def tells_months(lows: Sequence[int]) -> bool:
    """Whether each month may be told beside the quarter: none or ten low answers, two months."""
    return sum(1 for low in lows if low) > 1 and all(low == 0 or low >= MIN_GROUP for low in lows)


def _element(key: str, lows: Mapping[int, int], said: Sequence[Said], months: int) -> ElementCauses:
    whole = sum(lows.values())
    told = [lows.get(i, 0) for i in range(months)] if tells_months(list(lows.values())) else []
    shares = []
    for cause in OF_ELEMENT[key]:
        ticked = {i: said[i].get((key, cause.key), 0) for i in lows}
        by_month = tuple(tens(ticked[i], low) if low else None for i, low in enumerate(told))
        shares.append(CauseShare(cause, tens(sum(ticked.values()), whole), by_month))
    # Not by their exact numbers: an order would tell more than the tens do.
    shares.sort(key=lambda share: (-share.percent, share.cause.number))
    return ElementCauses(key, whole, tuple(told), tuple(shares))


def facts_of(said: Sequence[Said]) -> tuple[FactShares, ...]:
    """Each fact that ten or more answered over a quarter."""
    found = []
    for fact in VISIT_FACTS:
        keys = [(fact.key, choice[0]) for choice in fact.choices]
        counts = [sum(own.get(key, 0) for own in said) for key in keys]
        if sum(counts) >= MIN_GROUP:
            percents = tuple(tens(count, sum(counts)) for count in counts)
            found.append(FactShares(fact.key, sum(counts), percents))
    return tuple(found)
