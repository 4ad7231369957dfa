"""How an officer's mean stands to the own past and to the unit: three words, never a rank."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from feedback_app.domain.comparison import Comparison
from feedback_app.domain.interval import Mean
from feedback_app.domain.texts import Words, filled

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


# Grades of the mean of answers, as the regulation cuts the index (PermenPANRB 14/2017): index / 25.
# Who stands below them is told the figure alone.
_GRADES: tuple[tuple[float, Words], ...] = (
    (3.5324, ("sangat baik", "very well")),
    (3.0644, ("baik", "well")),
)


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier figure to compare with, and its name: "tahun lalu", "Triwulan II 2026"."""

    mean: Mean
    name: Words


def first_sentence(now: Mean, before: Before | None) -> Words:
    """How the officer is rated and how that moved, in one sentence."""
    trend = None if before is None else change(before.mean, now)
    grade = next((words for least, words in _GRADES if now.mean >= least), None)
    stable: Words = (" dan stabil", " and steadily") if trend == IN_LINE else ("", "")
    if grade is None:
        start: Words = ("Nilai Anda", "Your rating is")
    else:
        start = filled(
            ("Anda dinilai %(grade)s%(stable)s:", "You are rated %(grade)s%(stable)s:"),
            grade=grade,
            stable=stable,
        )
    return filled(
        ("%(start)s %(mean)s%(trend)s.", "%(start)s %(mean)s%(trend)s."),
        start=start,
        mean=_points(now.mean),
        trend=_trend_words(trend, before),
    )


def _trend_words(trend: str | None, before: Before | None) -> Words:
    if trend is None or before is None:
        return "", ""
    words: dict[str, Words] = {
        IN_LINE: (", sama seperti %(name)s", ", the same as %(name)s"),
        ABOVE: (", naik dari %(mean)s %(name)s", ", up from %(mean)s %(name)s"),
        BELOW: (", turun dari %(mean)s %(name)s", ", down from %(mean)s %(name)s"),
    }
    return filled(words[trend], name=before.name, mean=_points(before.mean.mean))


def _points(value: float) -> Words:
    text = f"{value:.2f}"
    return text.replace(".", ","), text
