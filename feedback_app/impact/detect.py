"""What the data could detect: the smallest effect found with 80% power."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np
from scipy import stats

from feedback_app.domain.training import HORIZON
from feedback_app.impact.ancova import Design
from feedback_app.impact.inference import LEAST_ASSIGNMENTS
from feedback_app.impact.panel import LEAST_ANSWERS, Floats, Ints, Panel
from feedback_app.impact.results import number
from feedback_app.impact.stack import (
    LAGS,
    LEAST_BEFORE,
    LEAST_CONTROLS,
    LEAST_TRAINED,
    Stack,
    comparable,
    outcome,
)

LEVEL, POWER = 0.95, 0.80


def detectable_from_se(se: float) -> float:
    """Smallest effect that an estimate with this standard error finds with 80% power."""
    return float((stats.norm.ppf(0.5 + LEVEL / 2) + stats.norm.ppf(POWER)) * se)


def minimum_detectable_effect(
    panel: Panel, *, item: int, n_trained: int, n_controls: int, horizon: int = HORIZON
) -> float:
    """Points that a training of `n_trained` against `n_controls` officers could show.

    The spread is what the regression leaves unexplained at dates when nobody was sent: every
    month of the panel is taken as a make-believe date. NaN when the panel is too short, and where
    the study itself would give no estimate: fewer than three sent, fewer than eight to compare.
    Student's t with the degrees of freedom of one date.
    """
    if _refused_of_officers(n_trained, n_controls):
        return float("nan")
    return _of_officers(officer_spread(panel, item, horizon), n_trained, n_controls)


def smallest_of_counters(
    panel: Panel, *, item: int, n_sent: int, n_others: int, horizon: int = HORIZON
) -> float:
    """Points that sending `n_sent` whole counters against `n_others` could show.

    The study compares officers and draws counters, so the spread is that of the counters' mean
    residuals at dates when nobody was sent. NaN where the study would give no interval.
    """
    if _refused_of_counters(len(panel.officers), n_sent, n_others):
        return float("nan")
    return _reach(counter_spread(panel, item, horizon), n_sent, n_others, n_sent + n_others - 2)


class Smallest:
    """The smallest effect by how many are sent, for every item of one panel."""

    def __init__(self, panel: Panel, *, horizon: int, is_of_counters: bool) -> None:
        """Take the spreads once."""
        self._panel, self.officers = panel, len(panel.officers)
        self.is_of_counters, self.horizon = is_of_counters, horizon
        take = counter_spread if is_of_counters else officer_spread
        self.spread = {name: take(panel, item, horizon) for item, name in enumerate(panel.items)}

    def refused(self, sent: int) -> str:
        """The code with which the study would refuse this number; "" when it would not."""
        if self.is_of_counters:
            code = _refused_of_counters(
                len(self._panel.officers), sent, len(self._panel.units) - sent
            )
        else:
            code = _refused_of_officers(sent, len(self._panel.officers) - sent)
        short = not any(np.isfinite(value) for value in self.spread.values())
        return code or ("SHORT_WINDOW" if short else "")

    def by_item(self, sent: int) -> dict[str, float | None]:
        """Points by item; None where the study would refuse."""
        if self.refused(sent):
            return dict.fromkeys(self.spread)
        if self.is_of_counters:
            others = len(self._panel.units) - sent
            freedom = sent + others - 2
            found = {k: _reach(v, sent, others, freedom) for k, v in self.spread.items()}
        else:
            others = len(self._panel.officers) - sent
            found = {k: _of_officers(v, sent, others) for k, v in self.spread.items()}
        return {key: number(value) for key, value in found.items()}


def _refused_of_officers(n_trained: int, n_controls: int) -> str:
    if n_trained < LEAST_TRAINED:
        return "TOO_FEW_TRAINED"
    return "NO_COMPARISON" if n_controls < LEAST_CONTROLS else ""


def _refused_of_counters(officers: int, n_sent: int, n_others: int) -> str:
    went = officers * n_sent / max(n_sent + n_others, 1)
    if officers - went < LEAST_CONTROLS:
        return "NO_COMPARISON"
    if went < LEAST_TRAINED:
        return "TOO_FEW_TRAINED"
    return "CLUSTERED" if comb(n_sent + n_others, n_sent) < LEAST_ASSIGNMENTS else ""


def _of_officers(spread: float, n_trained: int, n_controls: int) -> float:
    officers = n_trained + n_controls
    freedom = officers - 2 - len(LAGS)
    if freedom < 2:
        return float("nan")
    return fitted(officers, 1) * _reach(spread, n_trained, n_controls, freedom)


def fitted(rows: int, dates: int) -> float:
    """How much larger the error is because the study also fits lags on these rows (date, officer).

    By chance a share lags / (rows - dates) of who went lies in the lags' direction, and tells
    nothing of the training any more: 5 of 23 for 24 officers on one date, an error 13% larger.
    """
    return float(np.sqrt((rows - dates) / (rows - dates - len(LAGS))))


def officer_spread(panel: Panel, item: int, horizon: int) -> float:
    """Standard deviation of what the regression leaves of one officer at quiet dates."""
    squares, rows = 0.0, 0
    for officers, rest in _quiet_residuals(panel, item, horizon):
        squares += float((rest**2).sum())
        rows += len(officers) - 1 - len(LAGS)
    return float(np.sqrt(squares / rows)) if rows else float("nan")


def counter_spread(panel: Panel, item: int, horizon: int) -> float:
    """The same of the mean over the officers of one counter."""
    homes, variances = _homes(panel), []
    for officers, rest in _quiet_residuals(panel, item, horizon):
        counters, place = np.unique(homes[officers], return_inverse=True)
        if len(counters) > 2:
            mean = np.bincount(place, rest) / np.bincount(place)
            variances.append(float(mean.var(ddof=1)))
    return float(np.sqrt(np.mean(variances))) if variances else float("nan")


def _reach(spread: float, n_sent: int, n_others: int, freedom: int) -> float:
    se = spread * np.sqrt(1 / n_sent + 1 / n_others)
    return float(se * (stats.t.ppf(0.5 + LEVEL / 2, freedom) + stats.t.ppf(POWER, freedom)))


def _quiet_residuals(panel: Panel, item: int, horizon: int) -> Iterator[tuple[Ints, Floats]]:
    """Officers and what the regression leaves of them, at every month as a make-believe date."""
    score, n = panel.score[item], panel.n[item]
    seen = (n >= LEAST_ANSWERS) & np.isfinite(score)
    for column in range(LEAST_BEFORE, panel.months - horizon):
        officers = np.flatnonzero(comparable(seen, column, horizon))
        if len(officers) <= len(LAGS) + 2:
            continue
        date = np.zeros(len(officers), dtype=np.int64)
        nobody = np.zeros(len(officers), dtype=bool)
        stack = Stack((column,), date, officers, nobody, nobody.astype(float), horizon)
        own = outcome(stack, score, n)
        design = Design.build(date, own.lags, np.ones(len(officers)))
        yield officers, design.residual(own.after)


def _homes(panel: Panel) -> Ints:
    """The counter where each officer worked in most months (O,), a number of its own for none."""
    found = np.empty(len(panel.officers), dtype=np.int64)
    for officer, units in enumerate(panel.unit):
        known = units[units >= 0]
        found[officer] = np.bincount(known).argmax() if len(known) else -1 - officer
    return found
