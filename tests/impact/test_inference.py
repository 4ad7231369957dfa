"""The estimate equals plain least squares; the interval equals a brute-force test inversion."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.stats.multitest import multipletests

from feedback_app.impact import inference
from feedback_app.impact.ancova import Design, coefficient, fit
from feedback_app.impact.estimates import estimates_of
from feedback_app.impact.events import Event
from feedback_app.impact.inference import (
    Draws,
    actual,
    benjamini_hochberg,
    draw_assignments,
    max_t,
)
from feedback_app.impact.measure import measure_impact
from feedback_app.impact.results import Plan
from feedback_app.impact.stack import outcome
from feedback_app.impact.study import prepare
from tests.rigs.worlds import World, draw

DENSE = World("dense", effect=0.2, dates=(12, 14, 16, 18))


def rows_of(world: World, seed: int) -> pd.DataFrame:
    """The stacked rows of a world as a frame for another program."""
    drawn = draw(world, seed)
    stack = prepare(drawn.panel, drawn.events, drawn.events, Plan(draws=99)).stack
    own = outcome(stack, drawn.panel.score[0], drawn.panel.n[0])
    frame = pd.DataFrame(own.lags, columns=[f"lag{i}" for i in range(own.lags.shape[1])])
    return frame.assign(
        y=own.after,
        date=stack.date,
        trained=stack.trained.astype(float),
        exposure=stack.exposure,
    )


def design_of(frame: pd.DataFrame) -> Design:
    lags = frame.filter(like="lag").to_numpy()
    return Design.build(frame["date"].to_numpy(), lags, np.ones(len(frame)))


def arrays(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        frame["trained"].to_numpy() > 0,
        frame["exposure"].to_numpy(),
        frame["y"].to_numpy(),
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_estimate_is_the_ratio_of_two_plain_regressions(seed: int) -> None:
    frame = rows_of(DENSE, seed)
    lags = " + ".join(frame.filter(like="lag").columns)
    on_y, on_exposure = (
        smf.ols(f"{name} ~ trained + {lags} + C(date)", frame).fit().params["trained"]
        for name in ("y", "exposure")
    )
    trained, exposure, y = arrays(frame)
    assert on_exposure < 1  # some of the comparison were trained inside the window
    ours = coefficient(design_of(frame), trained, exposure, y)
    assert ours == pytest.approx(on_y / on_exposure, abs=1e-10)


def test_without_later_training_it_is_plain_least_squares() -> None:
    frame = rows_of(World("one", dates=(15,), a_date=8, effect=0.2), 1)
    lags = " + ".join(frame.filter(like="lag").columns)
    plain = smf.ols(f"y ~ trained + {lags}", frame).fit().params["trained"]
    trained, exposure, y = arrays(frame)
    assert coefficient(design_of(frame), trained, exposure, y) == pytest.approx(plain, abs=1e-10)


def small(seed: int = 0) -> tuple[pd.DataFrame, Draws]:
    """Nine officers of whom three went: 84 assignments, all of them listed."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"lag0": rng.normal(3, 0.2, 9), "date": 0})
    frame["trained"] = [1.0] * 3 + [0.0] * 6
    frame["exposure"] = frame["trained"]
    frame["y"] = frame["lag0"] * 0.7 + frame["trained"] * 0.3 + rng.normal(0, 0.1, 9)
    draws = draw_assignments(
        frame["date"].to_numpy(),
        np.arange(9),
        frame["trained"].to_numpy() > 0,
        draws=1999,
        rng=rng,
    )
    return frame, draws


def brute_force(frame: pd.DataFrame, effect: float) -> tuple[float, float]:
    """One-sided p values at an effect: every assignment is regressed anew, t by t."""
    known = sm.add_constant(frame["lag0"])
    rest = frame.assign(y=frame["y"] - effect * frame["exposure"])
    found = []
    for chosen in itertools.combinations(range(len(frame)), int(frame["trained"].sum())):
        other = rest.assign(sent=np.isin(np.arange(len(frame)), chosen).astype(float))
        sent, y = (sm.OLS(other[name], known).fit().resid for name in ("sent", "y"))
        found.append(float((sent * y).sum() / np.sqrt((sent**2).sum())))
    observed = found[0]  # combinations begin with the first three, who really went
    values = np.array(found)
    return float((values >= observed - 1e-12).mean()), float((values <= observed + 1e-12).mean())


