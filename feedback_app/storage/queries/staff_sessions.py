"""Questions about the sessions of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from feedback_app.storage.db import Session, changed_rows
from feedback_app.storage.models import Account, Agency, StaffSession


def _is_alive(now: datetime) -> ColumnElement[bool]:
    return and_(StaffSession.revoked_at.is_(None), StaffSession.expires_at > now)


def living_session(
    session: Session, secret_hash: str, *, now: datetime
) -> tuple[StaffSession, Account, bool] | None:
    """A session neither expired nor revoked, its open account, and whether that is a demo's."""
    row = session.execute(
        select(StaffSession, Account, Agency.is_demo)
        .join(Account, Account.id == StaffSession.account_id)
        .join(Agency, Agency.id == Account.agency_id)
        .where(StaffSession.secret_hash == secret_hash, _is_alive(now), Account.closed_at.is_(None))
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def living_sessions_of(
    session: Session, account_id: int, *, stage: str, now: datetime
) -> Sequence[StaffSession]:
    """The account's sessions at this stage, newest first."""
    return session.scalars(
        select(StaffSession)
        .where(StaffSession.account_id == account_id, StaffSession.stage == stage, _is_alive(now))
        .order_by(StaffSession.last_seen_at.desc(), StaffSession.id.desc())
    ).all()


def note_seen(session: Session, session_id: int, *, now: datetime) -> None:
    """Write down that a session was used."""
    session.execute(
        update(StaffSession).where(StaffSession.id == session_id).values(last_seen_at=now)
    )


def end_session(session: Session, secret_hash: str, *, now: datetime) -> None:
    """Revoke the session with this secret."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.secret_hash == secret_hash, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def end_session_of(session: Session, account_id: int, session_id: int, *, now: datetime) -> bool:
    """Revoke one living session of the account; False when there is none."""
    ended = session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.account_id == account_id, _is_alive(now))
        .values(revoked_at=now)
    )
    return changed_rows(ended) == 1


def end_sessions_of(session: Session, account_id: int, *, now: datetime) -> int:
    """Revoke every session of an account; return how many lived."""
    ended = session.execute(
        update(StaffSession)
        .where(StaffSession.account_id == account_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return changed_rows(ended)


def end_other_sessions_of(session: Session, account_id: int, *, kept: int, now: datetime) -> int:
    """Revoke every session of an account but one; return how many."""
    ended = session.execute(
        update(StaffSession)
        .where(
            StaffSession.account_id == account_id,
            StaffSession.id != kept,
            StaffSession.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return changed_rows(ended)


def set_candidate(session: Session, session_id: int, sealed: str) -> None:
    """Keep a second factor that is being set up in this session."""
    session.execute(
        update(StaffSession).where(StaffSession.id == session_id).values(candidate=sealed)
    )


def candidate_of(session: Session, session_id: int) -> str | None:
    """The second factor being set up in this session, sealed."""
    return session.scalar(select(StaffSession.candidate).where(StaffSession.id == session_id))
