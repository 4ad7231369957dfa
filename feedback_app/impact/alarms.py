"""Alarms: at which counter and element the monthly mean has moved for good, and since when.

A chart is a counter and an element. Its monthly means stand around a level of their own with two
kinds of noise: chance among the month's answers (spread / n) and what a month alone does, alike in
neighbouring months. Both are estimated from the first twelve months of all charts together
(restricted likelihood). From the thirteenth month on the logarithm of the likelihood ratio of a
step since some month against no step, with the level unknown, is held against a limit: Page's
CUSUM for autocorrelated data of unequal precision. The limit is found by simulation, so that all
charts together pass it by chance `per_year` times in a year.

An alarm of a month uses no later month, neither for itself nor for noise or limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Literal

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize

from feedback_app.impact.panel import Floats, Ints

BASELINE = 12  # months before a rule is applied
STEP = 0.2  # points of the mean: the step that the ratio asks about
FALLS = 0.8  # share of the false alarms left to falls; rises have the rest
MOST_A_CHART = 0.1  # false falls a chart and year where a file has only a few charts
DRAWS = 50_000  # of charts without a step: one in 400 passes with an error of a tenth
LEAST_BEYOND = 100  # draws beyond a limit that is read off; rarer ones follow exp(-limit)
Direction = Literal["down", "up"]


@dataclass(frozen=True, slots=True)
class Chart:
    """Monthly means of a counter's element: months as numbers, rising; n answers, 1 or more."""

    counter: str
    item: str
    months: Ints
    mean: Floats
    n: Floats


@dataclass(frozen=True, slots=True)
class Alarm:
    """A chart that left its level: `since` and `month` (found) as numbers, value beyond limit."""

    counter: str
    item: str
    month: int
    direction: Direction
    since: int
    limit: float
    value: float


