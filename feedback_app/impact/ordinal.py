"""Proportional-odds logit on counts: a sensitivity check that does not treat 1 to 4 as points.

McCullagh (1980). Fitted by Newton's method with the observed information, as R's ordinal::clm
does; tests/impact/test_published.py holds it to the published fit of the wine data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from feedback_app.impact.panel import Floats, Ints

STEPS, HALVINGS, CLOSE = 100, 40, 1e-9


@dataclass(frozen=True, slots=True)
class Fitted:
    """Cut points (K − 1,), slopes (P,) in log odds of a higher answer, errors of the slopes.

    `se` comes from the information alone, `robust_se` allows for clusters.
    """

    cuts: Floats
    slopes: Floats
    se: Floats
    robust_se: Floats
    log_likelihood: float


class NotFittedError(ValueError):
    """The likelihood has no maximum: a level nobody chose, or a variable that splits perfectly."""


def proportional_odds(counts: Floats, x: Floats, *, cluster: Ints) -> Fitted:
    """Fit counts (R, K) of ordered answers on x (R, P), without a constant."""
    kinds, slopes = counts.shape[1], x.shape[1]
    if (counts.sum(axis=0) == 0).any():
        raise NotFittedError("a level has no answer")
    upper, lower = _designs(x, kinds)
    share = counts.sum(axis=0).cumsum()[:-1] / counts.sum()
    theta = np.concatenate([np.log(share / (1 - share)), np.zeros(slopes)])
    value, gradient, information, scores = _likelihood(theta, counts, upper, lower)
    for _ in range(STEPS):
        step = np.asarray(np.linalg.lstsq(information, gradient, rcond=None)[0], dtype=float)
        if np.abs(step).max() < CLOSE:
            break
        theta, found = _climb(theta, step, value, (counts, upper, lower))
        value, gradient, information, scores = found
    else:
        raise NotFittedError("no maximum was reached")
    if np.abs(theta).max() > 30:
        raise NotFittedError("a variable splits the answers perfectly")
    inverse = np.linalg.pinv(information, hermitian=True)
    _, place = np.unique(cluster, return_inverse=True)
    sums = np.stack([np.bincount(place, scores[:, i]) for i in range(scores.shape[1])], axis=1)
    robust = inverse @ (sums.T @ sums) @ inverse
    return Fitted(
        cuts=theta[: kinds - 1],
        slopes=theta[kinds - 1 :],
        se=np.sqrt(np.diag(inverse))[kinds - 1 :],
        robust_se=np.sqrt(np.diag(robust))[kinds - 1 :],
        log_likelihood=float(value),
    )


def _climb(
    theta: Floats, step: Floats, value: float, data: tuple[Floats, Floats, Floats]
) -> tuple[Floats, tuple[float, Floats, Floats, Floats]]:
    """Take the step, or a half, a quarter … of it until the likelihood does not fall."""
    for _ in range(HALVINGS):
        found = _likelihood(theta + step, *data)
        if np.isfinite(found[0]) and found[0] >= value - 1e-12 * abs(value):
            return theta + step, found
        step = step / 2
    raise NotFittedError("the likelihood cannot be raised")


def _designs(x: Floats, kinds: int) -> tuple[Floats, Floats]:
    """Rows of the upper and lower bound of each level: (R, K, K − 1 + P)."""
    rows, slopes = x.shape
    upper = np.zeros((rows, kinds, kinds - 1 + slopes))
    upper[:, np.arange(kinds - 1), np.arange(kinds - 1)] = 1
    upper[:, :, kinds - 1 :] = -x[:, None, :]
    lower = np.zeros_like(upper)
    lower[:, 1:] = upper[:, :-1]
    return upper, lower


def _likelihood(
    theta: Floats, counts: Floats, upper: Floats, lower: Floats
) -> tuple[float, Floats, Floats, Floats]:
    """Log likelihood, gradient, observed information, and each row's score."""
    above, below = upper @ theta, lower @ theta
    high, low = expit(above), expit(below)
    high[:, -1], low[:, 0] = 1.0, 0.0
    chance = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(np.where(counts > 0, counts * np.log(chance), 0.0).sum())
    if not np.isfinite(value):
        size = len(theta)
        return -np.inf, np.zeros(size), np.eye(size), np.zeros((len(counts), size))
    safe = np.maximum(chance, 1e-300)
    dense_high, dense_low = high * (1 - high), low * (1 - low)
    slope = dense_high[:, :, None] * upper - dense_low[:, :, None] * lower
    share = counts / safe
    scores = (share[:, :, None] * slope).sum(axis=1)
    bent_high, bent_low = dense_high * (1 - 2 * high), dense_low * (1 - 2 * low)
    curve = np.einsum("rk,rki,rkj->ij", share * bent_high, upper, upper)
    curve -= np.einsum("rk,rki,rkj->ij", share * bent_low, lower, lower)
    information = np.einsum("rk,rki,rkj->ij", share / safe, slope, slope) - curve
    return value, scores.sum(axis=0), information, scores
