"""Geometry of the charts: numbers in, coordinates out; templates only draw them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.disclosure import Band, Withheld
from feedback_app.domain.happenings import Happening
from feedback_app.domain.interval import HIGHEST, LOWEST, Mean
from feedback_app.domain.periods import Period
from feedback_app.domain.skm import BANDS, CONVERSION, TooFew
from feedback_app.domain.survey import Span, day_words
from feedback_app.services.public.results import Point
from feedback_app.web.language import say

AXIS_LOW, AXIS_HIGH = 50.0, 100.0  # the part of the index scale where offices are
SCALE_STEP = 5  # of a trend's own scale


def is_too_few(value: object) -> bool:
    """Whether there is no number to show."""
    return isinstance(value, TooFew)


def is_band(value: object) -> bool:
    """Whether the gate gave a band instead of a number."""
    return isinstance(value, Band)


def is_withheld(value: object) -> bool:
    """Whether showing it would open other people's answers."""
    return isinstance(value, Withheld)


def days(first: date, last: date) -> str:
    """1 – 24 November 2026."""
    return say(day_words(Span(first, last)))


@dataclass(frozen=True, slots=True)
class Whisker:
    """A mean with its interval on a horizontal axis, in units of the drawing."""

    x: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar: which value, where, how wide, its share in whole percent."""

    value: int
    x: float
    width: float
    percent: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A line of means, week by week, and the band of their intervals."""

    line: str
    band: str
    dots: tuple[tuple[float, float], ...]


def index_axis(value: float, *, width: float) -> float:
    """Where an index of 25 to 100 stands on the shared axis; outside is put on its end."""
    share = (value - AXIS_LOW) / (AXIS_HIGH - AXIS_LOW)
    return round(min(max(share, 0.0), 1.0) * width, 1)


def index_ticks(*, width: float) -> list[tuple[float, str]]:
    """The lower bounds of the law's bands on the axis, with their letters."""
    return [
        (index_axis(float(lowest), width=width), letter) for lowest, letter, _ in BANDS if lowest
    ]


def whisker(mean: Mean, *, width: float) -> Whisker:
    """An index with its interval."""
    return Whisker(
        x=index_axis(CONVERSION * mean.mean, width=width),
        low=index_axis(CONVERSION * mean.low, width=width),
        high=index_axis(CONVERSION * mean.high, width=width),
    )


def points_whisker(mean: Mean, *, width: float) -> Whisker:
    """A mean of 1 to 4 points with its interval."""
    scale = width / (HIGHEST - LOWEST)
    return Whisker(
        x=round((mean.mean - LOWEST) * scale, 1),
        low=round((mean.low - LOWEST) * scale, 1),
        high=round((mean.high - LOWEST) * scale, 1),
    )


def stack(counts: Sequence[int], *, width: float) -> list[Segment]:
    """Shares of the answers 1, 2, 3, 4 as one bar."""
    n = sum(counts)
    segments, x = [], 0.0
    for value, count in enumerate(counts, start=1):
        part = width * count / n
        segments.append(Segment(value, round(x, 1), round(part, 1), round(100 * count / n)))
        x += part
    return segments


def trend_scale(means: Sequence[Mean | TooFew]) -> tuple[int, int]:
    """The part of the index scale that holds these intervals, on whole fives."""
    shown = [mean for mean in means if isinstance(mean, Mean)]
    if not shown:
        return int(AXIS_LOW), int(AXIS_HIGH)
    low = math.floor(min(mean.low for mean in shown) * CONVERSION / SCALE_STEP)
    high = math.ceil(max(mean.high for mean in shown) * CONVERSION / SCALE_STEP)
    return low * SCALE_STEP, max(high, low + 1) * SCALE_STEP


def trend_marks(
    happenings: Sequence[Happening], weeks: Sequence[Period], *, width: float
) -> list[tuple[float, float]]:
    """Where happenings lie on a trend's weeks: (x, width), a thin line for a single week."""
    step = width / max(len(weeks) - 1, 1)
    found = []
    for one in reversed(happenings):
        touched = [place for place, week in enumerate(weeks) if one.touches(week.first, week.last)]
        if touched:
            x = touched[0] * step
            found.append((round(x, 1), round(max(touched[-1] * step - x, 1.5), 1)))
    return found


