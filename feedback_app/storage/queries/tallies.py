"""Questions that the tally answers: sums over days, by counter, week or officer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import TALLY_SUMS, Tally
from feedback_app.storage.models.tally import NOBODY

Sums = Mapping[str, int]
NO_SUMS: Sums = dict.fromkeys(TALLY_SUMS, 0)


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of the tally: days (both ends), one service or all, one tier or all."""

    first: date
    last: date
    service_id: int | None = None
    tier: str | None = None


def sums_by_counter(
    session: Session, counter_ids: Collection[int], part: Slice, *, state: str = "counted"
) -> dict[int, Sums]:
    """All forms, complete or not, by counter."""
    return _sums_by(session, Tally.c.counter_id, _wanted(counter_ids, part, state))


def complete_sums_by_counter(
    session: Session, counter_ids: Collection[int], part: Slice
) -> dict[int, Sums]:
    """Complete forms only, as the SKM index demands, by counter."""
    wanted = [*_wanted(counter_ids, part, "counted"), Tally.c.is_complete == 1]
    return _sums_by(session, Tally.c.counter_id, wanted)


def sums_by_officer(session: Session, counter_id: int, part: Slice) -> dict[int, Sums]:
    """Answers that count for the officer: named by the citizen, of a tier that counts here."""
    wanted = [
        *_wanted([counter_id], part, "counted"),
        Tally.c.officer_id != NOBODY,
        Tally.c.for_officer == 1,
    ]
    return _sums_by(session, Tally.c.officer_id, wanted)


def skm_sums_by_day(
    session: Session, counter_ids: Collection[int], part: Slice
) -> list[tuple[int, date, int, int, int]]:
    """(counter, day, complete forms, sum of their totals, sum of squares)."""
    columns = (Tally.c.skm_n, Tally.c.skm_total, Tally.c.skm_squares)
    rows = session.execute(
        select(Tally.c.counter_id, Tally.c.day, *(func.sum(column) for column in columns))
        .where(*_wanted(counter_ids, part, "counted"))
        .group_by(Tally.c.counter_id, Tally.c.day)
    )
    return [(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows]


def last_day_by_counter(session: Session, counter_ids: Collection[int]) -> dict[int, date]:
    """The newest day with an answer, by counter."""
    rows = session.execute(
        select(Tally.c.counter_id, func.max(Tally.c.day))
        .where(Tally.c.counter_id.in_(counter_ids))
        .group_by(Tally.c.counter_id)
    )
    return {row[0]: row[1] for row in rows}


def _wanted(counter_ids: Collection[int], part: Slice, state: str) -> list[ColumnElement[bool]]:
    wanted = [
        Tally.c.counter_id.in_(counter_ids),
        Tally.c.day.between(part.first, part.last),
        Tally.c.state == state,
    ]
    if part.service_id is not None:
        wanted.append(Tally.c.service_id == part.service_id)
    if part.tier is not None:
        wanted.append(Tally.c.tier == part.tier)
    return wanted


def _sums_by(
    session: Session, key: ColumnElement[int], wanted: Iterable[ColumnElement[bool]]
) -> dict[int, Sums]:
    columns = [func.sum(Tally.c[name]).label(name) for name in TALLY_SUMS]
    rows = session.execute(select(key, *columns).where(*wanted).group_by(key))
    return {
        row[0]: {name: int(value) for name, value in zip(TALLY_SUMS, row[1:], strict=True)}
        for row in rows
    }
