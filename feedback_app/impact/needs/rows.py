"""One row of needs: figures as numbers or None."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_app.domain.needs import Level, More, Nature

Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Found:
    """One row; numbers are None where there is none, the nature where there is no need.

    `peer_expected`: for an officer what a colleague would have got in the same counters, services
    and months; for a counter what its people would have got at a mean counter; for a unit its level
    without the gap. `answers_needed` until the reliability suffices, at `months_needed` months'
    rate; None also where only more months help. `below` is P(gap < −δ).
    """

    level: Level
    ref: str
    item: str
    gap: float | None
    ci_lo: float | None
    ci_hi: float | None
    reliability: float | None
    nature: Nature | None
    peer_expected: float | None
    n: int
    answers_needed: int | None
    months_needed: int | None
    below: float


@dataclass(frozen=True, slots=True)
class Figure:
    """What was computed of one officer, counter or unit; NaN where it cannot be."""

    gap: float
    variance: float
    reliability: float
    below: float
    expected: float
    answers: float


def row_of(
    figure: Figure, nature: Nature | None, more: More | None, *, level: Level, ref: str, item: str
) -> Found:
    """The figures on the scales of the answers and of shares."""
    gap, half = known(figure.gap), Z95 * float(np.sqrt(figure.variance))
    reliability = known(figure.reliability)
    return Found(
        level=level,
        ref=ref,
        item=item,
        gap=gap,
        ci_lo=None if gap is None else gap - half,
        ci_hi=None if gap is None else gap + half,
        reliability=None if reliability is None else min(max(reliability, 0.0), 1.0),
        nature=nature,
        peer_expected=None if gap is None else min(max(float(figure.expected), 1.0), 4.0),
        n=round(figure.answers),
        answers_needed=more.answers if more else None,
        months_needed=more.months if more else None,
        below=figure.below,
    )


def known(value: float) -> float | None:
    """None for what is no number."""
    return float(value) if np.isfinite(value) else None
