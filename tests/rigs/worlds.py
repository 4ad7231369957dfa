"""Made-up worlds with a known effect: what the truth harness measures the method against.

Answers are ordinal (1 to 4, mean about 3): a latent normal value is cut at three points. Effects
are given in points of the mean and turned into latent shifts by the slope of the mean at 0, so a
world's true effect is computed from its own cells, not assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from feedback_app.impact.panel import NEVER, Event, Panel

CUTS = np.array([-2.2, -1.1, 0.75])
OFFICER_SD, SHOCK_SD, MONTH_SD, COUNTER_SD, COUNTER_SHOCK_SD = 0.35, 0.25, 0.1, 0.15, 0.1


@dataclass(frozen=True)
class World:
    """A recipe: how many officers, who is sent and why, what it does."""

    name: str
    officers: int = 40
    counters: int = 10
    months: int = 30
    dates: tuple[int, ...] = (11, 15, 19, 23)
    a_date: int = 4  # officers (or counters) sent on each date
    selection: str = "random"  # random, last_1, last_3, last_6, private, improving, counters
    effect: float = 0.0  # points of the mean
    grows: bool = False
    answers: float = 60.0
    uneven: bool = False
    more_answers_when_trained: float = 0.0
    rho: float = 0.6
    shock_sd: float = SHOCK_SD
    reason: str = "lot"
    kind: str = field(default="held")  # held to the bars, or a known limit


@dataclass(frozen=True)
class Drawn:
    """One history: the panel, the events, and the effect that was really put in."""

    panel: Panel
    events: tuple[Event, ...]
    truth: float


def mean_points(latent: np.ndarray) -> np.ndarray:
    """Expected points 1 to 4 at a latent level."""
    return 1 + sum(ndtr(latent - cut) for cut in CUTS)


def draw(world: World, seed: int, *, horizon: int = 4) -> Drawn:
    """Draw one history month by month, so that selection can look at observed scores."""
    rng = np.random.default_rng(seed)
    size, months = world.officers, world.months
    counter = np.arange(size) % world.counters
    base = rng.normal(0, OFFICER_SD, size) + rng.normal(0, COUNTER_SD, world.counters)[counter]
    shock = _autoregression(size, months, world.shock_sd, world.rho, rng)
    drift = (
        rng.normal(0, 0.012, size)[:, None] * np.arange(months)
        if world.selection == "improving"
        else np.zeros((size, months))
    )
    common = (
        rng.normal(0, MONTH_SD, months)
        + _autoregression(world.counters, months, COUNTER_SHOCK_SD, world.rho, rng)[counter]
    )
    plain = base[:, None] + shock + drift + common
    volume = rng.gamma(4, world.answers / 4, size) if world.uneven else np.full(size, world.answers)
    first = np.full(size, NEVER)
    lift = np.zeros((size, months))
    score, n = np.full((size, months), np.nan), np.zeros((size, months))
    for month in range(months):
        if month in world.dates:
            sent = _choose(world, score[:, :month], plain, drift, counter, first, month, rng)
            first[sent] = month
        since = month - first
        trained = (first != NEVER) & (since > 0)
        size_now = np.where(trained, 1 / _slope(plain[:, month]), 0.0) * world.effect
        lift[:, month] = size_now * (np.minimum(since, 8) / 2.5 if world.grows else 1.0)
        expected = volume * np.where(trained, 1 + world.more_answers_when_trained, 1.0)
        n[:, month] = rng.poisson(expected)
        score[:, month] = _observe(plain[:, month] + lift[:, month], n[:, month], rng)
    window = (np.arange(months) > first[:, None]) & (np.arange(months) <= first[:, None] + horizon)
    window &= (first != NEVER)[:, None]
    gain = mean_points(plain + lift) - mean_points(plain)
    events = tuple(
        Event(
            str(i),
            "course",
            int(first[i]),
            world.reason,
            "counter" if world.selection == "counters" else "officer",
            1e6,
        )
        for i in np.flatnonzero(first != NEVER)
    )
    panel = Panel(
        tuple(str(i) for i in range(size)),
        ("score",),
        tuple(f"L{i}" for i in range(world.counters)),
        0,
        score[None],
        n[None],
        np.repeat(counter[:, None], months, axis=1),
    )
    return Drawn(panel, events, float(gain[window].mean()) if window.any() else 0.0)


def _autoregression(
    units: int, months: int, sd: float, rho: float, rng: np.random.Generator
) -> np.ndarray:
    out = np.empty((units, months))
    out[:, 0] = rng.normal(0, sd, units)
    for month in range(1, months):
        out[:, month] = rho * out[:, month - 1] + rng.normal(0, sd * np.sqrt(1 - rho**2), units)
    return out


def _slope(latent: np.ndarray) -> np.ndarray:
    return (mean_points(latent + 0.05) - mean_points(latent - 0.05)) / 0.1


def _observe(latent: np.ndarray, n: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    above = ndtr(latent[:, None] - CUTS)
    chances = np.column_stack(
        [1 - above[:, 0], above[:, 0] - above[:, 1], above[:, 1] - above[:, 2], above[:, 2]]
    )
    counts = rng.multinomial(n.astype(int), chances)
    with np.errstate(invalid="ignore"):
        return counts @ np.arange(1, 5) / np.where(n > 0, n, np.nan)


def _choose(
    world: World,
    score: np.ndarray,
    plain: np.ndarray,
    drift: np.ndarray,
    counter: np.ndarray,
    first: np.ndarray,
    month: int,
    rng: np.random.Generator,
) -> np.ndarray:
    free = np.flatnonzero(first == NEVER)
    if world.selection == "counters":
        open_counters = [c for c in range(world.counters) if (first[counter == c] == NEVER).all()]
        return np.flatnonzero(
            np.isin(counter, rng.choice(open_counters, world.a_date, replace=False))
        )
    rules: dict[str, Callable[[], np.ndarray]] = {
        "random": lambda: rng.random(len(free)),
        "last_1": lambda: score[free, -1],
        "last_3": lambda: np.nanmean(score[free, -3:], axis=1),
        "last_6": lambda: np.nanmean(score[free, -6:], axis=1),
        # the boss knows who is about to do better, citizens do not yet
        "private": lambda: (
            -(plain[free, month + 1] - plain[free, month - 1]) + rng.normal(0, 0.1, len(free))
        ),
        "improving": lambda: -drift[free, 1] + rng.normal(0, 0.004, len(free)),
    }
    value = np.nan_to_num(rules[world.selection](), nan=9.0)
    return free[np.argsort(value, kind="stable")[: world.a_date]]
