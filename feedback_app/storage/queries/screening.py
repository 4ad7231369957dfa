"""What screening asks: who else rated here just now, and whether a text was sent before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from feedback_app.domain.screening import Arrival
from feedback_app.storage.db import Session
from feedback_app.storage.models import Screening, Shift

MOST_COMPARED = 500  # answers of one window; more are a burst many times over


def arrivals_at_counter(session: Session, counter_id: int, *, since: datetime) -> list[Arrival]:
    """Answers received at a counter since an instant, oldest first."""
    rows = session.execute(
        select(
            Screening.rating_id,
            Screening.counter_id,
            Screening.tier,
            Screening.opened_at,
            Screening.received_at,
            Screening.device_key,
            Screening.text_key,
            Screening.is_hasty,
        )
        .where(Screening.counter_id == counter_id, Screening.received_at >= since)
        .order_by(Screening.received_at.desc())
        .limit(MOST_COMPARED)
    )
    return [Arrival(*row) for row in reversed(rows.all())]


def answers_with_text(
    session: Session, counter_id: int, text_keys: Collection[str]
) -> Sequence[str]:
    """Answers of a counter with this long comment, while screening keeps them.

    Only of this counter: its lock is held, and a case is of one counter and one unit.
    """
    return session.scalars(
        select(Screening.rating_id).where(
            Screening.counter_id == counter_id, Screening.text_key.in_(text_keys)
        )
    ).all()


def keeps_roster(session: Session, counter_id: int, *, since: datetime) -> bool:
    """Whether anybody was rostered at the counter since then: else its hours are unknown."""
    found = session.scalar(
        select(Shift.id).where(Shift.counter_id == counter_id, Shift.ends_at >= since).limit(1)
    )
    return found is not None
