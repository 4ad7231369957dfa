"""Checks that a reader needs beside an estimate: dips, trends, who answers, overlaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from feedback_app.impact.ancova import Design, fit
from feedback_app.impact.inference import actual, lowest_p
from feedback_app.impact.ordinal import NotFittedError, proportional_odds
from feedback_app.impact.panel import LEAST_ANSWERS, THIN_ANSWERS, Floats
from feedback_app.impact.results import Diagnostic, number
from feedback_app.impact.stack import Outcome, outcome, window_mean
from feedback_app.impact.study import Study

ALPHA = 0.05
MOST_ORDINAL_ROWS = 20_000  # beyond it a sensitivity check is not worth the minutes
CEILING = 0.9  # share of fours before; a mean can then rise by a tenth of a point or so
THIN_SHARE = 0.05  # of the window's cells; a stray thin month changes nothing


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks of one item found."""

    pre_gap: float
    dip_p: float
    warnings: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def check(study: Study, place: int, own: Outcome) -> Checked:
    """Run every check of one item on its stack."""
    name = (study.training, study.panel.items[place])
    gap = _raw_gap(study, own.before)
    dip = _dip(study, own)
    slope, slope_p = _pretrend(study, place)
    volume, volume_p = _shift(study, _log_volume(study, place), own)
    mix, mix_p = _mix_shift(study, own)
    thin, left_out = _thin(study, place)
    top = _share_of_fours(study, place)
    warnings = []
    if _no_overlap(study, own):
        warnings.append("NO_OVERLAP")
    if dip < ALPHA:
        warnings.append("DIP")
    if slope_p < ALPHA:
        warnings.append("PRETREND")
    if thin + left_out >= THIN_SHARE:
        warnings.append("THIN_CELLS")
    if volume_p < ALPHA or mix_p < ALPHA:
        warnings.append("RESPONSE_SHIFT")
    if top >= CEILING:
        warnings.append("CEILING")
    rows = (
        ("gap_before", gap, None),
        ("dip", None, dip),
        ("slope_gap", slope, slope_p),
        (
            "ratings_per_visit" if study.panel.visits is not None else "volume_change",
            volume,
            volume_p,
        ),
        ("mix_change", mix, mix_p),
        ("thin_cells", thin, None),
        ("left_out_cells", left_out, None),
        ("ordinal", *_ordinal(study, place, own)),
        ("comparison_exposure", _contamination(study), None),
        ("contrast_left", study.others.left, None),
        ("fours_before", top, None),
    )
    found = tuple(Diagnostic(*name, label, _number(value), _number(p)) for label, value, p in rows)
    return Checked(gap, dip, tuple(warnings), found)


def _number(value: float | None) -> float | None:
    return None if value is None else number(value)


def _raw_gap(study: Study, before: Floats) -> float:
    """Trained minus comparison before, averaged over dates by the number trained."""
    stack, total, weight = study.stack, 0.0, 0
    for place in range(len(stack.dates)):
        here = stack.date == place
        went, stayed = here & stack.trained, here & ~stack.trained
        total += float(before[went].mean() - before[stayed].mean()) * int(went.sum())
        weight += int(went.sum())
    return total / weight


def _lagged(study: Study, place: int, first: int, last: int) -> Floats:
    """Plain means of months first..last (negative, before each date) on the stack's rows (R,)."""
    score, seen = study.panel.score[place], study.seen.astype(float)
    columns = np.array(study.stack.dates)
    parts = [
        window_mean(score[rows], seen[rows], int(column) + first, int(column) + last)
        for column, rows in (
            (columns[d], study.stack.officer[study.stack.date == d]) for d in range(len(columns))
        )
    ]
    return np.concatenate(parts)


def _dip(study: Study, own: Outcome) -> float:
    """One-sided p that the trained were lower in the last month or the last three than usual."""
    assert study.draws is not None  # noqa: S101 (checked before)
    design = Design.build(study.stack.date, own.lags[:, 2:], np.ones(len(study.stack.date)))
    recent = (own.lags[:, 0] + 2 * own.lags[:, 1]) / 3
    residuals = np.column_stack([design.residual(own.lags[:, 0]), design.residual(recent)])
    seen, _ = design.statistics(actual(design.date, study.stack.trained), residuals)
    drawn, _ = design.statistics(study.draws, residuals)
    spread = drawn.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    return lowest_p(seen[0] / spread, drawn / spread)


def _pretrend(study: Study, place: int) -> tuple[float, float]:
    """Gap in slope (points a month) over months −9..−4, and its p."""
    late, early = _lagged(study, place, -6, -4), _lagged(study, place, -9, -7)
    slope = np.nan_to_num((late - early) / 3)
    return _test(study, slope, np.zeros((len(slope), 0)))


def _log_volume(study: Study, place: int) -> Floats:
    """Log of answers after against before, a visit where visits are known, else a month (R,)."""
    answers = _log_change(study, study.panel.n[place])
    if study.panel.visits is None:
        return answers
    return answers - _log_change(study, study.panel.visits)


