"""Measure what each training did: the one entry to ANCOVA, imputation and the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from feedback_app.impact.estimates import estimates_of
from feedback_app.impact.event_study import event_study
from feedback_app.impact.events import Event
from feedback_app.impact.inference import benjamini_hochberg
from feedback_app.impact.overall import expect, overall_of
from feedback_app.impact.panel import Panel
from feedback_app.impact.results import Aim, Estimate, Measured, Overall, Plan, number
from feedback_app.impact.study import Study, prepare

__all__ = ["Plan", "estimates_of", "measure_impact", "prepare"]

Progress = Callable[[Sequence[str]], Iterable[str]]
MOST_P, MOST_P_EXPLORED = 0.05, 0.01  # of p_maxT; four horizons that nobody fixed share .04


def measure_impact(
    panel: Panel,
    events: Sequence[Event],
    plan: Plan,
    *,
    only: frozenset[str] | None = None,
    aims: Mapping[str, Aim] = MappingProxyType({}),
    progress: Progress = iter,
) -> Measured:
    """Estimates, one verdict, diagnostics and event studies of every training (or of `only`).

    `aims` is what was fixed of a training before its scores existed; without it the verdict is of
    the mean of all items, four months after. Attendances of officers that are not in the panel are
    passed over: nobody rated them.
    """
    by_training: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda e: (e.training, e.month, e.officer)):
        by_training.setdefault(event.training, []).append(event)
    codes = [code for code in by_training if only is None or code in only]
    parts = []
    overall: list[Overall] = []
    for code in progress(codes):
        aim = aims.get(code, Aim())
        study = prepare(panel, by_training[code], events, plan)
        found = estimates_of(study, most_p=_most_p(study, aim))
        steps = tuple(event_study(study))
        one = overall_of(study, found, events, aim, steps)
        parts.append(replace(_agreeing(found, one), series=steps))
        overall.append(one)
    estimates = adjust_for_all([e for part in parts for e in part.estimates])
    return Measured(
        tuple(estimates),
        tuple(d for part in parts for d in part.diagnostics),
        tuple(step for part in parts for step in part.series),
        tuple(expect(overall)),
    )


def _agreeing(found: Measured, one: Overall) -> Measured:
    """The element that alone is the verdict says the same: it was no try among many."""
    whole = one.estimate
    estimates = tuple(
        whole if (e.item, e.estimand) == (whole.item, whole.estimand) else e
        for e in found.estimates
    )
    return replace(found, estimates=estimates)


def _most_p(study: Study, aim: Aim) -> float | None:
    """Largest p_maxT of a find; None where there is one item and the months fixed beforehand."""
    if study.plan.horizon != aim.horizon:
        return MOST_P_EXPLORED
    return MOST_P if len(study.panel.items) > 1 else None


def adjust_for_all(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Set q over all trainings and items (Benjamini and Hochberg)."""
    q = benjamini_hochberg([np.nan if e.p is None else e.p for e in estimates])
    return [replace(e, q_bh=number(value)) for e, value in zip(estimates, q, strict=True)]
