"""Gaps of officers and counters with their intervals, and whether the two can be told apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.special import ndtr

from feedback_app.impact.needs.equations import FLAT, Solution, Variances, solve
from feedback_app.impact.needs.panel import Design
from feedback_app.impact.panel import Bools, Floats, Ints

LEAST_PEERS = 3  # officers tied to each other by at least two counters: enough to compare within


@dataclass(frozen=True, slots=True)
class Gaps:
    """Of some officers or counters, each (O,) or (C,): mean and variance of the posterior.

    `reliability` is 1 − variance / variance before any answer. NaN where there is nobody to be
    compared with.
    """

    gap: Floats
    variance: Floats
    reliability: Floats

    def below(self, delta: float) -> Floats:
        """P(gap < −delta); 0 where there is no gap to speak of."""
        with np.errstate(invalid="ignore", divide="ignore"):
            shown = ndtr((-delta - self.gap) / np.sqrt(self.variance))
        return np.nan_to_num(shown, nan=0.0)


def officer_gaps(found: Solution, v: Variances) -> Gaps:
    """Each officer against the mean of all officers, in the same counters, services and months."""
    count = len(found.officers)
    if count < 2:
        return _none(count)
    among = np.zeros(count, dtype=np.int64)
    variance = _against_mean(found.own, found.lead, found.cov, among)
    gap = found.officers - found.officers.mean()
    return Gaps(gap, variance, 1 - variance / (v.officer * (1 - 1 / count)))


def place_gaps(design: Design, found: Solution, v: Variances) -> Gaps:
    """Each counter with the services served there, against the mean of all counters.

    Where a service is served everywhere its part cancels; where it is served here only, it and the
    counter cannot be told apart, and both are the place.
    """
    count = len(design.counter_ids)
    if count < 2:
        return _none(count)
    contrasts = place_contrasts(design)
    gap = contrasts @ found.rest
    variance = np.einsum("ck,ck->c", contrasts @ found.cov, contrasts)
    return Gaps(gap, variance, 1 - variance / (contrasts**2 @ prior_variance(design, v)))


def prior_variance(design: Design, v: Variances) -> Floats:
    """(K,): variance of each counter and service before any answer; 0 for months."""
    prior = np.zeros(design.services.stop)
    prior[design.counters], prior[design.services] = v.counter, v.service
    return prior


def place_contrasts(design: Design) -> Floats:
    """(C, K): what makes each counter's place, minus the mean of all counters."""
    counters, services = len(design.counter_ids), len(design.service_ids)
    served = np.bincount(
        design.counter * services + design.service, design.n, minlength=counters * services
    ).reshape(counters, services)
    places = np.zeros((counters, design.services.stop))
    places[:, design.counters] = np.eye(counters)
    places[:, design.services] = served / served.sum(axis=1, keepdims=True)
    centred: Floats = places - places.mean(axis=0)
    return centred


def inflation(design: Design, v: Variances) -> Floats:
    """(O,): variance of an officer's contrast with counters unknown over that with counters known.

    The contrast is with those officers whom shared counters tie to this one; infinite where these
    are no whole office and too few, or all at one counter: officers and counter cannot be parted.
    """
    among = tied_groups(design)
    unknown = _contrast_variance(design, replace(v, officer=FLAT, counter=FLAT), among)
    known = _contrast_variance(design, replace(v, officer=FLAT, counter=1 / FLAT**2), among)
    is_tied = connected(design, among)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(is_tied & (known > 0), unknown / known, 1.0)
    return np.where(is_tied, ratio, np.inf)


def _contrast_variance(design: Design, v: Variances, among: Ints) -> Floats:
    found = solve(design, v)
    return _against_mean(found.own, found.lead, found.cov, among)


def _against_mean(own: Floats, lead: Floats, cov: Floats, among: Ints) -> Floats:
    """(O,): variance of an officer's level minus the mean of the officer's group."""
    sizes = np.bincount(among)
    groups = len(sizes)
    mean_lead = np.zeros((groups, lead.shape[1]))
    np.add.at(mean_lead, among, lead)
    mean_lead /= sizes[:, None]
    apart = lead - mean_lead[among]
    size = sizes[among]
    alone = (1 - 2 / size) / own + (np.bincount(among, 1 / own) / sizes**2)[among]
    variance: Floats = alone + np.einsum("ok,ok->o", apart @ cov, apart)
    return variance


def tied_groups(design: Design) -> Ints:
    """(O,): officers of one number are tied to each other by counters that they share."""
    officers, counters = len(design.officers), len(design.counter_ids)
    ties = sparse.coo_matrix(
        (np.ones(len(design.officer)), (design.officer, officers + design.counter)),
        shape=(officers + counters, officers + counters),
    )
    _count, part = csgraph.connected_components(ties, directed=False)
    return np.unique(part[:officers], return_inverse=True)[1].astype(np.int64)


def connected(design: Design, among: Ints) -> Bools:
    """(O,): whether the officer's tied group can be compared within itself.

    It is a whole unit of two or more, where everybody shares the counters; or three officers and
    two counters. An only officer has nobody to be compared with, which is another matter.
    """
    groups = int(among.max()) + 1
    members = np.bincount(among, minlength=groups)
    group_of_cell = among[design.officer]
    counters = _different(group_of_cell, design.counter, groups)
    units = _different(design.unit, group_of_cell, int(design.unit.max()) + 1)
    is_whole = np.ones(groups, dtype=bool)
    is_whole[group_of_cell[units[design.unit] > 1]] = False
    is_whole &= (members >= 2) | (len(among) == 1)
    return (is_whole | ((members >= LEAST_PEERS) & (counters >= 2)))[among]


def _different(keys: Ints, values: Ints, size: int) -> Ints:
    """(size,): how many different values each key has."""
    pairs = np.unique(np.stack([keys, values], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=size).astype(np.int64)


def _none(count: int) -> Gaps:
    nothing = np.full(count, np.nan)
    return Gaps(nothing, nothing, nothing)
