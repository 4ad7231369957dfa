"""Cells equal a plain count; the case mix is taken out and the training is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from feedback_app.domain.disclosure.groups import MIN_GROUP
from feedback_app.impact.cells import OTHER, Cells, adjust, build_cells
from feedback_app.impact.detect import minimum_detectable_effect

OFFICERS, UNITS, MIXES, MONTHS = 12, 3, 2, 20
HARD = 0.4  # points that the second service costs


def answers(size: int = 60_000) -> dict[str, np.ndarray]:
    """Officers move from the easy to the hard service over time; nobody gets better or worse."""
    rng = np.random.default_rng(1)
    officer, month = rng.integers(0, OFFICERS, size), rng.integers(0, MONTHS, size)
    mix = (rng.random(size) < np.where(officer % 2, 0.1 + 0.04 * month, 0.5)).astype(int)
    level = np.linspace(2.6, 3.2, OFFICERS)[officer] - HARD * mix
    value = np.floor(level + rng.random(size)).astype(int)  # its mean is the level
    return {"officer": officer, "unit": officer % UNITS, "mix": mix, "month": month, "a": value}


def cells_of(rows: dict[str, np.ndarray]) -> Cells:
    return build_cells(
        rows,
        items=("a",),
        officers=[f"o{i}" for i in range(OFFICERS)],
        units=[f"u{i}" for i in range(UNITS)],
        mixes=["easy", "hard"],
        first_month=100,
        months=MONTHS,
    )


def test_cells_equal_a_plain_count() -> None:
    rows = answers(5_000)
    cells = cells_of(rows)
    frame = pd.DataFrame(rows)
    wanted = frame.groupby(["officer", "unit", "mix", "month", "a"]).size()
    assert cells.counts.sum() == len(frame)
    for place in range(len(cells.officer)):
        key = (cells.officer[place], cells.unit[place], cells.mix[place], cells.month[place])
        for value in range(1, 5):
            assert cells.counts[place, 0, value - 1] == wanted.get((*key, value), 0)


def test_an_open_answer_is_no_answer_and_a_five_is_refused() -> None:
    rows = answers(500)
    rows["a"][:100] = 0
    assert cells_of(rows).counts.sum() == 400
    rows["a"][0] = 5
    with pytest.raises(ValueError, match="1 to 4"):
        cells_of(rows)


def test_the_case_mix_is_found_and_taken_out() -> None:
    panel, coefficients = adjust(cells_of(answers()))
    points = {line.mix: line.points for line in coefficients}
    # 60,000 answers of variance .25, about half of them within contrasts: error about .005
    assert points["easy"] - points["hard"] == pytest.approx(HARD, abs=0.02)
    assert sum(line.points * line.share for line in coefficients) == pytest.approx(0, abs=1e-12)
    movers = panel.score[0][1::2]
    slope = np.polyfit(np.arange(MONTHS), movers.mean(axis=0), 1)[0]
    assert slope == pytest.approx(0, abs=0.003)  # without it −.4 × .04 = −.016 a month


def test_what_changes_for_one_officer_stays() -> None:
    """The mix is compared within officer-months, so a training cannot enter it."""
    rows = answers()
    lifted = dict(rows)
    went = (rows["officer"] == 3) & (rows["month"] >= 10) & (rows["a"] < 4)
    lifted["a"] = rows["a"] + went
    before, after = adjust(cells_of(rows)), adjust(cells_of(lifted))
    gain = after[0].score[0, 3, 10:].mean() - before[0].score[0, 3, 10:].mean()
    assert gain == pytest.approx(went[rows["officer"] == 3].sum() / 2_500, abs=0.08)
    others = np.delete(after[0].score[0] - before[0].score[0], 3, axis=0)
    assert np.abs(others).max() < 0.02


def test_rare_kinds_of_visit_are_one_kind() -> None:
    rows = answers(20_000)
    rows["mix"] = np.where(np.arange(20_000) < 100, 1, 0)
    _panel, coefficients = adjust(cells_of(rows))
    assert {line.mix for line in coefficients} == {"easy", OTHER}


def test_a_kind_with_fewer_than_ten_answers_is_taken_out_and_not_told() -> None:
    rows = answers(500)
    rows["mix"] = np.where(np.arange(500) < MIN_GROUP - 1, 1, 0)  # 1.8%: no rare kind
    panel, coefficients = adjust(cells_of(rows))
    assert panel.mix is not None
    assert {line.mix for line in coefficients} == {"easy"}
    rows["mix"][MIN_GROUP - 1] = 1
    _panel, coefficients = adjust(cells_of(rows))
    assert {line.mix for line in coefficients} == {"easy", "hard"}


def test_one_kind_of_visit_needs_no_adjustment() -> None:
    rows = answers(5_000)
    rows["mix"][:] = 0
    panel, coefficients = adjust(cells_of(rows))
    assert coefficients == []
    assert panel.mix is None
    n = panel.n[0]
    frame = pd.DataFrame(rows).groupby(["officer", "month"])["a"].mean().unstack().to_numpy()
    assert panel.score[0][n > 0] == pytest.approx(frame[n > 0])


def test_shares_of_top_and_low_answers_and_the_home_counter() -> None:
    rows = answers(20_000)
    panel, _coefficients = adjust(cells_of(rows))
    frame = pd.DataFrame(rows)
    here = frame[(frame["officer"] == 5) & (frame["month"] == 7)]["a"]
    assert panel.top is not None
    assert panel.low is not None
    assert panel.top[0, 5, 7] == pytest.approx((here == 4).mean())
    assert panel.low[0, 5, 7] == pytest.approx((here <= 2).mean())
    assert (panel.unit == (np.arange(OFFICERS) % UNITS)[:, None]).all()


def test_more_officers_sent_show_smaller_effects_up_to_half() -> None:
    panel, _coefficients = adjust(cells_of(answers()))
    told = [
        minimum_detectable_effect(panel, item=0, n_trained=k, n_controls=40 - k) for k in (3, 8, 20)
    ]
    assert told[0] > told[1] > told[2] > 0
    assert np.isnan(minimum_detectable_effect(panel, item=0, n_trained=3, n_controls=0))
