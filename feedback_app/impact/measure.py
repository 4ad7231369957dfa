"""Measure what each training did: the one entry to ANCOVA, imputation and the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from feedback_app.impact import checks, imputation
from feedback_app.impact.ancova import Design, cautious_fit, coefficient, fit
from feedback_app.impact.detect import detectable_from_se, minimum_detectable_effect
from feedback_app.impact.inference import (
    Draws,
    Tested,
    benjamini_hochberg,
    draw_assignments,
    max_t,
)
from feedback_app.impact.panel import (
    LEAST_ANSWERS,
    NEVER,
    Bools,
    Event,
    Floats,
    Ints,
    Panel,
    cell_weights,
)
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
    LEAST_AFTER,
    LEAST_BEFORE,
    Outcome,
    Stack,
    build_stack,
    outcome,
)

__all__ = ["METHODS", "Plan", "estimates_of", "event_study", "measure_impact", "prepare"]

METHODS = ("auto", "ancova", "imputation")
LEVELS = ("officer", "counter")
LEAST_TRAINED, FEW = 3, 7

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


@dataclass(frozen=True, slots=True)
class Study:
    """One training, made ready: the stack, the draws, and what was left out and why."""

    panel: Panel
    plan: Plan
    training: str
    events: tuple[Event, ...]
    first: Ints  # (O,) column of the training, NEVER for none
    seen: Bools  # (O, T)
    stack: Stack
    cluster: Ints  # (R,)
    level: str
    draws: Draws | None
    warnings: tuple[str, ...]

    @property
    def n_trained(self) -> int:
        """Officers of this training that can be compared."""
        return len(np.unique(self.stack.officer[self.stack.trained]))

    @property
    def n_controls(self) -> int:
        """Different officers they are compared with."""
        return len(np.unique(self.stack.officer[~self.stack.trained]))


def prepare(panel: Panel, own: Sequence[Event], every: Sequence[Event], plan: Plan) -> Study:
    """Stack one training's dates and draw its assignments."""
    place = {name: i for i, name in enumerate(panel.officers)}
    first = first_columns(panel, own)
    seen = np.asarray((panel.n >= LEAST_ANSWERS).all(axis=0) & np.isfinite(panel.score).all(axis=0))
    horizon = plan.horizon or panel.months
    stack = build_stack(seen, first, horizon=horizon)
    sent_units = any(event.sent != "officer" for event in own)
    level = plan.level or ("counter" if sent_units else "officer")
    cluster = _home_units(panel, stack) if level == "counter" else stack.officer
    code = own[0].training
    warnings = _before_estimating(panel, first, seen, stack, horizon)
    enough = len(np.unique(stack.officer[stack.trained])) >= LEAST_TRAINED
    draws = None
    if enough:
        rng = np.random.default_rng([plan.seed, crc32(code.encode())])
        draws = draw_assignments(stack.date, cluster, stack.trained, draws=plan.draws, rng=rng)
        went = {event.officer for event in own if event.officer in place}
        warnings += checks.about_events(
            own,
            every,
            went,
            first_month=panel.first_month,
            first=first,
            place=place,
            horizon=horizon,
        )
        if level == "counter" and len(np.unique(cluster)) < checks.LEAST_CLUSTERS:
            warnings += ("CLUSTERED",)
    return Study(panel, plan, code, tuple(own), first, seen, stack, cluster, level, draws, warnings)


def first_columns(panel: Panel, own: Sequence[Event]) -> Ints:
    """Column of each officer's first attendance (O,), below 0 before the data; NEVER for none."""
    place = {name: i for i, name in enumerate(panel.officers)}
    first = np.full(len(panel.officers), NEVER)
    for event in own:
        if event.officer in place:
            spot = place[event.officer]
            first[spot] = min(first[spot], event.month - panel.first_month)
    return first


def _home_units(panel: Panel, stack: Stack) -> Ints:
    """The counter where each row's officer worked most before its date (R,)."""
    found = np.empty(len(stack.date), dtype=np.int64)
    for row, (date, officer) in enumerate(zip(stack.date, stack.officer, strict=True)):
        units = panel.unit[officer, : stack.dates[date]]
        known = units[units >= 0]
        found[row] = np.bincount(known).argmax() if len(known) else -1 - officer
    return found


