"""What a measurement says: the estimate with its fields, warning codes, verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

METHOD_VERSION = "2026.1"
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
)
VERDICTS = ("improved", "worse", "too small to matter", "cannot tell")


@dataclass(frozen=True, slots=True)
class Plan:
    """How to measure: months after to look at (None: all), method, level, draws, seed."""

    horizon: int | None = 4
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
class Measured:
    """Everything one run of `measure_impact` found."""

    estimates: tuple[Estimate, ...]
    diagnostics: tuple[Diagnostic, ...]
    series: tuple[Step, ...]


def verdict(low: float | None, high: float | None, warnings: tuple[str, ...]) -> str:
    """What may be said of an interval, in one of four ways; never "no effect"."""
    if low is None or high is None or "ESTIMATORS_DISAGREE" in warnings:
        return "cannot tell"
    if low > 0:
        return "cannot tell" if "PRETREND" in warnings else "improved"
    if high < 0:
        return "worse"
    return "too small to matter" if low >= -SMALL and high <= SMALL else "cannot tell"


def number(value: float) -> float | None:
    """The value, or None when it is not finite."""
    return float(value) if isfinite(value) else None
