"""The open case that an answer or a sign goes into, as prepared statements."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy import case as when
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.storage.db import Base
from feedback_app.storage.models import Case, CaseOpinion
from feedback_app.storage.prepared import Prepared, Statements, insertion
from feedback_app.storage.queries.cases import FIRST_NUMBER, NUMBERS

CASE, CASE_RATING = (Base.metadata.tables[name] for name in ("case_file", "case_rating"))


@dataclass(frozen=True, slots=True)
class Alike:
    """What the cases have in common among which one is looked for."""

    agency_id: int
    kind: str
    counter_id: int
    rules: str
    first_day: date  # it began no earlier

    def values(self) -> dict[str, Any]:
        """By the statements' names."""
        return {
            "agency_id": self.agency_id,
            "kind": self.kind,
            "counter_id": self.counter_id,
            "rules": self.rules,
            "first_day": self.first_day,
        }


_OPEN = (
    select(Case.id)
    .where(
        Case.agency_id == bindparam("agency_id"),
        Case.kind == bindparam("kind"),
        Case.counter_id == bindparam("counter_id"),
        Case.rules == bindparam("rules"),
        Case.first_day >= bindparam("first_day"),
        Case.closed_at.is_(None),
    )
    .order_by(Case.first_day.desc(), Case.id)
    .limit(1)
    .with_for_update()
)
_LOOKED_AT = select(CaseOpinion.id).where(CaseOpinion.case_id == Case.id).exists()
FIND = Prepared(_OPEN)
FIND_UNTOUCHED = Prepared(_OPEN.where(~_LOOKED_AT))
OPINION = Prepared(select(CaseOpinion.id).where(CaseOpinion.case_id == bindparam("id")).limit(1))
TAKEN = Prepared(select(Case.id).where(Case.id == bindparam("id")))
ADD = Prepared(insertion(CASE))
_FIRST = bindparam("first", type_=CASE.c.first_day.type)
_LAST = bindparam("last", type_=CASE.c.last_day.type)
GROW = Prepared(
    update(CASE)
    .where(CASE.c.id == bindparam("case_id"))
    .values(
        size=CASE.c.size + bindparam("more"),
        first_day=when((CASE.c.first_day > _FIRST, _FIRST), else_=CASE.c.first_day),
        last_day=when((CASE.c.last_day < _LAST, _LAST), else_=CASE.c.last_day),
    )
)


def _new_answer(insert_of: Any) -> Any:
    names = CASE_RATING.c.keys()
    statement = insert_of(CASE_RATING).values({name: bindparam(name) for name in names})
    return statement.on_conflict_do_nothing().returning(CASE_RATING.c.rating_id)


ADD_ANSWER = Prepared(_new_answer(sqlite.insert), _new_answer(postgresql.insert))


def find(statements: Statements, alike: Alike) -> int | None:
    """The newest of these that is open."""
    rows = statements.rows(FIND, alike.values())
    return rows[0][0] if rows else None


def find_untouched(statements: Statements, alike: Alike) -> int | None:
    """One on which nobody has given an opinion: what somebody has looked at must not grow."""
    rows = statements.rows(FIND_UNTOUCHED, alike.values())
    # Whoever held it before may have given the first opinion: the question saw none yet.
    if not rows or statements.rows(OPINION, {"id": rows[0][0]}):
        return None
    return int(rows[0][0])


def unused_number(statements: Statements) -> int:
    """A case's number, drawn by chance."""
    while True:
        number = FIRST_NUMBER + secrets.randbelow(NUMBERS)
        if not statements.rows(TAKEN, {"id": number}):
            return number


def add(statements: Statements, row: Mapping[str, Any]) -> None:
    """Open a case."""
    statements.run(ADD, row)


def grow(statements: Statements, case_id: int, *, more: int, first: date, last: date) -> None:
    """Let a case be of so many more answers or signs, which reach from one day to another."""
    values = {"case_id": case_id, "more": more, "first": first, "last": last}
    statements.run(GROW, values)


def add_answer(statements: Statements, case_id: int, *, agency_id: int, rating_id: str) -> bool:
    """Put an answer into a case; whether it was new to it."""
    row = {"case_id": case_id, "rating_id": rating_id, "agency_id": agency_id}
    return bool(statements.rows(ADD_ANSWER, row))
