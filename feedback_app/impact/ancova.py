"""Event-stacked lagged-score regression (ANCOVA): the headline estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_app.impact.inference import Draws, Tested, actual, invert_test
from feedback_app.impact.panel import Bools, Floats, Ints

NO_STRENGTH = 1e-9  # of the weight sent; rounding leaves so much where nothing is left


@dataclass(frozen=True, slots=True)
class Design:
    """Weighted regressors with date effects taken out: covariates (R, K), weights (R,)."""

    date: Ints
    covariates: Floats
    weights: Floats
    _inverse: Floats

    @classmethod
    def build(
        cls, date: Ints, covariates: Floats, weights: Floats, *, held: Floats | None = None
    ) -> Design:
        """Take date means out; columns that say nothing new are carried by a pseudo-inverse.

        `held` (K,) keeps coefficients near 0: the noise's variance over that which a coefficient
        may have (ridge, or a random effect); 0 leaves one free.
        """
        within = take_date_means(date, covariates, weights)
        gram = within.T @ (within * weights[:, None])
        if held is not None:
            gram += np.diag(held)
        inverse = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
        return cls(date, within, weights, np.asarray(inverse, dtype=float))

    def residual(self, outcome: Floats) -> Floats:
        """What dates and covariates leave unexplained of one outcome (R,)."""
        within = take_date_means(self.date, outcome[:, None], self.weights)[:, 0]
        slope = self._inverse @ (self.covariates.T @ (self.weights * within))
        return np.asarray(within - self.covariates @ slope)

    def strength(self, draws: Draws) -> Floats:
        """Weighted sum of squares of each assignment beyond dates and covariates (B,)."""
        total = np.bincount(self.date, self.weights, minlength=draws.dates)
        sent = draws.sums_by_date(self.date, self.weights)
        cross = draws.sums(self.covariates * self.weights[:, None])
        own = (sent - sent**2 / total).sum(axis=1)
        return np.asarray(own - ((cross @ self._inverse) * cross).sum(axis=1))

    def statistics(self, draws: Draws, residuals: Floats) -> tuple[Floats, Floats]:
        """Studentised sums over those sent of residuals (R, K): (B, K), and strengths (B,).

        The division by the root of the strength matters: those really sent are often alike in
        their past scores, which makes their estimate less sure than a random draw's.
        """
        strength = self.strength(draws)
        root = np.sqrt(np.where(strength > 0, strength, np.inf))
        return draws.sums(residuals * self.weights[:, None]) / root[:, None], strength


def take_date_means(date: Ints, values: Floats, weights: Floats) -> Floats:
    """Subtract each date's weighted mean from columns of values (R, K)."""
    dates = int(date.max()) + 1
    total = np.bincount(date, weights, minlength=dates)
    out = np.empty_like(values, dtype=float)
    for column in range(values.shape[1]):
        mean = np.bincount(date, weights * values[:, column], minlength=dates) / total
        out[:, column] = values[:, column] - mean[date]
    return out


def fit(design: Design, trained: Bools, exposure: Floats, outcome: Floats, draws: Draws) -> Tested:
    """Effect of the training on one outcome with its randomisation interval.

    The coefficient of being sent is divided by the coefficient of being sent on exposure (the
    Wald ratio): comparison officers who were trained later inside the window pull the raw
    coefficient towards zero, and leaving them out would select on the future.
    """
    return _Drawn.of(design, trained, exposure, outcome, draws).tested(widen=1.0)


def cautious_fit(
    design: Design,
    trained: Bools,
    exposure: Floats,
    outcome: Floats,
    draws: Draws,
    *,
    cluster: Ints,
) -> Tested:
    """The same, wider where the officers really sent vary more than a draw would (ADR 6)."""
    drawn = _Drawn.of(design, trained, exposure, outcome, draws)
    plain = drawn.tested(widen=1.0)
    if not np.isfinite(plain.estimate):
        return plain
    rest = design.residual(outcome) - plain.estimate * design.residual(exposure)
    ratio = variance_ratio(design, trained, rest, cluster, drawn.strengths)
    return drawn.tested(widen=float(np.sqrt(max(1.0, ratio)))) if ratio > 1 else plain


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Studentised coefficients on outcome and exposure, of those sent (2,) and of draws (B, 2)."""

    seen: Floats
    drawn: Floats
    strengths: Floats  # (B,) of all draws
    is_every: bool

    @classmethod
    def of(
        cls, design: Design, trained: Bools, exposure: Floats, outcome: Floats, draws: Draws
    ) -> _Drawn:
        residuals = np.column_stack([design.residual(outcome), design.residual(exposure)])
        seen, strength = design.statistics(actual(design.date, trained), residuals)
        drawn, strengths = design.statistics(draws, residuals)
        # An assignment that dates and covariates explain wholly has no strength of its own.
        whole = float(design.weights[trained].sum())
        least = NO_STRENGTH * whole
        if strength[0] <= least:
            return cls(np.full(2, np.nan), drawn[:0], strengths, draws.is_every)
        usable = strengths > max(1e-9 * strength[0], least)
        return cls(seen[0], drawn[usable], strengths, draws.is_every)

    def tested(self, *, widen: float) -> Tested:
        return invert_test(
            (float(self.seen[0]) / widen, float(self.seen[1]) / widen),
            (self.drawn[:, 0], self.drawn[:, 1]),
            is_every=self.is_every,
        )


def variance_ratio(
    design: Design, trained: Bools, rest: Floats, cluster: Ints, strengths: Floats
) -> float:
    """Variance of the estimate for those sent, over what a draw's would be; half-way to 1.

    Low scorers vary more, and they are the ones who are sent. The sandwich of few clusters is
    too small by k / (k − 1) for k clusters sent, and noisy, so it is shrunk half-way to 1.
    """
    sent = design.residual(trained.astype(float)) * design.weights
    real = _cluster_sums(cluster, sent * rest) / design.strength(actual(design.date, trained))[0]
    count = np.bincount(design.date)
    share = np.bincount(design.date, trained) / count
    scale = np.sqrt(share * (1 - share))[design.date] * design.weights
    at_once = cluster * len(count) + design.date
    drawn = _cluster_sums(at_once, scale * rest) / float(strengths.mean())
    count_sent = len(np.unique(cluster[trained]))
    if drawn <= 0 or count_sent < 2:
        return 1.0
    return float(0.5 + 0.5 * real / drawn * count_sent / (count_sent - 1))


def _cluster_sums(cluster: Ints, values: Floats) -> float:
    """Sum over clusters of the square of the sum within."""
    _, place = np.unique(cluster, return_inverse=True)
    return float((np.bincount(place, values) ** 2).sum())


def coefficient(design: Design, trained: Bools, exposure: Floats, outcome: Floats) -> float:
    """The point estimate of `fit` alone; NaN where too few are left to tell it."""
    residuals = np.column_stack([design.residual(outcome), design.residual(exposure)])
    seen, _ = design.statistics(actual(design.date, trained), residuals)
    return float(seen[0, 0] / seen[0, 1]) if seen[0, 1] else float("nan")
