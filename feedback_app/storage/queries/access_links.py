"""Questions about one-time links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update

from feedback_app.storage.db import Session, changed_rows
from feedback_app.storage.models import AccessLink, Account


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(
        AccessLink.used_at.is_(None), AccessLink.revoked_at.is_(None), AccessLink.expires_at > now
    )


def open_link(
    session: Session, token_hash: str, *, now: datetime
) -> tuple[AccessLink, Account] | None:
    """A link neither used, revoked nor expired, and its open account."""
    row = session.execute(
        select(AccessLink, Account)
        .join(Account, Account.id == AccessLink.account_id)
        .where(AccessLink.token_hash == token_hash, _is_open(now), Account.closed_at.is_(None))
    ).first()
    return None if row is None else (row[0], row[1])


def open_link_of(session: Session, account_id: int, *, now: datetime) -> AccessLink | None:
    """The account's link that still works."""
    return session.scalar(
        select(AccessLink).where(AccessLink.account_id == account_id, _is_open(now))
    )


def newest_link_at(session: Session, account_id: int) -> datetime | None:
    """When the account's newest link was made; None when it never had one."""
    return session.scalar(
        select(func.max(AccessLink.created_at)).where(AccessLink.account_id == account_id)
    )


def use_link(session: Session, link_id: int, *, now: datetime) -> bool:
    """Spend a link; False when somebody else was first."""
    used = session.execute(
        update(AccessLink).where(AccessLink.id == link_id, _is_open(now)).values(used_at=now)
    )
    return changed_rows(used) == 1


def revoke_links_of(session: Session, account_id: int, *, now: datetime) -> int:
    """Revoke the account's links that still work; return how many."""
    revoked = session.execute(
        update(AccessLink)
        .where(AccessLink.account_id == account_id, _is_open(now))
        .values(revoked_at=now)
    )
    return changed_rows(revoked)
