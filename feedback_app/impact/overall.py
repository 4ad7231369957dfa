"""The one verdict of a training: the mean of the elements it aims at, and what could undo it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from feedback_app.impact.estimates import breakdown, estimates_of, point
from feedback_app.impact.events import Event
from feedback_app.impact.inference import benjamini_hochberg
from feedback_app.impact.panel import Floats, Panel
from feedback_app.impact.results import (
    Aim,
    Estimate,
    Measured,
    Overall,
    Step,
    number,
    verdict,
)
from feedback_app.impact.study import Study, prepare
from feedback_app.impact.summary import training_matrix

MEAN = "mean"  # the item's name where several elements are one verdict
PLACEBO_DRAWS = 499  # of a check; its p is read to two decimals


def overall_of(
    study: Study, found: Measured, every: Sequence[Event], aim: Aim, steps: Sequence[Step]
) -> Overall:
    """The verdict of one training whose elements were measured as `found`.

    `every` holds all attendances, `steps` the training's event study.
    """
    items = tuple(item for item in aim.items if item in study.panel.items) or study.panel.items
    own = study
    if aim.horizon != study.plan.horizon:
        plan = replace(study.plan, horizon=aim.horizon)
        own = prepare(study.panel, study.events, every, plan)
    together = replace(own, panel=mean_panel(study.panel, items))
    if own is study and len(items) == 1:
        estimate = _alone(next(e for e in found.estimates if e.item == items[0]))
    else:
        estimate = estimates_of(together).estimates[0]
    undone = breakdown(estimate)
    jump = _largest_jump(steps, items)
    known = estimate.estimate is not None
    return Overall(
        estimate=estimate,
        items=items,
        horizon=aim.horizon,
        fixed_on=aim.fixed_on,
        partners=study.others.partners,
        expected=None,
        expected_sd=None,
        breakdown=undone,
        breakdown_ratio=undone / jump if undone is not None and jump else None,
        placebo_before=_before(together, every) if known else None,
        placebo_elements=_elsewhere(own, items) if known else None,
    )


def expect(found: Sequence[Overall]) -> list[Overall]:
    """The verdicts of a study with what to expect of each, and q over them all."""
    cells = training_matrix([one.estimate for one in found])
    rates = benjamini_hochberg([np.nan if c.estimate.p is None else c.estimate.p for c in cells])
    return [
        replace(
            one,
            estimate=replace(one.estimate, q_bh=number(q)),
            expected=cell.shrunk,
            expected_sd=cell.shrunk_sd,
        )
        for one, cell, q in zip(found, cells, rates, strict=True)
    ]


def _alone(estimate: Estimate) -> Estimate:
    """One element as the verdict: it was fixed beforehand, so nothing else was tried."""
    codes = tuple(code for code in estimate.warnings if code != "MANY_TESTS")
    said = verdict(estimate.ci_lo, estimate.ci_hi, codes)
    return replace(estimate, warnings=codes, verdict=said, q_bh=None)


def mean_panel(panel: Panel, items: Sequence[str]) -> Panel:
    """The panel with the mean of these items as its only one."""
    places = [panel.items.index(item) for item in items]

    def mean(values: Floats) -> Floats:
        return np.asarray(values[places].mean(axis=0))[None]

    return replace(
        panel,
        items=(items[0] if len(items) == 1 else MEAN,),
        score=mean(panel.score),
        n=mean(panel.n),
        top=None if panel.top is None else mean(panel.top),
        low=None if panel.low is None else mean(panel.low),
    )


def _largest_jump(steps: Sequence[Step], items: Sequence[str]) -> float | None:
    """Largest change of the gap from one month to the next before the training, mean of items."""
    by_month: dict[int, list[float]] = {}
    for step in steps:
        if step.item in items and step.month < 0:
            by_month.setdefault(step.month, []).append(step.gap)
    gaps = [float(np.mean(by_month[month])) for month in sorted(by_month)]
    return float(np.abs(np.diff(gaps)).max()) if len(gaps) > 1 else None


def _before(study: Study, every: Sequence[Event]) -> tuple[float, float] | None:
    """The effect measured as if the training had been held before all of its window; and its p."""
    back = (study.plan.horizon or 0) + 1
    if back == 1:
        return None
    shifted = [replace(event, month=event.month - back) for event in study.events]
    plan = replace(study.plan, draws=min(study.plan.draws, PLACEBO_DRAWS))
    return _tested(prepare(study.panel, shifted, every, plan))


def _elsewhere(study: Study, items: Sequence[str]) -> tuple[float, float] | None:
    """The effect on the mean of the elements that the training does not aim at, and its p."""
    rest = [item for item in study.panel.items if item not in items]
    if not rest:
        return None
    return _tested(replace(study, panel=mean_panel(study.panel, rest)))


def _tested(study: Study) -> tuple[float, float] | None:
    if study.draws is None or study.is_singular:
        return None
    tested = point(study, 0)
    estimate, p = number(tested.estimate), number(tested.p)
    return None if estimate is None or p is None else (estimate, p)
