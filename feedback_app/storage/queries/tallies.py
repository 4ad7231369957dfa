"""Questions that the tally answers: how many came, and sums of complete forms over days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, extract, func, literal, literal_column, select

from feedback_app.domain.form_sets import COMPLETE
from feedback_app.storage.db import Session
from feedback_app.storage.models import TALLY_SUMS, Tally, VisitCount
from feedback_app.storage.models.tally import NOBODY

Sums = Mapping[str, int]
NO_SUMS: Sums = dict.fromkeys(TALLY_SUMS, 0)
_EACH_SUM = tuple(func.sum(Tally.c[name]) for name in TALLY_SUMS)


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one counter, both ends included."""

    counter_id: int
    first: date
    last: date


def received_by_counter(
    session: Session, counter_ids: Collection[int], *, first: date, last: date
) -> list[tuple[int, str, str, int, int]]:
    """(counter, state, tier, ratings, complete ones) of these days: how many, not what."""
    key = (Tally.c.counter_id, Tally.c.state, Tally.c.tier)
    rows = session.execute(
        select(*key, func.sum(Tally.c.n), func.sum(Tally.c.skm_n))
        .where(Tally.c.counter_id.in_(counter_ids), Tally.c.day.between(first, last))
        .group_by(*key)
    )
    return [(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in rows]


def answers_of_told_days(
    session: Session, counter_ids: Collection[int], *, first: date, last: date
) -> dict[int, int]:
    """Answers, counted or held, on the days whose visits the books tell, by counter; not paper."""
    told = (
        select(VisitCount.counter_id, VisitCount.day)
        .where(VisitCount.counter_id.in_(counter_ids), VisitCount.day.between(first, last))
        .distinct()
        .subquery()
    )
    rows = session.execute(
        select(Tally.c.counter_id, func.sum(Tally.c.n))
        .join(told, (told.c.counter_id == Tally.c.counter_id) & (told.c.day == Tally.c.day))
        .where(Tally.c.tier != "paper", Tally.c.state != "aside")
        .group_by(Tally.c.counter_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def held_for_verdict(session: Session, counter_ids: Collection[int]) -> dict[int, int]:
    """Held answers that wait for the inspectorate, by counter; paper waits for its second entry."""
    rows = session.execute(
        select(Tally.c.counter_id, func.sum(Tally.c.n))
        .where(
            Tally.c.counter_id.in_(counter_ids), Tally.c.state == "held", Tally.c.tier != "paper"
        )
        .group_by(Tally.c.counter_id)
    )
    return {row[0]: int(row[1]) for row in rows if row[1]}


def complete_days(
    session: Session, counter_ids: Collection[int], *, since: date, until: date
) -> list[tuple[int, date, int, int, int]]:
    """(counter, day, complete forms, sum of their totals, of squares), both days included."""
    sums = (Tally.c.skm_n, Tally.c.skm_total, Tally.c.skm_squares)
    rows = session.execute(
        select(Tally.c.counter_id, Tally.c.day, *(func.sum(column) for column in sums))
        .where(
            Tally.c.counter_id.in_(counter_ids),
            Tally.c.day.between(since, until),
            Tally.c.state == "counted",
            Tally.c.form_set == COMPLETE,
        )
        .group_by(Tally.c.counter_id, Tally.c.day)
    )
    return [(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows]


def complete_sums_by_counter(
    session: Session, counter_ids: Collection[int], *, since: date, until: date
) -> dict[int, tuple[int, ...]]:
    """Complete forms of these days, sum of their totals, of squares, of totals by the day's number.

    The index holds them all. The last tells of answers that took each other's place on two days.
    """
    rows = session.execute(
        select(
            Tally.c.counter_id,
            func.sum(Tally.c.skm_n),
            func.sum(Tally.c.skm_total),
            func.sum(Tally.c.skm_squares),
            func.sum(Tally.c.skm_total * extract("doy", Tally.c.day)),
        )
        .where(
            Tally.c.counter_id.in_(counter_ids),
            Tally.c.day.between(since, until),
            Tally.c.state == "counted",
            Tally.c.form_set == COMPLETE,
        )
        .group_by(Tally.c.counter_id)
    )
    return {row[0]: tuple(int(one) for one in row[1:]) for row in rows}


def complete_sums_by_stretch(
    session: Session, counter_id: int, *, spans: Sequence[tuple[date, date]]
) -> list[Sums]:
    """Complete forms of these stretches of days, both ends included; days between them are in none.

    Between two of them may lie a block that is not shown (`counter_to_shorten`).
    """
    if not spans:
        return []
    # written out: PostgreSQL takes two expressions with parameters for different ones
    written = [[literal(end, literal_execute=True) for end in span] for span in spans]
    place = case(
        *(
            (Tally.c.day.between(first, last), literal_column(str(number)))
            for number, (first, last) in enumerate(written)
        )
    )
    days = Days(counter_id, spans[0][0], spans[-1][1])
    found = {key[0]: sums for key, sums in sums_by(session, [place], _complete(days))}
    return [found.get(number, NO_SUMS) for number in range(len(spans))]


def complete_sums_by_service(session: Session, days: Days) -> dict[int, Sums]:
    """The same by service; NOBODY for forms that name none."""
    return {key[0]: sums for key, sums in sums_by(session, [Tally.c.service_id], _complete(days))}


def service_days(session: Session, days: Days) -> list[tuple[int, date, int]]:
    """(service, day, complete forms)."""
    key = (Tally.c.service_id, Tally.c.day)
    rows = session.execute(
        select(*key, func.sum(Tally.c.skm_n)).where(*_complete(days)).group_by(*key)
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


def another_named(
    session: Session, counter_ids: Collection[int], *, first: date, last: date
) -> int:
    """How many said that somebody else than the rostered officers served them."""
    question = select(func.sum(Tally.c.n_another)).where(
        Tally.c.counter_id.in_(counter_ids),
        Tally.c.day.between(first, last),
        Tally.c.state == "counted",
    )
    return int(session.scalar(question) or 0)


def counters_of_officer(
    session: Session, officer_ids: Collection[int], *, since: date
) -> list[int]:
    """Counters where answers counted for this officer (all rows) from this day on."""
    rows = session.scalars(
        select(Tally.c.counter_id)
        .where(Tally.c.officer_id.in_(officer_ids), Tally.c.day >= since, *for_officers())
        .distinct()
    )
    return sorted(rows)


def answered_since(session: Session, counter_ids: Collection[int], first: date) -> set[int]:
    """Counters with an answer on this day or later: only those days are read."""
    return set(
        session.scalars(
            select(Tally.c.counter_id)
            .where(Tally.c.counter_id.in_(counter_ids), Tally.c.day >= first)
            .distinct()
        )
    )


def counts_of(sums: Sums, key: str) -> tuple[int, int, int, int]:
    """Answers 1, 2, 3, 4 of one element."""
    one, two, three, four = (sums[f"{key}_{value}"] for value in (1, 2, 3, 4))
    return one, two, three, four


def for_officers() -> list[ColumnElement[bool]]:
    """Answers that may enter an officer's score: the only place that says so here."""
    return [Tally.c.officer_id != NOBODY, Tally.c.for_officer == 1]


def _counted(days: Days) -> list[ColumnElement[bool]]:
    return [
        Tally.c.counter_id == days.counter_id,
        Tally.c.day.between(days.first, days.last),
        Tally.c.state == "counted",
    ]


def _complete(days: Days) -> list[ColumnElement[bool]]:
    return [*_counted(days), Tally.c.form_set == COMPLETE]


def sums_by(
    session: Session,
    key: Sequence[ColumnElement[Any]],
    wanted: Sequence[ColumnElement[bool]],
    *,
    also: Mapping[str, ColumnElement[int]] | None = None,
) -> list[tuple[tuple[Any, ...], Sums]]:
    """All sums of the tally's rows that are wanted, by this key; `also` adds others."""
    more = also or {}
    names = (*TALLY_SUMS, *more)
    question = select(*key, *_EACH_SUM, *more.values()).where(*wanted)
    rows = session.execute(question.group_by(*key).having(func.sum(Tally.c.n) > 0))
    start = len(key)
    return [
        (
            tuple(row[:start]),
            {name: int(value) for name, value in zip(names, row[start:], strict=True)},
        )
        for row in rows
    ]
