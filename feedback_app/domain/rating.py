"""A rating as it is saved, and what screening keeps of its arrival: built once, then only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from feedback_app.domain.causes import Cause
from feedback_app.domain.roster import Attribution
from feedback_app.domain.screening import Arrival

ServedBy = Literal["officer", "another", "not_sure"]
VisitedOn = Literal["today", "day_before", "ticket_day"]


@dataclass(frozen=True, slots=True)
class Served:
    """What was answered to who served, and on which day.

    `on` counts from the day on which the form was opened; None is longer ago or not told. A
    ticket's form names the officers of the ticket's own day, which only its spent code proves.
    """

    by: ServedBy
    officer_id: int | None
    on: VisitedOn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRating:
    """One respondent's answers with where, when and whom they are about.

    `answers` holds 1 to 4 by element key, None where nothing was answered; `causes` what was ticked
    under those of 1 and 2; `visit_facts` and `bands` the key of a choice or None. `day` is the
    local day of receipt: nothing finer is kept; `visit_day` the day of the visit, None where it is
    not known. `state` is 'counted' or 'held'; `for_officer` says whether it may enter the officer's
    score.
    """

    id: str
    agency_id: int
    counter_id: int
    service_id: int | None
    attribution: Attribution
    served_by: ServedBy
    visit_day: date | None
    tier: str
    day: date
    answers: Mapping[str, int | None]
    causes: tuple[Cause, ...]
    visit_facts: Mapping[str, str | None]
    bands: Mapping[str, str | None]
    visit_purpose: str | None
    language: str
    state: Literal["counted", "held"]
    for_officer: bool


@dataclass(frozen=True, slots=True)
class ScreeningMarks:
    """What hangs on a rating for 14 days: its arrival, its receipt, and why it is held.

    `body_digest` tells a retry from a second answer.
    """

    arrival: Arrival
    body_digest: str
    receipt: str
    rules: tuple[str, ...]
