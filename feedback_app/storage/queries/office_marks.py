"""Marks of the office: which keys belong to this database, when its last upkeep was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.storage.db import Session
from feedback_app.storage.models import OfficeMark

CARDS = "cards"  # the key of printed cards; one for ever
SECRET = "secret "  # noqa: S105 (begins the name of a mark; the fingerprint of a key follows)
UPKEEP = "upkeep"


def texts(session: Session) -> dict[str, str]:
    """Name and text of each mark."""
    return {row.name: row.text for row in session.scalars(select(OfficeMark))}


def instant(session: Session, name: str) -> datetime | None:
    """When a mark was made; None where it never was."""
    return session.scalar(select(OfficeMark.at).where(OfficeMark.name == name))


def put(session: Session, name: str, *, text: str, at: datetime) -> None:
    """Make a mark, or make it anew."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    added = (sqlite.insert if is_sqlite else postgresql.insert)(OfficeMark)
    values = {"text": added.excluded.text, "at": added.excluded.at}
    session.execute(
        added.on_conflict_do_update(index_elements=["name"], set_=values),
        {"name": name, "text": text, "at": at},
    )


def put_keys(session: Session, *, cards: str, secrets: Iterable[str], at: datetime) -> None:
    """Note which keys are this database's; keys that are noted already stay."""
    known = texts(session)
    if CARDS not in known:
        put(session, CARDS, text=cards, at=at)
    for fingerprint in secrets:
        if SECRET + fingerprint not in known:
            put(session, SECRET + fingerprint, text=fingerprint, at=at)


def forget_keys(session: Session) -> None:
    """Let the next keys be this database's."""
    is_key = (OfficeMark.name == CARDS) | OfficeMark.name.startswith(SECRET)
    session.execute(delete(OfficeMark).where(is_key))
