"""Questions about agencies and their units."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, Unit


def any_is_demo(session: Session) -> bool:
    """Whether one of the agencies is made up."""
    return session.scalar(select(Agency.id).where(Agency.is_demo).limit(1)) is not None


def agency_with_code(session: Session, code: str) -> Agency | None:
    """The agency of this code."""
    return session.scalar(select(Agency).where(Agency.code == code))


def agencies(session: Session) -> Sequence[Agency]:
    """Every agency, by code."""
    return session.scalars(select(Agency).order_by(Agency.code)).all()


def units_of(session: Session, agency_id: int) -> Sequence[Unit]:
    """The agency's units, by name."""
    return session.scalars(
        select(Unit).where(Unit.agency_id == agency_id).order_by(Unit.name)
    ).all()
