"""What a gap asks for: a training, a mended process, a question first, or more answers.

Figures in, one word out; nothing here is estimated. Source of the rules: the office's own method
(docs/method.md, "Needs"), after Mager and Pipe's performance analysis and the substitution test of
the NHS just culture guide: would a colleague in the same place have got the same?
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isfinite
from typing import Literal

from feedback_app.domain.elements import OFFICER_KEYS

Nature = Literal["training", "process", "ask", "cannot_tell", "inseparable"]
Level = Literal["officer", "counter", "unit"]
CauseLevel = Literal["officer", "process", "place"]

DELTA = 0.10  # points; simulated: .05 flags 9% of officers wrongly, .15 under .1%
SURE = 0.9  # probability from which a gap counts as shown
LIKELY = 0.5  # more likely than not: worth a question, never a course
LEAST_RELIABILITY = 0.7  # the usual bar for comparing persons or sites
MOST_INFLATION = 2.0  # officer and counter share so much that one hides the other
LEAST_SHARING = 2  # "half of the unit" of a unit of two is no pattern


@dataclass(frozen=True, slots=True)
class OfficerFigures:
    """What is known of one officer and item; gaps in points, below 0 is worse than the others.

    `below` is P(gap < −δ). `place_gap` and `place_below` are means over the counters where the
    officer served, by answers. `sharing` of the unit's `colleagues` (the officer too) have the gap.
    """

    gap: float | None
    below: float
    reliability: float | None
    inflation: float
    place_gap: float
    place_below: float
    sharing: int
    colleagues: int
    cause: CauseLevel | None = None


@dataclass(frozen=True, slots=True)
class CounterFigures:
    """What is known of one counter with the services served there, and one item."""

    gap: float | None
    below: float
    reliability: float | None
    is_separable: bool
    cause: CauseLevel | None = None


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What is known of one unit and item; `place_gap` and `officer_gap` are what it is made of."""

    gap: float | None
    below: float
    place_gap: float
    officer_gap: float
    has_faulty_counter: bool
    sharing: int
    colleagues: int
    cause: CauseLevel | None = None


@dataclass(frozen=True, slots=True)
class More:
    """What brings the reliability to the bar: so many answers, or (None) only more months."""

    answers: int | None
    months: int | None


def nature_of_officer(figures: OfficerFigures, item: str) -> Nature | None:
    """None when there is enough to tell and no gap."""
    if figures.inflation > MOST_INFLATION:
        return "inseparable"
    if figures.gap is None or figures.reliability is None:
        return "cannot_tell"
    if figures.reliability < LEAST_RELIABILITY:
        return "cannot_tell"
    if figures.below < LIKELY:
        return None
    if figures.below < SURE:
        return "ask"
    if _is_process(item, figures.cause) or _is_shared(figures.sharing, figures.colleagues):
        return "process"
    if figures.place_below >= SURE or figures.place_gap < figures.gap:
        return "process"
    return "training" if figures.place_below < LIKELY else "ask"


def nature_of_counter(figures: CounterFigures, item: str) -> Nature | None:
    """A shown gap is a fault of the process; who serves there is already accounted for."""
    if not figures.is_separable:
        return "inseparable"
    if figures.gap is None or figures.reliability is None:
        return "cannot_tell"
    if figures.below >= SURE:
        return "process"
    if figures.reliability < LEAST_RELIABILITY:
        return "cannot_tell"
    if figures.below < LIKELY:
        return None
    return "process" if _is_process(item, figures.cause) else "ask"


def nature_of_unit(figures: UnitFigures, item: str) -> Nature | None:
    """A unit is never sent to a course as a whole: where no process is named, people are asked."""
    if figures.gap is None:
        return "cannot_tell"
    if figures.below < LIKELY:
        return None
    if figures.below < SURE:
        return "ask"
    if _is_process(item, figures.cause) or _is_shared(figures.sharing, figures.colleagues):
        return "process"
    is_placed = figures.has_faulty_counter or figures.place_gap < figures.officer_gap
    return "process" if is_placed else "ask"


def _is_process(item: str, cause: CauseLevel | None) -> bool:
    """What the question is about, or what people ticked below low answers, is no officer's."""
    return item not in OFFICER_KEYS or cause in {"process", "place"}


def _is_shared(sharing: int, colleagues: int) -> bool:
    return sharing >= LEAST_SHARING and 2 * sharing >= colleagues


def more_needed(
    *,
    reliability: float,
    between: float,
    answers: float,
    months: int,
    per_answer: float,
    shock: float,
) -> More:
    """What is missing for a reliability of LEAST_RELIABILITY, at the present rate of answers.

    `between` is the variance of true gaps, `per_answer` of one answer, `shock` of one month. The
    error now is between × (1 − r) / r. It shrinks with answers by its sampling part only.
    """
    if reliability >= LEAST_RELIABILITY:
        return More(0, 0)
    if answers <= 0 or months <= 0 or between <= 0:
        return More(None, None)
    error = between * (1 - reliability) / reliability if reliability > 0 else inf
    allowed = between * (1 - LEAST_RELIABILITY) / LEAST_RELIABILITY
    own = per_answer / answers + shock / months
    inflated = max(error / own, 1.0)
    room = allowed / inflated - shock / months
    wanted = per_answer / room - answers if room > 0 else inf
    later = inflated * (per_answer * months / answers + shock) / allowed - months
    return More(_whole(wanted), _whole(later))


def _whole(number: float) -> int | None:
    return max(ceil(number), 1) if isfinite(number) else None
