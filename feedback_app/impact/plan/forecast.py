"""What a plan should change and how surely: beliefs about trainings, and their intervals.

Effects of an agency's trainings are drawn from one normal distribution whose mean and spread are
not known: θ ~ N(m, τ²), m ~ N(.05, .087²), τ ~ |N(0, .05)|, so that of an office that has measured
nothing a training is believed to do .05 with a standard deviation of .10. The integral over τ is a
sum over a grid: taking τ as known, as the matrix of trainings does, makes intervals too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

from feedback_app.domain.training_plan import Office, Pair
from feedback_app.impact.panel import Floats

Key = tuple[str, str]  # training, item
UNKNOWN_MEAN, UNKNOWN_SD = 0.05, 0.10
TAU_SD = 0.05
MEAN_SD = sqrt(UNKNOWN_SD**2 - TAU_SD**2)
TAUS = np.linspace(0.0, 0.25, 51)  # to five standard deviations
LEVEL = 0.80


@dataclass(frozen=True, slots=True)
class Measured:
    """A study's estimate of one training and item, in points, and its standard error."""

    estimate: float
    se: float


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Joint belief about the effects of `keys`: means (K,), covariances (K, K)."""

    keys: tuple[Key, ...]
    mean: Floats
    cov: Floats
    measured: frozenset[Key]

    def of(self, key: Key) -> tuple[float, float]:
        """Mean and standard deviation of one training and item."""
        place = self.keys.index(key)
        return float(self.mean[place]), sqrt(float(self.cov[place, place]))


@dataclass(frozen=True, slots=True)
class Interval:
    """What to expect, and from where to where in 80% of such years."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The plan's gain × weight, and each training's effect as a study will find it.

    `known`: the share of the expected gain that rests on trainings that were measured.
    """

    gain: Interval
    trainings: Mapping[Key, Interval]
    known: float


def believe(measured: Mapping[Key, Measured], keys: Sequence[Key] = ()) -> Beliefs:
    """What is believed of measured trainings and of `keys` that may never have been measured."""
    every = tuple(sorted({*measured, *keys}))
    found = [n for n, key in enumerate(every) if key in measured]
    estimate = np.array([measured[every[n]].estimate for n in found])
    noise = np.diag([measured[every[n]].se ** 2 for n in found])
    chances, means, covs = [], [], []
    for tau in TAUS:
        prior = MEAN_SD**2 + tau**2 * np.eye(len(every))
        seen = prior[np.ix_(found, found)] + noise if found else np.zeros((0, 0))
        gap = estimate - UNKNOWN_MEAN
        gain = np.linalg.solve(seen, prior[found]).T if found else np.zeros((len(every), 0))
        _sign, size = np.linalg.slogdet(seen) if found else (1.0, 0.0)
        fit = float(gap @ np.linalg.solve(seen, gap)) if found else 0.0
        chances.append(-0.5 * (fit + size) - 0.5 * (tau / TAU_SD) ** 2)
        means.append(UNKNOWN_MEAN + gain @ gap)
        covs.append(prior - gain @ prior[found])
    weight = np.exp(np.array(chances) - max(chances))
    weight /= weight.sum()
    mean = np.einsum("t,tk->k", weight, np.array(means))
    off = np.array(means) - mean
    cov = np.einsum("t,tkl->kl", weight, np.array(covs))
    cov += np.einsum("t,tk,tl->kl", weight, off, off)
    return Beliefs(every, mean, cov, frozenset(measured))


def interval(mean: float, sd: float) -> Interval:
    """The 80% interval of a normal belief."""
    reach = float(stats.norm.ppf(0.5 + LEVEL / 2)) * sd
    return Interval(mean, mean - reach, mean + reach)


def forecast(
    office: Office,
    chosen: Sequence[Pair],
    beliefs: Beliefs,
    *,
    study_se: Mapping[Key, float] | None = None,
    chances: Mapping[Pair, float] | None = None,
) -> Forecast:
    """What a plan should change; `study_se` adds the error of the study that will measure it.

    `chances`: of each pair that a lot decides on, how likely it is drawn; 1 for all others.

    One training's effect is the same unknown for all who go, so their gains rise and fall together.
    KeyError for a training and item that `beliefs` does not hold.
    """
    runs = {run.code: run for run in office.runs}
    weight: dict[Key, float] = {}
    for officer, code in chosen:
        for item in runs[code].gains:
            key = (runs[code].training, item)
            chance = (chances or {}).get((officer, code), 1.0)
            weight[key] = weight.get(key, 0.0) + chance * office.needs.get((officer, item), 0.0)
    by_key = np.zeros(len(beliefs.keys))
    for key, value in weight.items():
        by_key[beliefs.keys.index(key)] = value
    gain = by_key * beliefs.mean
    is_known = np.array([key in beliefs.measured for key in beliefs.keys])
    noise = {key: (study_se or {}).get(key, 0.0) for key in weight}
    extra = sum((weight[key] * se) ** 2 for key, se in noise.items())
    return Forecast(
        gain=interval(
            float(gain.sum()), sqrt(max(float(by_key @ beliefs.cov @ by_key), 0) + extra)
        ),
        trainings={
            key: interval(beliefs.of(key)[0], sqrt(beliefs.of(key)[1] ** 2 + noise[key] ** 2))
            for key in sorted(weight)
        },
        known=float(gain[is_known].sum() / gain.sum()) if gain.sum() else 0.0,
    )
