"""Published tables and outside programs: imputation, proportional odds, a staggered panel.

Data: data/mpdta.csv (Callaway and Sant'Anna, R package did), data/castle_bacondecomp.csv
(Goodman-Bacon, after Cheng and Hoekstra), data/wine_ordinal.csv (R package ordinal, after
Randall 1989). See data/README.md.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from diff_diff import ImputationDiD
from statsmodels.miscmodels.ordinal_model import OrderedModel

from feedback_app.impact.imputation import choose_cells, impute, impute_by_randomisation
from feedback_app.impact.ordinal import NotFittedError, proportional_odds
from feedback_app.impact.panel import NEVER

DATA = Path(__file__).parent / "data"


def grid(frame: pd.DataFrame, unit: str, time: str, value: str) -> tuple[np.ndarray, pd.Index]:
    """A units × times array."""
    wide = frame.pivot_table(index=unit, columns=time, values=value, dropna=False)
    return wide.to_numpy(), wide.columns


def columns_of(first: pd.Series, times: pd.Index) -> np.ndarray:
    """Column of each unit's first treated time; NEVER for none."""
    return np.where(first > 0, first - times[0], NEVER).astype(np.int64)


@pytest.fixture(scope="module")
def mpdta() -> pd.DataFrame:
    return pd.read_csv(DATA / "mpdta.csv")


def test_imputation_gives_the_published_estimate_of_mpdta(mpdta: pd.DataFrame) -> None:
    y, times = grid(mpdta, "countyreal", "year", "lemp")
    first = columns_of(mpdta.groupby("countyreal")["first.treat"].first(), times)
    found = impute(y, np.ones_like(y), choose_cells(np.isfinite(y), first, skip=0, horizon=99))
    assert round(found.estimate, 6) == -0.047710  # did2s = ETWFE = BJS


def test_randomisation_uses_the_same_estimate(mpdta: pd.DataFrame) -> None:
    y, times = grid(mpdta, "countyreal", "year", "lemp")
    first = columns_of(mpdta.groupby("countyreal")["first.treat"].first(), times)
    tested = impute_by_randomisation(
        y,
        np.ones_like(y),
        first,
        seen=np.isfinite(y),
        skip=0,
        horizon=99,
        draws=499,
        rng=np.random.default_rng(1),
    )
    assert tested.estimate == pytest.approx(-0.047710, abs=5e-7)
    assert tested.low < tested.estimate < tested.high
    assert tested.p < 0.05  # every published method finds it


@pytest.mark.parametrize(
    ("name", "unit", "value", "first_name"),
    [
        ("mpdta", "countyreal", "lemp", "first.treat"),
        ("castle_bacondecomp", "sid", "l_homicide", "effyear"),
    ],
)
def test_imputation_equals_another_program(
    name: str, unit: str, value: str, first_name: str
) -> None:
    frame = pd.read_csv(DATA / f"{name}.csv", usecols=[unit, "year", value, first_name])
    frame["first"] = frame.groupby(unit)[first_name].transform("max").fillna(0).astype(int)
    y, times = grid(frame, unit, "year", value)
    first = columns_of(frame.groupby(unit)["first"].first(), times)
    ours = impute(y, np.ones_like(y), choose_cells(np.isfinite(y), first, skip=0, horizon=99))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its advice on other settings
        theirs = ImputationDiD().fit(frame, value, unit, "year", "first")
    assert ours.estimate == pytest.approx(theirs.overall_att, abs=1e-9)
    # They centre gaps by cohort and horizon, we on the mean of all, which is wider or alike.
    assert 0.8 < ours.se / theirs.overall_se < 2.0


def test_the_castle_panel_is_read_as_published() -> None:
    """Goodman-Bacon's two-way estimate, so that the file itself is known to be the right one."""
    frame = pd.read_csv(DATA / "castle_bacondecomp.csv")
    fitted = smf.ols("l_homicide ~ post + C(sid) + C(year)", frame).fit()
    assert round(fitted.params["post"], 4) == 0.0818


def wine() -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    frame = pd.read_csv(DATA / "wine_ordinal.csv")
    x = np.column_stack([frame.temp == "warm", frame.contact == "yes"]).astype(float)
    return np.eye(5)[frame.rating - 1], x, frame


def test_proportional_odds_gives_the_published_fit_of_the_wine_data() -> None:
    counts, x, frame = wine()
    found = proportional_odds(counts, x, cluster=np.arange(len(frame)))
    assert round(found.log_likelihood, 2) == -86.49
    assert np.round(found.slopes, 3).tolist() == [2.503, 1.528]
    assert np.round(found.se, 3).tolist() == [0.529, 0.477]


def test_proportional_odds_equals_another_program() -> None:
    counts, x, frame = wine()
    ours = proportional_odds(counts, x, cluster=frame.judge.to_numpy())
    model = OrderedModel(frame.rating, pd.DataFrame(x, columns=["warm", "contact"]), distr="logit")
    theirs = model.fit(method="bfgs", disp=False, gtol=1e-8, maxiter=500)
    assert ours.slopes == pytest.approx(theirs.params[:2].to_numpy(), abs=1e-4)


def test_counts_and_single_answers_give_the_same_fit() -> None:
    counts, x, _frame = wine()
    single = proportional_odds(counts, x, cluster=np.arange(len(x)))
    kinds, place = np.unique(x, axis=0, return_inverse=True)
    sums = np.stack([np.bincount(place, counts[:, k]) for k in range(5)], axis=1)
    grouped = proportional_odds(sums, kinds, cluster=np.arange(len(kinds)))
    assert grouped.slopes == pytest.approx(single.slopes, abs=1e-8)
    assert grouped.se == pytest.approx(single.se, abs=1e-8)


def test_a_perfect_split_is_refused() -> None:
    counts = np.array([[10.0, 0.0], [0.0, 10.0]])
    with pytest.raises(NotFittedError):
        proportional_odds(counts, np.array([[0.0], [1.0]]), cluster=np.arange(2))


def test_a_level_without_answers_is_refused() -> None:
    with pytest.raises(NotFittedError):
        proportional_odds(np.array([[3.0, 0.0, 4.0]]), np.array([[1.0]]), cluster=np.arange(1))
