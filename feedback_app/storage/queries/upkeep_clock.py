"""What the rows tell of the time that has passed, and rows that a wrong clock has written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from feedback_app.storage.db import Session, changed_rows
from feedback_app.storage.models import (
    AccessLink,
    BackupRun,
    Case,
    CodeGuess,
    LoginThrottle,
    Screening,
    StaffSession,
)

# When citizens answered and when staff logged in: both rows stay until upkeep deletes them.
WITNESSES = (Screening.received_at, StaffSession.created_at)


def latest(session: Session, *, until: datetime | None = None) -> datetime | None:
    """The newest instant of all rows, or of those up to an instant."""
    questions = [select(func.max(column)) for column in WITNESSES]
    if until is not None:
        questions = [
            question.where(column <= until)
            for question, column in zip(questions, WITNESSES, strict=True)
        ]
    return _newest(session.scalar(question) for question in questions)


def reached(session: Session, since: datetime, *, now: datetime, step: timedelta) -> datetime:
    """The newest instant to which rows lead from `since` without a gap longer than `step`."""
    at = since
    while now - at > step:
        within = min(at + step, now)
        found = _newest(
            session.scalar(select(func.max(column)).where(column > at, column <= within))
            for column in WITNESSES
        )
        if found is None:
            break
        at = found
    return at


def _newest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((at for at in instants if at is not None), default=None)


def bring_to_now(
    session: Session,
    column: InstrumentedAttribute[Any],
    *,
    before: datetime,
    after: datetime,
    now: datetime,
) -> int:
    """Date rows anew that lie before or after what can be; how many."""
    is_stray = or_(column < before, column > after)
    statement = update(column.class_).where(is_stray).values({column.key: now})
    return changed_rows(session.execute(statement))


def set_due(session: Session, *, before: date, after: date, due_on: date) -> int:
    """Give held cases a new day of decision where theirs lies before or after what can be."""
    is_stray = or_(Case.due_on < before, Case.due_on > after)
    statement = update(Case).where(Case.kind == "held", Case.closed_at.is_(None), is_stray)
    return changed_rows(session.execute(statement.values(due_on=due_on)))


def bring_restores_to_now(session: Session, *, after: datetime, now: datetime) -> int:
    """Date restores anew that lie ahead: until then every display's form would count as too old."""
    is_stray = (BackupRun.act == "restore", BackupRun.at > after)
    return changed_rows(session.execute(update(BackupRun).where(*is_stray).values(at=now)))


def shorten_sessions(session: Session, *, ends_at: datetime, now: datetime) -> int:
    """Let no session of the staff live longer than until then; how many were to."""
    late = update(StaffSession).where(StaffSession.expires_at > ends_at)
    return changed_rows(session.execute(late.values(expires_at=ends_at, last_seen_at=now)))


def shorten_links(session: Session, *, ends_at: datetime) -> int:
    """The same for one-time links."""
    late = update(AccessLink).where(AccessLink.expires_at > ends_at)
    return changed_rows(session.execute(late.values(expires_at=ends_at)))


def end_long_waits(session: Session, *, ends_at: datetime, now: datetime) -> int:
    """Nobody waits longer than the brake on guesses says; minutes that are to come have none."""
    late = delete(LoginThrottle).where(LoginThrottle.window_ends_at > ends_at)
    ended = changed_rows(session.execute(late))
    return ended + changed_rows(session.execute(delete(CodeGuess).where(CodeGuess.minute > now)))
