"""What is published about screening and appeals: totals of an agency, and no small number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.cases import EXPIRED
from feedback_app.domain.screening import RULES

SMALLEST = 5  # a count below it is told as "fewer than 5"; none at all is told


@dataclass(frozen=True, slots=True)
class Few:
    """Some, but fewer than may be told."""

    below: int = SMALLEST


Count = int | Few


@dataclass(frozen=True, slots=True)
class Decided:
    """A case as its totals need it."""

    rules: str
    size: int
    opened_on: date
    due_on: date
    closed_on: date | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class RuleCount:
    """A rule and how many answers it held; one answer may have met several."""

    rule: str
    held: Count


@dataclass(frozen=True, slots=True)
class AppealYear:
    """Appeals opened in a year; `upheld_share` of the decided ones, from five on.

    `late` counts those decided after their day, and those that wait past it.
    """

    year: int
    made: Count
    decided: Count
    late: Count
    upheld_share: float | None


def count(n: int) -> Count:
    """The number, unless it is small and not zero."""
    return Few() if 0 < n < SMALLEST else n


def rule_counts(cases: Iterable[Decided]) -> tuple[RuleCount, ...]:
    """Answers that each rule held, in the rules' order; rules that held none are left out."""
    held: dict[str, int] = dict.fromkeys(RULES, 0)
    for case in cases:
        for rule in case.rules.split(","):
            if rule in held:
                held[rule] += case.size
    return tuple(RuleCount(rule, count(n)) for rule, n in held.items() if n)


def in_time(cases: Iterable[Decided]) -> tuple[int, int]:
    """(decided by two people in time, all whose day has come or that are decided)."""
    settled = [case for case in cases if case.closed_on is not None]
    good = [
        case
        for case in settled
        if case.outcome != EXPIRED and case.closed_on is not None and case.closed_on <= case.due_on
    ]
    return len(good), len(settled)


def appeal_years(appeals: Iterable[Decided], *, as_of: date) -> tuple[AppealYear, ...]:
    """By the year of opening, newest first."""
    years: dict[int, list[Decided]] = {}
    for appeal in appeals:
        years.setdefault(appeal.opened_on.year, []).append(appeal)
    return tuple(_year(year, years[year], as_of=as_of) for year in sorted(years, reverse=True))


def _year(year: int, found: list[Decided], *, as_of: date) -> AppealYear:
    decided = [appeal for appeal in found if appeal.outcome is not None]
    upheld = sum(1 for appeal in decided if appeal.outcome == "upheld")
    share = upheld / len(decided) if len(decided) >= SMALLEST else None
    late = sum(1 for appeal in found if (appeal.closed_on or as_of) > appeal.due_on)
    return AppealYear(year, count(len(found)), count(len(decided)), count(late), share)
