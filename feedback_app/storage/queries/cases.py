"""Cases: open or extend one, read them, write down what somebody holds."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case as when
from sqlalchemy import func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.storage.comments import shown_text
from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import (
    Account,
    Case,
    CaseOpinion,
    CaseRating,
    Comment,
    Counter,
    Screening,
    Unit,
)
from feedback_app.storage.once import once
from feedback_app.storage.standing import RATING, VERDICT

# Seven figures: people read them to each other. Drawn, as counting would tell what came first.
FIRST_NUMBER, NUMBERS = 1_000_000, 9_000_000


def open_case_like(
    session: Session,
    *,
    agency_id: int,
    kind: str,
    counter_id: int,
    rules: str,
    first_day: date,
    untouched: bool,
) -> Case | None:
    """A case of this kind, counter and rules that is open and began no earlier than that day.

    `untouched` asks for one on which nobody has given an opinion yet: what somebody has looked at
    must not grow afterwards.
    """
    question = select(Case).where(
        Case.agency_id == agency_id,
        Case.kind == kind,
        Case.counter_id == counter_id,
        Case.rules == rules,
        Case.first_day >= first_day,
        Case.closed_at.is_(None),
    )
    if untouched:
        question = question.where(
            ~select(CaseOpinion.id).where(CaseOpinion.case_id == Case.id).exists()
        )
    newest_first = question.order_by(Case.first_day.desc(), Case.id)
    case = session.scalar(newest_first.limit(1).with_for_update())
    # Whoever held it before may have given the first opinion: the question saw none yet.
    if case is not None and untouched and opinions_on(session, case.id):
        return None
    return case


def unused_number(session: Session) -> int:
    """A case's number, drawn by chance."""
    while True:
        number = FIRST_NUMBER + secrets.randbelow(NUMBERS)
        if session.scalar(select(Case.id).where(Case.id == number)) is None:
            return number


def add_answers(session: Session, case: Case, rating_ids: Iterable[str]) -> int:
    """Put answers into a case; return how many were new to it."""
    table = Base.metadata.tables["case_rating"]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = (sqlite.insert if is_sqlite else postgresql.insert)(table)
    added = 0
    for rating_id in rating_ids:
        row = {"case_id": case.id, "rating_id": rating_id, "agency_id": case.agency_id}
        new = session.execute(
            statement.on_conflict_do_nothing().returning(table.c.rating_id), row
        ).first()
        added += new is not None
    return added


def answers_of(session: Session, case_id: int) -> Sequence[str]:
    """The ids of a case's answers."""
    return session.scalars(select(CaseRating.rating_id).where(CaseRating.case_id == case_id)).all()


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with the names of its place and how many opinions it has."""

    case: Case
    unit: str
    counter: str
    opinions: int


def cases_of_agency(
    session: Session,
    agency_id: int,
    *,
    kinds: Collection[str],
    is_open: bool,
    limit: int,
    offset: int,
) -> tuple[int, list[CaseRow]]:
    """How many there are, and some: open ones by their deadline, closed ones newest first."""
    wanted = [Case.agency_id == agency_id, Case.kind.in_(kinds)]
    wanted.append(Case.closed_at.is_(None) if is_open else Case.closed_at.is_not(None))
    opinions = (
        select(func.count(func.distinct(CaseOpinion.account_id)))
        .where(CaseOpinion.case_id == Case.id)
        .scalar_subquery()
    )
    order = (Case.due_on, Case.id) if is_open else (Case.closed_at.desc(), Case.id)
    rows = session.execute(
        select(Case, Unit.name, Counter.name, opinions)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Counter, Counter.id == Case.counter_id)
        .where(*wanted)
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0
    return total, [CaseRow(row[0], row[1], row[2] or "", row[3]) for row in rows]


def without_opinion_of(session: Session, account_id: int, agency_id: int) -> Sequence[int]:
    """Open cases on which this person has not said anything, by their deadline."""
    said = select(CaseOpinion.case_id).where(CaseOpinion.account_id == account_id)
    return session.scalars(
        select(Case.id)
        .where(Case.agency_id == agency_id, Case.closed_at.is_(None), Case.id.not_in(said))
        .order_by(Case.due_on, Case.id)
    ).all()


def case_of_agency(
    session: Session, case_id: int, agency_id: int, *, to_change: bool = False
) -> CaseRow | None:
    """One case with its place; `to_change` keeps others out meanwhile."""
    question = (
        select(Case, Unit.name, Counter.name)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Counter, Counter.id == Case.counter_id)
        .where(Case.id == case_id, Case.agency_id == agency_id)
    )
    row = session.execute(question.with_for_update(of=Case) if to_change else question).first()
    return None if row is None else CaseRow(row[0], row[1], row[2] or "", 0)


def opinions_on(session: Session, case_id: int) -> list[tuple[CaseOpinion, str]]:
    """Opinions with their authors' names, old to new."""
    rows = session.execute(
        select(CaseOpinion, Account.name)
        .join(Account, Account.id == CaseOpinion.account_id)
        .where(CaseOpinion.case_id == case_id)
        .order_by(CaseOpinion.id)
    )
    return [(row[0], row[1]) for row in rows]


