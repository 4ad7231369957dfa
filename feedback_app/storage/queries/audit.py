"""The audit log: appended inside the transaction of the act it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.storage.models import AuditEntry


def append(
    session: Session,
    *,
    agency_id: int,
    at: datetime,
    account_id: int | None,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one line: who did what to what."""
    session.add(
        AuditEntry(
            agency_id=agency_id,
            at=at,
            account_id=account_id,
            action=action,
            subject=subject[:200],
            detail=detail or {},
        )
    )
