"""How an officer's mean stands to the own past and to the unit: three words, never a rank."""

from __future__ import annotations

from math import sqrt

from feedback_app.domain.comparison import Comparison
from feedback_app.domain.interval import Mean

ABOVE, IN_LINE, BELOW = "above", "in_line", "below"


def beside(own: object, comparison: Comparison | None) -> str | None:
    """The unit's other officers as a yardstick; None where either is not told."""
    if comparison is None:
        return None
    return change(comparison.others, own)


def change(before: object, now: object) -> str | None:
    """Whether one mean stands above or below another; None without two numbers.

    The spread of each is read back from its 95% interval.
    """
    if not isinstance(before, Mean) or not isinstance(now, Mean):
        return None
    reach = sqrt((before.high - before.low) ** 2 + (now.high - now.low) ** 2) / 2
    gap = now.mean - before.mean
    return IN_LINE if abs(gap) <= reach else ABOVE if gap > 0 else BELOW
