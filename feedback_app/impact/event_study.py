"""Month by month before and after a training: the picture beside the estimate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from feedback_app.impact.ancova import Design, fit
from feedback_app.impact.inference import Tested
from feedback_app.impact.panel import Bools, Floats
from feedback_app.impact.results import Step
from feedback_app.impact.stack import LEAST_TRAINED, outcome
from feedback_app.impact.study import Study, covariates, held_of

BEFORE, AFTER = 9, 12  # months shown at most


def event_study(study: Study) -> list[Step]:
    """Month by month, trained minus comparison, for the picture.

    Months before are compared with the level of months −24..−4, so a bad spell just before shows;
    months after with what each officer's whole past leads to expect, as in the headline.
    """
    if study.draws is None or study.draws.assigned is None or study.is_singular:
        return []
    steps = []
    reach = min(study.stack.horizon, AFTER)
    for place, item in enumerate(study.panel.items):
        score, n = study.panel.score[place], study.panel.n[place]
        own = outcome(study.stack, score, n)
        columns = np.array(study.stack.dates)[study.stack.date]
        for month in [*range(-BEFORE, 0), *range(1, reach + 1)]:
            at = columns + month
            inside = (at >= 0) & (at < study.panel.months)
            value = np.full(len(at), np.nan)
            value[inside] = score[study.stack.officer[inside], at[inside]]
            known = inside & study.seen[study.stack.officer, np.clip(at, 0, study.panel.months - 1)]
            past = own.lags[:, 2:] if month < 0 else covariates(study, own)
            held = None if month < 0 else held_of(study, past)
            step = _step(study, value, past, known, held)
            if step is not None:
                steps.append(Step(study.training, item, month, step.estimate, step.low, step.high))
    return steps


def _step(
    study: Study, value: Floats, past: Floats, known: Bools, held: Floats | None
) -> Tested | None:
    stack = study.stack
    assert study.draws is not None  # noqa: S101 (the caller has looked)
    kept = [
        d
        for d in range(len(stack.dates))
        if (known & (stack.date == d) & stack.trained).any()
        and (known & (stack.date == d) & ~stack.trained).sum() > 1
    ]
    rows = known & np.isin(stack.date, kept)
    free = past.shape[1] if held is None else int((held == 0).sum())
    if stack.trained[rows].sum() < LEAST_TRAINED - 1 or rows.sum() <= free + len(kept) + 2:
        return None
    date = np.searchsorted(np.array(kept), stack.date[rows])
    design = Design.build(date, past[rows], np.ones(int(rows.sum())), held=held)
    draws = replace(study.draws.rows(rows), dates=len(kept))
    tested = fit(design, stack.trained[rows], stack.trained[rows].astype(float), value[rows], draws)
    return tested if np.isfinite(tested.estimate) else None
