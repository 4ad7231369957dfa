"""A unit's gap: against its own last four quarters, and against the other units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from feedback_app.impact.needs.equations import Solution, Variances
from feedback_app.impact.needs.panel import Design
from feedback_app.impact.panel import Floats, Ints

RECENT, PAST = 3, 12  # months: the newest quarter, and the four before it
LEAST_PAST = 9  # of them with answers; fewer is no year
LEAST_RECENT = 2
MONTH_SD, MONTH_WEIGHT = 0.05, 4.0  # what a unit's months vary by, worth so many months of data


@dataclass(frozen=True, slots=True)
class UnitGap:
    """The comparison that shows more; NaN where there is neither a past nor another unit."""

    gap: float
    variance: float

    def below(self, delta: float) -> float:
        """P(gap < −delta)."""
        if not self.variance > 0:
            return 0.0
        return float(ndtr((-delta - self.gap) / np.sqrt(self.variance)))


@dataclass(frozen=True, slots=True)
class _Monthly:
    """Of each unit and month, (U, T) with T months up to the panel's last one."""

    level: Floats  # with the month in it
    apart: Floats  # without
    noise: Floats  # variance from the answers; infinite without any


def unit_gaps(design: Design, found: Solution, v: Variances, *, units: int) -> list[UnitGap]:
    """One for each of the panel's units."""
    monthly = _monthly(design, found, v, units)
    own = _span(monthly.level, monthly.noise)
    between = _between_months(own)
    changes = [_change(own, unit, between) for unit in range(units)]
    return [
        _worse(_beyond_others(changes, unit), _beside_others(monthly, unit, between))
        for unit in range(units)
    ]


def _monthly(design: Design, found: Solution, v: Variances, units: int) -> _Monthly:
    """Levels by unit and month without services; beside the own past without people and places."""
    months = int(design.month_ids[-1] - design.month_ids[0]) + 1
    spot = design.unit * months + (design.month_ids[design.month] - design.month_ids[0])
    weight = 1 / (v.answer / design.n + v.shock)
    size = units * months
    total = np.bincount(spot, weight, minlength=size)
    service = found.rest[design.services][design.service]
    place = found.rest[design.counters][design.counter]
    month = found.rest[: design.months][design.month]
    same_people = design.y - service - place - found.officers[design.officer]

    def mean(values: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return (np.bincount(spot, weight * values, minlength=size) / total).reshape(-1, months)

    with np.errstate(divide="ignore"):
        noise = (1 / total).reshape(-1, months)
    return _Monthly(mean(same_people), mean(design.y - service - month), noise)


@dataclass(frozen=True, slots=True)
class _Span:
    recent: Floats
    past: Floats
    recent_noise: Floats
    past_noise: Floats


def _span(level: Floats, noise: Floats) -> _Span:
    return _Span(
        level[:, -RECENT:],
        level[:, -RECENT - PAST : -RECENT],
        noise[:, -RECENT:],
        noise[:, -RECENT - PAST : -RECENT],
    )


def _between_months(span: _Span) -> float:
    """Variance of a unit's months beyond that of answers, pooled over units, with a weak prior."""
    seen = np.isfinite(span.past)
    count = seen.sum(axis=1)
    told = count >= 2
    values = np.where(seen, span.past, 0.0)[told]
    means = values.sum(axis=1, keepdims=True) / count[told, None]
    squares = (np.where(seen[told], values - means, 0.0) ** 2).sum()
    shrink = (1 - 1 / count[told])[:, None]
    noise = (np.where(seen, span.past_noise, 0.0)[told] * shrink).sum()
    freedom = float((count[told] - 1).sum())
    excess = MONTH_WEIGHT * MONTH_SD**2 + squares - noise
    return float(max(excess / (MONTH_WEIGHT + freedom), (MONTH_SD / 3) ** 2))


def _change(span: _Span, unit: int, between: float) -> UnitGap | None:
    """The newest quarter minus the four before it; None without them."""
    recent, past = np.isfinite(span.recent[unit]), np.isfinite(span.past[unit])
    if recent.sum() < LEAST_RECENT or past.sum() < LEAST_PAST:
        return None
    gap = span.recent[unit][recent].mean() - span.past[unit][past].mean()
    noise = _mean_variance(span.recent_noise[unit][recent], between)
    noise += _mean_variance(span.past_noise[unit][past], between)
    return UnitGap(float(gap), noise)


def _mean_variance(noise: Floats, between: float) -> float:
    return float((noise.sum() + len(noise) * between) / len(noise) ** 2)


def _beyond_others(changes: list[UnitGap | None], unit: int) -> UnitGap | None:
    """The own change, less that of the other units in the same months where there are any."""
    own = changes[unit]
    others = [one for place, one in enumerate(changes) if place != unit and one is not None]
    if own is None or not others:
        return own
    return _minus_mean(own, others)


def _minus_mean(own: UnitGap, others: list[UnitGap]) -> UnitGap:
    mean = sum(one.gap for one in others) / len(others)
    variance = sum(one.variance for one in others) / len(others) ** 2
    return UnitGap(own.gap - mean, own.variance + variance)


def _beside_others(monthly: _Monthly, unit: int, between: float) -> UnitGap | None:
    """The unit's level of the last year beside the other units' in the same services and months."""
    levels = [_level(monthly, place, between) for place in range(len(monthly.apart))]
    own = levels[unit]
    others = [one for place, one in enumerate(levels) if place != unit and one is not None]
    return _minus_mean(own, others) if own is not None and others else None


def _level(monthly: _Monthly, unit: int, between: float) -> UnitGap | None:
    year = monthly.apart[unit, -PAST:]
    seen: Ints = np.flatnonzero(np.isfinite(year))
    if len(seen) < LEAST_RECENT:
        return None
    noise = _mean_variance(monthly.noise[unit, -PAST:][seen], between)
    return UnitGap(float(year[seen].mean()), noise)


def _worse(*gaps: UnitGap | None) -> UnitGap:
    """The one that lies further below 0 by its own error."""
    known = [one for one in gaps if one is not None]
    if not known:
        return UnitGap(float("nan"), float("nan"))
    return min(known, key=lambda one: one.gap / np.sqrt(one.variance))
