"""Questions about single ratings that their sender may ask."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Screening
from feedback_app.storage.standing import RATING, with_standing


def is_there(session: Session, rating_id: str) -> bool:
    """Whether a rating with this id was saved."""
    return session.scalar(select(RATING.c.id).where(RATING.c.id == rating_id)) is not None


def body_digest_of(session: Session, rating_id: str) -> str | None:
    """The digest of what was first sent under this id, while screening keeps it."""
    return session.scalar(select(Screening.body_digest).where(Screening.rating_id == rating_id))


def state_of_receipt(session: Session, receipt: str) -> str | None:
    """The state of the rating with this receipt, while screening keeps it."""
    question = select(Screening.rating_id).where(Screening.receipt == receipt).limit(1)
    rating_id = session.scalar(question)
    if rating_id is None:
        return None
    joined, standing = with_standing([rating_id])
    return session.scalar(
        select(standing["state"]).select_from(joined).where(RATING.c.id == rating_id)
    )


def arrival_of_receipt(session: Session, receipt: str) -> datetime | None:
    """When the rating with this receipt came in, while screening keeps it."""
    return session.scalar(select(Screening.received_at).where(Screening.receipt == receipt))
