"""Keys of queue machines: only hashes are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from feedback_app.storage.db import Session
from feedback_app.storage.models import QueueKey, Unit


def key_with_hash(session: Session, key_hash: str) -> QueueKey | None:
    """The key of this hash, unless it was revoked."""
    return session.scalar(
        select(QueueKey).where(QueueKey.key_hash == key_hash, QueueKey.revoked_at.is_(None))
    )


def keys_of_agency(session: Session, agency_id: int) -> Sequence[tuple[QueueKey, Unit]]:
    """Every key with its unit, those in use first, then the newest."""
    rows = session.execute(
        select(QueueKey, Unit)
        .join(Unit, Unit.id == QueueKey.unit_id)
        .where(QueueKey.agency_id == agency_id)
        .order_by(QueueKey.revoked_at.is_not(None), QueueKey.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def add_key(
    session: Session,
    *,
    agency_id: int,
    unit_id: int,
    name: str,
    key_hash: str,
    made_at: datetime,
    made_by: int,
) -> None:
    """Keep a new key."""
    session.add(
        QueueKey(
            agency_id=agency_id,
            unit_id=unit_id,
            name=name,
            key_hash=key_hash,
            made_at=made_at,
            made_by=made_by,
            revoked_at=None,
        )
    )
