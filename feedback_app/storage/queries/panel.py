"""Questions of the impact study: monthly cells of the tally, where the officer was named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Row, cast, extract, func, select, text

from feedback_app.domain.form_sets import COMPLETE, OF_OFFICERS
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, ImpactStudy, Service, Tally, VisitCount
from feedback_app.storage.models.tally import NOBODY

ROWS_AT_ONCE = 50_000


def monthly_cells(
    session: Session, *, agency_id: int, keys: Sequence[str], first: date, last: date
) -> Iterator[Sequence[Row[Any]]]:
    """Counts of each key's 1, 2, 3, 4 by (officer, counter, service, tier, form set, month number).

    Of both sets of forms that count for an officer (`domain/form_sets.py`).
    Rows come in parts, so that a province's do not have to be in memory at once.
    """
    month = extract("year", Tally.c.day) * 12 + extract("month", Tally.c.day) - 1
    group = (
        Tally.c.officer_id,
        Tally.c.counter_id,
        Tally.c.service_id,
        Tally.c.tier,
        Tally.c.form_set,
        month.label("month"),
    )
    # PostgreSQL sums a bigint to a numeric, which would arrive as 16 Decimals a row
    sums = [
        cast(func.sum(Tally.c[f"{key}_{value}"]), BigInteger)
        for key in keys
        for value in (1, 2, 3, 4)
    ]
    found = session.execute(
        select(*group, *sums)
        .where(
            Tally.c.agency_id == agency_id,
            Tally.c.officer_id != NOBODY,
            Tally.c.for_officer == 1,
            Tally.c.form_set.in_(OF_OFFICERS),
            Tally.c.state == "counted",
            Tally.c.day.between(first, last),
        )
        .group_by(*group[:-1], text("month")),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    return found.partitions()


@dataclass(frozen=True, slots=True)
class MonthOfCounter:
    """A counter's month: how many answered each element with 1, 2, 3, 4 on a complete form."""

    counter_id: int
    month: int
    counts: Mapping[str, tuple[int, int, int, int]]


def monthly_counts(
    session: Session, *, agency_id: int, keys: Sequence[str], last: date
) -> list[MonthOfCounter]:
    """Counted complete forms of every counter up to this day, by month number."""
    month = extract("year", Tally.c.day) * 12 + extract("month", Tally.c.day) - 1
    names = [f"{key}_{value}" for key in keys for value in (1, 2, 3, 4)]
    sums = [cast(func.sum(Tally.c[name]), BigInteger) for name in names]
    rows = session.execute(
        select(Tally.c.counter_id, month.label("month"), *sums)
        .where(
            Tally.c.agency_id == agency_id,
            Tally.c.form_set == COMPLETE,
            Tally.c.state == "counted",
            Tally.c.day <= last,
        )
        .group_by(Tally.c.counter_id, text("month"))
    )
    return [
        MonthOfCounter(
            row[0],
            int(row[1]),
            {key: tuple(row[2 + 4 * at : 6 + 4 * at]) for at, key in enumerate(keys)},
        )
        for row in rows
    ]


def monthly_visits(
    session: Session, *, agency_id: int, first: date, last: date
) -> dict[tuple[int, int], int]:
    """Visits by (counter, month number), where the office's book tells them."""
    month = extract("year", VisitCount.day) * 12 + extract("month", VisitCount.day) - 1
    rows = session.execute(
        select(VisitCount.counter_id, month.label("month"), func.sum(VisitCount.visits))
        .where(VisitCount.agency_id == agency_id, VisitCount.day.between(first, last))
        .group_by(VisitCount.counter_id, text("month"))
    )
    return {(row[0], int(row[1])): int(row[2]) for row in rows}


def days_with_answers(session: Session, *, agency_id: int) -> tuple[date, date] | None:
    """First and last day of the tally; None when it is empty."""
    row = session.execute(
        select(func.min(Tally.c.day), func.max(Tally.c.day)).where(Tally.c.agency_id == agency_id)
    ).one()
    return None if row[0] is None else (row[0], row[1])


def counter_codes(session: Session, *, agency_id: int) -> dict[int, str]:
    """Codes of all counters, closed ones too."""
    rows = session.execute(select(Counter.id, Counter.code).where(Counter.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}


def service_codes(session: Session, *, agency_id: int) -> dict[int, str]:
    """Codes of all services, closed ones too."""
    rows = session.execute(select(Service.id, Service.code).where(Service.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}


def studies(session: Session, *, agency_id: int, limit: int) -> Sequence[ImpactStudy]:
    """The newest studies first."""
    return session.scalars(
        select(ImpactStudy)
        .where(ImpactStudy.agency_id == agency_id)
        .order_by(ImpactStudy.id.desc())
        .limit(limit)
    ).all()


def study_of_agency(session: Session, study_id: int, *, agency_id: int) -> ImpactStudy | None:
    """One study, if of this agency."""
    return session.scalar(
        select(ImpactStudy).where(ImpactStudy.id == study_id, ImpactStudy.agency_id == agency_id)
    )


def latest_done(session: Session, *, agency_id: int) -> ImpactStudy | None:
    """The newest finished study."""
    return session.scalar(
        select(ImpactStudy)
        .where(ImpactStudy.agency_id == agency_id, ImpactStudy.state == "done")
        .order_by(ImpactStudy.id.desc())
        .limit(1)
    )
