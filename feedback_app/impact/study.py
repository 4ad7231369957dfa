"""One training made ready to measure: who is compared, the draws, what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from feedback_app.impact.ancova import Design
from feedback_app.impact.events import Event
from feedback_app.impact.happened import one_sided, reaches
from feedback_app.impact.inference import LEAST_ASSIGNMENTS, Draws, draw_assignments
from feedback_app.impact.others import HELD, Others, other_trainings
from feedback_app.impact.panel import LEAST_ANSWERS, NEVER, Bools, Floats, Ints, Panel
from feedback_app.impact.results import Plan
from feedback_app.impact.stack import (
    LEAST_AFTER,
    LEAST_BEFORE,
    LEAST_CONTROLS,
    LEAST_TRAINED,
    Outcome,
    Pool,
    Stack,
    build_stack,
    outcome,
)

FEW = 7  # docs/method.md, FEW_TRAINED
LEAST_CLUSTERS = 6
NOTHING_LEFT = 0.15  # of the contrast; an estimate would only tell of both trainings together


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
    others: Others
    common: Outcome | None  # of the mean of all items, where there are several

    @property
    def n_trained(self) -> int:
        """Officers of this training that can be compared."""
        return len(np.unique(self.stack.officer[self.stack.trained]))

    @property
    def n_controls(self) -> int:
        """Different officers they are compared with."""
        return len(np.unique(self.stack.officer[~self.stack.trained]))

    @property
    def is_singular(self) -> bool:
        """Whether next to nothing of the contrast is left beside the other trainings."""
        return self.others.left < NOTHING_LEFT

    @property
    def has_interval(self) -> bool:
        """Whether there are enough assignments for a 95% interval."""
        return self.draws is not None and not (
            self.draws.is_every and self.draws.size < LEAST_ASSIGNMENTS
        )


def prepare(panel: Panel, own: Sequence[Event], every: Sequence[Event], plan: Plan) -> Study:
    """Stack one training's dates and draw its assignments."""
    first = first_columns(panel, own)
    seen = np.asarray((panel.n >= LEAST_ANSWERS).all(axis=0) & np.isfinite(panel.score).all(axis=0))
    pools = _pools(panel, own, first)
    stack = build_stack(seen, first, horizon=plan.horizon or panel.months, pools=pools)
    level = plan.level or ("counter" if _sent_counters(panel, own) else "officer")
    cluster = _home_units(panel, stack) if level == "counter" else stack.officer
    code = own[0].training
    others = other_trainings(stack, seen, _others_of(panel, every, code), months=panel.months)
    stack = replace(stack, since=others.since if others.since.any() else None)
    study = Study(
        panel, plan, code, tuple(own), first, seen, stack, cluster, level, None,
        _before_estimating(panel, first, seen, stack), others, _common(panel, stack),
    )  # fmt: skip
    if study.n_trained < LEAST_TRAINED:
        return study
    rng = np.random.default_rng([plan.seed, crc32(code.encode())])
    draws = draw_assignments(stack.date, cluster, stack.trained, draws=plan.draws, rng=rng)
    study = replace(study, draws=draws)
    return replace(study, warnings=(*study.warnings, *_about_events(study)))


def _sent_counters(panel: Panel, own: Sequence[Event]) -> bool:
    """Whether counters were sent; a name that is no counter of the panel says nothing of it."""
    units = {"counter", *panel.units}
    return any(event.sent in units for event in own)


def _others_of(panel: Panel, every: Sequence[Event], code: str) -> dict[str, Ints]:
    """First columns (O,) of every other training."""
    by_training: dict[str, list[Event]] = {}
    for event in every:
        if event.training != code:
            by_training.setdefault(event.training, []).append(event)
    place = {name: i for i, name in enumerate(panel.officers)}
    return {other: _first(panel, place, by_training[other]) for other in sorted(by_training)}


def _common(panel: Panel, stack: Stack) -> Outcome | None:
    if len(panel.items) == 1 or not len(stack.date):
        return None
    return outcome(stack, panel.score.mean(axis=0), panel.n.mean(axis=0))


