"""What imports ask and write: codes to identifiers, new and changed rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import Counter, CounterService, VisitCount

Counts = tuple[int, int, int]  # added, changed, same


def ids_by_code(
    session: Session, table_name: str, column: str, *, agency_id: int
) -> dict[str, int]:
    """Identifiers of an agency's rows by their code; of a merged one, the row that stayed."""
    table = Base.metadata.tables[table_name]
    stays = table.c.get("merged_into_id")
    number = table.c.id if stays is None else func.coalesce(stays, table.c.id)
    rows = session.execute(select(table.c[column], number).where(table.c.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}


def highest_counter_number(session: Session) -> int:
    """Numbers are never used again, so that an old card never names a new counter."""
    return session.scalar(select(func.max(Counter.number))) or 0


@dataclass(frozen=True, slots=True)
class Upserted:
    """Keys that were added, and of each that changed its fields with old and new value."""

    added: tuple[str, ...]
    changed: Mapping[str, Mapping[str, tuple[Any, Any]]]


def upsert(
    session: Session,
    table_name: str,
    key: str,
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    agency_id: int,
    defaults: Mapping[str, Any],
) -> Upserted:
    """Add rows whose key is new, change the given fields of those that differ.

    A new row gets `defaults` where its values say nothing; a row that is there keeps what it has.
    """
    table = Base.metadata.tables[table_name]
    rows = session.execute(select(table).where(table.c.agency_id == agency_id)).mappings()
    kept = {row[key]: row for row in rows}
    new = [
        {"agency_id": agency_id, key: name, **defaults, **values}
        for name, values in wanted.items()
        if name not in kept
    ]
    for some in _alike(new):
        session.execute(insert(table), some)
    changed = {}
    for name, values in wanted.items():
        old = kept.get(name)
        differing = (
            {} if old is None else {f: (old[f], v) for f, v in values.items() if old[f] != v}
        )
        if old is not None and differing:
            told = {field: value for field, (_old, value) in differing.items()}
            session.execute(update(table).where(table.c.id == old["id"]).values(**told))
            changed[name] = differing
    return Upserted(tuple(name for name in wanted if name not in kept), changed)


def _alike(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows with the same columns together, as one INSERT takes them; their order is kept inside."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row)), []).append(row)
    return list(groups.values())


def services_by_counter(session: Session, *, agency_id: int) -> dict[int, list[Mapping[str, Any]]]:
    """What each counter offers: service_id, opens_at, closes_at."""
    rows = session.execute(
        select(
            CounterService.counter_id,
            CounterService.service_id,
            CounterService.opens_at,
            CounterService.closes_at,
        )
        .where(CounterService.agency_id == agency_id)
        .order_by(CounterService.counter_id, CounterService.service_id)
    ).mappings()
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["counter_id"], []).append(dict(row))
    return found


def set_services(
    session: Session, counter_id: int, links: Sequence[Mapping[str, Any]], *, agency_id: int
) -> None:
    """Make a counter offer exactly these services, at these hours."""
    session.execute(delete(CounterService).where(CounterService.counter_id == counter_id))
    own = {"counter_id": counter_id, "agency_id": agency_id}
    session.execute(insert(CounterService), [own | dict(link) for link in links])


def upsert_visits(
    session: Session, rows: Sequence[Mapping[str, Any]]
) -> tuple[Counts, list[int | None]]:
    """Add or correct visit counts: (added, changed, same), and what stood before each row."""
    new: list[dict[str, Any]] = []
    before: list[int | None] = []
    changed = 0
    for row in rows:
        kept = session.get(VisitCount, (row["counter_id"], row["service_id"], row["day"]))
        before.append(None if kept is None else kept.visits)
        if kept is None:
            new.append(dict(row))
        elif kept.visits != row["visits"]:
            kept.visits = row["visits"]
            changed += 1
    if new:
        session.execute(insert(Base.metadata.tables["visit_count"]), new)
    return (len(new), changed, len(rows) - len(new) - changed), before
