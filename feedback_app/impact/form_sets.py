"""Two sets of forms as one case mix: what stopping early adds is taken off within cells."""

from __future__ import annotations

import numpy as np

from feedback_app.impact.panel import Floats

VALUES = np.arange(1.0, 5.0)


def as_one_set(complete: Floats, early: Floats) -> tuple[Floats, Floats]:
    """Means (N, I) and answers (N, I) of cells with counts (N, I, 4) of both sets of forms.

    Who stops early may be another kind of visitor. The difference of each item is estimated where
    both sets lie in one cell (one officer, counter, service and month), so that neither who the
    officer is nor where can enter it, and taken from the early ones. Without any such cell the
    early ones are left out.
    """
    n, n_early = complete.sum(axis=2), early.sum(axis=2)
    total, total_early = complete @ VALUES, early @ VALUES
    both = (n > 0) & (n_early > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(both, n * n_early / (n + n_early), 0.0)
        gap = np.where(both, total_early / n_early - total / n, 0.0)
        added = (weight * gap).sum(axis=0) / weight.sum(axis=0)
        kept = np.where(np.isfinite(added), n_early, 0.0)
        moved = total_early - n_early * np.nan_to_num(added)
        answers = n + kept
        mean = (total + np.where(kept > 0, moved, 0.0)) / answers
    return mean, answers
