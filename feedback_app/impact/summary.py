"""Summaries over estimates: the matrix with shrunk values, and what a point costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite, sqrt
from statistics import fmean

from feedback_app.impact.events import Event
from feedback_app.impact.results import Estimate

# What courses usually do to a score, in points: nothing on average, seldom more than .13. It counts
# like eight trainings. With it finds at a true +.10 (8 of 24 sent) are shown near +.10, raw +.17.
PRIOR_SD, PRIOR_TRAININGS = 0.065, 8


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One training × item: the estimate and its value shrunk towards all the others."""

    estimate: Estimate
    shrunk: float | None
    shrunk_sd: float | None


@dataclass(frozen=True, slots=True)
class CostPerPoint:
    """Rupiah for one officer to rise by one point.

    `is_sure` when the interval excludes 0: then `low` to `high` is the interval of the cost.
    Otherwise only `low` is known: at best so much a point; None when no rise is in the interval.
    """

    training: str
    item: str
    cost: float
    is_sure: bool
    low: float | None
    high: float | None
    point: float | None


def training_matrix(estimates: Sequence[Estimate]) -> list[MatrixCell]:
    """Shrink estimates by empirical Bayes (normal) towards what courses usually do.

    The largest of many noisy estimates is too large, and of small studies only the largest are
    found; the shrunk value is what to expect. How effects spread, and their middle, are read from
    the study (DerSimonian and Laird) as far as it has trainings, and from the prior below.
    """
    known = [e for e in estimates if e.estimate is not None and e.se]
    if not known:
        return [MatrixCell(e, None, None) for e in estimates]
    pairs = [(e.estimate or 0.0, (e.se or 0.0) ** 2) for e in known]
    trainings = len({e.training for e in known})
    between = (PRIOR_TRAININGS * PRIOR_SD**2 + trainings * _between(pairs)) / (
        PRIOR_TRAININGS + trainings
    )
    each = trainings / len(pairs)  # the elements of one training share their officers' shocks
    weights = [each / (variance + between) for _value, variance in pairs]
    prior = PRIOR_TRAININGS / (between + fmean(variance for _value, variance in pairs))
    centre = fsum(w * value for w, (value, _v) in zip(weights, pairs, strict=True)) / (
        fsum(weights) + prior
    )
    cells = []
    for e in estimates:
        if e.estimate is None or not e.se:
            cells.append(MatrixCell(e, None, None))
            continue
        share = between / (between + e.se**2)
        shrunk = centre + share * (e.estimate - centre)
        cells.append(MatrixCell(e, shrunk, sqrt(share * e.se**2)))
    return cells


def _weighted(known: Sequence[tuple[float, float]]) -> float:
    """Mean of values weighted by 1 / variance."""
    return fsum(value / v for value, v in known) / fsum(1 / v for _value, v in known)


def _between(known: Sequence[tuple[float, float]]) -> float:
    """Variance of true effects (DerSimonian and Laird 1986), not below 0."""
    if len(known) < 2:
        return PRIOR_SD**2
    middle = _weighted(known)
    excess = fsum((value - middle) ** 2 / v for value, v in known) - (len(known) - 1)
    weights = [1 / v for _value, v in known]
    scale = fsum(weights) - fsum(w * w for w in weights) / fsum(weights)
    return max(excess / scale, 0.0)


def cost_per_point(estimates: Sequence[Estimate], events: Sequence[Event]) -> list[CostPerPoint]:
    """The mean cost of one officer's attendance over the effect in points."""
    costs = mean_cost(events)
    return [_cost(e, costs[e.training]) for e in estimates if e.training in costs]


def _cost(e: Estimate, cost: float) -> CostPerPoint:
    best = cost / e.ci_hi if e.ci_hi is not None and e.ci_hi > 0 else None
    if e.verdict == "improved" and e.estimate and e.ci_lo:
        return CostPerPoint(
            e.training,
            e.item,
            cost,
            is_sure=True,
            low=best,
            high=cost / e.ci_lo,
            point=cost / e.estimate,
        )
    return CostPerPoint(e.training, e.item, cost, is_sure=False, low=best, high=None, point=None)


def mean_cost(events: Sequence[Event]) -> Mapping[str, float]:
    """Mean cost of one attendance by training, where it is known."""
    found: dict[str, list[float]] = {}
    for event in events:
        if isfinite(event.cost):
            found.setdefault(event.training, []).append(event.cost)
    return {code: fmean(values) for code, values in found.items()}
