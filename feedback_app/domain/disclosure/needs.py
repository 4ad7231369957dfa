"""What of a modelled gap may be shown: needs that passed, shrunk, in tenths and tens (ADR 20).

A gap is an officer's (over all counters), a counter's (over all people) or a unit's, over five
closed quarters; never one officer's at one counter. It is a posterior mean, so one answer moves it
by less than 3 / n points; of n answers or more (`LEAST`) that is below half a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST = 60  # answers: 3 / 60 is half of a tenth, the step of what is shown
TENTHS, TENS = 10, 10


@dataclass(frozen=True, slots=True)
class ShownGap:
    """A gap in tenths of a point, its answers and certainty in tens; below 0 is worse."""

    gap: float
    low: float
    high: float
    n: int
    reliability: int | None  # percent, in tens


def shown_gap(
    *, gap: float, low: float, high: float, n: int, reliability: float | None
) -> ShownGap | None:
    """None where too few answers stand behind it."""
    if n < LEAST:
        return None
    percent = None if reliability is None else int(reliability * TENS) * TENS
    return ShownGap(tenths(gap), tenths(low), tenths(high), n // TENS * TENS, percent)


def tenths(value: float) -> float:
    """Rounded to tenths of a point; no -0.0."""
    return round(value * TENTHS) / TENTHS + 0.0
