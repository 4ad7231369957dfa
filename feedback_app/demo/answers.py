"""Simulated answers: an ordinal model with officers, months, queues, trainings and respondents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from feedback_app.demo.office import OFFICERS
from feedback_app.demo.roster import is_busy_season
from feedback_app.demo.trainings import TRAININGS
from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS

# Latent mean of each element over the cut points below: most answers 3 and 4, biaya mostly 4.
LEVEL = {
    "persyaratan": 2.3,
    "prosedur": 1.9,
    "waktu": 1.4,
    "biaya": 5.6,
    "produk": 2.5,
    "kompetensi": 2.2,
    "perilaku": 2.3,
    "sarana": 1.8,
    "pengaduan": 2.9,
    "informasi": 1.9,
    "kecepatan": 1.9,
    "kepercayaan": 2.0,
}
CUTS = np.array([-2.4, -0.4, 2.6])
OFFICER_SD, MONTH_SD, RESPONDENT_SD, SHOCK_RHO = 0.55, 0.12, 1.3, 0.6
STOPS_EARLY = 0.05
# What needs find: two officers whose manner lags, and a counter where everybody is slow.
OFFICER_GAPS = {(2, "perilaku"): -1.1, (23, "perilaku"): -1.7}  # place in OFFICERS, element
COUNTER_GAPS = {(3, "kecepatan"): -1.6}  # place in COUNTERS, element: an old printer
QUEUE_DROP = {"waktu": 1.1, "prosedur": 0.4, "sarana": 0.4, "kecepatan": 0.3}


def month_number(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def officer_levels(first: int, last: int, rng: np.random.Generator) -> np.ndarray:
    """Latent level of each officer in each month (officers x months): own level and AR(1)."""
    months = last - first + 1
    level = rng.normal(0, OFFICER_SD, (len(OFFICERS), 1))
    shock = np.zeros((len(OFFICERS), months))
    for month in range(1, months):
        step = rng.normal(0, 0.25, len(OFFICERS))
        shock[:, month] = SHOCK_RHO * shock[:, month - 1] + step
    return level + shock + rng.normal(0, MONTH_SD, (1, months))


def training_lift(first: int, last: int) -> dict[str, np.ndarray]:
    """What trainings add, by element: officers x months, from the month after the training."""
    lift = {key: np.zeros((len(OFFICERS), last - first + 1)) for key in OFFICER_KEYS}
    for training in TRAININGS:
        begins = last - training.months_ago - first + 1
        for key, effect in training.effects.items():
            lift[key][list(training.officers), begins:] += effect
    return lift


def left_open(rng: np.random.Generator) -> dict[str, None]:
    """What a form leaves open that stops after the questions about the officer; most leave none."""
    stops = rng.random() < STOPS_EARLY
    return dict.fromkeys(key for key in ALL_KEYS if key not in OFFICER_KEYS) if stops else {}


def draw_answers(
    days: Sequence[date],
    officers: np.ndarray,
    counters: np.ndarray,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Values 1 to 4 by element, one a visit; `officers` and `counters` are places in the office."""
    months = np.array([month_number(day) for day in days])
    first, last = int(months.min()), int(months.max())
    level = officer_levels(first, last, rng)
    lift = training_lift(first, last)
    busy = np.array([is_busy_season(day) for day in days])
    mood = rng.normal(0, RESPONDENT_SD, len(days))
    answers = {}
    for key in ALL_KEYS:
        latent = LEVEL[key] + mood + rng.logistic(0, 1, len(days))
        latent -= busy * QUEUE_DROP.get(key, 0.0)
        if key in OFFICER_KEYS:
            latent += level[officers, months - first] + lift[key][officers, months - first]
        for places, gaps in ((officers, OFFICER_GAPS), (counters, COUNTER_GAPS)):
            for (place, element), gap in gaps.items():
                latent += gap * ((places == place) & (element == key))
        answers[key] = np.searchsorted(CUTS, latent) + 1
    return answers
