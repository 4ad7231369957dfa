"""Which tiers count for officers at each counter: the newest row holds, none is changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, Counter, CounterTiers, Unit


@dataclass(frozen=True, slots=True)
class CounterChoice:
    """An open counter with its choice; `tiers` is None when nobody ever chose."""

    counter: Counter
    unit: Unit
    tiers: str | None


def choices_of_agency(
    session: Session, agency_id: int, *, at: datetime, counter_ids: Collection[int] | None = None
) -> list[CounterChoice]:
    """Open counters with what counts at an instant, by unit and code."""
    newest = (
        select(CounterTiers.counter_id, func.max(CounterTiers.id).label("id"))
        .where(CounterTiers.agency_id == agency_id, CounterTiers.from_at <= at)
        .group_by(CounterTiers.counter_id)
        .subquery()
    )
    question = (
        select(Counter, Unit, CounterTiers.tiers)
        .join(Unit, Unit.id == Counter.unit_id)
        .outerjoin(newest, newest.c.counter_id == Counter.id)
        .outerjoin(CounterTiers, CounterTiers.id == newest.c.id)
        .where(Counter.agency_id == agency_id, Counter.retired_on.is_(None))
        .order_by(Unit.name, Counter.code)
    )
    if counter_ids is not None:
        question = question.where(Counter.id.in_(counter_ids))
    return [CounterChoice(row[0], row[1], row[2]) for row in session.execute(question)]


def newest_of_counter(session: Session, counter_id: int, *, limit: int) -> list[CounterTiers]:
    """The last choices at a counter, the newest first."""
    return list(
        session.scalars(
            select(CounterTiers)
            .where(CounterTiers.counter_id == counter_id)
            .order_by(CounterTiers.id.desc())
            .limit(limit)
        )
    )


def append_choice(
    session: Session, counter: Counter, *, tiers: str, from_at: datetime, by: int | None
) -> None:
    """From this instant on these tiers count."""
    session.add(
        CounterTiers(
            agency_id=counter.agency_id,
            counter_id=counter.id,
            tiers=tiers,
            from_at=from_at,
            set_by=by,
        )
    )


def history_of_agency(
    session: Session, agency_id: int, *, limit: int, offset: int
) -> tuple[int, Sequence[tuple[CounterTiers, Counter, str | None]]]:
    """How many choices were made, and some with counter and who chose, newest first."""
    count = select(func.count()).where(CounterTiers.agency_id == agency_id)
    rows = session.execute(
        select(CounterTiers, Counter, Account.username)
        .join(Counter, Counter.id == CounterTiers.counter_id)
        .outerjoin(Account, Account.id == CounterTiers.set_by)
        .where(CounterTiers.agency_id == agency_id)
        .order_by(CounterTiers.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return int(session.scalar(count) or 0), [(row[0], row[1], row[2]) for row in rows]
