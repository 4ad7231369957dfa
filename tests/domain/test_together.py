"""One officer at several counters: sums where each part is a number, a wide band where one is not."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure import Answers, Band
from feedback_app.domain.disclosure.gate import answers_of, band_of
from feedback_app.domain.disclosure.groups import Counts
from feedback_app.domain.disclosure.officers import OfficerPart
from feedback_app.domain.disclosure.together import together
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.interval import Mean

MIXED: Counts = (2, 5, 20, 15)
OTHER: Counts = (1, 3, 9, 4)


def part(
    mean: Mean | Band, *, counts: Counts = MIXED, by_poster: int = 3, **bands: Counts
) -> OfficerPart:
    items = {key: answers_of(counts) for key in OFFICER_KEYS}
    items |= {key: band_of(telling) for key, telling in bands.items()}  # type: ignore[misc]
    n = sum(counts)
    return OfficerPart(officer_id=7, n=n, by_poster=by_poster, mean=mean, items=items)  # type: ignore[arg-type]


EXACT = Mean(n=42, mean=3.0, low=2.8, high=3.3)


def test_one_counter_is_told_as_it_is() -> None:
    only = part(EXACT)
    assert together([only]) == only


def test_two_exact_parts_are_the_sum_of_their_answers() -> None:
    whole = together([part(EXACT), part(EXACT, counts=OTHER, by_poster=1)])
    assert (whole.officer_id, whole.n, whole.by_poster) == (7, 59, 4)
    for item in whole.items.values():
        assert isinstance(item, Answers)
        assert item.counts == (3, 8, 29, 19)
        assert item.mean.mean == pytest.approx((3 + 16 + 87 + 76) / 59)


def test_the_common_mean_weighs_each_counter_by_its_answers() -> None:
    other = Mean(n=14, mean=2.0, low=1.6, high=2.9)
    mean = together([part(EXACT), part(other)]).mean
    assert isinstance(mean, Mean)
    assert (mean.n, mean.mean) == (56, pytest.approx((42 * 3 + 14 * 2) / 56))
    # independent strata: the variance of a weighted sum
    assert mean.mean - mean.low == pytest.approx(sqrt((0.75 * 0.2) ** 2 + (0.25 * 0.4) ** 2))
    assert mean.high - mean.mean == pytest.approx(sqrt((0.75 * 0.3) ** 2 + (0.25 * 0.9) ** 2))


points = st.floats(1, 4)


@given(
    st.lists(
        st.tuples(st.integers(10, 500), st.tuples(points, points, points)), min_size=2, max_size=5
    )
)
def test_the_common_interval_holds_its_mean_and_stays_on_the_scale(
    found: list[tuple[int, tuple[float, float, float]]],
) -> None:
    means = [Mean(n, mean=sorted(p)[1], low=min(p), high=max(p)) for n, p in found]
    mean = together([part(one) for one in means]).mean
    assert isinstance(mean, Mean)
    assert 1 - 1e-9 <= mean.low <= mean.mean + 1e-9
    assert mean.mean - 1e-9 <= mean.high <= 4 + 1e-9


def test_one_band_makes_the_common_mean_a_band_from_end_to_end() -> None:
    band = Band(n=14, value=1, low=1, high=1.5)
    for means in ([EXACT, band], [band, EXACT]):
        # 42 at about 3 and 14 at about 1: 2.5 in the middle, 2.5 to 3.5 and 1 to 1.5 as bands
        assert together([part(mean) for mean in means]).mean == Band(56, 3, 1, 3.5)
    low = Band(n=42, value=2, low=1.5, high=2.5)
    assert together([part(low), part(band)]).mean == Band(56, 2, 1, 2.5)


def test_an_item_that_is_a_band_at_one_counter_is_a_band_together() -> None:
    alike: Counts = (0, 0, 0, 42)
    for parts in (
        [part(EXACT), part(EXACT, perilaku=alike)],
        [part(EXACT, perilaku=alike), part(EXACT)],
    ):
        items = together(parts).items
        # about 3 (132 of 42) and 4: the nearest answer to 3.5 is 4
        assert items["perilaku"] == Band(84, 4, 2.5, 4)
        assert all(isinstance(items[key], Answers) for key in OFFICER_KEYS if key != "perilaku")
