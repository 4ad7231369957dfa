"""Geometry of the two pictures of an effect: dot and whisker, and the event study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

Steps = Sequence[tuple[int, float, float, float]]  # month, gap, low, high

PICTURE_WIDTH = 268  # with its margins no wider than a phone of 360 px
LEAST_LABEL = 26  # what "+12" takes of a drawing, with air
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
    """One month of an event study in the drawing: x, y of the dot, y of both ends.

    `is_named` is false where the months stand too close for every number.
    """

    month: int
    gap: float
    x: float
    y: float
    low: float
    high: float
    is_named: bool


@dataclass(frozen=True, slots=True)
class EventPicture:
    """An event study ready to draw; `start` is the x of the training itself."""

    axis: Axis
    width: float
    height: float
    start: float
    marks: tuple[Mark, ...]


def event_axis(series: Iterable[Steps], *, height: float) -> Axis:
    """One scale for pictures side by side, wide enough for every interval of all of them."""
    ends = [abs(value) for steps in series for step in steps for value in step[2:]]
    reach = ceil(max(ends, default=LEAST_REACH) * 10 - 1e-9) / 10
    return Axis(max(reach, LEAST_REACH), height)


def event_picture(steps: Steps, *, axis: Axis, width: float) -> EventPicture:
    """Months on x (the training's own month is an empty column), points on y, up is better."""
    height = axis.size
    first = min((step[0] for step in steps), default=-1)
    last = max((step[0] for step in steps), default=1)
    column = width / max(last - first + 1, 1)
    every = ceil(LEAST_LABEL / column)

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
                month % every == 0,
            )
            for month, gap, low, high in steps
        ),
    )
