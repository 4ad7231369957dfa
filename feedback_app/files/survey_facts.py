"""What workbook, report and poster say of a closed survey: one bundle, already fit to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from feedback_app.domain.skm import Index
from feedback_app.domain.survey import Span
from feedback_app.domain.survey_figures import Figures, Group


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Services or channels that may be shown: alone, or several small ones as one."""

    name: str
    group: Group
    index: Index | None  # None: still fewer than ten forms


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """Respondents of one choice, or of several that were too few to stand alone."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class ProfileTable:
    """One question about the respondents; `untold` did not answer it."""

    question: str
    rows: tuple[ProfileRow, ...]
    told: int
    untold: int


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One survey on the trend line; `is_past` when it was imported.

    `new_form`: days since the point before on which a counter began to ask other questions.
    """

    span: Span
    title: str
    short: str
    n: int
    ikm: Decimal
    mutu: str
    is_past: bool
    new_form: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of the follow-up table, in words."""

    element: str
    cause: str
    action: str
    due: date
    responsible: str
    status: str
    note: str
    survey_title: str


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """Everything a document of one closed survey needs; `comments` None: not yet or too few."""

    agency: str
    unit: str
    is_demo: bool
    title: str
    days: str
    span: Span
    answered: tuple[date, date] | None  # the days of the first and the last complete form
    revision: int
    revised_on: date
    digest: str
    weight: str
    order: tuple[str, ...]
    form_rule: str
    instrument: str
    population_meaning: str
    population: int
    target: int
    targets: tuple[tuple[str, int], ...]
    figures: Figures
    index: Index
    low: Decimal  # ends of the index's 95% interval, 2 decimals
    high: Decimal
    services: tuple[ShownGroup, ...]
    tiers: tuple[ShownGroup, ...]
    profile: tuple[ProfileTable, ...]
    trend: tuple[TrendPoint, ...]
    comments: tuple[str, ...] | None
    plans: tuple[PlanRow, ...]
    carried: tuple[PlanRow, ...]
    signer: Mapping[str, str]
    public_url: str
