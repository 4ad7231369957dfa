"""Days that are over are written anew, so that nothing tells in which order their answers came.

Both engines put a row where there is room and remember when: SQLite stacks rows within a page in
the order of their arrival, PostgreSQL keeps a place (`ctid`) and the number of the transaction
(`xmin`). So rows of days that are over are deleted and inserted again, by their keys, in one
transaction; the keys are random or tell nothing of time (ADR 14).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    delete,
    exc,
    func,
    insert,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.domain.local_time import local_instant
from feedback_app.storage.db import Base, Session, changed_rows
from feedback_app.storage.models import Case, DetailTally, PaperSheet, Tally, UpkeepMark, Verdict
from feedback_app.storage.standing import RATING, VERDICT

COMMENT, CASE, CASE_RATING, SCREENING, NOTE = (
    Base.metadata.tables[name]
    for name in ("comment", "case_file", "case_rating", "screening", "note")
)
TABLES = (RATING, COMMENT, VERDICT, CASE, CASE_RATING, Tally, DetailTally)
MARK = "written anew"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Local days, both included."""

    first: date
    last: date


def days_to_write(session: Session, *, today: date) -> Days | None:
    """The days that are over and were not yet written anew; None when there are none."""
    last = today - ONE_DAY
    done = session.scalar(select(UpkeepMark.day).where(UpkeepMark.name == MARK))
    oldest = session.scalar(select(func.min(RATING.c.day)))
    if oldest is None or oldest > last:
        return None
    # A clock that went wrong may have left a mark in the future: it says nothing.
    first = oldest if done is None or done >= today else done + ONE_DAY
    return Days(first, last) if first <= last else None


def write_anew(session: Session, days: Days, *, today: date) -> int | None:
    """Write the rows of these days anew and note it; return how many rows there were.

    None where somebody else is writing these tables just now: then nothing was done.
    """
    if not _hold_tables(session):
        return None
    wanted = _rows_of(session, days, today=today)
    with _growing_only_suspended(session):
        written = sum(
            _write(session, table, condition)
            for table, conditions in wanted
            for condition in conditions
        )
    note_written(session, days.last)
    return written


def _rows_of(
    session: Session, days: Days, *, today: date
) -> list[tuple[Table, list[ColumnElement[bool]]]]:
    """Which rows of each table: whole groups of those that lie together."""
    since, until = (local_instant(day, time.min) for day in (days.first, days.last + ONE_DAY))
    made = and_(Verdict.made_at >= since, Verdict.made_at < until)
    counters = _counters_by_day(session, days, made, today=today)
    groups = [(day, ids) for day, ids in counters.items()]
    earlier = [(day, ids) for day, ids in groups if day < days.first]
    months = COMMENT.c.month.between(_first_month(session, days), days.last)
    touched = or_(Case.closed_at.is_(None), Case.closed_at >= since, Case.opened_at >= since)
    in_touched = CASE_RATING.c.case_id.in_(select(Case.id).where(touched))
    return [
        (RATING, [_at(RATING, *group) for group in groups]),
        (COMMENT, [months]),
        (VERDICT, [made]),
        (CASE_RATING, [in_touched]),
        (CASE, [touched]),
        *(
            (
                table,
                [
                    table.c.day.between(days.first, days.last),
                    *(_at(table, *group) for group in earlier),
                ],
            )
            for table in (Tally, DetailTally)
        ),
    ]


def _first_month(session: Session, days: Days) -> date:
    """Of these days, or of the comments on paper that may still be corrected."""
    of_paper = select(PaperSheet.comment_id).where(PaperSheet.comment_id.is_not(None))
    oldest = session.scalar(select(func.min(COMMENT.c.month)).where(COMMENT.c.id.in_(of_paper)))
    own = days.first.replace(day=1)
    return min(own, oldest) if oldest else own


