"""Simulated offices with known causes, for the bars of needs.

An answer is a latent normal value cut at three points, as in worlds.py; effects are in points of
the mean (a latent value is an effect / SLOPE). Sizes of the parts are guesses, fixed before the
method was tried on them, but for those that the bars name: officers' sd .06, a gap of .3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from feedback_app.impact.needs.panel import NeedsPanel
from feedback_app.impact.panel import Floats, Ints
from tests.rigs.worlds import CUTS

SLOPE = 0.59  # points of the mean a unit of the latent value, near its middle
BAD_OFFICER, BAD_COUNTER = 3, 2
LEFT, LEFT_AFTER = 5, 5  # who leaves, and after how many months
MOSTLY = 0.7  # share of the own counter where officers only help out elsewhere
LEAST_KEPT = 0.3  # share of an officer's month that stays at the month's first counter


@dataclass(frozen=True)
class Office:
    """A recipe. `moves`: rotate, mostly (own counter), seldom, never, alone (one a counter)."""

    name: str
    officer_gap: float = 0.0  # of one officer
    counter_fault: float = 0.0  # of one counter, whoever serves there
    answers: float = 42.0  # an officer and month
    moves: str = "rotate"
    services: str = "everywhere"  # or: own (one of each counter beside a common one), specialists
    leaver: bool = False
    officers: int = 24
    counters: int = 8
    months: int = 12
    month_sd: float = 0.05  # common to all
    spell_sd: float = 0.04  # of one officer's month
    counter_sd: float = 0.04
    service_sd: float = 0.06
    officer_sd: float = 0.06


SERVICES = 5


def draw_office(office: Office, seed: int) -> NeedsPanel:
    """One history of an office; one item."""
    rng = np.random.default_rng(seed)
    officer, counter, service, month, n = _visits(office, rng)
    levels = rng.normal(0, office.officer_sd, office.officers)
    levels[BAD_OFFICER] = -office.officer_gap if office.officer_gap else levels[BAD_OFFICER]
    places = rng.normal(0, office.counter_sd, office.counters)
    places[BAD_COUNTER] -= office.counter_fault
    kinds = rng.normal(0, office.service_sd, int(service.max()) + 1)
    months = rng.normal(0, office.month_sd, office.months)
    spells = rng.normal(0, office.spell_sd, (office.officers, office.months))
    shift = levels[officer] + places[counter] + kinds[service] + months[month]
    score = _mean_answers(rng, (shift + spells[officer, month]) / SLOPE, n)
    return NeedsPanel(
        officers=tuple(f"o{place}" for place in range(office.officers)),
        counters=tuple(f"L{place}" for place in range(office.counters)),
        services=tuple(f"s{place}" for place in range(int(service.max()) + 1)),
        units=("all",),
        items=("kompetensi",),
        first_month=2025 * 12,
        officer=officer,
        counter=counter,
        service=service,
        unit=np.zeros_like(officer),
        item=np.zeros_like(officer),
        month=month,
        score=score,
        n=n.astype(float),
    )


def _visits(office: Office, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Officer, counter, service, month and answers of each cell."""
    rows: list[tuple[int, int, int, int, int]] = []
    taste = rng.dirichlet(np.full(SERVICES, 2.0), office.counters)
    for month in range(office.months):
        homes = rng.permutation(office.officers) % office.counters
        for officer in range(office.officers):
            if office.leaver and officer == LEFT and month > LEFT_AFTER:
                continue
            for counter, share in _places(office, rng, officer, int(homes[officer]), month):
                mix = _mix(office, officer, counter, taste)
                counts = rng.poisson(office.answers * share * mix)
                rows += [(officer, counter, s, month, int(k)) for s, k in enumerate(counts) if k]
    officer, counter, service, at, n = np.array(rows, dtype=np.int64).T
    return officer, counter, service, at, n


def _places(
    office: Office, rng: np.random.Generator, officer: int, home: int, month: int
) -> list[tuple[int, float]]:
    """Counters of an officer's month with the share of its answers."""
    own = officer % office.counters
    if office.moves in {"never", "alone"}:
        return [(own, 1.0)]
    if office.moves == "seldom" and (officer or month):  # one officer helps out for one month
        return [(own, 1.0)]
    other = int(rng.integers(office.counters))
    share = float(rng.uniform(LEAST_KEPT, 1))
    if office.moves == "mostly":
        home, share = own, MOSTLY
    return [(home, 1.0)] if other == home else [(home, share), (other, 1 - share)]


def _mix(office: Office, officer: int, counter: int, taste: Floats) -> Floats:
    """Shares of services in the visits of an officer at a counter."""
    if office.services == "own":  # service 0 everywhere, service 1 + c at counter c only
        shares = np.zeros(1 + office.counters)
        shares[0], shares[1 + counter] = 0.4, 0.6
        return shares
    if office.services == "specialists":  # each officer mostly does one service, at any counter
        shares = np.full(SERVICES, 0.3 / (SERVICES - 1))
        shares[officer % SERVICES] = 0.7
        return shares
    own: Floats = taste[counter]
    return own


def _mean_answers(rng: np.random.Generator, shift: Floats, n: Ints) -> Floats:
    """Mean of n answers 1 to 4 for each latent shift."""
    ends = ndtr(CUTS[None, :] - shift[:, None])
    shares = np.diff(np.column_stack([np.zeros(len(n)), ends, np.ones(len(n))]), axis=1)
    counts = rng.multinomial(n, shares)
    means: Floats = counts @ np.arange(1.0, 5.0) / n
    return means
