"""Krejcie and Morgan's table, and how a sample is split over services."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.sample import krejcie_morgan, split_by_volume

# Krejcie and Morgan (1970), table 1.
TABLE = {
    10: 10, 15: 14, 20: 19, 50: 44, 100: 80, 150: 108, 200: 132, 250: 152, 300: 169, 400: 196,
    500: 217, 600: 234, 700: 248, 800: 260, 900: 269, 1000: 278, 1500: 306, 2000: 322, 3000: 341,
    4000: 351, 5000: 357, 6000: 361, 7000: 364, 8000: 367, 9000: 368, 10000: 370, 15000: 375,
    20000: 377, 30000: 379, 40000: 380, 50000: 381, 75000: 382, 1000000: 384,
}  # fmt: skip


@pytest.mark.parametrize(("population", "sample"), TABLE.items())
def test_the_published_table(population: int, sample: int) -> None:
    assert krejcie_morgan(population) == sample


def test_one_person_is_asked_and_nobody_cannot_be() -> None:
    assert krejcie_morgan(1) == 1
    with pytest.raises(ValueError, match="at least one"):
        krejcie_morgan(0)


VOLUMES = st.dictionaries(st.integers(0, 40), st.integers(0, 5000), max_size=20)


@given(st.integers(0, 500), VOLUMES)
def test_parts_sum_to_the_sample_and_none_exceeds_its_visits(
    sample: int, volumes: dict[int, int]
) -> None:
    parts = split_by_volume(sample, volumes)
    assert sum(parts.values()) == min(sample, sum(volumes.values()))
    assert all(0 <= parts[key] <= volumes[key] for key in volumes)
    busy = [key for key, volume in volumes.items() if volume]
    if sample >= len(busy):
        assert all(parts[key] for key in busy)


@given(st.integers(1, 500), VOLUMES)
def test_a_busier_service_never_gets_less(sample: int, volumes: dict[int, int]) -> None:
    parts = split_by_volume(sample, volumes)
    ordered = sorted(volumes, key=lambda key: volumes[key])
    for low, high in pairwise(ordered):
        assert parts[low] <= parts[high] + 1


def test_bontangs_published_volumes() -> None:
    volumes = {"ktp": 2000, "kk": 1566, "pindah": 499, "kia": 470, "lahir": 397, "aduan": 120}
    volumes |= {"mati": 81, "kawin": 10, "info": 7, "cerai": 1}
    parts = split_by_volume(361, volumes)
    assert sum(parts.values()) == 361
    assert parts["ktp"] == pytest.approx(361 * 2000 / 5151, abs=3)
    assert parts["cerai"] == 1