@pytest.mark.proof
def test_p_and_interval_equal_brute_force() -> None:
    frame, draws = small()
    assert draws.is_every
    assert draws.assigned is not None
    assert len(draws.assigned) == 84
    trained, exposure, y = arrays(frame)
    tested = fit(design_of(frame), trained, exposure, y, draws)
    assert tested.p == pytest.approx(min(1.0, 2 * min(brute_force(frame, 0.0))), abs=1e-12)
    step = 1e-4
    for end, side in ((tested.low, 0), (tested.high, 1)):
        inwards = step if side == 0 else -step
        assert brute_force(frame, end + inwards)[side] > 0.025
        assert brute_force(frame, end - inwards)[side] <= 0.025 + 1 / 84


def test_too_few_assignments_give_no_interval() -> None:
    """Two of five counters: ten assignments, so no p below .2 and no 95% interval."""
    rng = np.random.default_rng(1)
    counter = np.repeat(np.arange(5), 4)
    trained = counter < 2
    date = np.zeros(20, dtype=np.int64)
    draws = draw_assignments(date, counter, trained, draws=1999, rng=rng)
    assert draws.is_every
    design = Design.build(date, rng.normal(size=(20, 1)), np.ones(20))
    y = rng.normal(size=20) + 9 * trained
    tested = fit(design, trained, trained.astype(float), y, draws)
    assert tested.p >= 0.2
    assert np.isnan(tested.low)
    assert np.isnan(tested.high)


def test_whole_counters_are_drawn_whole() -> None:
    counter = np.repeat(np.arange(12), 3)
    trained = counter < 4
    date = np.zeros(36, dtype=np.int64)
    draws = draw_assignments(date, counter, trained, draws=99, rng=np.random.default_rng(2))
    assert draws.assigned is not None
    by_counter = draws.assigned.reshape(99, 12, 3)
    assert (by_counter.min(axis=2) == by_counter.max(axis=2)).all()
    assert (by_counter[:, :, 0].sum(axis=1) == 4).all()


def test_the_form_for_large_problems_gives_the_same_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    date = np.repeat([0, 1], 30)
    trained = np.tile(np.arange(30) < 7, 2)
    values = rng.normal(size=(60, 4))
    monkeypatch.setattr(inference, "LARGEST_MATRIX", 100)
    picked = draw_assignments(date, np.arange(60), trained, draws=49, rng=rng)
    assert picked.picked is not None
    matrix = np.zeros((49, 60))
    np.put_along_axis(matrix, picked.picked, 1.0, axis=1)
    assert (matrix.sum(axis=1) == 14).all()
    assert picked.sums(values) == pytest.approx(matrix @ values)
    whole = Draws(matrix, None, picked.begins, 2, is_every=False)
    assert picked.sums_by_date(date, values[:, 0]) == pytest.approx(
        whole.sums_by_date(date, values[:, 0])
    )
    strengths = Design.build(date, values, np.ones(60)).strength(actual(date, trained))
    assert strengths[0] > 0


def test_false_discovery_rates_equal_another_program() -> None:
    p = np.random.default_rng(4).uniform(size=40) ** 2
    theirs = multipletests(p, method="fdr_bh")[1]
    assert benjamini_hochberg(p.tolist()) == pytest.approx(theirs, abs=1e-12)
    with_gap = benjamini_hochberg([0.01, float("nan"), 0.04])
    assert with_gap[0] == pytest.approx(0.02)
    assert np.isnan(with_gap[1])


def test_max_t_never_says_less_than_p_and_grows_with_the_family() -> None:
    rng = np.random.default_rng(5)
    family = [
        inference.Tested(v, 1, -1, 1, p, rng.normal(size=999)) for v, p in ((2.5, 0.02), (0.3, 0.7))
    ]
    alone = max_t(family[:1])[0]
    together = max_t(family)
    assert together[0] >= alone
    assert all(found >= one.p for found, one in zip(together, family, strict=True))


def test_the_same_seed_gives_the_same_numbers_whatever_else_is_measured() -> None:
    drawn = draw(World("two", effect=0.2), 7)
    others = [Event(e.officer, "other", e.month + 1, "lot", "officer", 1.0) for e in drawn.events]
    plan = Plan(draws=199, seed=11)
    alone = measure_impact(drawn.panel, drawn.events, plan)
    again = measure_impact(drawn.panel, drawn.events, plan)
    assert alone == again
    both = measure_impact(drawn.panel, [*drawn.events, *others], plan)
    every = [*drawn.events, *others]
    one = measure_impact(drawn.panel, every, plan, only=frozenset(["course"])).estimates[0]
    first = next(e for e in both.estimates if e.training == "course")
    assert replace(first, q_bh=None) == replace(one, q_bh=None)
    assert first.verdict == "cannot be told apart"  # the same people took both
    other_seed = measure_impact(drawn.panel, drawn.events, Plan(draws=1999, seed=12))
    assert other_seed.estimates[0].ci_lo == pytest.approx(alone.estimates[0].ci_lo, abs=0.03)


