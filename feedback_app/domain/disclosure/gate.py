"""Sums in, values that may be printed out: nothing else about answers reaches a page or a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from feedback_app.domain.disclosure.blocks import ITEMS, Block, Grid
from feedback_app.domain.disclosure.groups import MIN_GROUP, RENEWED_BY, Counts, tells
from feedback_app.domain.elements import ALL_KEYS, OFFICIAL_KEYS
from feedback_app.domain.interval import HIGHEST, LOWEST, Mean, mean_of_counts, mean_of_sums
from feedback_app.domain.skm import CONVERSION, TooFew, band, round_half_up


@dataclass(frozen=True, slots=True)
class Score:
    """An index over whole blocks, the days it really covers, and its mean in points 1 to 4."""

    n: int
    blocks: int
    first: date
    last: date
    ikm: Decimal
    mutu: str
    kinerja: str
    mean: Mean


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of one element: how many said 1, 2, 3, 4, and their mean."""

    counts: Counts
    mean: Mean


@dataclass(frozen=True, slots=True)
class Band:
    """About where a mean lies, instead of a number that would tell too much.

    `value` is the nearest answer, `low` and `high` the ends of the band in points.
    """

    n: int
    value: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Withheld:
    """Enough answers, but showing them would open other people's by subtraction."""

    n: int


def score_of(blocks: Sequence[Block], *, grid: Grid) -> Score | TooFew:
    """The index of these blocks of the grid; without any, how many forms wait."""
    if not blocks:
        return TooFew(n=grid.waiting, needed=RENEWED_BY)
    n, total, squares = (
        sum(getattr(block, name) for block in blocks) for name in ("n", "total", "squares")
    )
    mean = mean_of_sums(n, total, squares, items=ITEMS, at_least=MIN_GROUP)
    if isinstance(mean, TooFew):
        raise ValueError("a block holds ten forms")
    ikm = round_half_up(Fraction(total, n * ITEMS) * CONVERSION, places=2)
    mutu, kinerja = band(ikm)
    return Score(n, len(blocks), blocks[0].first, blocks[-1].last, ikm, mutu, kinerja, mean)


def hidden_elements(month: Mapping[str, Counts]) -> frozenset[str]:
    """Elements of one closed month that are shown as bands.

    The index is known to the last answer, so one hidden official element could be had from it and
    the other eight: the next most alike hides with it.
    """
    hidden = {key for key in ALL_KEYS if sum(month[key]) >= MIN_GROUP and tells(month[key])}
    official = [key for key in OFFICIAL_KEYS if key in hidden]
    if len(official) == 1:
        others = [key for key in OFFICIAL_KEYS if key not in hidden]
        hidden.add(max(others, key=lambda key: max(month[key])))
    return frozenset(hidden)


def elements_of(
    months: Sequence[Mapping[str, Counts]],
) -> dict[str, Answers | Band | TooFew]:
    """Each element over these closed months; a month in which few answered it is left out.

    Months are shown alone and together, so what is a band in one month is a band in any sum.
    """
    shown: dict[str, Answers | Band | TooFew] = {}
    hidden = frozenset[str]().union(*(hidden_elements(month) for month in months))
    for key in ALL_KEYS:
        parts = [month[key] for month in months if sum(month[key]) >= MIN_GROUP]
        counts = add_counts(parts)
        shown[key] = band_of(counts) if key in hidden else answers_of(counts)
    return shown


def answers_of(counts: Counts) -> Answers | TooFew:
    """Exact counts from ten answers on."""
    mean = mean_of_counts(counts, at_least=MIN_GROUP)
    return mean if isinstance(mean, TooFew) else Answers(counts, mean)


def band_of(counts: Counts) -> Band | TooFew:
    """The band around the nearest answer, from ten answers on."""
    n = sum(counts)
    if n < MIN_GROUP:
        return TooFew(n=n, needed=MIN_GROUP)
    return band_around(n, Fraction(sum(v * c for v, c in enumerate(counts, start=1)), n))


def band_around(n: int, mean: Fraction) -> Band:
    """The band of half a point to each side of the nearest answer that holds this mean."""
    value = int(round_half_up(mean, places=0))
    return Band(n, value, max(value - 0.5, LOWEST), min(value + 0.5, HIGHEST))


def add_counts(parts: Collection[Counts]) -> Counts:
    """The counts of several groups as one."""
    one, two, three, four = (sum(part[place] for part in parts) for place in range(4))
    return one, two, three, four
