"""Every element's estimate of one training, with its checks, warnings and verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from feedback_app.domain.training import HORIZON
from feedback_app.impact import checks, imputation
from feedback_app.impact.ancova import Design, cautious_fit, coefficient
from feedback_app.impact.detect import (
    detectable_from_se,
    minimum_detectable_effect,
    smallest_of_counters,
)
from feedback_app.impact.inference import Tested, max_t
from feedback_app.impact.panel import NEVER, Floats, cell_weights
from feedback_app.impact.results import (
    Diagnostic,
    Estimate,
    Measured,
    Plan,
    number,
    verdict,
)
from feedback_app.impact.stack import LEAST_TRAINED, outcome
from feedback_app.impact.study import Study, design_of, held_of


def estimates_of(study: Study, *, most_p: float | None = None) -> Measured:
    """Every item's estimate and checks; q is set later, over all trainings.

    A find whose p_maxT lies above `most_p` may be one of many tries and is withheld.
    """
    if study.draws is None or study.is_singular:
        return Measured(tuple(no_estimate(study, item) for item in study.panel.items), (), ())
    fits = [_fit_item(study, place) for place in range(len(study.panel.items))]
    family = max_t([one.chosen for one in fits])
    estimates = [
        _estimate(study, one, p_family, most_p) for one, p_family in zip(fits, family, strict=True)
    ]
    diagnostics = [d for one in fits for d in one.checked.diagnostics]
    diagnostics += [
        Diagnostic(e.training, e.item, "breakdown", value, None)
        for e in estimates
        if (value := breakdown(e)) is not None
    ]
    return Measured(tuple(estimates), tuple(diagnostics), ())


def breakdown(estimate: Estimate) -> float | None:
    """The hidden difference in points that would undo a find: its nearer end; None if no find."""
    low, high = estimate.ci_lo, estimate.ci_hi
    if low is None or high is None or low <= 0 <= high:
        return None
    return low if low > 0 else -high


def point(study: Study, place: int) -> Tested:
    """One item's estimate alone, without checks."""
    panel, stack = study.panel, study.stack
    assert study.draws is not None  # noqa: S101 (the caller has looked)
    own = outcome(stack, panel.score[place], panel.n[place])
    design = design_of(study, own)
    return cautious_fit(
        design, stack.trained, stack.exposure, own.after, study.draws, cluster=study.cluster
    )


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
    design = design_of(study, own)
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
    past = np.column_stack([own.lags, design.covariates])
    beside = Design.build(design.date, past, design.weights, held=held_of(study, past))
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


def _estimate(study: Study, one: _Fit, p_family: float, most_p: float | None) -> Estimate:
    chosen = one.chosen
    both = np.isfinite([chosen.estimate, one.other]).all()
    ends = sorted((chosen.estimate, one.other)) if both else []
    codes = _codes(study, one, ends, p_family, most_p)
    low, high = number(chosen.low), number(chosen.high)
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
        mde80=number(detectable_from_se(chosen.se)) if study.has_interval else None,
        share_top=one.share_top,
        share_low=one.share_low,
        verdict=verdict(low, high, codes),
        warnings=codes,
        seed=study.plan.seed,
    )


def _codes(
    study: Study, one: _Fit, ends: Sequence[float], p_family: float, most_p: float | None
) -> tuple[str, ...]:
    warnings = [*study.warnings, *one.checked.warnings]
    if ends and ends[1] - ends[0] > 2 * one.chosen.se:
        warnings.append("ESTIMATORS_DISAGREE")
    if not np.isfinite(one.chosen.estimate):
        warnings.append("NO_CONTRAST")
    is_find = one.chosen.low > 0 or one.chosen.high < 0
    if is_find and most_p is not None and p_family > most_p:
        warnings.append("MANY_TESTS")
    return tuple(dict.fromkeys(warnings))


def estimand(plan: Plan) -> str:
    """What the number is about, in words."""
    months = "all months after" if plan.horizon is None else f"months 1–{plan.horizon}"
    return f"trained officers, {months}"


NOTHING: Mapping[str, None] = dict.fromkeys(
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


def no_estimate(study: Study, item: str) -> Estimate:
    """What is said where nothing can be computed, or nothing be told apart."""
    codes = study.warnings or ("TOO_FEW_TRAINED",)
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
        mde80=number(_smallest(study, study.panel.items.index(item))),
        verdict=verdict(None, None, codes),
        warnings=codes,
        seed=study.plan.seed,
        **NOTHING,
    )


def _smallest(study: Study, place: int) -> float:
    """Smallest effect that numbers like these could show; NaN where they could show none."""
    if study.is_singular:
        return float("nan")
    trained = int((study.first != NEVER).sum())
    controls = int(((study.first == NEVER) & study.seen.any(axis=1)).sum())
    sent = max(trained, LEAST_TRAINED)
    horizon = study.plan.horizon or HORIZON
    if study.level == "counter":
        went = np.unique(study.cluster[study.stack.trained])
        others = len(np.unique(study.cluster)) - len(went)
        return smallest_of_counters(
            study.panel, item=place, n_sent=len(went), n_others=others, horizon=horizon
        )
    return minimum_detectable_effect(
        study.panel,
        item=place,
        n_trained=sent,
        n_controls=trained + controls - sent,
        horizon=horizon,
    )