def test_order_of_officers_and_events_does_not_matter_to_the_estimate() -> None:
    drawn = draw(World("order", effect=0.2), 8)
    plan = Plan(draws=199)
    forth = estimates_of(prepare(drawn.panel, drawn.events, drawn.events, plan)).estimates[0]
    back = tuple(reversed(drawn.events))
    assert measure_impact(drawn.panel, back, plan).estimates[0].estimate == forth.estimate


def test_where_nothing_is_left_to_tell_by_the_coefficient_is_no_number() -> None:
    """A demo of few answers divided nothing by nothing, and its whole study was lost."""
    date = np.zeros(6, dtype=int)
    trained = np.array([True, True, False, False, False, False])
    design = Design.build(date, np.ones((6, 1)), np.ones(6))
    after = np.array([3.0, 3.2, 3.1, 3.4, 2.9, 3.0])
    assert np.isnan(coefficient(design, trained, np.zeros(6), after))
    assert np.isfinite(coefficient(design, trained, trained.astype(float), after))


SIX = np.zeros(6, dtype=np.int64)
THREE_WENT = np.array([True, True, True, False, False, False])


def every_draw(cluster: np.ndarray, trained: np.ndarray) -> Draws:
    rng = np.random.default_rng(1)
    return draw_assignments(SIX, cluster, trained, draws=999, rng=rng)


def is_nothing(tested: inference.Tested) -> bool:
    numbers = (tested.estimate, tested.se, tested.low, tested.high, tested.p)
    return bool(np.isnan(numbers).all()) and len(tested.distribution) == 0


def test_all_counters_sent_leave_nothing_to_compare_and_no_division_by_nought() -> None:
    """One assignment there is, everybody's: its strength is 0, so no draw can be used."""
    cluster = np.array([0, 1, 2, 0, 1, 2])  # each counter sent one and kept one
    draws = every_draw(cluster, THREE_WENT)
    assert (draws.is_every, draws.size) == (True, 1)
    design = Design.build(SIX, np.ones((6, 1)), np.ones(6))
    y, sent = np.arange(6.0), np.ones(6, dtype=bool)
    assert is_nothing(fit(design, sent, sent.astype(float), y, draws))
    assert is_nothing(inference.invert_test((1.0, 1.0), (np.zeros(0), np.zeros(0)), is_every=True))


def test_siblings_that_have_nothing_to_divide_by_are_no_estimate() -> None:
    draws = every_draw(np.arange(6), THREE_WENT)
    design = Design.build(SIX, np.ones((6, 1)), np.ones(6))
    y, exposure = np.arange(6.0), THREE_WENT.astype(float)
    assert np.isfinite(fit(design, THREE_WENT, exposure, y, draws).estimate)
    assert is_nothing(fit(design, THREE_WENT, np.zeros(6), y, draws))  # nobody was exposed
    assert is_nothing(fit(design, THREE_WENT, exposure, y * np.nan, draws))
    who = Design.build(SIX, exposure[:, None], np.ones(6))  # another training's participants
    assert is_nothing(fit(who, THREE_WENT, exposure, y, draws))
    nobody = THREE_WENT & False
    assert is_nothing(fit(design, nobody, exposure, y, draws))
    one = SIX[:1]
    only = draw_assignments(one, one, np.array([True]), draws=9, rng=np.random.default_rng(1))
    alone = Design.build(one, np.ones((1, 1)), np.ones(1))
    assert is_nothing(fit(alone, np.array([True]), np.ones(1), np.ones(1), only))


def test_an_item_without_an_estimate_does_not_spoil_its_family() -> None:
    rng = np.random.default_rng(5)
    known = inference.Tested(2.5, 1, -1, 1, 0.02, rng.normal(size=999))
    both = max_t([inference.NOTHING, known])
    assert np.isnan(both[0])
    assert both[1] == max_t([known])[0]
    assert np.isnan(max_t([inference.NOTHING])[0])
