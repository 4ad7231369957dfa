"""What imports ask and write: codes to identifiers, new and changed rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from feedback_app.domain.roster import Shift as DutyShift
from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import Counter, CounterService, Shift, VisitCount

Counts = tuple[int, int, int]  # added, changed, same


def ids_by_code(
    session: Session, table_name: str, column: str, *, agency_id: int
) -> dict[str, int]:
    """Identifiers of an agency's rows by their code."""
    table = Base.metadata.tables[table_name]
    rows = session.execute(
        select(table.c[column], table.c.id).where(table.c.agency_id == agency_id)
    )
    return {row[0]: row[1] for row in rows}


def highest_counter_number(session: Session) -> int:
    """Numbers are never used again, so that an old card never names a new counter."""
    return session.scalar(select(func.max(Counter.number))) or 0


def upsert(
    session: Session,
    table_name: str,
    key: str,
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    agency_id: int,
) -> Counts:
    """Add rows whose key is new, change those that differ; return (added, changed, same)."""
    table = Base.metadata.tables[table_name]
    rows = session.execute(select(table).where(table.c.agency_id == agency_id)).mappings()
    kept = {row[key]: row for row in rows}
    new = [
        {"agency_id": agency_id, key: name, **values}
        for name, values in wanted.items()
        if name not in kept
    ]
    if new:
        session.execute(insert(table), new)
    changed = 0
    for name, values in wanted.items():
        if name in kept and any(kept[name][field] != value for field, value in values.items()):
            session.execute(update(table).where(table.c.id == kept[name]["id"]).values(**values))
            changed += 1
    return len(new), changed, len(wanted) - len(new) - changed


def set_services(
    session: Session, counter_id: int, links: Sequence[Mapping[str, Any]], *, agency_id: int
) -> None:
    """Make a counter offer exactly these services, at these hours."""
    session.execute(delete(CounterService).where(CounterService.counter_id == counter_id))
    own = {"counter_id": counter_id, "agency_id": agency_id}
    session.execute(insert(CounterService), [own | dict(link) for link in links])


def shifts_between(
    session: Session, *, since: datetime, until: datetime, agency_id: int
) -> list[DutyShift]:
    """Shifts of the agency that touch the span."""
    rows = session.scalars(
        select(Shift).where(
            Shift.agency_id == agency_id,
            Shift.withdrawn_at.is_(None),
            Shift.starts_at < until,
            Shift.ends_at > since,
        )
    )
    return [
        DutyShift(row.id, row.officer_id, row.counter_id, row.starts_at, row.ends_at)
        for row in rows
    ]


def upsert_visits(session: Session, rows: Sequence[Mapping[str, Any]]) -> Counts:
    """Add or correct visit counts; return (added, changed, same)."""
    new, changed, same = [], 0, 0
    for row in rows:
        kept = session.get(VisitCount, (row["counter_id"], row["service_id"], row["day"]))
        if kept is None:
            new.append(dict(row))
        elif kept.visits != row["visits"]:
            kept.visits = row["visits"]
            changed += 1
        else:
            same += 1
    if new:
        session.execute(insert(Base.metadata.tables["visit_count"]), new)
    return len(new), changed, same
