"""What the data could detect: the smallest effect found with 80% power."""

from __future__ import annotations

import numpy as np
from scipy import stats

from feedback_app.impact.ancova import Design
from feedback_app.impact.panel import LEAST_ANSWERS, Panel
from feedback_app.impact.stack import LAGS, Stack, comparable, outcome

LEVEL, POWER = 0.95, 0.80


def detectable_from_se(se: float) -> float:
    """Smallest effect that an estimate with this standard error finds with 80% power."""
    return float((stats.norm.ppf(0.5 + LEVEL / 2) + stats.norm.ppf(POWER)) * se)


def minimum_detectable_effect(
    panel: Panel, *, item: int, n_trained: int, n_controls: int, horizon: int = 4
) -> float:
    """Points that a training of `n_trained` against `n_controls` officers could show.

    The spread is what the regression leaves unexplained at dates when nobody was sent: every
    month of the panel is taken as a make-believe date. NaN when the panel is too short or the
    comparison too small. Student's t with the degrees of freedom of one date.
    """
    score, n = panel.score[item], panel.n[item]
    seen = (n >= LEAST_ANSWERS) & np.isfinite(score)
    freedom = n_trained + n_controls - 2 - len(LAGS)
    if n_trained < 1 or n_controls < 1 or freedom < 2:
        return float("nan")
    dates = [
        column
        for column in range(4, panel.months - horizon)
        if comparable(seen, column, horizon).sum() > len(LAGS) + 2
    ]
    if not dates:
        return float("nan")
    squares, rows = 0.0, 0
    for column in dates:
        officers = np.flatnonzero(comparable(seen, column, horizon))
        date = np.zeros(len(officers), dtype=np.int64)
        nobody = np.zeros(len(officers), dtype=bool)
        stack = Stack((column,), date, officers, nobody, nobody.astype(float), horizon)
        own = outcome(stack, score, n)
        design = Design.build(date, own.lags, np.ones(len(officers)))
        squares += float((design.residual(own.after) ** 2).sum())
        rows += len(officers) - 1 - len(LAGS)
    spread = np.sqrt(squares / max(rows, 1))
    se = spread * np.sqrt(1 / n_trained + 1 / n_controls)
    reach = stats.t.ppf(0.5 + LEVEL / 2, freedom) + stats.t.ppf(POWER, freedom)
    return float(reach * se)


def by_counter(panel: Panel) -> Panel:
    """The panel with counters in the place of officers: for courses that send whole counters."""
    size = len(panel.units)
    shape = (len(panel.items), size, panel.months)
    n, total = np.zeros(shape), np.zeros(shape)
    column = np.broadcast_to(np.arange(panel.months), panel.unit.shape)
    known = panel.unit >= 0
    for item in range(len(panel.items)):
        place = (panel.unit[known], column[known])
        np.add.at(n[item], place, panel.n[item][known])
        np.add.at(total[item], place, np.nan_to_num(panel.score[item] * panel.n[item])[known])
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(n > 0, total / n, np.nan)
    unit = np.repeat(np.arange(size)[:, None], panel.months, axis=1)
    return Panel(panel.units, panel.items, panel.units, panel.first_month, score, n, unit)
