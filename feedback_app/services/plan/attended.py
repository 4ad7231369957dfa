"""What officers took before a plan: JP of its year, turns so far, trainings not to repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.storage.db import Session
from feedback_app.storage.queries import joins, trainings

NOT_AGAIN = timedelta(days=730)  # two years: sooner nobody is sent to the same training


@dataclass(frozen=True, slots=True)
class Past:
    """By officer's id; `had`: (id as text, training's code)."""

    jp: Mapping[int, int]
    turns: Mapping[int, int]
    had: frozenset[tuple[str, str]]


def past_of(session: Session, *, agency_id: int, year: int, today: date) -> Past:
    """Attendances of an agency as a plan of a year counts them."""
    owners = joins.owners_now(session)
    jp: dict[int, int] = {}
    turns: dict[int, int] = {}
    had: set[tuple[str, str]] = set()
    for one in trainings.attendances(session, agency_id=agency_id):
        officer = owners.get(one.attendance.officer_id, one.attendance.officer_id)
        turns[officer] = turns.get(officer, 0) + 1
        if one.run.ends_on.year == year:
            jp[officer] = jp.get(officer, 0) + (one.attendance.jp or 0)
        if one.run.starts_on > today - NOT_AGAIN:
            had.add((str(officer), one.training.code))
    return Past(jp, turns, frozenset(had))
