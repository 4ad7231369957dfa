"""What an officer's room asks: own answers by day, replies, appeals, and who looked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.domain.appeals import Cell
from feedback_app.domain.disclosure import Remark
from feedback_app.domain.joining import owners_on
from feedback_app.storage.comments import shown_text
from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import (
    Account,
    Case,
    CaseOpinion,
    Comment,
    Counter,
    FigureView,
    Officer,
    OfficerReply,
    Shift,
    Tally,
    Unit,
    Verdict,
)
from feedback_app.storage.queries.joins import joins_of, rows_of
from feedback_app.storage.standing import RATING, with_standing


def officer_of(session: Session, officer_id: int | None, agency_id: int) -> Officer | None:
    """The officer, if of this agency."""
    return session.scalar(
        select(Officer).where(Officer.id == officer_id, Officer.agency_id == agency_id)
    )


def officers_without_account(session: Session, agency_id: int) -> list[tuple[int, str]]:
    """Officers who serve and have no open account: identifier and name, by name."""
    taken = select(Account.officer_id).where(
        Account.officer_id.is_not(None), Account.closed_at.is_(None)
    )
    rows = session.execute(
        select(Officer.id, Officer.name)
        .where(
            Officer.agency_id == agency_id,
            Officer.retired_on.is_(None),
            Officer.id.not_in(taken),
        )
        .order_by(Officer.name, Officer.id)
    )
    return [(row[0], row[1]) for row in rows]


def officer_with_nip(session: Session, agency_id: int, nip: str) -> int | None:
    """The officer's identifier."""
    return session.scalar(
        select(Officer.id).where(Officer.agency_id == agency_id, Officer.nip == nip)
    )


def lock_officer(session: Session, officer_id: int) -> None:
    """Let nobody else open an appeal for this officer until the transaction ends."""
    session.execute(select(Officer.id).where(Officer.id == officer_id).with_for_update())


def cells_of_officer(session: Session, officer_id: int, *, since: date) -> list[Cell]:
    """Answers that count for the officer from a day on, by day, counter, tier and set of forms."""
    key = (Tally.c.day, Counter.unit_id, Tally.c.counter_id, Tally.c.tier, Tally.c.form_set)
    rows = session.execute(
        select(*key, func.sum(Tally.c.n))
        .join(Counter, Counter.id == Tally.c.counter_id)
        .where(
            Tally.c.officer_id.in_(rows_of(session, officer_id)),
            Tally.c.day >= since,
            Tally.c.state == "counted",
            Tally.c.for_officer == 1,
        )
        .group_by(*key)
    )
    return [Cell(row[0], row[1], row[2], row[3], row[4], int(row[5])) for row in rows]