def _counters_by_day(
    session: Session, days: Days, made: ColumnElement[bool], *, today: date
) -> dict[date, set[int]]:
    """Counters with rows of these days; of earlier ones where paper was keyed or decided about."""
    of_paper = select(PaperSheet.rating_id).where(PaperSheet.rating_id.is_not(None))
    decided = select(Verdict.rating_id).where(made)
    groups = select(RATING.c.day, RATING.c.counter_id).where(RATING.c.day < today).distinct()
    found: dict[date, set[int]] = defaultdict(set)
    for wanted in (
        RATING.c.day.between(days.first, days.last),
        RATING.c.id.in_(of_paper),
        RATING.c.id.in_(decided),
    ):
        for day, counter_id in session.execute(groups.where(wanted)):
            found[day].add(counter_id)
    return found


def _at(table: Table, day: date, counter_ids: set[int]) -> ColumnElement[bool]:
    return and_(table.c.day == day, table.c.counter_id.in_(sorted(counter_ids)))


def _write(session: Session, table: Table, wanted: ColumnElement[bool]) -> int:
    """Delete these rows and insert them by their keys, in one act."""
    if session.get_bind().dialect.name == "sqlite":
        return _write_from_memory(session, table, wanted)
    names = [column.name for column in table.columns]
    gone = delete(table).where(wanted).returning(*table.columns).cte("gone")
    by_key = select(gone).order_by(*(gone.c[column.name] for column in table.primary_key))
    added = insert(table).from_select(names, by_key).add_cte(gone)
    return changed_rows(session.execute(added.execution_options(preserve_rowcount=True)))


def _write_from_memory(session: Session, table: Table, wanted: ColumnElement[bool]) -> int:
    """SQLite deletes and inserts in two statements; between them no other file holds the rows."""
    rows = session.execute(select(table).where(wanted).order_by(*table.primary_key)).mappings()
    kept = [dict(row) for row in rows]
    if kept:
        session.execute(delete(table).where(wanted))
        session.execute(insert(table), kept)
    return len(kept)


def write_screening(session: Session) -> int:
    """Write screening and notes anew, all of them, on SQLite: pages given back are emptied whole.

    `secure_delete` overwrites deleted rows, but not copies of them that stayed in a page's free
    room when SQLite shared its rows out over two pages (`make disk-owner` found one with its hour).
    """
    return sum(_write_from_memory(session, table, true()) for table in (SCREENING, NOTE))


def _hold_tables(session: Session) -> bool:
    """Keep writers out until the end, readers not; False where one is in already.

    Also who refers to a row (`FOR KEY SHARE`) waits: else it would look for the row that was there.
    Asked for at once or not at all, so that two never wait for each other.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA defer_foreign_keys=ON"))  # a row is back before the commit
        return True
    names = ", ".join(table.name for table in TABLES)
    try:
        with session.begin_nested():
            session.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE NOWAIT"))
    except exc.OperationalError:
        return False
    return True


@contextmanager
def _growing_only_suspended(session: Session) -> Iterator[None]:
    """Append-only tables let rows go within this transaction, and for nobody else.

    Both engines change triggers as part of a transaction: others never see them gone, and a crash
    brings them back.
    """
    if session.get_bind().dialect.name == "sqlite":
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        found = [row for t in TABLES for row in session.execute(text(asked), {"table": t.name})]
        for name, _made in found:
            session.execute(text(f"DROP TRIGGER {name}"))
        yield
        for _name, made in found:
            session.execute(text(made))
        return
    for table in (RATING, VERDICT):
        session.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER {table.name}_only_grows"))
    yield
    for table in (RATING, VERDICT):
        session.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER {table.name}_only_grows"))


def note_written(session: Session, day: date) -> None:
    """Note that days up to this one need not be written anew."""
    table = Base.metadata.tables[UpkeepMark.__tablename__]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    added = (sqlite.insert if is_sqlite else postgresql.insert)(table)
    session.execute(
        added.on_conflict_do_update(index_elements=["name"], set_={"day": added.excluded.day}),
        {"name": MARK, "day": day},
    )
