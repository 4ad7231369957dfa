"""Alarms against plain Gaussian likelihoods, and what later months may not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from feedback_app.impact import alarms as alarms_of_panel
from feedback_app.impact.alarms import (
    BASELINE,
    STEP,
    Chart,
    Noise,
    estimate_noise,
    find_alarms,
    find_limits,
    ratios,
)
from tests.rigs.alarms_truth import Office, draw, look


@pytest.fixture(autouse=True)
def _fewer_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit's chance of a tenth is enough where an order is asked for."""
    monkeypatch.setattr(alarms_of_panel, "DRAWS", 10_000)


NOISE = Noise(answer=0.5, month=0.004, correlation=0.4)


def chart_of(rng: np.random.Generator, months: int, *, n: int = 60, noise: Noise = NOISE) -> Chart:
    """A chart without a step, with a gap in its months."""
    at = np.arange(months) + (np.arange(months) > 4)
    answers = rng.integers(n // 2, 2 * n, months).astype(float)
    root = np.linalg.cholesky(noise.covariance(at.astype(float), answers))
    return Chart("L1", "waktu", at, 3.1 + root @ rng.standard_normal(months), answers)


def test_ratios_are_those_of_the_gaussian_likelihood_without_the_level() -> None:
    """Contrasts that do not know the level, and scipy's density: nothing of our algebra."""
    chart = chart_of(np.random.default_rng(1), 17)
    fall, rise = ratios(chart, NOISE, chart.mean)
    for last in (12, 14, 16):
        size = last + 1
        contrasts = np.linalg.svd(np.ones((1, size)))[2][1:]  # all that is orthogonal to a level
        covariance = NOISE.covariance(chart.months[:size].astype(float), chart.n[:size])
        seen = contrasts @ chart.mean[:size]
        spread = contrasts @ covariance @ contrasts.T
        none = multivariate_normal.logpdf(seen, np.zeros(size - 1), spread)
        for since in range(BASELINE, size):
            moved = contrasts @ (STEP * (np.arange(size) >= since))
            for found, sign in ((fall, -1), (rise, 1)):
                asked = multivariate_normal.logpdf(seen, sign * moved, spread)
                assert found[last, since - BASELINE] == pytest.approx(asked - none, abs=1e-9)
        assert np.isneginf(fall[last, size - BASELINE :]).all()


def test_many_series_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(2)
    chart = chart_of(rng, 15)
    means = rng.normal(3, 0.1, (15, 3))
    fall, rise = ratios(chart, NOISE, means)
    for at in range(3):
        one_fall, one_rise = ratios(chart, NOISE, means[:, at])
        assert np.array_equal(fall[:, :, at], one_fall)
        assert np.array_equal(rise[:, :, at], one_rise)


def test_noise_is_found_again_where_charts_are_many() -> None:
    rng = np.random.default_rng(3)
    true = Noise(answer=0.6, month=0.02, correlation=0.5)
    found = estimate_noise([chart_of(rng, 12, noise=true) for _ in range(300)])
    # of 300 charts; chance and month are told apart by their sum more than one by one
    both = true.answer / 60 + true.month
    assert found.answer / 60 + found.month == pytest.approx(both, rel=0.1)
    assert found.correlation == pytest.approx(true.correlation, abs=0.1)


def test_a_planted_fall_is_found_and_dated_and_later_months_change_nothing() -> None:
    charts = draw(Office(drop=0.7, months=18), 4)
    whole = find_alarms(charts)
    fall = next(one for one in whole if (one.counter, one.item) == ("L1", "U1"))
    assert fall.direction == "down"
    assert fall.since == BASELINE
    assert fall.month <= BASELINE + 2
    assert fall.value > fall.limit
    assert len(whole) <= 3  # one false alarm a year is allowed for
    for months in (13, 15):
        cut = [
            replace(one, months=one.months[:months], mean=one.mean[:months], n=one.n[:months])
            for one in charts
        ]
        assert find_alarms(cut) == [one for one in whole if one.month < months]
    assert find_alarms(charts[::-1]) == whole


def test_a_chart_that_joins_later_changes_no_alarm_from_before() -> None:
    charts = draw(Office(drop=0.6, months=16), 4)
    before = find_alarms(charts)
    young = replace(charts[0], counter="L9", months=charts[0].months + 2)
    after = find_alarms([*charts, young])
    assert [one for one in after if one.month <= BASELINE + 1] == [
        one for one in before if one.month <= BASELINE + 1
    ]
    assert any(one.counter == "L9" for one in after)


def test_the_same_fall_of_few_answers_is_no_alarm() -> None:
    rng = np.random.default_rng(5)
    flat = [replace(chart_of(rng, 16), counter=f"L{at}") for at in range(20)]
    fallen = flat[0].mean - 0.35 * (np.arange(16) >= BASELINE)
    told = [replace(flat[0], mean=fallen), *flat[1:]]
    few = replace(told[0], n=np.where(np.arange(16) < BASELINE, told[0].n, 3))
    assert [one.counter for one in find_alarms(told)] == ["L0"]
    assert find_alarms([few, *flat[1:]]) == []


def test_no_rule_before_thirteen_months_and_none_without_charts() -> None:
    charts = draw(Office(drop=2, months=12), 1)
    assert find_alarms(charts) == []
    assert find_alarms([]) == []


def test_a_larger_budget_has_a_lower_limit_and_more_charts_a_higher_one() -> None:
    charts = draw(Office(drop=0), 6)
    usual = find_limits(charts, NOISE, per_year=1)
    assert find_limits(charts, NOISE, per_year=5).down < usual.down < usual.up
    assert find_limits(charts[:24], NOISE, per_year=1).down < usual.down
    province = [replace(one, counter=f"{one.counter} {at}") for one in charts for at in range(9)]
    assert find_limits(province, NOISE, per_year=1).down > usual.down


def test_rises_are_found_too() -> None:
    rng = np.random.default_rng(7)
    charts = [replace(chart_of(rng, 18), counter=f"L{at}") for at in range(10)]
    risen = charts[3].mean + 0.5 * (np.arange(18) >= BASELINE + 2)
    alarms = find_alarms([*charts[:3], replace(charts[3], mean=risen), *charts[4:]])
    found = next(one for one in alarms if one.counter == "L3")
    assert (found.direction, found.since) == ("up", charts[3].months[BASELINE + 2])


@pytest.mark.long
@pytest.mark.parametrize("alike", [0.0, 0.4])
def test_false_alarms_and_found_falls_of_some_offices(alike: float) -> None:
    """`make alarms-truth` holds the bars; twelve offices only tell an order of magnitude."""
    seen = [look(Office(alike), seed) for seed in range(12)]
    assert sum(one.false for one in seen) <= 24  # 12 expected
    assert sum(one.found_after in range(1, 7) for one in seen) >= 7
