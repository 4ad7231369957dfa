"""Which officers' rows are one person: asked wherever an officer's answers are gathered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from feedback_app.domain import joining
from feedback_app.domain.joining import Join
from feedback_app.storage.db import Session
from feedback_app.storage.models import OfficerJoin
from feedback_app.storage.once import once


def joins_of(session: Session) -> list[Join]:
    """Every joining, ended ones too: a handful in any office."""
    return once(session, "joins", lambda: _joins(session))


def _joins(session: Session) -> list[Join]:
    rows = session.execute(
        select(
            OfficerJoin.officer_id,
            OfficerJoin.into_id,
            OfficerJoin.from_day,
            OfficerJoin.until_day,
        ).order_by(OfficerJoin.id)
    )
    return [Join(*row) for row in rows]


def owners_on(session: Session, day: date) -> dict[int, int]:
    """Whose the answers of joined rows are on a day."""
    return joining.owners_on(joins_of(session), day)


def owners_now(session: Session) -> dict[int, int]:
    """Who joined rows are today."""
    return joining.owners_now(joins_of(session))


def rows_of(session: Session, officer_id: int) -> tuple[int, ...]:
    """Every row that is this person today, the person's own first."""
    return joining.rows_of(joins_of(session), officer_id)


def join_standing(session: Session, officer_id: int) -> OfficerJoin | None:
    """The joining by which this row is somebody else's, if it stands."""
    return session.scalar(
        select(OfficerJoin).where(
            OfficerJoin.officer_id == officer_id, OfficerJoin.ended_at.is_(None)
        )
    )


def joins_into(session: Session, officer_id: int) -> Sequence[OfficerJoin]:
    """Joinings that stand, into this row."""
    return session.scalars(
        select(OfficerJoin)
        .where(OfficerJoin.into_id == officer_id, OfficerJoin.ended_at.is_(None))
        .order_by(OfficerJoin.id)
    ).all()