@dataclass(frozen=True, slots=True)
class Noise:
    """Variance of one answer, variance of a month, and how alike two neighbouring months are."""

    answer: float
    month: float
    correlation: float

    def covariance(self, months: Floats, n: Floats) -> Floats:
        """Of the means of these months (…, T): (…, T, T)."""
        apart = np.abs(months[..., :, None] - months[..., None, :])
        chance = self.answer / n[..., :, None] * np.eye(months.shape[-1])
        return np.asarray(chance + self.month * self.correlation**apart)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fall and a rise are held against."""

    down: float
    up: float


def find_alarms(charts: Sequence[Chart], *, per_year: float = 1.0) -> list[Alarm]:
    """The first alarm of each chart, by month, counter and element.

    A chart is silent after its alarm until somebody has answered it. `per_year` is how many false
    alarms all charts together may give in a year, on average.
    """
    watched = [chart for chart in charts if len(chart.months) > BASELINE]
    ready = {int(chart.months[BASELINE - 1]) for chart in watched}
    found: dict[tuple[str, str], Alarm] = {}
    starts = sorted(ready)
    for at, start in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else None
        known = [chart for chart in watched if chart.months[BASELINE - 1] <= start]
        noise = estimate_noise(known)
        limits = find_limits(known, noise, per_year=per_year)
        for chart in known:
            if (chart.counter, chart.item) not in found:
                alarm = _first_alarm(chart, noise, limits, after=start, until=end)
                if alarm is not None:
                    found[chart.counter, chart.item] = alarm
    return sorted(found.values(), key=lambda one: (one.month, one.counter, one.item))


def estimate_noise(charts: Sequence[Chart]) -> Noise:
    """Noise of the first twelve months of these charts, by restricted likelihood.

    Where charts are few, what answers on a scale of 1 to 4 can be (spread near .7) and that a
    month moves a mean by some hundredths stands in for them.
    """
    months = np.array([chart.months[:BASELINE] for chart in charts], dtype=np.float64)
    n = np.array([chart.n[:BASELINE] for chart in charts])
    mean = np.array([chart.mean[:BASELINE] for chart in charts])

    def surprise(at: Floats) -> float:
        return _restricted(_noise_at(at), months, n, mean) + 0.5 * float(
            (((at - _USUAL) / _UNSURE) ** 2).sum()
        )

    found = minimize(surprise, _USUAL, method="Nelder-Mead", options={"xatol": 0.01, "fatol": 0.01})
    return _noise_at(found.x)


# log variance of an answer, log variance of a month, correlation as logit of its share of .95
_USUAL = np.array([log(0.5), log(0.005), -0.7])
_UNSURE = np.array([0.5, 2.0, 1.0])
_MOST_ALIKE = 0.95


def _noise_at(at: Floats) -> Noise:
    answer, month, alike = (float(x) for x in np.clip(at, -15, 5))
    return Noise(exp(answer), exp(month), _MOST_ALIKE / (1 + exp(-alike)))


def _restricted(noise: Noise, months: Floats, n: Floats, mean: Floats) -> float:
    """Minus the log restricted likelihood of charts (C, T), each with a level of its own."""
    root = np.linalg.cholesky(noise.covariance(months, n))
    both = np.linalg.solve(root, np.stack([np.ones_like(mean), mean], axis=-1))
    level, seen = both[..., 0], both[..., 1]
    weight = (level * level).sum(axis=1)
    left = seen - ((level * seen).sum(axis=1) / weight)[:, None] * level
    spread = np.log(np.diagonal(root, axis1=1, axis2=2)).sum()
    return float(spread + 0.5 * np.log(weight).sum() + 0.5 * (left * left).sum())


def ratios(chart: Chart, noise: Noise, means: Floats) -> tuple[Floats, Floats]:
    """Log likelihood ratios of a fall and of a rise by STEP: each (T, S, …).

    `means` is (T, …): one series or many over the chart's months. Entry (t, s) uses months up to
    t, for a step since month BASELINE + s; where that lies after t, or t in the baseline: -inf.
    """
    size = len(chart.months)
    root = np.linalg.cholesky(noise.covariance(chart.months.astype(np.float64), chart.n))
    first = np.arange(BASELINE, size)
    steps = (np.arange(size)[:, None] >= first).astype(np.float64)
    level = solve_triangular(root, np.ones(size), lower=True)
    steps = solve_triangular(root, steps, lower=True)
    seen = solve_triangular(root, means.reshape(size, -1), lower=True)
    weight = np.cumsum(level**2)[:, None]
    shared = np.cumsum(steps * level[:, None], axis=0)
    size_of = np.cumsum(steps**2, axis=0) - shared**2 / weight
    along = np.cumsum(steps[:, :, None] * seen[:, None, :], axis=0)
    around = np.cumsum(level[:, None] * seen, axis=0)
    moved = along - (shared / weight)[:, :, None] * around[:, None, :]
    known = (np.arange(size)[:, None] >= first)[:, :, None]
    chance = (STEP**2 / 2 * size_of)[:, :, None]
    shape = (size, len(first), *means.shape[1:])
    fall = np.where(known, -STEP * moved - chance, -np.inf).reshape(shape)
    rise = np.where(known, STEP * moved - chance, -np.inf).reshape(shape)
    return fall, rise


def find_limits(charts: Sequence[Chart], noise: Noise, *, per_year: float) -> Limits:
    """Limits that these charts without a step pass so often in the twelve months after a baseline.

    Draws repeat each chart's answers of its baseline; the same charts give the same limits.
    """
    rng = np.random.default_rng(0)
    ordered = sorted(charts, key=lambda chart: (chart.counter, chart.item))
    taken = ordered[:: max(1, len(ordered) // _MOST_DRAWN)]
    each = -(-DRAWS // len(taken))
    falls, rises = [], []
    for chart in taken:
        year = _year_after(chart)
        root = np.linalg.cholesky(noise.covariance(year.months.astype(np.float64), year.n))
        for start in range(0, each, _DRAWS_AT_ONCE):
            draws = min(_DRAWS_AT_ONCE, each - start)
            fall, rise = ratios(year, noise, root @ rng.standard_normal((len(root), draws)))
            falls.append(fall.max(axis=(0, 1)))
            rises.append(rise.max(axis=(0, 1)))
    share = min(per_year / len(charts), MOST_A_CHART / FALLS)
    return Limits(
        down=_passed_by(np.concatenate(falls), share * FALLS),
        up=_passed_by(np.concatenate(rises), share * (1 - FALLS)),
    )


_MOST_DRAWN = 200  # charts; more of them differ no more than these
_DRAWS_AT_ONCE = 2_000  # 5 MB


def _year_after(chart: Chart) -> Chart:
    """The chart's baseline and a year behind it, with as many answers a month as the baseline."""
    n = chart.n[:BASELINE]
    return Chart(chart.counter, chart.item, np.arange(2 * BASELINE), np.zeros(0), np.tile(n, 2))


def _passed_by(highest: Floats, share: float) -> float:
    """The value that this share of charts passes.

    Rarer than the draws can tell: a likelihood ratio above its limit is rarer by exp(-limit).
    """
    least = LEAST_BEYOND / len(highest)
    if share >= least:
        return float(np.quantile(highest, 1 - share))
    return float(np.quantile(highest, 1 - least)) + log(least / share)


def _first_alarm(
    chart: Chart, noise: Noise, limits: Limits, *, after: int, until: int | None
) -> Alarm | None:
    """The first month after `after`, up to `until`, in which a ratio passes its limit."""
    is_asked = chart.months > after
    if until is not None:
        is_asked &= chart.months <= until
    fall, rise = ratios(chart, noise, chart.mean)
    sides: tuple[tuple[Direction, Floats, float], ...] = (
        ("down", fall, limits.down),
        ("up", rise, limits.up),
    )
    for place in np.flatnonzero(is_asked):
        for direction, ratio, limit in sides:
            since = int(ratio[place].argmax())
            if ratio[place, since] > limit:
                return Alarm(
                    counter=chart.counter,
                    item=chart.item,
                    month=int(chart.months[place]),
                    direction=direction,
                    since=int(chart.months[BASELINE + since]),
                    limit=limit,
                    value=float(ratio[place, since]),
                )
    return None
