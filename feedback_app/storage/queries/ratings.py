"""Questions about single ratings that their sender may ask."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, Counter, Screening, Survey, Unit
from feedback_app.storage.standing import RATING, with_standing


def is_there(session: Session, rating_id: str) -> bool:
    """Whether a rating with this id was saved."""
    return session.scalar(select(RATING.c.id).where(RATING.c.id == rating_id)) is not None


def body_digest_of(session: Session, rating_id: str) -> str | None:
    """The digest of what was first sent under this id, while screening keeps it."""
    return session.scalar(select(Screening.body_digest).where(Screening.rating_id == rating_id))


def receipted(session: Session, receipt: str) -> tuple[str, date, Counter, Unit, Agency] | None:
    """(state, day, place) of the rating with this receipt, while screening keeps it."""
    question = select(Screening.rating_id).where(Screening.receipt == receipt).limit(1)
    rating_id = session.scalar(question)
    if rating_id is None:
        return None
    joined, standing = with_standing([rating_id])
    row = session.execute(
        select(standing["state"], RATING.c.day, Counter, Unit, Agency)
        .select_from(
            joined.join(Counter, Counter.id == RATING.c.counter_id)
            .join(Unit, Unit.id == Counter.unit_id)
            .join(Agency, Agency.id == Unit.agency_id)
        )
        .where(RATING.c.id == rating_id)
    ).first()
    return (row[0], row[1], row[2], row[3], row[4]) if row else None


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
