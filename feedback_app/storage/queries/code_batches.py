"""Batches of visit codes: for whom they can be made, what became of them, how to end one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, delete, exists, func, select

from feedback_app.storage import bulk
from feedback_app.storage.db import Session, changed_rows
from feedback_app.storage.models import (
    CodeBatch,
    Counter,
    CounterService,
    QueueKey,
    Service,
    Unit,
    VisitCode,
    VisitCount,
)

QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch with its names. `unspent` can still be used, `overdue` waits to be deleted."""

    batch: CodeBatch
    unit: str
    service: str | None
    unspent: int
    overdue: int


def hold_unit(session: Session, unit_id: int, *, agency_id: int) -> Unit | None:
    """The agency's unit, until the end of the transaction for one maker of codes at a time."""
    return session.scalar(
        select(Unit)
        .where(Unit.id == unit_id, Unit.agency_id == agency_id)
        .with_for_update(key_share=True)
    )


def services_of_units(
    session: Session, unit_ids: Collection[int]
) -> Sequence[tuple[int, int, str, str]]:
    """(unit, service, code, name) of what each unit's open counters offer, by name."""
    rows = session.execute(
        select(Counter.unit_id, Service.id, Service.code, Service.name)
        .join(CounterService, CounterService.counter_id == Counter.id)
        .join(Service, Service.id == CounterService.service_id)
        .where(
            Counter.unit_id.in_(unit_ids),
            Counter.retired_on.is_(None),
            Service.retired_on.is_(None),
        )
        .distinct()
        .order_by(Service.name)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def services_of_agency(session: Session, agency_id: int) -> dict[int, tuple[str, str]]:
    """Code and name of every service the agency ever had."""
    rows = session.execute(
        select(Service.id, Service.code, Service.name).where(Service.agency_id == agency_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def counters_offering(
    session: Session, unit_id: int, *, service_id: int | None
) -> Sequence[Counter]:
    """The unit's open counters that offer the service at any hour (None: all), by code."""
    question = select(Counter).where(Counter.unit_id == unit_id, Counter.retired_on.is_(None))
    if service_id is not None:
        question = question.where(
            Counter.id.in_(
                select(CounterService.counter_id).where(CounterService.service_id == service_id)
            )
        )
    return session.scalars(question.order_by(Counter.code)).all()


def newest_alike(
    session: Session,
    *,
    unit_id: int,
    service_id: int | None,
    valid_on: date,
    size: int,
    since: datetime,
) -> CodeBatch | None:
    """The newest batch of the same kind that was made lately and still holds."""
    return session.scalar(
        select(CodeBatch)
        .where(
            CodeBatch.unit_id == unit_id,
            CodeBatch.service_id.is_(None)
            if service_id is None
            else CodeBatch.service_id == service_id,
            CodeBatch.valid_on == valid_on,
            CodeBatch.size == size,
            CodeBatch.way != QUEUE,
            CodeBatch.made_at >= since,
            CodeBatch.revoked_at.is_(None),
        )
        .order_by(CodeBatch.id.desc())
        .limit(1)
    )


def queue_batch(
    session: Session, unit_id: int, *, service_id: int | None, valid_on: date
) -> CodeBatch | None:
    """The day's batch that a unit's queue machine adds to."""
    return session.scalar(
        select(CodeBatch).where(
            CodeBatch.unit_id == unit_id,
            CodeBatch.service_id.is_(None)
            if service_id is None
            else CodeBatch.service_id == service_id,
            CodeBatch.valid_on == valid_on,
            CodeBatch.way == QUEUE,
            CodeBatch.revoked_at.is_(None),
        )
    )


def are_codes_used(session: Session, unit_id: int, *, since: date) -> bool:
    """Whether a queue machine gives codes out in the unit, or some are of this day or later."""
    machine = exists().where(QueueKey.unit_id == unit_id, QueueKey.revoked_at.is_(None))
    batch = exists().where(
        CodeBatch.unit_id == unit_id, CodeBatch.revoked_at.is_(None), CodeBatch.valid_on >= since
    )
    return bool(session.scalar(select(machine | batch)))


def issued_by_queue(session: Session, unit_id: int, *, valid_on: date) -> int:
    """How many codes the unit's queue machine got for a day."""
    question = select(func.sum(CodeBatch.size)).where(
        CodeBatch.unit_id == unit_id, CodeBatch.valid_on == valid_on, CodeBatch.way == QUEUE
    )
    return int(session.scalar(question) or 0)


def taken_marks(session: Session, typed_marks: Collection[str]) -> set[str]:
    """Which of these typed codes exist already."""
    return set(
        session.scalars(
            select(VisitCode.typed_mark).where(VisitCode.typed_mark.in_(list(typed_marks)))
        )
    )


def add_codes(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep new codes, in an order that tells nothing of the sheets."""
    bulk.add_rows(session, "visit_code", sorted(rows, key=lambda row: str(row["long_mark"])))


def batches_of_units(
    session: Session, unit_ids: Collection[int], *, now: datetime, limit: int, offset: int
) -> tuple[int, list[BatchRow]]:
    """How many batches there are, and some of them, newest first."""
    count = select(func.count()).where(CodeBatch.unit_id.in_(unit_ids))
    found = session.execute(
        select(CodeBatch, Unit.name, Service.name)
        .join(Unit, Unit.id == CodeBatch.unit_id)
        .outerjoin(Service, Service.id == CodeBatch.service_id)
        .where(CodeBatch.unit_id.in_(unit_ids))
        .order_by(CodeBatch.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    kept = _kept_codes(session, [row[0].id for row in found], now=now)
    rows = [BatchRow(row[0], row[1], row[2], *kept.get(row[0].id, (0, 0))) for row in found]
    return int(session.scalar(count) or 0), rows


def batch_of_agency(
    session: Session, batch_id: int, *, agency_id: int, now: datetime
) -> BatchRow | None:
    """One batch of the agency; held until the end of a transaction."""
    row = session.execute(
        select(CodeBatch, Unit.name, Service.name)
        .join(Unit, Unit.id == CodeBatch.unit_id)
        .outerjoin(Service, Service.id == CodeBatch.service_id)
        .where(CodeBatch.id == batch_id, CodeBatch.agency_id == agency_id)
        .with_for_update(of=CodeBatch, key_share=True)
    ).first()
    if row is None:
        return None
    return BatchRow(
        row[0], row[1], row[2], *_kept_codes(session, [batch_id], now=now).get(batch_id, (0, 0))
    )


def _kept_codes(
    session: Session, batch_ids: Collection[int], *, now: datetime
) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        select(
            VisitCode.batch_id,
            func.sum(case((VisitCode.expires_at > now, 1), else_=0)),
            func.sum(case((VisitCode.expires_at > now, 0), else_=1)),
        )
        .where(VisitCode.batch_id.in_(batch_ids))
        .group_by(VisitCode.batch_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def delete_unspent(session: Session, batch_id: int, *, now: datetime) -> int:
    """Delete what could still be used; how many there were."""
    return changed_rows(
        session.execute(
            delete(VisitCode).where(VisitCode.batch_id == batch_id, VisitCode.expires_at > now)
        )
    )


def held_code(
    session: Session, kind: str, marks: Collection[str], *, unit_id: int
) -> VisitCode | None:
    """A unit's unspent code, kept from being spent or called twice meanwhile; None when gone."""
    column = VisitCode.long_mark if kind == "long" else VisitCode.typed_mark
    return session.scalar(
        select(VisitCode).where(column.in_(marks), VisitCode.unit_id == unit_id).with_for_update()
    )


def visits_of_units(
    session: Session, unit_ids: Collection[int], *, first: date, last: date
) -> dict[tuple[int, int, date], int]:
    """Visits from the office's books, by unit, service and day."""
    rows = session.execute(
        select(Counter.unit_id, VisitCount.service_id, VisitCount.day, func.sum(VisitCount.visits))
        .join(Counter, Counter.id == VisitCount.counter_id)
        .where(Counter.unit_id.in_(unit_ids), VisitCount.day.between(first, last))
        .group_by(Counter.unit_id, VisitCount.service_id, VisitCount.day)
    )
    return {(row[0], row[1], row[2]): int(row[3]) for row in rows}