def _log_change(study: Study, counts: Floats) -> Floats:
    stack = study.stack
    parts = []
    for date, column in enumerate(stack.dates):
        rows = counts[stack.officer[stack.date == date]]
        before = rows[:, max(column - 9, 0) : column].mean(axis=1)
        after = rows[:, column + 1 : column + 1 + stack.horizon].mean(axis=1)
        parts.append(np.log((after + 0.5) / (before + 0.5)))
    return np.concatenate(parts)


def _share_of_fours(study: Study, place: int) -> float:
    """Share of answers 4 in the nine months before the dates; by the mean where it is not told.

    A mean of 3.9 is what nine fours and a three make; other answers below 4 need more fours.
    """
    panel, stack = study.panel, study.stack
    shares = panel.score[place] - 3 if panel.top is None else panel.top[place]
    weight = np.where(study.seen, panel.n[place], 0.0)
    total = count = 0.0
    for date, column in enumerate(stack.dates):
        rows = stack.officer[stack.date == date]
        before = slice(max(column - 9, 0), column)
        total += float((np.nan_to_num(shares[rows, before]) * weight[rows, before]).sum())
        count += float(weight[rows, before].sum())
    return total / count if count else float("nan")


def _shift(study: Study, change: Floats, own: Outcome) -> tuple[float, float]:
    return _test(study, change, own.before[:, None])


def _mix_shift(study: Study, own: Outcome) -> tuple[float, float]:
    """Change in what the case mix alone would make of the score."""
    if study.panel.mix is None:
        return float("nan"), float("nan")
    mix = outcome(study.stack, study.panel.mix, study.panel.n.mean(axis=0))
    change = mix.after - mix.before
    return _test(study, change, own.before[:, None])


def _test(study: Study, value: Floats, past: Floats) -> tuple[float, float]:
    assert study.draws is not None  # noqa: S101 (checked before)
    if np.ptp(value) < 1e-12:  # nothing to compare: too little before, or one case mix
        return float("nan"), float("nan")
    design = Design.build(study.stack.date, past, np.ones(len(value)))
    trained = study.stack.trained
    tested = fit(design, trained, trained.astype(float), value, study.draws)
    return tested.estimate, tested.p


def _ordinal(study: Study, place: int, own: Outcome) -> tuple[float | None, float | None]:
    """The effect when 1 to 4 are only an order: slope of a proportional-odds logit, and its p.

    Answers 1 and 2 are one level, as the panel keeps them. Errors are clustered as the study is.
    """
    panel, stack = study.panel, study.stack
    if panel.top is None or panel.low is None or len(stack.date) > MOST_ORDINAL_ROWS:
        return None, None
    columns = np.array(stack.dates)[stack.date]
    after = np.arange(panel.months)[None, :] - columns[:, None]
    n = np.where(
        (after > 0) & (after <= stack.horizon) & study.seen[stack.officer],
        panel.n[place][stack.officer],
        0.0,
    )
    low = (n * np.nan_to_num(panel.low[place][stack.officer])).sum(axis=1)
    top = (n * np.nan_to_num(panel.top[place][stack.officer])).sum(axis=1)
    counts = np.column_stack([low, n.sum(axis=1) - low - top, top]).round()
    dates = np.eye(len(stack.dates))[stack.date][:, 1:]
    x = np.column_stack([stack.trained, own.lags - own.lags.mean(axis=0), dates])
    try:
        fitted = proportional_odds(counts, x, cluster=study.cluster)
    except NotFittedError:
        return None, None
    error = float(fitted.robust_se[0])
    p = 2 * stats.norm.sf(abs(fitted.slopes[0]) / error) if error > 0 else 1.0
    return float(fitted.slopes[0]), float(p)


def _thin(study: Study, place: int) -> tuple[float, float]:
    """Shares of the window's cells that are thin, and that are left out though not empty."""
    stack = study.stack
    used = np.zeros(study.seen.shape, dtype=bool)
    for place_of_date, column in enumerate(stack.dates):
        rows = stack.officer[stack.date == place_of_date]
        used[rows, max(column - 9, 0) : column + 1 + stack.horizon] = True
    n = study.panel.n[place][used]
    filled = n[n > 0]
    if not len(filled):
        return 0.0, 0.0
    thin = (filled >= LEAST_ANSWERS) & (filled < THIN_ANSWERS)
    return float(thin.mean()), float((filled < LEAST_ANSWERS).mean())


def _no_overlap(study: Study, own: Outcome) -> bool:
    """Whether, on every date, all trained scored below all of the comparison before."""
    stack = study.stack
    apart = []
    for place in range(len(stack.dates)):
        here = stack.date == place
        trained, others = own.before[here & stack.trained], own.before[here & ~stack.trained]
        apart.append(trained.max() < others.min())
    return all(apart)


def _contamination(study: Study) -> float:
    return float(study.stack.exposure[~study.stack.trained].mean())
