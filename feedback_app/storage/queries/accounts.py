"""Questions about staff accounts and their sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.storage.models import Account, AccountUnit, StaffSession, Unit


def open_account_named(session: Session, username: str) -> Account | None:
    """The account of this (case-folded) name, unless it was closed."""
    return session.scalar(
        select(Account).where(Account.username == username, Account.closed_at.is_(None))
    )


def username_is_taken(session: Session, username: str) -> bool:
    """Closed accounts keep their names, so that the audit log stays plain."""
    return session.scalar(select(Account.id).where(Account.username == username)) is not None


def account_of_session(session: Session, secret_hash: str, *, now: datetime) -> Account | None:
    """The open account behind a session that is neither expired nor revoked."""
    return session.scalar(
        select(Account)
        .join(StaffSession, StaffSession.account_id == Account.id)
        .where(
            StaffSession.secret_hash == secret_hash,
            StaffSession.revoked_at.is_(None),
            StaffSession.expires_at > now,
            Account.closed_at.is_(None),
        )
    )


def unit_ids_of(session: Session, account_id: int) -> Sequence[int]:
    """The units this account may see."""
    return session.scalars(
        select(AccountUnit.unit_id).where(AccountUnit.account_id == account_id)
    ).all()


def end_session(session: Session, secret_hash: str, *, now: datetime) -> None:
    """Revoke one session."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.secret_hash == secret_hash, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def end_sessions_of(session: Session, account_id: int, *, now: datetime) -> None:
    """Revoke every session of an account."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.account_id == account_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def set_password(session: Session, account_id: int, new_hash: str, *, now: datetime) -> None:
    """Store a new password hash and end every session opened with the old one."""
    session.execute(update(Account).where(Account.id == account_id).values(password_hash=new_hash))
    end_sessions_of(session, account_id, now=now)


def accounts_of_agency(session: Session, agency_id: int) -> Sequence[Account]:
    """Every account, open ones first, by name."""
    return session.scalars(
        select(Account)
        .where(Account.agency_id == agency_id)
        .order_by(Account.closed_at.is_not(None), Account.username)
    ).all()


def unit_names_by_account(session: Session, agency_id: int) -> dict[int, list[str]]:
    """The units each account may see."""
    rows = session.execute(
        select(AccountUnit.account_id, Unit.name)
        .join(Unit, Unit.id == AccountUnit.unit_id)
        .where(AccountUnit.agency_id == agency_id)
        .order_by(Unit.name)
    )
    names: dict[int, list[str]] = {}
    for account_id, name in rows:
        names.setdefault(account_id, []).append(name)
    return names
