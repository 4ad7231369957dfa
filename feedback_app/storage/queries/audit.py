"""The audit log: appended inside the transaction of the act it tells of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from feedback_app.storage.models import Account, AuditEntry


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


def entries(
    session: Session,
    *,
    agency_id: int,
    since: datetime | None,
    until: datetime | None,
    action: str,
    username: str,
    limit: int,
    offset: int,
) -> tuple[int, Sequence[tuple[AuditEntry, str | None]]]:
    """How many lines there are, and some of them with who acted (None: a script), newest first."""
    wanted: list[ColumnElement[bool]] = [AuditEntry.agency_id == agency_id]
    if since is not None:
        wanted.append(AuditEntry.at >= since)
    if until is not None:
        wanted.append(AuditEntry.at < until)
    if action:
        wanted.append(AuditEntry.action == action)
    if username:
        wanted.append(Account.username == username)
    joined = select(AuditEntry, Account.username).outerjoin(
        Account, Account.id == AuditEntry.account_id
    )
    count = (
        select(func.count())
        .select_from(AuditEntry)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(*wanted)
    )
    rows = session.execute(
        joined.where(*wanted).order_by(AuditEntry.id.desc()).limit(limit).offset(offset)
    )
    return int(session.scalar(count) or 0), [(row[0], row[1]) for row in rows]


def newest_instant(session: Session) -> datetime | None:
    """When the last line was written, by any agency."""
    return session.scalar(select(func.max(AuditEntry.at)))


def entries_about(
    session: Session, *, agency_id: int, subject: str, actions: Collection[str], limit: int
) -> Sequence[tuple[AuditEntry, str | None]]:
    """The newest lines about one subject, with the name of who acted (None: nobody known)."""
    rows = session.execute(
        select(AuditEntry, Account.name)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .where(
            AuditEntry.subject == subject,
            AuditEntry.agency_id == agency_id,
            AuditEntry.action.in_(actions),
        )
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return [(entry, name) for entry, name in rows]
