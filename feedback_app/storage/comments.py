"""Comments: as they are stored apart from answers, moved along with them, and how they may be read.

A comment has a random number of its own. What links it to its answer is a column of `screening`,
for paper of `paper_sheet`, and is gone with that row's time (ADR 14).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, insert, literal, select, update

from feedback_app.domain.disclosure import MASKED
from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import Case, Comment

COMMENT = Base.metadata.tables["comment"]
LINKS = tuple(Base.metadata.tables[name] for name in ("screening", "paper_sheet"))


def new_comment_id() -> str:
    """A number that tells neither the answer nor the time."""
    return secrets.token_hex(16)


def comment_row(
    rating: Mapping[str, Any], text: str, *, day: date, comment_id: str
) -> dict[str, Any]:
    """A comment's own row: what was written, where and in which month, and how it stands."""
    return {
        "id": comment_id,
        "agency_id": rating["agency_id"],
        "counter_id": rating["counter_id"],
        "officer_id": rating["officer_id"] if rating["for_officer"] else None,
        "month": day.replace(day=1),
        "state": rating["state"],
        "text": text,
    }


def add_comment(session: Session, rating: Mapping[str, Any], text: str, *, day: date) -> str | None:
    """Add what was written beside an answer; return its number, None where nothing was."""
    if not text:
        return None
    row = comment_row(rating, text, day=day, comment_id=new_comment_id())
    session.execute(insert(COMMENT), row)
    return str(row["id"])


def move_along(session: Session, moved: Mapping[str, Mapping[str, Any]]) -> None:
    """Give the comments of these answers their answers' new standing, while a link is kept.

    `moved` maps answers to rows as the tally sees them; a late answer takes its comment along into
    the month in which it is counted, so that no batch of comments grows afterwards.
    """
    for rating_id, comment_id in _links(session, moved.keys()).items():
        row = moved[rating_id]
        month = row["day"].replace(day=1)
        session.execute(
            update(COMMENT)
            .where(COMMENT.c.id == comment_id)
            .values(
                state=row["state"],
                officer_id=row["officer_id"] if row["for_officer"] else None,
                month=case((COMMENT.c.month < month, month), else_=COMMENT.c.month),
            )
        )


def _links(session: Session, rating_ids: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in LINKS:
        rows = session.execute(
            select(table.c.rating_id, table.c.comment_id).where(
                table.c.rating_id.in_(rating_ids), table.c.comment_id.is_not(None)
            )
        )
        found |= {row[0]: row[1] for row in rows}
    return found


def text_of(session: Session, comment_id: str | None) -> str:
    """What was written, as written; '' for none."""
    return session.scalar(select(Comment.text).where(Comment.id == comment_id)) or ""


def month_of(session: Session, comment_id: str | None) -> date | None:
    """The month that a comment stands under; None for none."""
    return session.scalar(select(Comment.month).where(Comment.id == comment_id))


def shown_text() -> ColumnElement[str]:
    """The comment's text, or what stands in its place; every reader asks for this column."""
    is_masked = (
        select(Case.id)
        .where(
            Case.comment_id == Comment.id,
            Case.kind == "text",
            Case.outcome == "masked",
        )
        .correlate(Comment)
        .exists()
    )
    return case((is_masked, literal(MASKED)), else_=Comment.text)
