"""Who was trained when: plain values, so that pages can name them without loading the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """One officer's first attendance of a training: the month number it was held in."""

    officer: str
    training: str
    month: int
    reason: str  # low_score, volunteer, all, lot, unknown
    sent: str  # "officer", "counter", or the name of the counter that was sent
    cost: float  # rupiah for this officer; NaN when not known
    # who could have been drawn with this officer, sorted; empty where no lot decided
    drawn_from: tuple[str, ...] = field(default=(), repr=False)
