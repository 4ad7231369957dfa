"""Questions of staff about counters; who may see one is part of how it is fetched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select

from feedback_app.domain.disclosure import Remark
from feedback_app.storage.comments import shown_text
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Comment,
    Counter,
    Officer,
    Service,
    Shift,
    Unit,
    VisitCount,
)
from feedback_app.storage.once import once
from feedback_app.storage.queries.places import display_names


def counters_of_units(session: Session, unit_ids: Collection[int]) -> Sequence[Counter]:
    """Open counters of these units, by code."""
    return session.scalars(
        select(Counter)
        .where(Counter.unit_id.in_(unit_ids), Counter.retired_on.is_(None))
        .order_by(Counter.code)
    ).all()


def counters_of_agency(session: Session, agency_id: int) -> dict[int, str]:
    """Names of an agency's open counters with their unit's, by unit and counter."""
    rows = session.execute(
        select(Counter.id, Counter.name, Unit.name)
        .join(Unit, Unit.id == Counter.unit_id)
        .where(Counter.agency_id == agency_id, Counter.retired_on.is_(None))
        .order_by(Unit.code, Counter.code)
    )
    return {row[0]: f"{row[1]} · {row[2]}" for row in rows}


def units_of(session: Session, counter_ids: Collection[int]) -> Sequence[int]:
    """The units in which these counters stand."""
    asked = select(Counter.unit_id).where(Counter.id.in_(counter_ids)).distinct()
    question = ("units of", *counter_ids)
    return once(session, question, lambda: session.scalars(asked).all())


def counters_of_same_units(session: Session, counter_ids: Collection[int]) -> Sequence[int]:
    """All counters of the units in which these stand, closed ones too."""
    units = select(Counter.unit_id).where(Counter.id.in_(counter_ids))
    return session.scalars(select(Counter.id).where(Counter.unit_id.in_(units))).all()


def counter_in_units(session: Session, code: str, unit_ids: Collection[int]) -> Counter | None:
    """The counter with this code, if it stands in one of these units."""
    return session.scalar(
        select(Counter).where(Counter.code == code, Counter.unit_id.in_(unit_ids))
    )


def services_named(session: Session, service_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Indonesian and English names by service."""
    rows = session.execute(
        select(Service.id, Service.name, Service.name_en).where(Service.id.in_(service_ids))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def officers_named(session: Session, officer_ids: Collection[int]) -> dict[int, str]:
    """Full names by officer."""
    rows = session.execute(select(Officer.id, Officer.name).where(Officer.id.in_(officer_ids)))
    return {row[0]: row[1] for row in rows}


def officers_serving(
    session: Session, counter_ids: Collection[int], *, at: datetime
) -> dict[int, list[str]]:
    """Display names of who is on shift now, by counter."""
    rows = session.execute(
        select(Shift.counter_id, Shift.officer_id)
        .where(
            Shift.counter_id.in_(counter_ids),
            Shift.withdrawn_at.is_(None),
            Shift.starts_at <= at,
            Shift.ends_at > at,
        )
        .order_by(Shift.starts_at, Shift.officer_id)
    ).all()
    names = display_names(session, {row[1] for row in rows})
    serving: dict[int, list[str]] = {}
    for counter_id, officer_id in rows:
        serving.setdefault(counter_id, []).append(names[officer_id])
    return serving


def visits_by_counter(
    session: Session,
    counter_ids: Collection[int],
    *,
    first: date,
    last: date,
    service_id: int | None,
) -> dict[int, int]:
    """Visits from the office's books, by counter; counters without books are absent."""
    wanted: list[ColumnElement[bool]] = [
        VisitCount.counter_id.in_(counter_ids),
        VisitCount.day.between(first, last),
    ]
    if service_id is not None:
        wanted.append(VisitCount.service_id == service_id)
    rows = session.execute(
        select(VisitCount.counter_id, func.sum(VisitCount.visits))
        .where(*wanted)
        .group_by(VisitCount.counter_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def visits_by_day(
    session: Session, counter_ids: Collection[int], *, first: date, last: date
) -> dict[date, int]:
    """Visits of these counters together from the office's books, by day."""
    rows = session.execute(
        select(VisitCount.day, func.sum(VisitCount.visits))
        .where(VisitCount.counter_id.in_(counter_ids), VisitCount.day.between(first, last))
        .group_by(VisitCount.day)
    )
    return {row[0]: int(row[1]) for row in rows}


def remarks_at_counters(
    session: Session, counter_ids: Collection[int], *, first: date, last: date
) -> list[Remark]:
    """Comments of counted ratings, from the month of the first day to that of the last.

    A comment goes by the month in which its answer was counted: a batch never grows afterwards.
    """
    rows = session.execute(
        select(Comment.id, Comment.month, shown_text()).where(
            Comment.counter_id.in_(counter_ids),
            Comment.month.between(first.replace(day=1), last),
            Comment.state == "counted",
        )
    )
    return [Remark(*row) for row in rows]


def remark_months(session: Session, counter_id: int, *, before: date) -> Sequence[date]:
    """The months of a counter's comments of counted ratings, one entry a comment."""
    return session.scalars(
        select(Comment.month).where(
            Comment.counter_id == counter_id,
            Comment.month < before,
            Comment.state == "counted",
        )
    ).all()


def names_at_counters(session: Session, counter_ids: Collection[int]) -> Sequence[str]:
    """Names of everybody who ever had a shift here, to be masked in comments."""
    return session.scalars(
        select(Officer.name).where(
            Officer.id.in_(select(Shift.officer_id).where(Shift.counter_id.in_(counter_ids)))
        )
    ).all()
