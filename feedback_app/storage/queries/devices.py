"""Displays and kiosks: which device this is, and whether it is still valid."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Device


def device_in_use(session: Session, device_id: int) -> Device | None:
    """A paired device that was not revoked."""
    return session.scalar(
        select(Device).where(
            Device.id == device_id, Device.paired_at.is_not(None), Device.revoked_at.is_(None)
        )
    )


def devices_of_agency(session: Session, agency_id: int) -> Sequence[tuple[Device, Counter]]:
    """Every device with its counter, those in use first."""
    rows = session.execute(
        select(Device, Counter)
        .join(Counter, Counter.id == Device.counter_id)
        .where(Device.agency_id == agency_id)
        .order_by(Device.revoked_at.is_not(None), Counter.code, Device.id)
    )
    return [(row[0], row[1]) for row in rows]
