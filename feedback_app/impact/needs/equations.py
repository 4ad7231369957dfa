"""Henderson's mixed-model equations of one item, with the officers eliminated.

y = month + counter + service + officer + error; months are fixed, the rest is random. The error of
a cell has the variance answer / n + cell, and cells of one officer and month (a spell) share a
shock of the variance `spell`. A spell belongs to one officer, so the officers' block stays
diagonal: a province costs a matrix of its counters, not of its officers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from feedback_app.impact.needs.panel import Design
from feedback_app.impact.panel import Floats

FLAT = 1e4  # variance of a level that is to be as good as fixed (a sd of 100 points)


@dataclass(frozen=True, slots=True)
class Variances:
    """Of one answer, of a cell beside its answers, of a spell; of officers, counters, services."""

    answer: float
    cell: float
    spell: float
    officer: float
    counter: float
    service: float

    @property
    def shock(self) -> float:
        """What a month adds that more answers in it do not take away."""
        return self.cell + self.spell


@dataclass(frozen=True, slots=True)
class Data:
    """W'R⁻¹W and W'R⁻¹y without priors: officers' diagonal `own` (O,), `cross` (O, K), the rest.

    `rest` is (K, K); `fit` is y'R⁻¹y, `log_det` log|R|.
    """

    own: Floats
    cross: Floats
    rest: Floats
    own_y: Floats
    rest_y: Floats
    fit: float
    log_det: float


@dataclass(frozen=True, slots=True)
class Solution:
    """Joint posterior: officers (O,) and the K others, with what their covariance is made of.

    Cov(rest) = `cov` (K, K); Cov(officers) = diag(1 / `own`) + `lead` cov lead'; Cov(officers,
    rest) = −lead cov.
    """

    officers: Floats
    rest: Floats
    own: Floats
    lead: Floats
    cov: Floats


def data_of(design: Design, v: Variances) -> Data:
    """What the cells say, for these error variances."""
    weight = 1 / (v.answer / design.n + v.cell)
    weighted = design.fixed.copy()
    weighted.data = np.repeat(weight, 3)
    spells = len(design.spell_officer)
    total = np.bincount(design.spell, weight, minlength=spells)
    total_y = np.bincount(design.spell, weight * design.y, minlength=spells)
    kept = 1 / (1 + v.spell * total)  # how much of a spell's sum its shared shock leaves
    sums = design.spell_sum @ weighted
    own = design.officer_sum @ (total * kept)
    rest = (design.fixed_t @ weighted).toarray()
    shrunk = sums.copy()
    shrunk.data = sums.data * np.repeat(kept, np.diff(sums.indptr))
    rest -= v.spell * (sums.T @ shrunk).toarray()
    return Data(
        own=own,
        cross=(design.officer_sum @ shrunk).toarray(),
        rest=rest,
        own_y=design.officer_sum @ (total_y * kept),
        rest_y=weighted.T @ design.y - v.spell * (shrunk.T @ total_y),
        fit=float(weight @ design.y**2 - v.spell * (kept @ total_y**2)),
        log_det=float(-np.log(weight).sum() - np.log(kept).sum()),
    )


@dataclass(frozen=True, slots=True)
class Reduced:
    """The equations with the officers eliminated, solved; `factor` (K, K) is Cholesky's.

    `objective` is −2 log of the restricted likelihood, up to a constant.
    """

    own: Floats
    lead: Floats
    factor: Floats
    officers: Floats
    rest: Floats
    objective: float


def reduce(design: Design, v: Variances, data: Data) -> Reduced:
    """Solve for these variances; `data` was made with the same error variances."""
    own = data.own + 1 / v.officer
    lead = data.cross / own[:, None]
    reduced = data.rest - data.cross.T @ lead
    diagonal = np.einsum("ii->i", reduced)
    diagonal[: design.months] += 1 / FLAT
    diagonal[design.counters] += 1 / v.counter
    diagonal[design.services] += 1 / v.service
    factor = linalg.cholesky(reduced, lower=True, check_finite=False)
    known = data.rest_y - lead.T @ data.own_y
    rest = linalg.cho_solve((factor, True), known, check_finite=False)
    officers = (data.own_y - data.cross @ rest) / own
    determinants = (
        data.log_det
        + len(own) * np.log(v.officer)
        + len(design.counter_ids) * np.log(v.counter)
        + len(design.service_ids) * np.log(v.service)
        + np.log(own).sum()
        + 2 * np.log(np.diag(factor)).sum()
    )
    left = data.fit - data.rest_y @ rest - data.own_y @ officers
    return Reduced(own, lead, factor, officers, rest, float(determinants + left))


def solve(design: Design, v: Variances) -> Solution:
    """The joint posterior for these variances."""
    found = reduce(design, v, data_of(design, v))
    unity = np.eye(len(found.rest))
    return Solution(
        officers=found.officers,
        rest=found.rest,
        own=found.own,
        lead=found.lead,
        cov=linalg.cho_solve((found.factor, True), unity, check_finite=False),
    )
