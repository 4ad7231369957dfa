"""What a measurement says: the estimate with its fields, warning codes, verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from feedback_app.domain.training import HORIZON

METHOD_VERSION = "2026.2"
SMALL = 0.05  # points of an item's mean below which a change does not matter (HR's setting)

# code -> what it asks the reader to keep in mind; texts for people are in web and files
CODES = (
    "TOO_FEW_TRAINED",
    "FEW_TRAINED",
    "NO_COMPARISON",
    "NO_OVERLAP",
    "DIP",
    "PRETREND",
    "HIDDEN_SELECTION",
    "SHORT_WINDOW",
    "OVERLAP",
    "THIN_CELLS",
    "RESPONSE_SHIFT",
    "CLUSTERED",
    "ESTIMATORS_DISAGREE",
    "INSEPARABLE",
    "NO_CONTRAST",
    "CEILING",
    "MANY_TESTS",
    "FORM_CHANGED",
    "HAPPENING",
    "HAPPENING_UNEVEN",
)
VERDICTS = ("cannot be told apart", "too small to matter", "improved", "worse", "cannot tell")
# What a rise or a fall may not be called a result of the training on.
WITHHOLD = frozenset(
    {
        "PRETREND",
        "RESPONSE_SHIFT",
        "OVERLAP",
        "MANY_TESTS",
        "ESTIMATORS_DISAGREE",
        "HAPPENING_UNEVEN",
    }
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to measure: months after to look at (None: all), method, level, draws, seed."""

    horizon: int | None = HORIZON
    method: str = "auto"
    level: str | None = None  # None: as recorded in each event
    draws: int = 1999
    seed: int = 20_261_124


@dataclass(frozen=True, slots=True)
class Estimate:
    """One training, one item. Points are points of the mean of answers 1 to 4.

    Numbers are None where there is no estimate; `warnings` then says why. `bracket_lo` and
    `bracket_hi` are the point estimates of the two methods in order. `share_top` and
    `share_low` are effects on the share of answers 4 and of answers 1 or 2.
    """

    training: str
    item: str
    method: str
    estimand: str
    estimate: float | None
    se: float | None
    ci_lo: float | None
    ci_hi: float | None
    p: float | None
    p_maxT: float | None  # noqa: N815 (the published field name)
    q_bh: float | None
    n_trained: int
    n_controls: int
    n_clusters: int
    cluster_level: str
    n_responses: int
    pre_gap: float | None
    dip_p: float | None
    bracket_lo: float | None
    bracket_hi: float | None
    mde80: float | None
    share_top: float | None
    share_low: float | None
    verdict: str
    warnings: tuple[str, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One check of one training and item: its name, its number, its p (None: not that kind)."""

    training: str
    item: str
    check: str
    value: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One month of an event study: trained minus comparison, in points, with its interval."""

    training: str
    item: str
    month: int  # months after the training; the month of the training itself is left out
    gap: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Aim:
    """What was fixed of one training before its scores existed.

    `items` are the elements it aims at (empty: all of them), `horizon` the months after (None:
    all), `fixed_on` the day (YYYY-MM-DD) when that was written down, '' if it was not in time.
    """

    items: tuple[str, ...] = ()
    horizon: int | None = HORIZON
    fixed_on: str = ""


@dataclass(frozen=True, slots=True)
class Overall:
    """The one verdict of a training: the mean of the elements it aims at.

    `expected` is the estimate shrunk towards what courses usually do, with its SD; `breakdown`
    the hidden difference (points) that would undo a find, and `breakdown_ratio` the same over the
    largest change from month to month seen before. `placebo` are effects where there can be
    none, with their p: before the training, and on elements that it does not aim at.
    """

    estimate: Estimate
    items: tuple[str, ...]
    horizon: int | None
    fixed_on: str
    partners: tuple[str, ...]
    expected: float | None
    expected_sd: float | None
    breakdown: float | None
    breakdown_ratio: float | None
    placebo_before: tuple[float, float] | None
    placebo_elements: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything one run of `measure_impact` found."""

    estimates: tuple[Estimate, ...]
    diagnostics: tuple[Diagnostic, ...]
    series: tuple[Step, ...]
    overall: tuple[Overall, ...] = ()


def verdict(low: float | None, high: float | None, warnings: tuple[str, ...]) -> str:
    """What may be said of an interval, in one of five ways, asked in this order; no "no effect".

    Where nearly all answers are 4 already, a small interval says nothing of the training.
    """
    if "INSEPARABLE" in warnings:
        return "cannot be told apart"
    if low is None or high is None or "ESTIMATORS_DISAGREE" in warnings:
        return "cannot tell"
    if low >= -SMALL and high <= SMALL:
        return "cannot tell" if "CEILING" in warnings else "too small to matter"
    if WITHHOLD & set(warnings) or low <= 0 <= high:
        return "cannot tell"
    return "improved" if low > 0 else "worse"


def number(value: float) -> float | None:
    """The value, or None when it is not finite."""
    return float(value) if isfinite(value) else None
