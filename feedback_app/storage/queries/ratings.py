"""Questions about single ratings that their sender may ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, literal, select

from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Agency,
    Case,
    CaseRating,
    Counter,
    Screening,
    Survey,
    Unit,
)
from feedback_app.storage.standing import RATING, with_standing


def is_there(session: Session, rating_id: str) -> bool:
    """Whether a rating with this id was saved."""
    return session.scalar(select(RATING.c.id).where(RATING.c.id == rating_id)) is not None


def body_digest_of(session: Session, rating_id: str) -> str | None:
    """The digest of what was first sent under this id, while screening keeps it."""
    return session.scalar(select(Screening.body_digest).where(Screening.rating_id == rating_id))


@dataclass(frozen=True, slots=True)
class Receipted:
    """What a receipt leads to: its answer's standing and place, never an answer."""

    rating_id: str
    state: str
    for_officer: bool
    names_officer: bool
    official: int  # of the nine official questions, how many are answered
    day: date
    counter: Counter
    unit: Unit
    agency: Agency


def receipted(session: Session, receipt: str) -> Receipted | None:
    """The rating with this receipt, while screening keeps it."""
    question = select(Screening.rating_id).where(Screening.receipt == receipt).limit(1)
    rating_id = session.scalar(question)
    if rating_id is None:
        return None
    joined, standing = with_standing([rating_id])
    row = session.execute(
        select(
            RATING.c.id,
            standing["state"],
            standing["for_officer"],
            RATING.c.officer_id.is_not(None),
            sum((case((RATING.c[key].is_(None), 0), else_=1) for key in OFFICIAL_KEYS), literal(0)),
            RATING.c.day,
            Counter,
            Unit,
            Agency,
        )
        .select_from(
            joined.join(Counter, Counter.id == RATING.c.counter_id)
            .join(Unit, Unit.id == Counter.unit_id)
            .join(Agency, Agency.id == Unit.agency_id)
        )
        .where(RATING.c.id == rating_id)
    ).first()
    return Receipted(row[0], row[1], bool(row[2]), bool(row[3]), *row[4:]) if row else None


def case_of_held(session: Session, rating_id: str) -> tuple[str, date] | None:
    """(rules, day by which two people decide) of the open case that holds an answer."""
    row = session.execute(
        select(Case.rules, Case.due_on)
        .join(CaseRating, CaseRating.case_id == Case.id)
        .where(CaseRating.rating_id == rating_id, Case.kind == "held", Case.closed_at.is_(None))
        .order_by(Case.due_on.desc(), Case.id)
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def open_survey_days(session: Session, unit_id: int, day: date) -> list[tuple[date, date]]:
    """First and last day of the unit's open surveys with this day, the first to end first."""
    rows = session.execute(
        select(Survey.first_day, Survey.last_day)
        .where(
            Survey.unit_id == unit_id,
            Survey.closed_at.is_(None),
            Survey.first_day <= day,
            Survey.last_day >= day,
        )
        .order_by(Survey.last_day)
    )
    return [(row[0], row[1]) for row in rows]


def arrival_of_receipt(session: Session, receipt: str) -> datetime | None:
    """When the rating with this receipt came in, while screening keeps it."""
    return session.scalar(select(Screening.received_at).where(Screening.receipt == receipt))
