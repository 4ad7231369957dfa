"""How strict an agency was: answers by state, cases decided in time, appeals and their ends."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Case, Tally


def answers_by_state(session: Session, *, first: date, last: date) -> dict[int, dict[str, int]]:
    """Answers of these days by agency and how they stand now."""
    rows = session.execute(
        select(Tally.c.agency_id, Tally.c.state, func.sum(Tally.c.n))
        .where(Tally.c.day.between(first, last))
        .group_by(Tally.c.agency_id, Tally.c.state)
    )
    found: dict[int, dict[str, int]] = {}
    for agency_id, state, n in rows:
        found.setdefault(agency_id, {})[state] = int(n)
    return found


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
