"""Made-up worlds with a known effect: what the truth harness measures the method against.

Answers are ordinal (1 to 4, mean about 3): a latent normal value is cut at three points. An officer
has a level, an AR(1) shock, a month's and a counter's shock. The latent lift of a training is set
from the wanted effect in points; a world's true effect is then computed from its own cells. The
sizes of these parts are guesses, fixed before the method was tried on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from feedback_app.impact.events import Event
from feedback_app.impact.panel import NEVER, Bools, Floats, Ints, Panel

CUTS = np.array([-2.2, -1.1, 0.75])
OFFICER_SD, SHOCK_SD, MONTH_SD = 0.35, 0.25, 0.1
COUNTER_SD, COUNTER_SHOCK_SD, ITEM_SD = 0.15, 0.1, 0.15
DRIFT_SD = 0.012  # latent a month: officers who get better or worse by themselves
PRIVATE_NOISE, IMPROVING_NOISE = 0.1, 0.004
HORIZON = 4


@dataclass(frozen=True)
class World:
    """A recipe: how many officers, who is sent and why, what it does; effects in points."""

    name: str
    officers: int = 40
    counters: int = 10
    months: int = 30
    dates: tuple[int, ...] = (11, 15, 19, 23)
    a_date: int = 4  # officers (or counters) sent on each date
    selection: str = "random"  # random, last_1, last_3, last_6, private, improving, counters
    effect: float = 0.0
    grows: bool = False
    answers: float = 60.0
    uneven: bool = False
    missing: float = 0.0  # share of officer-months without answers
    more_answers_when_trained: float = 0.0
    rho: float = 0.6
    items: int = 1  # officers are chosen by the mean of all, the effect is on the first
    is_limit: bool = False  # a world where every method is known to fail


@dataclass(frozen=True)
class Drawn:
    """One history: the panel, the events, and the effect that was really put in (first item)."""

    panel: Panel
    events: tuple[Event, ...]
    truth: float


@dataclass
class _History:
    """A world as it unfolds, month by month."""

    world: World
    rng: np.random.Generator
    counter: Ints  # (O,)
    plain: Floats  # (I, O, T) latent level without any training
    drift: Floats  # (O,)
    volume: Floats  # (O,)
    first: Ints  # (O,) month of the training
    lift: Floats  # (O, T) of the first item
    score: Floats  # (I, O, T)
    n: Floats  # (O, T)


def draw(world: World, seed: int) -> Drawn:
    """Draw one history; selection sees the scores observed so far and nothing else."""
    history = begin(world, np.random.default_rng(seed))
    for month in range(world.months):
        if month in world.dates:
            history.first[_choose(history, month)] = month
        _live_through(history, month)
    return _seal(history)


def begin(world: World, rng: np.random.Generator) -> _History:
    """An office before anything is observed."""
    size, months = world.officers, world.months
    counter = np.arange(size) % world.counters
    level = rng.normal(0, OFFICER_SD, size) + rng.normal(0, COUNTER_SD, world.counters)[counter]
    drift = rng.normal(0, DRIFT_SD, size) if world.selection == "improving" else np.zeros(size)
    shock = _autoregression(size, months, SHOCK_SD, world.rho, rng)
    common = rng.normal(0, MONTH_SD, months)
    local = _autoregression(world.counters, months, COUNTER_SHOCK_SD, world.rho, rng)[counter]
    plain = level[:, None] + drift[:, None] * np.arange(months) + shock + common + local
    own = [
        _autoregression(size, months, ITEM_SD, world.rho, rng) if world.items > 1 else 0.0
        for _ in range(world.items)
    ]
    shape = (world.items, size, months)
    return _History(
        world=world,
        rng=rng,
        counter=counter,
        plain=np.stack([plain + part for part in own]),
        drift=drift,
        volume=rng.gamma(4, world.answers / 4, size)
        if world.uneven
        else np.full(size, world.answers),
        first=np.full(size, NEVER),
        lift=np.zeros((size, months)),
        score=np.full(shape, np.nan),
        n=np.zeros((size, months)),
    )


def _autoregression(
    units: int, months: int, sd: float, rho: float, rng: np.random.Generator
) -> Floats:
    out = np.empty((units, months))
    out[:, 0] = rng.normal(0, sd, units)
    for month in range(1, months):
        out[:, month] = rho * out[:, month - 1] + rng.normal(0, sd * np.sqrt(1 - rho**2), units)
    return out


def _live_through(history: _History, month: int) -> None:
    """One month: trained officers' lift, how many answer, what they answer."""
    world, rng = history.world, history.rng
    since = month - history.first
    trained = (history.first != NEVER) & (since > 0)
    now = history.plain[0, :, month]
    size = np.where(trained, world.effect / slope(now), 0.0)
    history.lift[:, month] = size * (np.minimum(since, 8) / 2.5 if world.grows else 1.0)
    more = 1 + world.more_answers_when_trained
    n = rng.poisson(history.volume * np.where(trained, more, 1.0))
    history.n[:, month] = np.where(rng.random(len(n)) < world.missing, 0, n)
    for item in range(world.items):
        lift = history.lift[:, month] if item == 0 else 0.0
        latent = history.plain[item, :, month] + lift
        history.score[item, :, month] = observe(latent, history.n[:, month], rng)


