"""Questions about what happened at counters; withdrawn entries are nowhere but in the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.domain.causes import VERSIONS_WITH_CAUSES
from feedback_app.domain.elements import INSTRUMENT_VERSION
from feedback_app.domain.happenings import BY_ITSELF, Happening, at_counter
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, HappeningRow, UpkeepMark
from feedback_app.storage.standing import RATING


def happenings_between(
    session: Session, unit_ids: Collection[int], *, first: date, last: date
) -> list[Happening]:
    """What fell on these days at these units and their counters, newest first."""
    rows = session.scalars(
        select(HappeningRow)
        .where(
            HappeningRow.unit_id.in_(unit_ids),
            HappeningRow.withdrawn_at.is_(None),
            HappeningRow.first_day <= last,
            or_(HappeningRow.last_day.is_(None), HappeningRow.last_day >= first),
        )
        .order_by(HappeningRow.first_day.desc(), HappeningRow.id.desc())
    )
    return [happening_of(row) for row in rows]


def happenings_of_counters(
    session: Session, counter_ids: Collection[int], *, first: date, last: date
) -> dict[int, list[Happening]]:
    """What fell on these days, by counter, with what was told of its whole unit; newest first."""
    units = session.execute(
        select(Counter.id, Counter.unit_id).where(Counter.id.in_(counter_ids))
    ).all()
    found = happenings_between(session, {row[1] for row in units}, first=first, last=last)
    return {row[0]: at_counter(found, counter_id=row[0], unit_id=row[1]) for row in units}


def standing_happening(
    session: Session, happening_id: int, unit_ids: Collection[int]
) -> HappeningRow | None:
    """An entry of these units that was not withdrawn; held until the transaction ends."""
    return session.scalars(
        select(HappeningRow)
        .where(
            HappeningRow.id == happening_id,
            HappeningRow.unit_id.in_(unit_ids),
            HappeningRow.withdrawn_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()


def add_happening(session: Session, values: Mapping[str, Any]) -> int:
    """Add an entry; return its number."""
    row = HappeningRow(withdrawn_at=None, withdrawn_by=None, **values)
    session.add(row)
    session.flush()
    return row.id


def withdraw_happening(
    session: Session, happening_id: int, *, at: datetime, by: int | None
) -> None:
    """Let an entry stand no more."""
    session.execute(
        update(HappeningRow)
        .where(HappeningRow.id == happening_id)
        .values(withdrawn_at=at, withdrawn_by=by)
    )


def happening_of(row: HappeningRow) -> Happening:
    """The entry as rules take it."""
    return Happening(
        row.id, row.unit_id, row.counter_id, row.kind, row.first_day, row.last_day, row.words
    )


def note_instrument(session: Session, *, day: date, at: datetime) -> int:
    """Note for each counter with answers to older questions that others are asked from today.

    Once for each version, which a mark remembers: the question reads every rating. Return at how
    many counters; one that never saw other questions has nothing to note.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    added = (sqlite.insert if is_sqlite else postgresql.insert)(UpkeepMark)
    once = added.on_conflict_do_nothing().returning(UpkeepMark.name)  # two may start at once
    if session.execute(once, {"name": INSTRUMENT_VERSION, "day": day}).first() is None:
        return 0
    older = exists().where(
        RATING.c.counter_id == Counter.id, RATING.c.instrument_version != INSTRUMENT_VERSION
    )
    counters = session.execute(
        select(Counter.agency_id, Counter.unit_id, Counter.id).where(
            older, Counter.retired_on.is_(None)
        )
    ).all()
    rows = [
        {
            "agency_id": agency_id,
            "unit_id": unit_id,
            "counter_id": counter_id,
            "kind": BY_ITSELF,
            "first_day": day,
            "last_day": day,
            "words": INSTRUMENT_VERSION,
            "recorded_at": at,
        }
        for agency_id, unit_id, counter_id in counters
    ]
    if rows:
        session.execute(insert(HappeningRow), rows)
    return len(rows)


def instrument_changes(session: Session, *, agency_id: int) -> list[date]:
    """Days on which a counter of the agency began to ask other questions, of every version."""
    return _changes(session, HappeningRow.agency_id == agency_id)


def instrument_days(session: Session, counter_ids: Collection[int]) -> list[date]:
    """Days on which one of these counters began to ask other questions, of every version."""
    return _changes(session, HappeningRow.counter_id.in_(counter_ids))


def _changes(session: Session, of_whom: ColumnElement[bool]) -> list[date]:
    days = select(HappeningRow.first_day).where(of_whom, HappeningRow.kind == BY_ITSELF)
    return sorted(session.scalars(days.distinct()))


def note_fork(session: Session, counter: Counter, *, day: date, at: datetime) -> None:
    """Note that a counter's form offers to stop half-way from today on, or no more."""
    words = "dengan pilihan berhenti" if counter.has_fork else "tanpa pilihan berhenti"
    values = {
        "agency_id": counter.agency_id,
        "unit_id": counter.unit_id,
        "counter_id": counter.id,
        "kind": BY_ITSELF,
        "first_day": day,
        "last_day": day,
        "words": f"{INSTRUMENT_VERSION}, {words}",
        "recorded_at": at,
    }
    session.execute(insert(HappeningRow), [values])


def causes_asked_from(session: Session, counter_ids: Collection[int]) -> dict[int, date]:
    """From which day on each counter asks causes; none where it always did."""
    rows = session.execute(
        select(HappeningRow.counter_id, func.min(HappeningRow.first_day))
        .where(
            HappeningRow.counter_id.in_(counter_ids),
            HappeningRow.kind == BY_ITSELF,
            HappeningRow.words.in_(VERSIONS_WITH_CAUSES),
        )
        .group_by(HappeningRow.counter_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