def overdue(session: Session, *, kind: str, today: date) -> Sequence[Case]:
    """Open cases of a kind that nobody decided in time."""
    return session.scalars(
        select(Case)
        .where(Case.kind == kind, Case.closed_at.is_(None), Case.due_on < today)
        .with_for_update()
    ).all()


def upheld_appeals(session: Session) -> int:
    """How many appeals were upheld: the number only grows, as what is decided stays."""
    upheld = (Case.kind == "appeal", Case.outcome == "upheld")
    question = select(func.count()).select_from(Case).where(*upheld)
    return once(session, "upheld appeals", lambda: session.scalar(question) or 0)


def counted_until(session: Session, case_id: int) -> set[str]:
    """Those of a case's answers that counted until the case took them along."""
    question = select(VERDICT.c.rating_id).where(
        VERDICT.c.case_id == case_id, VERDICT.c.state == "held"
    )
    return set(session.scalars(question))


def rule_counts(session: Session, agency_id: int, *, since: datetime) -> list[tuple[str, int, int]]:
    """(rules, answers, of them set aside) of held cases opened since then."""
    taken_along = (
        select(func.count(func.distinct(VERDICT.c.rating_id)))
        .where(VERDICT.c.case_id == Case.id, VERDICT.c.state == "held")
        .scalar_subquery()
    )
    set_aside = when(
        (Case.outcome == "aside", Case.size),
        (Case.outcome == "rest_aside", Case.size - taken_along),
        else_=0,
    )
    rows = session.execute(
        select(Case.rules, Case.size, set_aside).where(
            Case.agency_id == agency_id, Case.kind == "held", Case.opened_at >= since
        )
    )
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True, slots=True)
class Marks:
    """What screening still knows of a case's answers; none of it tells what was answered.

    `had_counted` counted until the case took them along, and is known for ever.
    """

    answers: int
    devices: int
    first_at: datetime | None
    last_at: datetime | None
    tiers: tuple[tuple[str, int], ...]
    had_counted: int


def marks_of(session: Session, case_id: int) -> Marks:
    """How many devices sent a case's answers, and when; empty after 14 days."""
    mine = select(CaseRating.rating_id).where(CaseRating.case_id == case_id)
    row = session.execute(
        select(
            func.count(),
            func.count(func.distinct(Screening.device_key)),
            func.min(Screening.received_at),
            func.max(Screening.received_at),
        ).where(Screening.rating_id.in_(mine))
    ).one()
    tiers = session.execute(
        select(RATING.c.tier, func.count())
        .where(RATING.c.id.in_(mine))
        .group_by(RATING.c.tier)
        .order_by(RATING.c.tier)
    )
    return Marks(
        *row,
        tiers=tuple((tier, count) for tier, count in tiers),
        had_counted=len(counted_until(session, case_id)),
    )


def asked_about(session: Session, comment_ids: Collection[str]) -> set[str]:
    """Those of these comments that a case is or was about."""
    found = session.scalars(select(Case.comment_id).where(Case.comment_id.in_(comment_ids)))
    return {comment_id for comment_id in found if comment_id is not None}


def comments_of(session: Session, case: Case) -> Sequence[str]:
    """The comment that a case is about; of held answers theirs, while screening keeps the link."""
    sent_with = (
        select(Screening.comment_id)
        .join(CaseRating, CaseRating.rating_id == Screening.rating_id)
        .where(CaseRating.case_id == case.id)
    )
    wanted = or_(Comment.id == case.comment_id, Comment.id.in_(sent_with))
    return session.scalars(select(shown_text()).select_from(Comment).where(wanted)).all()
