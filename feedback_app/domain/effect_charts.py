"""Geometry of the two pictures of an effect: dot and whisker, and the event study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

LEAST_REACH, MOST_REACH = 0.2, 1.5  # points shown to each side of zero


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale of points with zero in the middle, from −reach to +reach, in units of a drawing."""

    reach: float
    size: float

    def at(self, value: float) -> float:
        """Where a value stands; what lies outside is put on the end."""
        share = min(max(value, -self.reach), self.reach) / self.reach
        return round((share + 1) / 2 * self.size, 1)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Values to mark: both ends, both halves, zero."""
        return (-self.reach, -self.reach / 2, 0.0, self.reach / 2, self.reach)


def axis_for(values: Iterable[float | None], *, size: float) -> Axis:
    """A common axis that holds all these values, rounded up to a tenth."""
    largest = max((abs(value) for value in values if value is not None), default=LEAST_REACH)
    reach = ceil(largest * 10 - 1e-9) / 10
    return Axis(min(max(reach, LEAST_REACH), MOST_REACH), size)


@dataclass(frozen=True, slots=True)
class Mark:
    """One month of an event study in the drawing: x, y of the dot, y of both ends."""

    month: int
    gap: float
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class EventPicture:
    """An event study ready to draw; `start` is the x of the training itself."""

    axis: Axis
    width: float
    height: float
    start: float
    marks: tuple[Mark, ...]


def event_picture(
    steps: Sequence[tuple[int, float, float, float]], *, width: float, height: float
) -> EventPicture:
    """Months on x (the training's own month is an empty column), points on y, up is better.

    `steps` holds (month, gap, low, high).
    """
    axis = axis_for([value for step in steps for value in step[2:]], size=height)
    first = min((step[0] for step in steps), default=-1)
    last = max((step[0] for step in steps), default=1)
    column = width / max(last - first + 1, 1)

    def x(month: int) -> float:
        return round((month - first + 0.5) * column, 1)

    return EventPicture(
        axis=axis,
        width=width,
        height=height,
        start=x(0),
        marks=tuple(
            Mark(
                month,
                gap,
                x(month),
                round(height - axis.at(gap), 1),
                round(height - axis.at(low), 1),
                round(height - axis.at(high), 1),
            )
            for month, gap, low, high in steps
        ),
    )