def mean_points(latent: Floats) -> Floats:
    """Expected points 1 to 4 at a latent level."""
    return np.asarray(1 + sum(ndtr(latent - cut) for cut in CUTS))


def slope(latent: Floats) -> Floats:
    """Points that a latent unit is worth at a level."""
    return (mean_points(latent + 0.05) - mean_points(latent - 0.05)) / 0.1


def observe(latent: Floats, n: Floats, rng: np.random.Generator) -> Floats:
    """Mean points (O,) of n answers (O,) at a latent level; NaN where nobody answered."""
    above = np.column_stack([np.ones(len(latent)), *(ndtr(latent - c) for c in CUTS)])
    chances = above - np.column_stack([above[:, 1:], np.zeros(len(latent))])
    counts = rng.multinomial(n.astype(int), chances)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(counts @ np.arange(1, 5) / np.where(n > 0, n, np.nan))


def _choose(history: _History, month: int) -> Ints:
    """Places of the officers who are sent this month."""
    world, rng = history.world, history.rng
    free = np.flatnonzero(history.first == NEVER)
    if world.selection == "counters":
        untouched = [
            c for c in range(world.counters) if (history.first[history.counter == c] == NEVER).all()
        ]
        sent = rng.choice(untouched, world.a_date, replace=False)
        return np.flatnonzero(np.isin(history.counter, sent))
    past = history.score[:, free, :month].mean(axis=0)
    plain = history.plain[0][free]
    rules: dict[str, Callable[[], Floats]] = {
        "random": lambda: rng.random(len(free)),
        "last_1": lambda: _recent(past, 1),
        "last_3": lambda: _recent(past, 3),
        "last_6": lambda: _recent(past, 6),
        # the boss knows who is about to do better; the scores do not show it yet
        "private": lambda: (
            plain[:, month - 1] - plain[:, month + 1] + rng.normal(0, PRIVATE_NOISE, len(free))
        ),
        "improving": lambda: -history.drift[free] + rng.normal(0, IMPROVING_NOISE, len(free)),
    }
    order = np.argsort(rules[world.selection](), kind="stable")
    return np.asarray(free[order[: world.a_date]])


def _recent(past: Floats, months: int) -> Floats:
    part = past[:, -months:]
    seen = np.isfinite(part)
    mean = np.where(seen, part, 0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return np.where(seen.any(axis=1), mean, 9.0)  # who has no score is not sent for a low one


def _seal(history: _History) -> Drawn:
    world, first = history.world, history.first
    column = np.arange(world.months)[None, :]
    went = first != NEVER
    window: Bools = (column > first[:, None]) & (column <= first[:, None] + HORIZON)
    window &= went[:, None]
    gain = mean_points(history.plain[0] + history.lift) - mean_points(history.plain[0])
    sent = "counter" if world.selection == "counters" else "officer"
    reasons = {"random": "lot", "counters": "lot", "improving": "volunteer"}
    reason = reasons.get(world.selection, "low_score")
    events = tuple(
        Event(str(i), "course", int(first[i]), reason, sent, 1e6) for i in np.flatnonzero(went)
    )
    panel = Panel(
        officers=tuple(map(str, range(world.officers))),
        items=tuple(f"item{i}" for i in range(world.items)) if world.items > 1 else ("score",),
        units=tuple(f"L{i}" for i in range(world.counters)),
        first_month=0,
        score=history.score,
        n=np.repeat(history.n[None], world.items, axis=0),
        unit=np.repeat(history.counter[:, None], world.months, axis=1),
    )
    return Drawn(panel, events, float(gain[window].mean()) if window.any() else 0.0)
