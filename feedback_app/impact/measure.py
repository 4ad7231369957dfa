"""Measure what each training did: the one entry to ANCOVA, imputation and the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from feedback_app.impact import checks, imputation
from feedback_app.impact.ancova import Design, cautious_fit, coefficient
from feedback_app.impact.detect import detectable_from_se, minimum_detectable_effect
from feedback_app.impact.event_study import event_study
from feedback_app.impact.events import Event
from feedback_app.impact.inference import (
    Tested,
    benjamini_hochberg,
    max_t,
)
from feedback_app.impact.panel import NEVER, Floats, Panel, cell_weights
from feedback_app.impact.results import (
    Diagnostic,
    Estimate,
    Measured,
    Plan,
    Step,
    number,
    verdict,
)
from feedback_app.impact.stack import (
    outcome,
)
from feedback_app.impact.study import Study, covariates, prepare

__all__ = ["Plan", "estimates_of", "measure_impact", "prepare"]

Progress = Callable[[Sequence[str]], Iterable[str]]


def measure_impact(
    panel: Panel,
    events: Sequence[Event],
    plan: Plan,
    *,
    only: frozenset[str] | None = None,
    progress: Progress = iter,
) -> Measured:
    """Estimates, diagnostics and event studies of every training in `events` (or of `only`).

    Attendances of officers that are not in the panel are passed over: nobody rated them.
    """
    by_training: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda e: (e.training, e.month, e.officer)):
        by_training.setdefault(event.training, []).append(event)
    estimates: list[Estimate] = []
    diagnostics: list[Diagnostic] = []
    series: list[Step] = []
    codes = [code for code in by_training if only is None or code in only]
    for code in progress(codes):
        study = prepare(panel, by_training[code], events, plan)
        found = estimates_of(study)
        estimates += found.estimates
        diagnostics += found.diagnostics
        series += event_study(study)
    return Measured(tuple(adjust_for_all(estimates)), tuple(diagnostics), tuple(series))


def adjust_for_all(estimates: Sequence[Estimate]) -> list[Estimate]:
    """Set q over all trainings and items (Benjamini and Hochberg)."""
    q = benjamini_hochberg([np.nan if e.p is None else e.p for e in estimates])
    return [replace(e, q_bh=number(value)) for e, value in zip(estimates, q, strict=True)]


def estimates_of(study: Study) -> Measured:
    """Every item's estimate and checks; q is set later, over all trainings."""
    if study.draws is None:
        return Measured(tuple(_no_estimate(study, item) for item in study.panel.items), (), ())
    fits = [_fit_item(study, place) for place in range(len(study.panel.items))]
    family = max_t([one.chosen for one in fits])
    estimates = [
        _estimate(study, one, p_family) for one, p_family in zip(fits, family, strict=True)
    ]
    diagnostics = [d for one in fits for d in one.checked.diagnostics]
    return Measured(tuple(estimates), tuple(diagnostics), ())


@dataclass(frozen=True, slots=True)
class _Fit:
    place: int
    chosen: Tested
    other: float
    checked: checks.Checked
    share_top: float | None
    share_low: float | None
    n_responses: int


def _fit_item(study: Study, place: int) -> _Fit:
    panel, stack, plan = study.panel, study.stack, study.plan
    assert study.draws is not None  # noqa: S101 (the caller has looked)
    own = outcome(stack, panel.score[place], panel.n[place])
    design = Design.build(stack.date, covariates(study, own), np.ones(len(stack.date)))
    ancova = cautious_fit(
        design, stack.trained, stack.exposure, own.after, study.draws, cluster=study.cluster
    )
    second = _impute(study, place)
    chosen, other = ancova, second
    if plan.method == "imputation":
        chosen, other = _impute_by_randomisation(study, place), ancova.estimate
    return _Fit(
        place,
        chosen,
        other,
        checks.check(study, place, own),
        _share(study, panel.top, place, design),
        _share(study, panel.low, place, design),
        int(own.answers.sum()),
    )


def _share(study: Study, shares: Floats | None, place: int, design: Design) -> float | None:
    if shares is None:
        return None
    own = outcome(study.stack, shares[place], study.panel.n[place])
    past = np.column_stack([design.covariates, own.lags])
    beside = Design.build(design.date, past, design.weights)
    return number(coefficient(beside, study.stack.trained, study.stack.exposure, own.after))


