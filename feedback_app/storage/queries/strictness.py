"""How strict an agency was: answers by state, cases decided in time, appeals and their ends."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, Tally


def answers_by_state(
    session: Session, agency_id: int, *, first: date, last: date
) -> dict[str, int]:
    """Answers of these days by how they stand now."""
    rows = session.execute(
        select(Tally.c.state, func.sum(Tally.c.n))
        .where(Tally.c.agency_id == agency_id, Tally.c.day.between(first, last))
        .group_by(Tally.c.state)
    )
    return {row[0]: int(row[1]) for row in rows}


def cases_opened(
    session: Session, agency_id: int, *, kind: str, since: datetime, until: datetime
) -> list[Case]:
    """Cases of a kind that were opened within the span."""
    return list(
        session.scalars(
            select(Case)
            .where(
                Case.agency_id == agency_id,
                Case.kind == kind,
                Case.opened_at >= since,
                Case.opened_at < until,
            )
            .order_by(Case.opened_at, Case.id)
        )
    )
