"""Questions of needs: which counter stands in which unit, and what units are called."""

from __future__ import annotations

from sqlalchemy import select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Unit


def unit_of_counter(session: Session, *, agency_id: int) -> dict[int, int]:
    """The unit of each counter, closed ones too."""
    rows = session.execute(
        select(Counter.id, Counter.unit_id).where(Counter.agency_id == agency_id)
    )
    return {row[0]: row[1] for row in rows}


def unit_codes(session: Session, *, agency_id: int) -> dict[int, str]:
    """Codes of all units."""
    rows = session.execute(select(Unit.id, Unit.code).where(Unit.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}


def unit_names(session: Session, *, agency_id: int) -> dict[int, str]:
    """Names of all units."""
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}


def counter_names(session: Session, *, agency_id: int) -> dict[int, str]:
    """Names of all counters, closed ones too."""
    rows = session.execute(select(Counter.id, Counter.name).where(Counter.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}
