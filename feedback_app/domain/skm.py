"""The SKM index (Indeks Kepuasan Masyarakat), exact until it is printed.

NRR of an element = sum of its values / answers; weighted NRR = NRR x weight; IKM = sum of the
weighted NRR x 25, printed with 2 decimals, half up, and only then put into a band: the printed
bands leave gaps between 76.60 and 76.61 (PermenPANRB 14/2017, second-hand copies).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from feedback_app.domain.elements import OFFICIAL_KEYS

# Three weights are in use; 1/9 is exact, the others reproduce old reports.
WEIGHTS: Mapping[str, Fraction] = {
    "1/9": Fraction(1, 9),
    "0.111": Fraction(111, 1000),
    "0.11": Fraction(11, 100),
}
CONVERSION = 25  # PermenPANRB 14/2017: a mean of 1 to 4 becomes an index of 25 to 100

# Lowest converted value of each band, as printed.
BANDS: tuple[tuple[Decimal, str, str], ...] = (
    (Decimal("88.31"), "A", "Sangat Baik"),
    (Decimal("76.61"), "B", "Baik"),
    (Decimal("65.00"), "C", "Kurang Baik"),
    (Decimal("0"), "D", "Tidak Baik"),
)


@dataclass(frozen=True, slots=True)
class TooFew:
    """There are not enough answers to show a number, and this holds none."""

    n: int
    needed: int


@dataclass(frozen=True, slots=True)
class Index:
    """An index of n complete forms: NRR by element exact, ikm with 2 decimals (25 to 100)."""

    n: int
    nrr: Mapping[str, Fraction]
    weighted: Mapping[str, Fraction]
    ikm: Decimal
    mutu: str
    kinerja: str


def skm_index(
    counts: Mapping[str, Sequence[int]], *, weight: Fraction, at_least: int
) -> Index | TooFew:
    """The index from counts of the values 1, 2, 3, 4 of each official element.

    All nine elements must come from the same complete forms: ValueError otherwise.
    """
    sizes = {key: sum(counts[key]) for key in OFFICIAL_KEYS}
    n = sizes[OFFICIAL_KEYS[0]]
    if set(sizes.values()) != {n}:
        raise ValueError(f"SKM counts complete forms, but the elements differ in number: {sizes}")
    if n < max(at_least, 1):
        return TooFew(n=n, needed=max(at_least, 1))
    nrr = {key: Fraction(_total(counts[key]), n) for key in OFFICIAL_KEYS}
    weighted = {key: value * weight for key, value in nrr.items()}
    ikm = round_half_up(sum(weighted.values(), Fraction(0)) * CONVERSION, places=2)
    mutu, kinerja = band(ikm)
    return Index(n=n, nrr=nrr, weighted=weighted, ikm=ikm, mutu=mutu, kinerja=kinerja)


def band(ikm: Decimal) -> tuple[str, str]:
    """Quality letter and performance word of an index that is already rounded to 2 decimals."""
    return next((mutu, kinerja) for lowest, mutu, kinerja in BANDS if ikm >= lowest)


def round_half_up(value: Fraction, *, places: int) -> Decimal:
    """Round a non-negative exact value the way a clerk does: 0.005 becomes 0.01."""
    scaled = (2 * value * 10**places + 1) // 2
    return Decimal(int(scaled)).scaleb(-places)


def _total(values: Sequence[int]) -> int:
    return sum(value * count for value, count in enumerate(values, start=1))
