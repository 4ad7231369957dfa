"""Files that wait for their saving."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import HeldUpload


def replace_held(
    session: Session,
    *,
    account_id: int,
    agency_id: int,
    token_hash: str,
    sealed: bytes,
    expires_at: datetime,
) -> None:
    """Keep one file of an account; an earlier one goes."""
    session.execute(delete(HeldUpload).where(HeldUpload.account_id == account_id))
    session.execute(
        insert(HeldUpload).values(
            token_hash=token_hash,
            agency_id=agency_id,
            account_id=account_id,
            sealed=sealed,
            expires_at=expires_at,
        )
    )


def sealed_upload(
    session: Session, token_hash: str, *, account_id: int, now: datetime
) -> bytes | None:
    """The sealed bytes, while their time lasts and for nobody else."""
    return session.scalar(
        select(HeldUpload.sealed).where(
            HeldUpload.token_hash == token_hash,
            HeldUpload.account_id == account_id,
            HeldUpload.expires_at > now,
        )
    )


def drop_held(session: Session, *, account_id: int, now: datetime) -> None:
    """The account's file goes, and everybody's whose time is over."""
    session.execute(
        delete(HeldUpload).where(
            (HeldUpload.account_id == account_id) | (HeldUpload.expires_at <= now)
        )
    )
