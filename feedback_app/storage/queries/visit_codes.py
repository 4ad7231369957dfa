"""Visit codes: make, spend, call, count. A spent or expired code's row is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import CodeBatch, CodeCount, CodeGuess, VisitCode

COUNTS = ("issued", "called", "redeemed", "expired", "revoked")
ANY_SERVICE = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What screening may know of a code that was just spent.

    `is_restored`: it came back from a backup and may have been used before.
    """

    service_id: int | None
    valid_from: datetime
    called_at: datetime | None
    is_restored: bool


def spend(
    session: Session,
    kind: Literal["long", "typed"],
    marks: Collection[str],
    *,
    unit_id: int,
    now: datetime,
) -> Spent | None:
    """Spend a code of this unit; None when it is unknown, spent, expired or another unit's.

    Of many at once exactly one gets it: the row is deleted, and a deletion waits for the others.
    """
    column = VisitCode.long_mark if kind == "long" else VisitCode.typed_mark
    row = session.execute(
        delete(VisitCode)
        .where(
            column.in_(marks),
            VisitCode.unit_id == unit_id,
            VisitCode.valid_from <= now,
            VisitCode.expires_at > now,
        )
        .returning(
            VisitCode.service_id,
            VisitCode.valid_from,
            VisitCode.called_at,
            VisitCode.is_restored,
        )
    ).first()
    return None if row is None else Spent(row[0], row[1], row[2], row[3])


def unspent(
    session: Session, kind: Literal["long", "typed"], marks: Collection[str], *, now: datetime
) -> VisitCode | None:
    """A code that can be spent now, or once it begins to hold."""
    column = VisitCode.long_mark if kind == "long" else VisitCode.typed_mark
    return session.scalar(select(VisitCode).where(column.in_(marks), VisitCode.expires_at > now))


def are_in_use(session: Session, unit_id: int, *, since: date) -> bool:
    """Whether this unit has handed out codes lately, so that its forms ask for one."""
    found = session.scalar(
        select(CodeBatch.id)
        .where(
            CodeBatch.unit_id == unit_id,
            CodeBatch.valid_on >= since,
            CodeBatch.revoked_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def calls_are_told(session: Session, unit_id: int, *, day: date) -> bool:
    """Whether this unit's queue told a call on this day."""
    found = session.scalar(
        select(CodeCount.called)
        .where(CodeCount.unit_id == unit_id, CodeCount.day == day, CodeCount.called > 0)
        .limit(1)
    )
    return found is not None


def count(
    session: Session,
    *,
    agency_id: int,
    unit_id: int,
    service_id: int | None,
    day: date,
    added: Mapping[str, int],
) -> None:
    """Add to a day's counts."""
    row: dict[str, Any] = dict.fromkeys(COUNTS, 0) | dict(added)
    row |= {
        "agency_id": agency_id,
        "unit_id": unit_id,
        "service_id": service_id or ANY_SERVICE,
        "day": day,
    }
    session.execute(_add_counts(session.get_bind().dialect.name), row)


@cache
def _add_counts(dialect: str) -> Any:
    table = Base.metadata.tables["code_count"]
    statement = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    return statement.on_conflict_do_update(
        index_elements=["unit_id", "service_id", "day"],
        set_={name: table.c[name] + statement.excluded[name] for name in COUNTS},
    )


def counts_of_units(
    session: Session, unit_ids: Collection[int], *, first: date, last: date
) -> Sequence[CodeCount]:
    """Day by day, newest first."""
    return session.scalars(
        select(CodeCount)
        .where(CodeCount.unit_id.in_(unit_ids), CodeCount.day.between(first, last))
        .order_by(CodeCount.day.desc(), CodeCount.unit_id, CodeCount.service_id)
    ).all()


def wrong_guesses(session: Session, scope: str, *, minute: datetime) -> int:
    """Wrong typed codes of this minute by one way of typing them."""
    found = select(CodeGuess.wrong).where(CodeGuess.minute == minute, CodeGuess.scope == scope)
    return session.scalar(found) or 0


def add_wrong_guess(session: Session, scope: str, *, minute: datetime) -> None:
    """Count one more, and forget earlier minutes."""
    session.execute(delete(CodeGuess).where(CodeGuess.minute < minute))
    table = Base.metadata.tables["code_guess"]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = (sqlite.insert if is_sqlite else postgresql.insert)(table)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["minute", "scope"], set_={"wrong": table.c.wrong + 1}
        ),
        {"minute": minute, "scope": scope, "wrong": 1},
    )


def expire(session: Session, *, now: datetime) -> Sequence[tuple[int, int, int | None, date]]:
    """Delete codes past their time; (agency, unit, service, day they were for) of each."""
    rows = session.execute(
        delete(VisitCode)
        .where(VisitCode.expires_at <= now)
        .returning(VisitCode.batch_id, VisitCode.agency_id, VisitCode.unit_id, VisitCode.service_id)
    ).all()
    batches = Counter(row[0] for row in rows)
    for batch_id, expired in batches.items():
        session.execute(
            update(CodeBatch)
            .where(CodeBatch.id == batch_id)
            .values(expired=CodeBatch.expired + expired)
        )
    days = {
        row[0]: row[1]
        for row in session.execute(
            select(CodeBatch.id, CodeBatch.valid_on).where(CodeBatch.id.in_(batches))
        )
    }
    return [(row[1], row[2], row[3], days[row[0]]) for row in rows]
