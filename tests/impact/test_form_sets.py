"""Both sets of forms as one case mix: who stops early moves no score by being another visitor."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_app.impact.form_sets import as_one_set

CELLS, EACH = 400, 12


def drawn(rng: np.random.Generator, levels: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Counts (N, 1, 4) of answers around each cell's level."""
    shares = np.stack([np.full_like(levels, 0.05), np.full_like(levels, 0.15)], axis=1)
    top = levels[:, None]
    shares = np.hstack([shares, 0.8 - top, top])
    return np.stack([rng.multinomial(k, p) for k, p in zip(n, shares, strict=True)])[:, None, :]


def test_the_known_difference_is_taken_off_and_both_sets_count() -> None:
    """Early forms are .3 lower; an officer with many of them must not look worse (.02: 3 SE)."""
    rng = np.random.default_rng(4)
    levels = rng.uniform(0.35, 0.65, CELLS)
    few, many = np.full(CELLS, 2), np.full(CELLS, 20)
    early_n = np.where(np.arange(CELLS) % 2, few, many)
    complete = drawn(rng, levels, np.full(CELLS, EACH))
    early = drawn(rng, levels - 0.3, early_n)
    mean, answers = as_one_set(complete, early)
    assert answers[:, 0].tolist() == (EACH + early_n).tolist()
    truth = 0.05 + 0.3 + 3 * (0.8 - levels) + 4 * levels
    off = mean[:, 0] - truth
    assert off[early_n == 20].mean() == pytest.approx(0, abs=0.04)
    assert off[early_n == 2].mean() == pytest.approx(0, abs=0.04)
    raw = (complete + early) @ np.arange(1.0, 5.0)
    naive = raw[:, 0] / (EACH + early_n) - truth
    assert naive[early_n == 20].mean() < -0.15  # without it: worse by the visitors


def test_by_hand() -> None:
    complete = np.array([[[0, 0, 2, 0]], [[0, 0, 0, 4]], [[0, 0, 0, 0]]])
    early = np.array([[[0, 2, 0, 0]], [[0, 0, 0, 0]], [[0, 0, 1, 0]]])
    mean, answers = as_one_set(complete, early)
    assert mean[:, 0].tolist() == [3.0, 4.0, 4.0]  # early ones are one point lower, put back
    assert answers[:, 0].tolist() == [4.0, 4.0, 1.0]


def test_where_no_cell_holds_both_the_early_ones_are_left_out() -> None:
    complete = np.array([[[0, 0, 2, 0]], [[0, 0, 0, 0]]])
    early = np.array([[[0, 0, 0, 0]], [[0, 3, 0, 0]]])
    mean, answers = as_one_set(complete, early)
    assert (mean[0, 0], answers[:, 0].tolist()) == (3.0, [2.0, 0.0])
