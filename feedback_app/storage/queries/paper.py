"""Questions about paper forms: batches of units, their sheets, and how the check went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Agency,
    Case,
    CaseRating,
    Counter,
    CounterService,
    PaperBatch,
    PaperSheet,
    Service,
    Unit,
)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch with the names that its sheets carry."""

    batch: PaperBatch
    agency: Agency
    unit: Unit
    service: Service
    counter: Counter | None


def counters_with_services(
    session: Session, unit_ids: Collection[int]
) -> list[tuple[Unit, Counter, Service]]:
    """What these units offer where: open counters and services only."""
    rows = session.execute(
        select(Unit, Counter, Service)
        .join(Counter, Counter.unit_id == Unit.id)
        .join(CounterService, CounterService.counter_id == Counter.id)
        .join(Service, Service.id == CounterService.service_id)
        .where(Unit.id.in_(unit_ids), Counter.retired_on.is_(None), Service.retired_on.is_(None))
        .order_by(Unit.name, Unit.id, Counter.code, Service.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def next_batch_number(session: Session, agency_id: int) -> int:
    """The agency's next batch number; the agency's row is held so that none is given twice."""
    session.execute(select(Agency.id).where(Agency.id == agency_id).with_for_update(key_share=True))
    question = select(func.max(PaperBatch.number)).where(PaperBatch.agency_id == agency_id)
    return (session.scalar(question) or 0) + 1


def batch_in_units(session: Session, batch_id: int, unit_ids: Collection[int]) -> BatchRow | None:
    """The batch, if it is of one of these units."""
    rows = _batches(session, [PaperBatch.id == batch_id, PaperBatch.unit_id.in_(unit_ids)])
    return rows[0] if rows else None


def batches_of_units(
    session: Session, unit_ids: Collection[int], *, limit: int, offset: int
) -> tuple[int, list[BatchRow]]:
    """How many batches there are, and some of them, newest first."""
    wanted: list[ColumnElement[bool]] = [PaperBatch.unit_id.in_(unit_ids)]
    total = session.scalar(select(func.count()).select_from(PaperBatch).where(*wanted))
    return int(total or 0), _batches(session, wanted, limit=limit, offset=offset)


def _batches(
    session: Session,
    wanted: Sequence[ColumnElement[bool]],
    *,
    limit: int | None = None,
    offset: int | None = None,
) -> list[BatchRow]:
    rows = session.execute(
        select(PaperBatch, Agency, Unit, Service, Counter)
        .join(Agency, Agency.id == PaperBatch.agency_id)
        .join(Unit, Unit.id == PaperBatch.unit_id)
        .join(Service, Service.id == PaperBatch.service_id)
        .outerjoin(Counter, Counter.id == PaperBatch.counter_id)
        .where(*wanted)
        .order_by(PaperBatch.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [BatchRow(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def sheet_states(
    session: Session, batch_ids: Collection[int]
) -> list[tuple[int, str, str, int, int]]:
    """(batch, state, checking, sheets, fields compared) of these batches."""
    rows = session.execute(
        select(
            PaperSheet.batch_id,
            PaperSheet.state,
            PaperSheet.checking,
            func.count(),
            func.sum(PaperSheet.compared),
        )
        .where(PaperSheet.batch_id.in_(batch_ids))
        .group_by(PaperSheet.batch_id, PaperSheet.state, PaperSheet.checking)
    )
    return [(row[0], row[1], row[2], int(row[3]), int(row[4] or 0)) for row in rows]


def checked_sheets(session: Session, unit_ids: Collection[int]) -> Sequence[tuple[int, list[str]]]:
    """(fields compared, names of the wrong ones) of every sheet of these units that was checked."""
    rows = session.execute(
        select(PaperSheet.compared, PaperSheet.wrong)
        .join(PaperBatch, PaperBatch.id == PaperSheet.batch_id)
        .where(PaperBatch.unit_id.in_(unit_ids), PaperSheet.checking == "done")
    )
    return [(row[0], row[1]) for row in rows]


def sheets_of(session: Session, batch_id: int) -> Sequence[PaperSheet]:
    """Every sheet of a batch, by number."""
    return session.scalars(
        select(PaperSheet).where(PaperSheet.batch_id == batch_id).order_by(PaperSheet.number)
    ).all()


def sheet_to_change(session: Session, batch_id: int, number: int) -> PaperSheet | None:
    """One sheet, held against others until the transaction ends."""
    return session.scalar(
        select(PaperSheet)
        .where(PaperSheet.batch_id == batch_id, PaperSheet.number == number)
        .with_for_update()
    )


def sheet_named(session: Session, batch_id: int, number: int) -> PaperSheet | None:
    """One sheet, to look at."""
    return session.scalar(
        select(PaperSheet).where(PaperSheet.batch_id == batch_id, PaperSheet.number == number)
    )


def is_being_checked(session: Session, batch_id: int) -> bool:
    """Whether sheets of the batch still wait for their second entry or for a settlement."""
    found = session.scalar(
        select(PaperSheet.id)
        .where(PaperSheet.batch_id == batch_id, PaperSheet.checking.in_(("waiting", "differs")))
        .limit(1)
    )
    return found is not None


def uncounted_answers(session: Session, batch_id: int) -> Sequence[str]:
    """Ids of the batch's answers about which no case of held answers is or was opened."""
    in_a_case = (
        select(CaseRating.rating_id)
        .join(Case, Case.id == CaseRating.case_id)
        .where(CaseRating.rating_id == PaperSheet.rating_id, Case.kind == "held")
    )
    found = session.scalars(
        select(PaperSheet.rating_id).where(
            PaperSheet.batch_id == batch_id,
            PaperSheet.rating_id.is_not(None),
            ~in_a_case.exists(),
        )
    )
    return [rating_id for rating_id in found if rating_id is not None]


def batches_overdue(session: Session, *, before: datetime) -> Sequence[PaperBatch]:
    """Batches whose answers have waited since before then for the check to be finished."""
    return session.scalars(
        select(PaperBatch).where(PaperBatch.waits_since < before).with_for_update()
    ).all()


def forget_entries(session: Session, batch_id: int) -> None:
    """Delete what was keyed from the batch's sheets, and which answers and comments they became.

    A check that nobody finished ends with it: what was keyed can no longer be compared.
    """
    unfinished = PaperSheet.checking.in_(("waiting", "differs"))
    session.execute(
        update(PaperSheet)
        .where(PaperSheet.batch_id == batch_id, unfinished)
        .values(checking="missed")
    )
    session.execute(
        update(PaperSheet)
        .where(PaperSheet.batch_id == batch_id)
        .values(entry=None, second=None, rating_id=None, comment_id=None)
    )


def hold_batch(session: Session, batch_id: int) -> None:
    """Let nobody else change this batch until the transaction ends, and read it again.

    Who held it before may have drawn its sample or closed its check.
    """
    session.scalars(
        select(PaperBatch)
        .where(PaperBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def put_in_place(session: Session, *, old: str, new: str) -> None:
    """Let a corrected answer stand in every open case where the first one stood."""
    is_open = select(Case.id).where(Case.closed_at.is_(None))
    session.execute(
        update(CaseRating)
        .where(CaseRating.rating_id == old, CaseRating.case_id.in_(is_open))
        .values(rating_id=new)
    )
