"""Imputation estimate: what the trained would have scored, from untrained officer-months.

Borusyak, Jaravel and Spiess (2024); the same point estimate as Gardner's two stages. Officer and
month effects are fitted on untrained cells only; the effect is the mean gap of trained cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_app.impact.inference import Tested, invert_test
from feedback_app.impact.panel import NEVER, Bools, Floats, Ints

BATCH_CELLS = 4_000_000  # draws × officers × months held at once


@dataclass(frozen=True, slots=True)
class Cells:
    """Which cells (O, T) are untrained (fitted on) and which are averaged."""

    untrained: Bools
    averaged: Bools


def choose_cells(
    seen: Bools, first_trained: Ints, *, skip: int, horizon: int, only: Bools | None = None
) -> Cells:
    """Untrained cells, and trained cells from `skip` months after the training, `horizon` of them.

    With skip 1 the month of the training is neither. `only` (O,) limits whose cells are averaged.
    """
    column = np.arange(seen.shape[1])[None, :]
    start = first_trained[:, None]
    is_trained = start != NEVER
    since = np.where(is_trained, column - np.where(is_trained, start, 0), -1)
    averaged = seen & (since >= skip) & (since < skip + horizon)
    if only is not None:
        averaged &= only[:, None]
    return Cells(seen & (since < 0), averaged)


@dataclass(frozen=True, slots=True)
class Imputed:
    """Mean gap of the averaged cells, its clustered standard error, the gaps (O, T)."""

    estimate: float
    se: float
    gaps: Floats
    cells: int


def impute(outcome: Floats, weights: Floats, cells: Cells) -> Imputed:
    """Fit officer and month effects on the untrained cells and average the gaps of the others.

    The standard error is clustered by officer, with the weights of the estimate written out
    (Borusyak et al., eq. 10) and gaps centred on their mean, which errs to the wide side.
    """
    base = np.where(cells.untrained, weights, 0.0)
    filled = np.nan_to_num(outcome)
    officer, month, solver = _two_way(base, filled)
    known = cells.averaged & (base.sum(axis=1) > 0)[:, None] & (base.sum(axis=0) > 0)[None, :]
    gaps = np.where(known, filled - officer[:, None] - month[None, :], np.nan)
    count = int(known.sum())
    if not count:
        return Imputed(float("nan"), float("nan"), gaps, 0)
    estimate = float(np.nansum(gaps) / count)
    lift = known / count
    pull_officer, pull_month = _solve(base, lift.sum(axis=1), lift.sum(axis=0), solver)
    pull = -base * (pull_officer[:, None] + pull_month[None, :])
    rest = np.where(base > 0, filled - officer[:, None] - month[None, :], 0.0)
    spread = np.where(known, gaps - estimate, 0.0)
    by_officer = (pull * rest + lift * spread).sum(axis=1)
    return Imputed(estimate, float(np.sqrt((by_officer**2).sum())), gaps, count)


def _two_way(base: Floats, filled: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted officer (O,) and month (T,) effects; the inverse of the month equations."""
    total = base.sum(axis=1)
    share = base / np.where(total > 0, total, 1.0)[:, None]
    matrix = np.diag(base.sum(axis=0)) - base.T @ share
    inverse = np.asarray(np.linalg.pinv(matrix, rcond=1e-11, hermitian=True), dtype=float)
    officer, month = _solve(base, (base * filled).sum(axis=1), (base * filled).sum(axis=0), inverse)
    return officer, month, inverse


def _solve(
    base: Floats, by_officer: Floats, by_month: Floats, inverse: Floats
) -> tuple[Floats, Floats]:
    total = np.where(base.sum(axis=1) > 0, base.sum(axis=1), 1.0)
    month = inverse @ (by_month - base.T @ (by_officer / total))
    officer = (by_officer - base @ month) / total
    return officer, month


def impute_by_randomisation(
    outcome: Floats,
    weights: Floats,
    first_trained: Ints,
    *,
    seen: Bools,
    skip: int,
    horizon: int,
    draws: int,
    rng: np.random.Generator,
) -> Tested:
    """The estimate with officers' training months re-dealt among all officers."""
    trained = np.where(first_trained == NEVER, np.inf, first_trained)
    since = np.arange(seen.shape[1])[None, :] - trained[:, None]
    exposure = (since >= skip).astype(float)
    both = np.stack([np.nan_to_num(outcome), exposure], axis=-1)
    observed = _estimates(both, weights, seen, first_trained[None, :], skip, horizon)[0]
    step = max(BATCH_CELLS // seen.size, 1)
    drawn = []
    for start in range(0, draws, step):
        size = min(step, draws - start)
        order = rng.permuted(np.tile(np.arange(len(first_trained)), (size, 1)), axis=1)
        drawn.append(_estimates(both, weights, seen, first_trained[order], skip, horizon))
    all_drawn = np.concatenate(drawn)
    usable = np.isfinite(all_drawn).all(axis=1)
    return invert_test(
        (float(observed[0]), float(observed[1])),
        (all_drawn[usable, 0], all_drawn[usable, 1]),
        is_every=False,
    )


def _estimates(
    both: Floats, weights: Floats, seen: Bools, first: Ints, skip: int, horizon: int
) -> Floats:
    """Estimates (B, 2) of two outcomes (O, T, 2) for B deals of training months (B, O)."""
    months = seen.shape[1]
    start = first[:, :, None]
    since = np.where(start == NEVER, -1, np.arange(months) - np.where(start == NEVER, 0, start))
    base = np.where(seen & (since < 0), weights, 0.0)
    averaged = seen & (since >= skip) & (since < skip + horizon)
    total = base.sum(axis=2)
    safe = np.where(total > 0, total, 1.0)
    by_month = base.sum(axis=1)
    share = base / safe[:, :, None]
    matrix = -np.matmul(base.transpose(0, 2, 1), share)
    place = np.arange(months)
    matrix[:, place, place] += by_month
    matrix += (by_month.max(axis=1) / months)[:, None, None]  # fixes the sum of month effects
    matrix[:, place, place] += np.where(by_month > 0, 0.0, 1.0)
    mass = np.einsum("bot,otk->bok", base, both)
    right = np.einsum("bot,otk->btk", base, both) - np.matmul(
        base.transpose(0, 2, 1), mass / safe[:, :, None]
    )
    month = np.linalg.solve(matrix, right)
    officer = (mass - np.matmul(base, month)) / safe[:, :, None]
    known = averaged & (total > 0)[:, :, None] & (by_month > 0)[:, None, :]
    count = known.sum(axis=(1, 2))
    own = np.einsum("bot,otk->bk", known, both)
    fitted = np.einsum("bo,bok->bk", known.sum(axis=2), officer)
    fitted += np.einsum("bt,btk->bk", known.sum(axis=1), month)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((own - fitted) / count[:, None])
