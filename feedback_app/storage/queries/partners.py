"""Questions about partners of trainings."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from feedback_app.storage.db import Session
from feedback_app.storage.models import Partner, Training


def partners(session: Session, *, agency_id: int) -> Sequence[Partner]:
    """Partners of the agency's trainings, by name."""
    return session.scalars(
        select(Partner).where(Partner.agency_id == agency_id).order_by(Partner.name)
    ).all()


def partner_of_agency(session: Session, partner_id: int, *, agency_id: int) -> Partner | None:
    """One partner, if of this agency."""
    return session.scalar(
        select(Partner).where(Partner.id == partner_id, Partner.agency_id == agency_id)
    )


def partner_named(session: Session, name: str, *, agency_id: int) -> Partner | None:
    """The partner of this very name."""
    return session.scalar(
        select(Partner).where(Partner.name == name, Partner.agency_id == agency_id)
    )


def rename_partner(session: Session, old: str, new: str, *, agency_id: int) -> None:
    """Let trainings name a partner by its new name."""
    session.execute(
        update(Training)
        .where(Training.agency_id == agency_id, Training.partner == old)
        .values(partner=new)
    )
