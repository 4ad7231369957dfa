"""What the public may see of a closed survey: the one gate before pages, posters and data files.

At least ten complete forms; closed periods only; the index with the two decimals that the law's
report has, everything else rounded so that nothing can be found by subtraction; a band instead of
a number when everybody answered alike; small groups of respondents merged; never an officer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from feedback_app.domain.disclosure import MIN_GROUP, is_unanimous, merge_small
from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.interval import Mean, mean_of_sums
from feedback_app.domain.skm import (
    BANDS,
    CONVERSION,
    Index,
    TooFew,
    band,
    round_half_up,
    skm_index,
)
from feedback_app.domain.survey_figures import UNTOLD, Figures, Group

ELEMENT_PLACES = 1  # decimals of an element's mean on public pages
TRUST = "kepercayaan"


@dataclass(frozen=True, slots=True)
class PublishedElement:
    """One element: its mean with one decimal, or None when everybody answered alike."""

    key: str
    mean: Decimal | None
    mutu: str


@dataclass(frozen=True, slots=True)
class ProfileShare:
    """Respondents of these choices (merged when more than one): how many, and in whole percent."""

    choices: tuple[str, ...]
    n: int
    percent: int


@dataclass(frozen=True, slots=True)
class Published:
    """A result that may be shown to everybody.

    `ikm` is None when all forms are alike (then only the letter is told); `low` and `high` are the
    ends of the 95% interval with one decimal; `trust` is the share in whole percent that said 3 or
    4 to trust in the local government, None when too few answered or all alike.
    """

    n: int
    ikm: Decimal | None
    mutu: str
    kinerja: str
    low: Decimal | None
    high: Decimal | None
    elements: tuple[PublishedElement, ...]
    trust: int | None
    profile: Mapping[str, tuple[ProfileShare, ...]]
    partial: int
    held: int
    aside: int
    visits: int | None

    @property
    def stopped_early(self) -> int | None:
        """Of those who sent a form, the share in whole percent that left official questions open.

        None where fewer than ten did: the rounded share must not tell of one person.
        """
        if self.partial < MIN_GROUP:
            return None
        return round(100 * self.partial / (self.n + self.partial))


def publish(figures: Figures, *, weight: Fraction, order: Sequence[str]) -> Published | TooFew:
    """The public's view of a closed survey."""
    index = index_of(figures.whole, weight=weight)
    if isinstance(index, TooFew):
        return index
    counts = figures.whole.counts
    alike = all(is_unanimous(counts[key]) for key in OFFICIAL_KEYS)
    ends = (None, None) if alike else ends_of(figures.whole, weight=weight, places=1)
    return Published(
        n=index.n,
        ikm=None if alike else index.ikm,
        mutu=index.mutu,
        kinerja=index.kinerja,
        low=ends[0],
        high=ends[1],
        elements=tuple(_element(key, index, counts[key]) for key in order),
        trust=_trust(counts[TRUST]),
        profile={key: _shares(sizes) for key, sizes in figures.profile.items()},
        partial=figures.partial,
        held=figures.held,
        aside=figures.aside,
        visits=figures.visits,
    )


def index_of(group: Group, *, weight: Fraction) -> Index | TooFew:
    """The SKM index of a group of complete forms, from ten on."""
    counts = {key: group.counts[key] for key in OFFICIAL_KEYS}
    return skm_index(counts, weight=weight, at_least=MIN_GROUP)


def interval_of(group: Group) -> Mean | TooFew:
    """The mean of the nine elements a person, 1 to 4, with its interval."""
    return mean_of_sums(group.n, group.total, group.squares, items=9, at_least=MIN_GROUP)


def mutu_of_mean(nrr: Fraction) -> str:
    """The letter of one element's mean, converted to 25–100 and rounded before it is banded."""
    return band(round_half_up(nrr * CONVERSION, places=2))[0]


def lowest_of(mutu: str) -> Decimal:
    """The lowest index of this letter (25.00 for D, the scale's end)."""
    return next(max(lowest, Decimal(CONVERSION)) for lowest, letter, _ in BANDS if letter == mutu)


def _element(key: str, index: Index, counts: Sequence[int]) -> PublishedElement:
    nrr = index.nrr[key]
    mean = None if is_unanimous(counts) else round_half_up(nrr, places=ELEMENT_PLACES)
    return PublishedElement(key, mean, mutu_of_mean(nrr))


def _trust(counts: Sequence[int]) -> int | None:
    n = sum(counts)
    if n < MIN_GROUP or is_unanimous(counts):
        return None
    return int(round_half_up(Fraction(100 * (counts[2] + counts[3]), n), places=0))


def _shares(sizes: Mapping[str, int]) -> tuple[ProfileShare, ...]:
    """Shares among those who told; fewer than ten of them tell nothing."""
    told = {choice: count for choice, count in sizes.items() if choice != UNTOLD}
    n = sum(told.values())
    if n < MIN_GROUP:
        return ()
    sizes_of = {
        choices: sum(told[choice] for choice in choices)
        for choices in merge_small(told, at_least=MIN_GROUP)
    }
    return tuple(
        ProfileShare(choices, size, int(round_half_up(Fraction(100 * size, n), places=0)))
        for choices, size in sizes_of.items()
    )


def ends_of(group: Group, *, weight: Fraction, places: int) -> tuple[Decimal, Decimal]:
    """The index's 95% interval on the scale of this weight; the group must hold ten forms."""
    mean = interval_of(group)
    if isinstance(mean, TooFew):
        raise ValueError("an interval needs ten forms")
    low, high = (
        round_half_up(Fraction(end) * CONVERSION * 9 * weight, places=places)
        for end in (mean.low, mean.high)
    )
    return low, high


def number_to_publish(changes: Sequence[int]) -> int:
    """Which revision (from 1) the public sees, from how many forms each differs by.

    Two results that differ by a few forms would tell those forms' answers by subtraction. So a
    revision is published once it differs by ten forms or more from the one that was published when
    it was made (`changes` counts just that); the office's own report has the newest at once, and
    the public page says that there is one.
    """
    shown = 1
    for number, changed in enumerate(changes[1:], start=2):
        if changed >= MIN_GROUP:
            shown = number
    return shown
