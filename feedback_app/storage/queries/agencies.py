"""Questions about agencies and their units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from feedback_app.domain.roles import Role
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Account,
    Agency,
    Counter,
    Officer,
    Service,
    Shift,
    Tally,
    Unit,
)


def any_is_demo(session: Session) -> bool:
    """Whether one of the agencies is made up."""
    return session.scalar(select(Agency.id).where(Agency.is_demo).limit(1)) is not None


def has_begun_to_work(session: Session) -> bool:
    """Whether anything is kept whose day or hour depends on the time zone."""
    first = session.scalar(select(Shift.id).limit(1))
    return first is not None or session.scalar(select(Tally.c.n).limit(1)) is not None


def agency_with_code(session: Session, code: str) -> Agency | None:
    """The agency of this code."""
    return session.scalar(select(Agency).where(Agency.code == code))


def agency_of_id(session: Session, agency_id: int) -> Agency:
    """The agency itself."""
    return session.get_one(Agency, agency_id)


def agencies(session: Session) -> Sequence[Agency]:
    """Every agency, by code."""
    return session.scalars(select(Agency).order_by(Agency.code)).all()


def units_of(session: Session, agency_id: int) -> Sequence[Unit]:
    """The agency's units, by name."""
    return session.scalars(
        select(Unit).where(Unit.agency_id == agency_id).order_by(Unit.name)
    ).all()


def row_counts(
    session: Session, agency_id: int, *, shifts_from: datetime, shifts_to: datetime
) -> dict[str, int]:
    """How much of everything the agency has; shifts only those that start within the span."""
    counts = {}
    for name, model in (
        ("units", Unit),
        ("services", Service),
        ("counters", Counter),
        ("officers", Officer),
        ("accounts", Account),
    ):
        question = select(func.count()).select_from(model).where(model.agency_id == agency_id)
        counts[name] = int(session.scalar(question) or 0)
    others = select(func.count()).where(
        Account.agency_id == agency_id, Account.role != Role.ADMIN, Account.closed_at.is_(None)
    )
    counts["colleagues"] = int(session.scalar(others) or 0)
    counters = select(Counter.id).where(Counter.agency_id == agency_id)
    shifts = select(func.count()).where(
        Shift.counter_id.in_(counters),  # by their index, which leaves other years unread
        Shift.withdrawn_at.is_(None),
        Shift.starts_at.between(shifts_from, shifts_to),
    )
    counts["shifts"] = int(session.scalar(shifts) or 0)
    ever = select(Shift.id).where(Shift.agency_id == agency_id).limit(1)
    counts["shifts_ever"] = 0 if session.scalar(ever) is None else 1
    return counts


def ratings_of_days(session: Session, agency_id: int, *, first: date, last: date) -> int:
    """How many answers of these days the agency has, however they stand."""
    days = Tally.c.day.between(first, last)
    asked = select(func.sum(Tally.c.n)).where(Tally.c.agency_id == agency_id, days)
    return int(session.scalar(asked) or 0)
