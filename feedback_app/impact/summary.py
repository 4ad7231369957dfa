"""Summaries over estimates: the matrix with shrunk values, and what a point costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from feedback_app.impact.panel import Event
from feedback_app.impact.results import Estimate


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
    """Shrink estimates by empirical Bayes (normal, DerSimonian and Laird's spread).

    The largest of many noisy estimates is too large; the shrunk value is what to expect of it.
    """
    known = [e for e in estimates if e.estimate is not None and e.se]
    if len(known) < 3:
        return [MatrixCell(e, e.estimate, e.se) for e in estimates]
    value = np.array([e.estimate for e in known], dtype=float)
    variance = np.array([e.se for e in known], dtype=float) ** 2
    weight = 1 / variance
    middle = float((weight * value).sum() / weight.sum())
    excess = float((weight * (value - middle) ** 2).sum()) - (len(known) - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = max(excess / scale, 0.0)
    centre = float((value / (variance + between)).sum() / (1 / (variance + between)).sum())
    share = between / (between + variance)
    shrunk = iter(zip(centre + share * (value - centre), np.sqrt(share * variance), strict=True))
    cells = []
    for e in estimates:
        if e.estimate is None or not e.se:
            cells.append(MatrixCell(e, None, None))
        else:
            mean, sd = next(shrunk)
            cells.append(MatrixCell(e, float(mean), float(sd)))
    return cells


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
        if np.isfinite(event.cost):
            found.setdefault(event.training, []).append(event.cost)
    return {code: float(np.mean(values)) for code, values in found.items()}
