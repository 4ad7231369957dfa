"""Counting guesses: one statement a guess, so that guesses sent at once are all counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.storage.db import Session
from feedback_app.storage.models import LoginThrottle


def count_guess(session: Session, key: str, *, now: datetime, window_ends_at: datetime) -> int:
    """Count one more guess at `key`; return how many fell into the running window."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    build = sqlite.insert if is_sqlite else postgresql.insert
    statement = build(LoginThrottle).values(
        name_hash=key, failures=1, window_ends_at=window_ends_at
    )
    is_over = LoginThrottle.window_ends_at <= now
    counted = statement.on_conflict_do_update(
        index_elements=["name_hash"],
        set_={
            "failures": case((is_over, 1), else_=LoginThrottle.failures + 1),
            "window_ends_at": case((is_over, window_ends_at), else_=LoginThrottle.window_ends_at),
        },
    ).returning(LoginThrottle.failures)
    return int(session.execute(counted).scalar_one())


def forget_guesses(session: Session, key: str) -> None:
    """Begin anew after a right answer."""
    session.execute(delete(LoginThrottle).where(LoginThrottle.name_hash == key))