def answers_at_counters(
    session: Session, counter_ids: Collection[int], *, first: date, last: date
) -> tuple[int, int]:
    """Counted answers at these counters, and how many of them name another officer."""
    row = session.execute(
        select(func.sum(Tally.c.n), func.sum(Tally.c.n_another)).where(
            Tally.c.counter_id.in_(counter_ids),
            Tally.c.day.between(first, last),
            Tally.c.state == "counted",
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


def counter_names(session: Session, counter_ids: Collection[int]) -> dict[int, str]:
    """Names by counter."""
    rows = session.execute(select(Counter.id, Counter.name).where(Counter.id.in_(counter_ids)))
    return {row[0]: row[1] for row in rows}


def remarks_about(session: Session, officer_id: int) -> list[Remark]:
    """Comments of counted answers that the citizen gave about this officer by name.

    Those of a joined row come in with the quarters that were joined: batches that were shown
    before stay as they were, and nobody sees which few were added (ADR 19).
    """
    joins = joins_of(session)
    near = {officer_id, *(join.officer_id for join in joins)}
    rows = session.execute(
        select(Comment.officer_id, Comment.id, Comment.month, shown_text()).where(
            Comment.officer_id.in_(near), Comment.state == "counted"
        )
    )
    return [
        Remark(number, month, words)
        for row, number, month, words in rows
        if row is not None and owners_on(joins, month).get(row, row) == officer_id
    ]


def other_officers_names(session: Session, officer: Officer) -> Sequence[str]:
    """Names of the agency's other officers, to be masked."""
    own = rows_of(session, officer.id)
    return session.scalars(
        select(Officer.name).where(Officer.agency_id == officer.agency_id, Officer.id.not_in(own))
    ).all()


def answers_of_class(
    session: Session, officer_id: int, *, first: date, last: date, only: tuple[str, object] | None
) -> Sequence[str]:
    """Ids of answers that count for the officer within days; `only` narrows by tier or counter."""
    joined, standing = with_standing()
    wanted = [
        RATING.c.officer_id.in_(rows_of(session, officer_id)),
        standing["for_officer"].is_(True),
        standing["state"] == "counted",
        standing["counted_on"].between(first, last),
    ]
    if only is not None:
        column, value = only
        wanted.append(RATING.c[column] == value)
    return session.scalars(select(RATING.c.id).select_from(joined).where(*wanted)).all()


def shifts_of_officer(
    session: Session, officer_id: int, *, since: datetime, until: datetime
) -> Sequence[Shift]:
    """The officer's shifts that touch the span, as the roster stands now."""
    return session.scalars(
        select(Shift).where(
            Shift.officer_id.in_(rows_of(session, officer_id)),
            Shift.withdrawn_at.is_(None),
            Shift.starts_at < until,
            Shift.ends_at > since,
        )
    ).all()


def add_view(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Count one more look: one row an officer, account and day."""
    table = Base.metadata.tables["figure_view"]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = (sqlite.insert if is_sqlite else postgresql.insert)(table)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["officer_id", "account_id", "day"], set_={"n": table.c.n + 1}
        ),
        rows,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """Who was shown an officer's figures on a day."""

    day: date
    name: str
    role: str


def who_saw(
    session: Session, officer_id: int, *, limit: int, offset: int
) -> tuple[int, list[Seen]]:
    """How many lines there are, and some of them, newest day first."""
    wanted = FigureView.officer_id.in_(rows_of(session, officer_id))
    total = session.scalar(select(func.count()).select_from(FigureView).where(wanted)) or 0
    rows = session.execute(
        select(FigureView.day, Account.name, Account.role)
        .join(Account, Account.id == FigureView.account_id)
        .where(wanted)
        .order_by(FigureView.day.desc(), Account.name)
        .limit(limit)
        .offset(offset)
    )
    return total, [Seen(*row) for row in rows]


def newest_replies(session: Session, officer_id: int) -> dict[date, OfficerReply]:
    """The officer's standing replies by the batch's first day."""
    rows = session.scalars(
        select(OfficerReply)
        .where(OfficerReply.officer_id.in_(rows_of(session, officer_id)))
        .order_by(OfficerReply.id)
    )
    return {row.first_day: row for row in rows}


@dataclass(frozen=True, slots=True)
class UnitReply:
    """A standing reply with who wrote it."""

    reply: OfficerReply
    officer: str
    unit: str


def replies_in_units(
    session: Session, unit_ids: Collection[int], *, limit: int, offset: int
) -> tuple[int, list[UnitReply]]:
    """Standing replies of these units' officers, newest first; how many there are."""
    newest = select(func.max(OfficerReply.id)).group_by(
        OfficerReply.officer_id, OfficerReply.first_day
    )
    question = (
        select(OfficerReply, Officer.name, Unit.name)
        .join(Officer, Officer.id == OfficerReply.officer_id)
        .join(Unit, Unit.id == Officer.unit_id)
        .where(Officer.unit_id.in_(unit_ids), OfficerReply.id.in_(newest))
    )
    total = session.scalar(select(func.count()).select_from(question.subquery())) or 0
    rows = session.execute(question.order_by(OfficerReply.id.desc()).limit(limit).offset(offset))
    return total, [UnitReply(*row) for row in rows]


def appeals_of(session: Session, officer_id: int) -> Sequence[Case]:
    """The officer's appeals, newest first."""
    return session.scalars(
        select(Case)
        .where(Case.officer_id.in_(rows_of(session, officer_id)), Case.kind == "appeal")
        .order_by(Case.opened_at.desc(), Case.id)
    ).all()


def removed_by_case(session: Session, case_ids: Collection[int]) -> dict[int, int]:
    """How many answers the verdicts of each case took from the officer."""
    rows = session.execute(
        select(Verdict.case_id, func.count())
        .where(Verdict.case_id.in_(case_ids), Verdict.for_officer.is_(False))
        .group_by(Verdict.case_id)
    )
    return {row[0]: int(row[1]) for row in rows if row[0] is not None}


def reasons_for(session: Session, case_id: int, outcome: str) -> Sequence[str]:
    """The reasons of those who held what was decided, old to new; nobody's name."""
    return session.scalars(
        select(CaseOpinion.reason)
        .where(CaseOpinion.case_id == case_id, CaseOpinion.outcome == outcome)
        .order_by(CaseOpinion.id)
    ).all()


def reviewers_of(session: Session, case_id: int) -> set[int]:
    """Accounts that gave an opinion on a case."""
    return set(
        session.scalars(select(CaseOpinion.account_id).where(CaseOpinion.case_id == case_id))
    )
