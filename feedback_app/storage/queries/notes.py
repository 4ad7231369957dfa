"""Notes, which came without a rating: save one, find it by its receipt, count floods of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlalchemy import case as when

from feedback_app.domain.notes import Others
from feedback_app.storage.comments import COMMENT
from feedback_app.storage.db import Base, Session, changed_rows
from feedback_app.storage.models import Agency, Case, Comment, Counter, Note, Screening, Unit
from feedback_app.storage.prepared import Prepared, Statements

NOTE = Base.metadata.tables[Note.__tablename__]  # an insert into the class would ask for its row


@dataclass(frozen=True, slots=True)
class NoteBefore:
    """A note that came under the same form: its digest and its comment's number."""

    body_digest: str
    comment_id: str | None


def note_with(session: Session, note_id: str) -> NoteBefore | None:
    """The note of an opened form; None when none came, or 14 days ago."""
    row = session.execute(select(Note.body_digest, Note.comment_id).where(Note.id == note_id))
    found = row.first()
    return NoteBefore(*found) if found else None


CAME_ALONE = Prepared(select(Note.id).where(Note.id == bindparam("note_id")))


def came_alone(statements: Statements, note_id: str) -> bool:
    """Whether something was sent of this opened form before, alone."""
    return bool(statements.rows(CAME_ALONE, {"note_id": note_id}))


def others_before(
    session: Session,
    counter_id: int,
    unit_id: int,
    *,
    marks: Collection[str],
    text_key: str | None,
    midnight: datetime,
    half_an_hour_ago: datetime,
) -> Others:
    """The notes that a new one is judged by."""
    in_unit = select(Counter.id).where(Counter.unit_id == unit_id)
    of_device = select(func.count()).where(
        Note.device_key.in_(marks), Note.received_at >= midnight, Note.counter_id.in_(in_unit)
    )
    recent = when((Note.received_at >= half_an_hour_ago, 1), else_=0)
    here = session.execute(
        select(func.count(), func.coalesce(func.sum(recent), 0)).where(
            Note.counter_id == counter_id, Note.received_at >= midnight, Note.rules == ""
        )
    ).one()
    return Others(
        of_device=session.scalar(of_device) or 0,
        in_half_an_hour=int(here[1]),
        today=here[0],
        same_text=_came_before(session, counter_id, text_key),
    )


def _came_before(session: Session, counter_id: int, text_key: str | None) -> bool:
    """Whether this long comment came to the counter, alone or with a rating."""
    if text_key is None:
        return False
    return any(
        session.scalar(
            select(literal(1))
            .where(table.counter_id == counter_id, table.text_key == text_key)
            .limit(1)
        )
        for table in (Note, Screening)
    )


def add_note(session: Session, row: Mapping[str, Any], text: str, *, day: date) -> None:
    """Add a note's arrival and, where something was written, its comment; both or neither.

    `row` holds the arrival's columns; the comment is of no officer, as nothing says of whom it is.
    """
    if text:
        comment = {name: row[name] for name in ("agency_id", "counter_id")} | {
            "id": row["comment_id"],
            "officer_id": None,
            "month": day.replace(day=1),
            "state": "held" if row["rules"] else "counted",
            "text": text,
        }
        session.execute(insert(COMMENT), comment)
    session.execute(insert(NOTE), dict(row))


@dataclass(frozen=True, slots=True)
class Receipted:
    """What a note's receipt leads to: its comment's standing and place; `case` of a held one.

    `state` is None for a tick alone: no row tells it.
    """

    state: str | None
    rules: str
    due_on: date | None
    received_at: datetime
    counter: Counter
    unit: Unit
    agency: Agency


def receipted_note(session: Session, receipt: str) -> Receipted | None:
    """The note with this receipt, for 14 days."""
    row = session.execute(
        select(Comment.state, Note.rules, Case.due_on, Note.received_at, Counter, Unit, Agency)
        .select_from(Note)
        .join(Counter, Counter.id == Note.counter_id)
        .join(Unit, Unit.id == Counter.unit_id)
        .join(Agency, Agency.id == Unit.agency_id)
        .outerjoin(Comment, Comment.id == Note.comment_id)
        .outerjoin(Case, Case.id == Note.case_id)
        .where(Note.receipt == receipt)
        .limit(1)
    ).first()
    return Receipted(*row) if row else None


def give_standing(session: Session, case_id: int, state: str, *, month: date) -> int:
    """Let a case's comments stand like this; return how many there are.

    A late one comes under the month in which it was decided, so that no batch grows afterwards.
    """
    ids = select(Note.comment_id).where(Note.case_id == case_id)
    later = when((COMMENT.c.month < month, month), else_=COMMENT.c.month)
    changed = update(COMMENT).where(COMMENT.c.id.in_(ids)).values(state=state, month=later)
    return changed_rows(session.execute(changed))
