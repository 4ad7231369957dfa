"""Variances of one item by restricted maximum likelihood with weak log-normal priors."""

from __future__ import annotations

from dataclasses import astuple
from dataclasses import replace as replaced
from functools import lru_cache

import numpy as np
from scipy.optimize import minimize

from feedback_app.impact.needs.equations import Data, Variances, data_of, reduce
from feedback_app.impact.needs.panel import Design
from feedback_app.impact.panel import Floats

# Medians of the priors, in points squared: answers 1 to 4 with a sd of .73, months of about .05
# (half of it the officer's own month), officers .07, counters .08. They decide only where data are
# silent: a single month tells no month-to-month variance, one counter none between counters.
MEDIANS = Variances(
    answer=0.53, cell=0.035**2, spell=0.035**2, officer=0.07**2, counter=0.08**2, service=0.08**2
)
WIDTHS = np.array([0.5, 1.0, 1.0, 1.0, 1.0, 1.0])  # sd of each logarithm: 1 is a factor of 2.7
FARTHEST = 7.0  # a factor of 1,000: where all answers are alike the likelihood has no bottom


def fit(design: Design, *, widths: Floats = WIDTHS) -> Variances:
    """The mode of likelihood × priors; priors as wide as they like leave plain REML."""
    start = np.log(astuple(MEDIANS))
    level = np.average(design.y, weights=design.n)
    centred = replaced(design, y=design.y - level)  # the months' wide prior is around it
    # Steps in units of what the data can tell, about 1 / sqrt(levels): half the evaluations.
    steps = 1 + np.sqrt(_levels(design))

    @lru_cache(maxsize=5)  # a gradient's steps: the point itself and one for each error variance
    def data(answer: float, cell: float, spell: float) -> Data:
        return data_of(centred, replaced(MEDIANS, answer=answer, cell=cell, spell=spell))

    def objective(scaled: Floats) -> float:
        logs = start + scaled / steps
        v = Variances(*map(float, np.exp(logs)))
        prior = float((((logs - start) / widths) ** 2).sum())
        return reduce(centred, v, data(v.answer, v.cell, v.spell)).objective + prior

    found = minimize(
        objective,
        np.zeros_like(start),
        method="L-BFGS-B",
        bounds=[(-FARTHEST * step, FARTHEST * step) for step in steps],
        options={"ftol": 1e-6, "eps": 1e-3},
    )
    return Variances(*map(float, np.exp(start + found.x / steps)))


def _levels(design: Design) -> Floats:
    """How many levels speak of each variance; a cell's and a spell's shock show in few of them."""
    cells, spells = len(design.y), len(design.spell_officer)
    random = (len(design.officers), len(design.counter_ids), len(design.service_ids))
    return np.array([cells, cells / 16, spells / 16, *random], dtype=np.float64)
