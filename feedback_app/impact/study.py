"""One training made ready to measure: who is compared, the draws, what stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from feedback_app.impact.events import Event
from feedback_app.impact.inference import Draws, draw_assignments
from feedback_app.impact.panel import LEAST_ANSWERS, NEVER, Bools, Floats, Ints, Panel
from feedback_app.impact.results import Plan
from feedback_app.impact.stack import (
    LEAST_AFTER,
    LEAST_BEFORE,
    LEAST_CONTROLS,
    Outcome,
    Stack,
    build_stack,
    outcome,
)

LEAST_TRAINED, FEW = 3, 7  # docs/method.md, TOO_FEW_TRAINED and FEW_TRAINED
LEAST_CLUSTERS = 6


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
        warnings += _about_events(
            own,
            every,
            went,
            first_month=panel.first_month,
            first=first,
            place=place,
            horizon=horizon,
        )
        if level == "counter" and len(np.unique(cluster)) < LEAST_CLUSTERS:
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
    return any(int((rated & (first > date)).sum()) >= LEAST_CONTROLS for date in dates)


def _about_events(
    own: Sequence[Event],
    every: Sequence[Event],
    went: Collection[str],
    *,
    first_month: int,
    first: Ints,
    place: Mapping[str, int],
    horizon: int,
) -> tuple[str, ...]:
    """Warnings that follow from the records: how officers were chosen, what else they attended."""
    found = []
    if any(event.reason in ("volunteer", "unknown") for event in own if event.officer in went):
        found.append("HIDDEN_SELECTION")
    for event in every:
        if event.training == own[0].training or event.officer not in went:
            continue
        column = int(first[place[event.officer]])
        if column != NEVER and 0 <= event.month - first_month - column <= horizon:
            found.append("OVERLAP")
            break
    return tuple(found)


def covariates(study: Study, own: Outcome) -> Floats:
    """Lags of the item and, with several items, two lags of their common mean.

    Officers are sent for a low score over all, so an item's own past is not all that counts.
    """
    if len(study.panel.items) == 1:
        return own.lags
    common = outcome(study.stack, study.panel.score.mean(axis=0), study.panel.n.mean(axis=0))
    recent = common.lags[:, :2].mean(axis=1)
    return np.column_stack([own.lags, recent, common.before])