def first_columns(panel: Panel, own: Sequence[Event]) -> Ints:
    """Column of each officer's first attendance (O,), below 0 before the data; NEVER for none."""
    return _first(panel, {name: i for i, name in enumerate(panel.officers)}, own)


def _first(panel: Panel, place: Mapping[str, int], own: Sequence[Event]) -> Ints:
    first = np.full(len(panel.officers), NEVER)
    for event in own:
        if event.officer in place:
            spot = place[event.officer]
            first[spot] = min(first[spot], event.month - panel.first_month)
    return first


def _pools(panel: Panel, own: Sequence[Event], first: Ints) -> list[Pool]:
    """A pool for each lot and month in which somebody of it went for the first time."""
    place = {name: i for i, name in enumerate(panel.officers)}
    found: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for event in own:
        spot, column = place.get(event.officer), event.month - panel.first_month
        if event.drawn_from and spot is not None and first[spot] == column:
            found.setdefault((column, event.drawn_from), []).append(spot)
    pools = []
    for (column, names), spots in found.items():
        went, listed = np.zeros((2, len(panel.officers)), dtype=bool)
        went[spots] = True
        listed[[place[name] for name in names if name in place]] = True
        pools.append(Pool(column, went, listed | went))
    return pools


def _home_units(panel: Panel, stack: Stack) -> Ints:
    """The counter where each row's officer worked most before its date (R,)."""
    found = np.empty(len(stack.date), dtype=np.int64)
    for row, (date, officer) in enumerate(zip(stack.date, stack.officer, strict=True)):
        units = panel.unit[officer, : stack.dates[date]]
        known = units[units >= 0]
        found[row] = np.bincount(known).argmax() if len(known) else -1 - officer
    return found


def _before_estimating(panel: Panel, first: Ints, seen: Bools, stack: Stack) -> tuple[str, ...]:
    """Why there is no estimate, or little to go on."""
    horizon = stack.horizon
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
    return any(int((rated & (first > date)).sum()) >= LEAST_CONTROLS for date in dates)


def _about_events(study: Study) -> tuple[str, ...]:
    """Warnings that follow from the records: how officers were chosen, what else they attended."""
    found = []
    known = set(study.panel.officers)
    if any(e.reason in ("volunteer", "unknown") for e in study.events if e.officer in known):
        found.append("HIDDEN_SELECTION")
    if reaches(study.stack, study.panel.new_form):
        found.append("FORM_CHANGED")
    if reaches(study.stack, study.panel.happened):
        found.append("HAPPENING")
    if any(
        one_sided(study.stack, months) for months in (study.panel.new_form, study.panel.happened)
    ):
        found.append("HAPPENING_UNEVEN")
    if study.others.overlapping or study.others.partners:
        found.append("OVERLAP")
    if study.others.partners:
        found.append("INSEPARABLE")
    is_small = len(np.unique(study.cluster)) < LEAST_CLUSTERS
    if study.level == "counter" and (is_small or not study.has_interval):
        found.append("CLUSTERED")
    return tuple(found)


def covariates(study: Study, own: Outcome) -> Floats:
    """Lags of the item, with several items two lags of their mean, and other trainings (R, K).

    Officers are sent for a low score over all, so an item's own past is not all that counts.
    """
    if study.common is None:
        return np.column_stack([own.lags, study.others.columns])
    recent = study.common.lags[:, :2].mean(axis=1)
    return np.column_stack([own.lags, recent, study.common.before, study.others.columns])


def design_of(study: Study, own: Outcome) -> Design:
    """The regression of one item: lags free, effects of other trainings held near 0."""
    columns = covariates(study, own)
    return Design.build(
        study.stack.date, columns, np.ones(len(columns)), held=held_of(study, columns)
    )


def held_of(study: Study, columns: Floats) -> Floats:
    """What holds each covariate (K,): the last ones are those of other trainings."""
    held = np.zeros(columns.shape[1])
    held[columns.shape[1] - study.others.columns.shape[1] :] = HELD
    return held