def _before_estimating(
    panel: Panel, first: Ints, seen: Bools, stack: Stack, horizon: int
) -> tuple[str, ...]:
    """Why there is no estimate, or little to go on."""
    trained = np.flatnonzero(first != NEVER)
    before = np.array([seen[i, : max(int(first[i]), 0)].sum() for i in trained])
    after = np.array([seen[i, max(int(first[i]) + 1, 0) :][:horizon].sum() for i in trained])
    comparable = int(((before >= LEAST_BEFORE) & (after >= LEAST_AFTER)).sum())
    usable = len(np.unique(stack.officer[stack.trained]))
    found = []
    if comparable < LEAST_TRAINED:
        found.append("TOO_FEW_TRAINED")
    elif usable < LEAST_TRAINED:
        found.append("NO_COMPARISON")
    elif usable <= FEW:
        found.append("FEW_TRAINED")
    if len(trained) and not _has_comparison(first, seen) and "NO_COMPARISON" not in found:
        found.append("NO_COMPARISON")
    late = first[trained] + LEAST_AFTER >= panel.months
    if late.any() and (usable < LEAST_TRAINED or late.all()):
        found.append("SHORT_WINDOW")
    return tuple(found)


def _has_comparison(first: Ints, seen: Bools) -> bool:
    """Whether on some date at least LEAST_CONTROLS rated officers were still untrained."""
    rated = seen.any(axis=1)
    dates = np.unique(first[first != NEVER])
    return any(int((rated & (first > date)).sum()) >= checks.LEAST_CONTROLS for date in dates)


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


def covariates(study: Study, own: Outcome) -> Floats:
    """Lags of the item and, with several items, two lags of their common mean.

    Officers are sent for a low score over all, so an item's own past is not all that counts.
    """
    if len(study.panel.items) == 1:
        return own.lags
    common = outcome(study.stack, study.panel.score.mean(axis=0), study.panel.n.mean(axis=0))
    recent = common.lags[:, :2].mean(axis=1)
    return np.column_stack([own.lags, recent, common.before])


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


def event_study(study: Study) -> list[Step]:
    """Month by month, trained minus comparison, for the picture.

    Months before are compared with the level of months −24..−4, so a bad spell just before shows;
    months after with what each officer's whole past leads to expect, as in the headline.
    """
    if study.draws is None or study.draws.assigned is None:
        return []
    steps = []
    reach = min(study.stack.horizon, 12)
    for place, item in enumerate(study.panel.items):
        score, n = study.panel.score[place], study.panel.n[place]
        own = outcome(study.stack, score, n)
        columns = np.array(study.stack.dates)[study.stack.date]
        for month in [*range(-9, 0), *range(1, reach + 1)]:
            at = columns + month
            inside = (at >= 0) & (at < study.panel.months)
            value = np.full(len(at), np.nan)
            value[inside] = score[study.stack.officer[inside], at[inside]]
            known = inside & study.seen[study.stack.officer, np.clip(at, 0, study.panel.months - 1)]
            past = own.lags[:, 2:] if month < 0 else covariates(study, own)
            step = _step(study, value, past, known)
            if step is not None:
                steps.append(Step(study.training, item, month, step.estimate, step.low, step.high))
    return steps


def _step(study: Study, value: Floats, past: Floats, known: Bools) -> Tested | None:
    stack = study.stack
    assert study.draws is not None  # noqa: S101 (the caller has looked)
    kept = [
        d
        for d in range(len(stack.dates))
        if (known & (stack.date == d) & stack.trained).any()
        and (known & (stack.date == d) & ~stack.trained).sum() > 1
    ]
    rows = known & np.isin(stack.date, kept)
    if stack.trained[rows].sum() < LEAST_TRAINED - 1 or rows.sum() <= past.shape[1] + len(kept) + 2:
        return None
    date = np.searchsorted(np.array(kept), stack.date[rows])
    design = Design.build(date, past[rows], np.ones(int(rows.sum())))
    draws = replace(study.draws.rows(rows), dates=len(kept))
    return fit(design, stack.trained[rows], stack.trained[rows].astype(float), value[rows], draws)
