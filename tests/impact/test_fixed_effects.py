"""The event study from counts equals least squares on single answers, errors too."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from feedback_app.files import responses
from feedback_app.files.tables import AnalystFileError
from feedback_app.impact.fixed_effects import OUTSIDE, Shape, dense_cells, event_study

SHAPE = Shape(officers=30, services=4, months=10)
REACH = 3  # event months -3..-2 and 0..3; -1 is the reference


@pytest.fixture(scope="module")
def answers() -> tuple[pd.DataFrame, np.ndarray]:
    """Answers with an effect that grows, and the event month of each officer-month."""
    rng = np.random.default_rng(9)
    trained = np.where(rng.random(SHAPE.officers) < 0.5, rng.integers(3, 8, SHAPE.officers), 99)
    since = np.arange(SHAPE.months)[None, :] - trained[:, None]
    kept = [-3, -2, 0, 1, 2, 3]
    relative = np.full(since.shape, OUTSIDE)
    for place, month in enumerate(kept):
        relative[since == month] = place
    size = 4000
    frame = pd.DataFrame(
        {
            "officer": rng.integers(0, SHAPE.officers, size),
            "service": rng.integers(0, SHAPE.services, size),
            "month": rng.integers(0, SHAPE.months, size),
        }
    )
    level = rng.normal(0, 0.3, SHAPE.officers)[frame["officer"]] + 0.1 * frame["service"]
    gain = 0.1 * np.clip(since[frame["officer"], frame["month"]] + 1, 0, 4)
    frame["y"] = np.clip(np.round(2.7 + level + gain + rng.normal(0, 0.7, size)), 1, 4).astype(int)
    return frame, relative


def chunk_of(part: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    officer, service, month, y = (part[k].to_numpy() for k in ("officer", "service", "month", "y"))
    return (officer * SHAPE.services + service) * SHAPE.months + month, y


def test_coefficients_and_errors_equal_another_program(
    answers: tuple[pd.DataFrame, np.ndarray],
) -> None:
    frame, relative = answers
    ours = event_study(*dense_cells([chunk_of(frame)], SHAPE), relative)
    names = [f"e{k}" for k in range(relative.max() + 1)]
    spot = relative[frame["officer"], frame["month"]]
    wide = frame.assign(**{name: (spot == k).astype(float) for k, name in enumerate(names)})
    model = smf.ols("y ~ C(officer) + C(month) + C(service) + " + " + ".join(names), wide)
    theirs = model.fit(cov_type="cluster", cov_kwds={"groups": wide["officer"]})
    assert ours.n == len(frame)
    assert ours.coefficients == pytest.approx(theirs.params[names].to_numpy(), abs=1e-9)
    assert ours.se == pytest.approx(theirs.bse[names].to_numpy(), rel=1e-6)


def test_chunks_and_their_order_do_not_matter(answers: tuple[pd.DataFrame, np.ndarray]) -> None:
    frame, relative = answers
    whole = event_study(*dense_cells([chunk_of(frame)], SHAPE), relative)
    mixed = frame.sample(frac=1, random_state=1)
    parts = [chunk_of(mixed.iloc[start : start + 700]) for start in range(0, len(mixed), 700)]
    other = event_study(*dense_cells(parts, SHAPE), relative)
    assert other.coefficients == pytest.approx(whole.coefficients, abs=1e-9)
    assert other.se == pytest.approx(whole.se, rel=1e-9)


def test_officers_and_months_without_answers_change_nothing(
    answers: tuple[pd.DataFrame, np.ndarray],
) -> None:
    frame, relative = answers
    whole = event_study(*dense_cells([chunk_of(frame)], SHAPE), relative)
    wider = Shape(SHAPE.officers + 5, SHAPE.services, SHAPE.months)
    more = np.vstack([relative, np.full((5, SHAPE.months), OUTSIDE)])
    other = event_study(*dense_cells([chunk_of(frame)], wider), more)
    assert other.coefficients == pytest.approx(whole.coefficients, abs=1e-9)
    assert other.se == pytest.approx(whole.se, rel=1e-9)
    assert other.officers == whole.officers


def test_parquet_gives_the_same_cells(
    answers: tuple[pd.DataFrame, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, _relative = answers
    path = tmp_path / "a.parquet"
    duckdb.from_df(frame).write_parquet(str(path))
    monkeypatch.setattr(responses, "ROWS_AT_ONCE", 1_500)
    chunks = list(
        responses.answers_of_parquet(path, "y", services=SHAPE.services, months=SHAPE.months)
    )
    assert len(chunks) == 3
    found, wanted = dense_cells(chunks, SHAPE), dense_cells([chunk_of(frame)], SHAPE)
    assert np.array_equal(found[0], wanted[0])
    assert np.array_equal(found[1], wanted[1])
    with pytest.raises(AnalystFileError, match="nothing"):
        list(responses.answers_of_parquet(tmp_path / "nothing.parquet", "y", services=4, months=9))
