"""The SKM index against published figures, brute force, and its own laws."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.elements import ALL_KEYS, ELEMENTS, FORM_ORDER, OFFICER_KEYS, OFFICIAL_KEYS
from feedback_app.domain.skm import WEIGHTS, Index, TooFew, band, round_half_up, skm_index
from tests.ground.survey import GASPUL

# 29 answers, counts of 1, 2, 3, 4 (published): sum 955.
WORKED = {key: counts[::-1] for key, counts in GASPUL.items()}
FORMS = st.lists(st.tuples(*[st.integers(1, 4)] * 9), min_size=1, max_size=60)


def counted(forms: list[tuple[int, ...]]) -> dict[str, list[int]]:
    counts = {key: [0, 0, 0, 0] for key in OFFICIAL_KEYS}
    for form in forms:
        for key, value in zip(OFFICIAL_KEYS, form, strict=True):
            counts[key][value - 1] += 1
    return counts


def index_of(counts: object, weight: str = "1/9") -> Index:
    found = skm_index(counts, weight=WEIGHTS[weight], at_least=1)  # type: ignore[arg-type]
    assert isinstance(found, Index)
    return found


@pytest.mark.parametrize(
    ("weight", "ikm"), [("1/9", "91.48"), ("0.111", "91.38"), ("0.11", "90.56")]
)
def test_the_published_worked_example(weight: str, ikm: str) -> None:
    found = index_of(WORKED, weight)
    assert (found.n, found.ikm, found.mutu, found.kinerja) == (29, Decimal(ikm), "A", "Sangat Baik")


def test_element_eight_and_nine_are_told_apart_by_key() -> None:
    """Agencies number Sarana and Pengaduan either way; the order of a table means nothing."""
    swapped = dict(reversed(WORKED.items()))
    assert index_of(swapped) == index_of(WORKED)
    assert index_of(swapped).nrr["pengaduan"] == Fraction(115, 29)
    assert index_of(swapped).nrr["sarana"] == Fraction(105, 29)


@given(FORMS, st.randoms())
def test_the_order_of_respondents_never_matters(
    forms: list[tuple[int, ...]], shuffle: random.Random
) -> None:
    mixed = forms[:]
    shuffle.shuffle(mixed)
    assert index_of(counted(mixed)) == index_of(counted(forms))


@given(FORMS)
def test_the_index_equals_brute_force_and_stays_on_its_scale(forms: list[tuple[int, ...]]) -> None:
    exact = Fraction(25 * sum(sum(form) for form in forms), 9 * len(forms))
    by_hand = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    found = index_of(counted(forms))
    assert found.ikm == by_hand
    assert Decimal(25) <= found.ikm <= Decimal(100)


@pytest.mark.parametrize(
    ("ikm", "mutu", "kinerja"),
    [
        ("25.00", "D", "Tidak Baik"),
        ("64.99", "D", "Tidak Baik"),
        ("65.00", "C", "Kurang Baik"),
        ("76.60", "C", "Kurang Baik"),
        ("76.61", "B", "Baik"),
        ("88.30", "B", "Baik"),
        ("88.31", "A", "Sangat Baik"),
        ("100.00", "A", "Sangat Baik"),
    ],
)
def test_the_bands_of_the_law(ikm: str, mutu: str, kinerja: str) -> None:
    assert band(Decimal(ikm)) == (mutu, kinerja)


def test_rounding_comes_before_the_band() -> None:
    """76.605 falls into the gap between the printed bands; rounded half up it is B."""
    assert round_half_up(Fraction("76.605"), places=2) == Decimal("76.61")
    assert round_half_up(Fraction("76.6049"), places=2) == Decimal("76.60")
    assert round_half_up(Fraction("88.305"), places=2) == Decimal("88.31")


@given(st.integers(2500, 10000))
def test_every_index_has_a_band(hundredths: int) -> None:
    assert band(Decimal(hundredths).scaleb(-2))[0] in "ABCD"


def test_too_few_holds_no_number_and_unequal_elements_are_refused() -> None:
    assert skm_index(WORKED, weight=WEIGHTS["1/9"], at_least=30) == TooFew(n=29, needed=30)
    with pytest.raises(ValueError, match="complete forms"):
        skm_index(WORKED | {"biaya": (0, 0, 0, 28)}, weight=WEIGHTS["1/9"], at_least=1)


def test_the_elements_are_the_laws_nine_and_our_three() -> None:
    assert len(ELEMENTS) == 12
    assert len(OFFICIAL_KEYS) == 9
    assert set(OFFICER_KEYS) == {"kompetensi", "perilaku", "informasi", "kecepatan"}
    assert sorted(FORM_ORDER) == sorted(ALL_KEYS)