def trend(
    means: Sequence[Mean | TooFew], *, width: float, height: float, scale: tuple[int, int]
) -> Trend:
    """Weekly indexes as a line. A week in which no block closed has no point: its days are in
    the next one's."""
    step = width / max(len(means) - 1, 1)
    low, high = scale

    def y(points: float) -> float:
        share = (CONVERSION * points - low) / (high - low)
        return round(height - min(max(share, 0.0), 1.0) * height, 1)

    shown = [
        (round(place * step, 1), mean) for place, mean in enumerate(means) if isinstance(mean, Mean)
    ]
    upper = [f"{x},{y(mean.high)}" for x, mean in shown]
    lower = [f"{x},{y(mean.low)}" for x, mean in reversed(shown)]
    return Trend(
        line=" ".join(f"{x},{y(mean.mean)}" for x, mean in shown),
        band=" ".join(upper + lower),
        dots=tuple((x, y(mean.mean)) for x, mean in shown),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One survey on the trend: where it stands, and what is written at it ('' for nothing).

    `value` is the index to print at `value_y`, on the first and the last; `changed_x` is where the
    form's change before it is marked, None for none.
    """

    x: float
    y: float
    low: float | None
    high: float | None
    value: float | None
    value_y: float
    label: str
    is_past: bool
    changed_x: float | None


@dataclass(frozen=True, slots=True)
class Steps:
    """Surveys one after another, in units of the drawing.

    `limits` are the lines between the law's letters with the lowest index above each; `letters`
    stand in the middle of their bands, so that none looks like the name of a line.
    """

    steps: tuple[Step, ...]
    limits: tuple[tuple[float, float], ...]
    letters: tuple[tuple[float, str], ...]


LABEL_WIDTH = 50.0  # of a period's short name under the axis
WIDE_LABEL = 62.0  # the same in the letters that a phone needs


def survey_trend(points: Sequence[Point], *, width: float, height: float) -> Steps:
    """The public trend; a point that may not be told to the decimal is left out."""
    shown = [(point, point.ikm) for point in points if point.ikm is not None]
    step = width / max(len(shown) - 1, 1)
    every = max(1, math.ceil(WIDE_LABEL / step)) if shown else 1
    lowest = [max(float(low), AXIS_LOW) for low, _letter, _words in BANDS]

    def y(value: float) -> float:
        return round(height - index_axis(value, width=height), 1)

    return Steps(
        steps=tuple(
            Step(
                x=round(place * step, 1),
                y=y(ikm),
                low=None if point.low is None else y(point.low),
                high=None if point.high is None else y(point.high),
                value=ikm if place in (0, len(shown) - 1) else None,
                value_y=_beside(point, ikm, lowest=lowest, y=y),
                label=point.short if (len(shown) - 1 - place) % every == 0 else "",
                is_past=point.is_past,
                changed_x=round(max(place - 0.5, 0) * step, 1) if point.new_form else None,
            )
            for place, (point, ikm) in enumerate(shown)
        ),
        limits=tuple((y(low), low) for low in lowest if low > AXIS_LOW),
        letters=tuple(
            (y((low + above) / 2), letter)
            for low, above, (_low, letter, _words) in zip(
                lowest, [AXIS_HIGH, *lowest], BANDS, strict=False
            )
        ),
    )


def _beside(
    point: Point, ikm: float, *, lowest: Sequence[float], y: Callable[[float], float]
) -> float:
    """The text's baseline above or below a point: where its own letter's band has more room."""
    under = max((low for low in lowest if low <= ikm), default=AXIS_LOW)
    over = min((low for low in lowest if low > ikm), default=AXIS_HIGH)
    if over - ikm > ikm - under:
        return y(ikm if point.high is None else point.high) - 9
    return y(ikm if point.low is None else point.low) + 19


def element_bar(mean: float, *, width: float) -> float:
    """How long the bar of an element's mean (1 to 4) is."""
    return round((mean - LOWEST) / (HIGHEST - LOWEST) * width, 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """One batch on an officer's line; `y` is None where only the band may be told."""

    x: float
    y: float | None
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Progress:
    """An officer's batches one after another, and whole points as grid lines."""

    marks: tuple[Mark, ...]
    grid: tuple[tuple[float, int], ...]


def progress(
    batches: Sequence[tuple[str, Mean | Band]], *, width: float, height: float
) -> Progress:
    """Means of 1 to 4 with intervals; the axis starts at 2 unless something lies below."""
    floor = LOWEST if any(mean.low < LOWEST + 1 for _label, mean in batches) else LOWEST + 1
    step = width / max(len(batches) - 1, 1)
    every = max(1, math.ceil(LABEL_WIDTH / step)) if batches else 1

    def y(points: float) -> float:
        return round(height * (HIGHEST - points) / (HIGHEST - floor), 1)

    return Progress(
        marks=tuple(
            Mark(
                x=round(place * step, 1),
                y=y(mean.mean) if isinstance(mean, Mean) else None,
                low=y(mean.low),
                high=y(mean.high),
                label=label if (len(batches) - 1 - place) % every == 0 else "",
            )
            for place, (label, mean) in enumerate(batches)
        ),
        grid=tuple((y(value), value) for value in range(floor, HIGHEST + 1)),
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """What budgets bring: a line, today's budget on it, and grid lines in percent."""

    line: str
    dots: tuple[tuple[float, float], ...]
    now: tuple[float, float]
    grid: tuple[tuple[float, int], ...]


def frontier(budgets: Sequence[Mapping[str, float]], *, width: float, height: float) -> Curve:
    """Shares of today's money against shares of today's gain, both from 0."""
    most = max(one["share"] for one in budgets) or 1.0
    top = max(math.ceil(max(one["gain"] for one in budgets) * 4) / 4, 1.0)

    def at(share: float, gain: float) -> tuple[float, float]:
        return round(width * share / most, 1), round(height * (1 - gain / top), 1)

    dots = tuple(at(one["share"], one["gain"]) for one in budgets)
    return Curve(
        line=" ".join(f"{x},{y}" for x, y in dots),
        dots=dots,
        now=at(1.0, 1.0),
        grid=tuple(
            (at(0, quarter / 2)[1], round(50 * quarter)) for quarter in range(int(2 * top) + 1)
        ),
    )


CHARTS = {
    "element_bar": element_bar,
    "progress": progress,
    "survey_trend": survey_trend,
    "index_ticks": index_ticks,
    "points_whisker": points_whisker,
    "stack": stack,
    "trend": trend,
    "trend_marks": trend_marks,
    "trend_scale": trend_scale,
    "whisker": whisker,
}
