"""Change what an answer counts for: append verdicts and move the tally with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, select

from feedback_app.domain.local_time import local_day
from feedback_app.storage.comments import move_along
from feedback_app.storage.db import Session
from feedback_app.storage.prepared import Prepared, Statements
from feedback_app.storage.ratings import count, drop_empty, uncount
from feedback_app.storage.standing import RATING, VERDICT, with_standing


@dataclass(frozen=True, slots=True)
class Change:
    """What one answer is to be from now on."""

    rating_id: str
    state: str
    for_officer: bool
    counted_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer's row with its newest state, counted day and whether it counts for the officer."""

    rating: Mapping[str, Any]
    state: str
    for_officer: bool
    counted_on: date

    def row(self) -> dict[str, Any]:
        """The row as the tally sees it."""
        return dict(self.rating) | {
            "state": self.state,
            "for_officer": self.for_officer,
            "day": self.counted_on,
        }


def standings(session: Session, rating_ids: Collection[str]) -> list[Standing]:
    """How these answers stand now."""
    joined, columns = with_standing(rating_ids)
    named = {f"now_{name}": column for name, column in columns.items()}
    rows = session.execute(
        select(RATING, *(column.label(name) for name, column in named.items()))
        .select_from(joined)
        .where(RATING.c.id.in_(rating_ids))
    ).mappings()
    return [
        Standing(
            rating={name: row[name] for name in RATING.c.keys()},  # noqa: SIM118 (no mapping)
            state=row["now_state"],
            for_officer=bool(row["now_for_officer"]),
            counted_on=row["now_counted_on"],
        )
        for row in rows
    ]


_NEWEST = (
    select(VERDICT.c.state)
    .where(VERDICT.c.rating_id == RATING.c.id)
    .order_by(VERDICT.c.step.desc())
    .limit(1)
    .scalar_subquery()
)
STATE = Prepared(
    select(func.coalesce(_NEWEST, RATING.c.state)).where(RATING.c.id == bindparam("rating_id"))
)


def is_counted(statements: Statements, rating_id: str) -> bool:
    """Whether an answer counts now."""
    rows = statements.rows(STATE, {"rating_id": rating_id})
    return bool(rows) and rows[0][0] == "counted"


def append_verdicts(
    session: Session,
    changes: Sequence[Change],
    *,
    reason: str,
    at: datetime,
    case_id: int | None,
) -> int:
    """Append what really changes, move tally and comments along; return how many answers changed.

    ValueError when that would move an answer into or out of a day that is over: figures of closed
    days have been seen, and what changed in them could be subtracted (ADR 12).
    """
    today = local_day(at)
    wanted = {change.rating_id: change for change in changes}
    moved: dict[str, Mapping[str, Any]] = {}
    for old in standings(session, wanted):
        change = wanted[old.rating["id"]]
        new = Standing(old.rating, change.state, change.for_officer, change.counted_on)
        if (new.state, new.for_officer) == (old.state, old.for_officer):
            continue
        was, is_now = old.state == "counted", new.state == "counted"
        if was != is_now and (old if was else new).counted_on < today:
            raise ValueError("a day that is over keeps its answers")
        _append(session, new, reason=reason, at=at, case_id=case_id)
        uncount(session, old.row())
        count(session, new.row())
        moved[change.rating_id] = new.row()
    if moved:
        drop_empty(session)
        move_along(session, moved)
    return len(moved)


def _append(
    session: Session, new: Standing, *, reason: str, at: datetime, case_id: int | None
) -> None:
    earlier = select(func.max(VERDICT.c.step)).where(VERDICT.c.rating_id == new.rating["id"])
    row = {
        "rating_id": new.rating["id"],
        "agency_id": new.rating["agency_id"],
        "case_id": case_id,
        "state": new.state,
        "for_officer": new.for_officer,
        "counted_on": new.counted_on,
        "reason": reason[:500],
        "made_at": at,
    }
    step = func.coalesce(earlier.scalar_subquery(), literal(0)) + 1
    session.execute(insert(VERDICT).values(**row, step=step))