def _impute(study: Study, place: int) -> float:
    """The second estimate, for the same officers and months as the first."""
    score, n = study.panel.score[place], study.panel.n[place]
    went = np.zeros(len(study.first), dtype=bool)
    went[study.stack.officer[study.stack.trained]] = True
    cells = imputation.choose_cells(
        study.seen, study.first, skip=1, horizon=study.stack.horizon, only=went
    )
    return imputation.impute(score, cell_weights(score, n), cells).estimate


def _impute_by_randomisation(study: Study, place: int) -> Tested:
    score, n = study.panel.score[place], study.panel.n[place]
    went = np.zeros(len(study.first), dtype=bool)
    went[study.stack.officer[study.stack.trained]] = True
    first = np.where(went | (study.first == NEVER), study.first, NEVER)
    return imputation.impute_by_randomisation(
        score,
        cell_weights(score, n),
        first,
        seen=study.seen & (went | (study.first == NEVER))[:, None],
        skip=1,
        horizon=study.stack.horizon,
        draws=study.plan.draws,
        rng=np.random.default_rng([study.plan.seed, crc32(study.training.encode()), place]),
    )


def _estimate(study: Study, one: _Fit, p_family: float) -> Estimate:
    chosen = one.chosen
    ends = sorted((chosen.estimate, one.other)) if np.isfinite(one.other) else []
    warnings = [*study.warnings, *one.checked.warnings]
    if ends and ends[1] - ends[0] > 2 * chosen.se:
        warnings.append("ESTIMATORS_DISAGREE")
    low, high = number(chosen.low), number(chosen.high)
    codes = tuple(dict.fromkeys(warnings))
    return Estimate(
        training=study.training,
        item=study.panel.items[one.place],
        method="imputation" if study.plan.method == "imputation" else "ancova",
        estimand=estimand(study.plan),
        estimate=number(chosen.estimate),
        se=number(chosen.se),
        ci_lo=low,
        ci_hi=high,
        p=number(chosen.p),
        p_maxT=number(p_family),
        q_bh=None,
        n_trained=study.n_trained,
        n_controls=study.n_controls,
        n_clusters=len(np.unique(study.cluster)),
        cluster_level=study.level,
        n_responses=one.n_responses,
        pre_gap=number(one.checked.pre_gap),
        dip_p=number(one.checked.dip_p),
        bracket_lo=number(ends[0]) if ends else None,
        bracket_hi=number(ends[1]) if ends else None,
        mde80=number(detectable_from_se(chosen.se)),
        share_top=one.share_top,
        share_low=one.share_low,
        verdict=verdict(low, high, codes),
        warnings=codes,
        seed=study.plan.seed,
    )


def estimand(plan: Plan) -> str:
    """What the number is about, in words."""
    months = "all months after" if plan.horizon is None else f"months 1–{plan.horizon}"
    return f"trained officers, {months}"


def _no_estimate(study: Study, item: str) -> Estimate:
    place = study.panel.items.index(item)
    trained = int((study.first != NEVER).sum())
    controls = int(((study.first == NEVER) & study.seen.any(axis=1)).sum())
    smallest = minimum_detectable_effect(
        study.panel, item=place, n_trained=max(trained, 1), n_controls=controls
    )
    nothing: Mapping[str, None] = dict.fromkeys(
        (
            "estimate",
            "se",
            "ci_lo",
            "ci_hi",
            "p",
            "p_maxT",
            "q_bh",
            "pre_gap",
            "dip_p",
            "bracket_lo",
            "bracket_hi",
            "share_top",
            "share_low",
        )
    )
    return Estimate(
        training=study.training,
        item=item,
        method="imputation" if study.plan.method == "imputation" else "ancova",
        estimand=estimand(study.plan),
        n_trained=study.n_trained,
        n_controls=study.n_controls,
        n_clusters=len(np.unique(study.cluster)),
        cluster_level=study.level,
        n_responses=0,
        mde80=number(smallest),
        verdict="cannot tell",
        warnings=study.warnings or ("TOO_FEW_TRAINED",),
        seed=study.plan.seed,
        **nothing,
    )
