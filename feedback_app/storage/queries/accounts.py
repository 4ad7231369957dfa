"""Questions about staff accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from feedback_app.storage.db import Session, changed_rows
from feedback_app.storage.models import Account, AccountUnit, Unit
from feedback_app.storage.queries.staff_sessions import end_sessions_of


def open_account_named(session: Session, username: str) -> Account | None:
    """The account of this (case-folded) name, unless it was closed."""
    return session.scalar(
        select(Account).where(Account.username == username, Account.closed_at.is_(None))
    )


def username_is_taken(session: Session, username: str) -> bool:
    """Closed accounts keep their names, so that the audit log stays plain."""
    return session.scalar(select(Account.id).where(Account.username == username)) is not None


def unit_ids_of(session: Session, account_id: int) -> Sequence[int]:
    """The units this account may see."""
    return session.scalars(
        select(AccountUnit.unit_id).where(AccountUnit.account_id == account_id)
    ).all()


def set_password(session: Session, account_id: int, new_hash: str, *, now: datetime) -> None:
    """Store a new password hash and end every session opened with the old one."""
    renew_hash(session, account_id, new_hash)
    end_sessions_of(session, account_id, now=now)


def renew_hash(session: Session, account_id: int, new_hash: str) -> None:
    """Store another hash of the same password."""
    session.execute(update(Account).where(Account.id == account_id).values(password_hash=new_hash))


def open_account_of_subject(session: Session, subject: str) -> Account | None:
    """The open account that this single sign-on identity is bound to."""
    return session.scalar(
        select(Account).where(Account.sso_subject == subject, Account.closed_at.is_(None))
    )


def unbound_account_of_sso_name(session: Session, name: str) -> Account | None:
    """The open account that an admin meant for this name and that nobody has used yet."""
    return session.scalar(
        select(Account).where(
            Account.sso_name == name, Account.sso_subject.is_(None), Account.closed_at.is_(None)
        )
    )


def bind_subject(session: Session, account_id: int, subject: str) -> bool:
    """Bind the account to an identity, once; False when another was first."""
    bound = session.execute(
        update(Account)
        .where(Account.id == account_id, Account.sso_subject.is_(None))
        .values(sso_subject=subject)
    )
    return changed_rows(bound) == 1


def sso_name_is_taken(session: Session, name: str, *, by_other_than: int) -> bool:
    """Whether another account has this single sign-on name."""
    other = select(Account.id).where(Account.sso_name == name, Account.id != by_other_than)
    return session.scalar(other) is not None


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
