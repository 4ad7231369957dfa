"""Questions about survey periods, what they found, and what is done about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from feedback_app.domain.form_sets import COMPLETE
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Agency,
    Counter,
    FollowUp,
    PastResult,
    Service,
    Survey,
    SurveyRevision,
    Tally,
    Unit,
    Verdict,
    VisitCount,
)
from feedback_app.storage.once import once
from feedback_app.storage.standing import RATING, with_standing


def surveys_of_units(session: Session, unit_ids: Collection[int]) -> Sequence[Survey]:
    """Every survey of these units, newest first."""
    return session.scalars(
        select(Survey)
        .where(Survey.unit_id.in_(unit_ids))
        .order_by(Survey.last_day.desc(), Survey.first_day.desc(), Survey.id)
    ).all()


def survey_in_units(
    session: Session, survey_id: int, unit_ids: Collection[int], *, to_change: bool = False
) -> Survey | None:
    """One survey, if it is one of these units'; `to_change` keeps others out meanwhile."""
    question = select(Survey).where(Survey.id == survey_id, Survey.unit_id.in_(unit_ids))
    return session.scalar(question.with_for_update() if to_change else question)


def hold_unit(session: Session, unit_id: int) -> None:
    """Let nobody else open or change a survey of this unit until the transaction ends."""
    session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update())


def revisions_of(session: Session, survey_ids: Collection[int]) -> dict[int, list[SurveyRevision]]:
    """Revisions by survey, oldest first; the packed answers are read only when asked for."""
    rows = session.scalars(
        select(SurveyRevision)
        .options(defer(SurveyRevision.answers))
        .where(SurveyRevision.survey_id.in_(survey_ids))
        .order_by(SurveyRevision.number)
    )
    found: dict[int, list[SurveyRevision]] = {}
    for row in rows:
        found.setdefault(row.survey_id, []).append(row)
    return found


def answers_of_revision(session: Session, revision_id: int) -> bytes:
    """The packed answers of one revision."""
    question = select(SurveyRevision.answers).where(SurveyRevision.id == revision_id)
    return bytes(session.scalars(question).one())


def past_results(session: Session, unit_ids: Collection[int]) -> Sequence[PastResult]:
    """Results of earlier years, oldest first."""
    return session.scalars(
        select(PastResult)
        .where(PastResult.unit_id.in_(unit_ids))
        .order_by(PastResult.last_day, PastResult.first_day)
    ).all()


def save_past_results(session: Session, rows: Sequence[Mapping[str, Any]]) -> tuple[int, int, int]:
    """Add results of earlier years or change those of the same days: (added, changed, same)."""
    added = changed = 0
    for row in rows:
        old = session.scalar(
            select(PastResult).where(
                PastResult.unit_id == row["unit_id"],
                PastResult.first_day == row["first_day"],
                PastResult.last_day == row["last_day"],
            )
        )
        if old is None:
            session.add(PastResult(**row))
            added += 1
        elif any(getattr(old, name) != value for name, value in row.items()):
            for name, value in row.items():
                setattr(old, name, value)
            changed += 1
    return added, changed, len(rows) - added - changed


def counter_ids_of_unit(session: Session, unit_id: int) -> Sequence[int]:
    """Every counter the unit has or had."""
    asked = select(Counter.id).where(Counter.unit_id == unit_id)
    return once(session, ("counters of", unit_id), lambda: session.scalars(asked).all())


def counter_ids_of_units(session: Session, unit_ids: Collection[int]) -> Sequence[int]:
    """Every counter these units have or had."""
    return session.scalars(select(Counter.id).where(Counter.unit_id.in_(unit_ids))).all()


def forms_between(
    session: Session, counter_ids: Collection[int], columns: Sequence[str], first: date, last: date
) -> Iterator[Mapping[str, Any]]:
    """Counted forms of these days, a few thousand at a time."""
    wanted = (RATING.c.counter_id.in_(counter_ids), RATING.c.day.between(first, last))
    joined, standing = with_standing(select(RATING.c.id).where(*wanted))
    rows = session.execute(
        select(*(RATING.c[name] for name in columns))
        .select_from(joined)
        .where(*wanted, standing["state"] == "counted")
        .execution_options(yield_per=5_000)
    )
    for row in rows:
        yield dict(zip(columns, row, strict=True))


def answered_days(
    session: Session, counter_ids: Collection[int], first: date, last: date
) -> tuple[date, date] | None:
    """The first and the last day with a complete form that counts; None when there is none."""
    row = session.execute(
        select(func.min(Tally.c.day), func.max(Tally.c.day)).where(
            Tally.c.counter_id.in_(counter_ids),
            Tally.c.day.between(first, last),
            Tally.c.state == "counted",
            Tally.c.form_set == COMPLETE,
        )
    ).one()
    return None if row[0] is None else (row[0], row[1])


def sizes_between(
    session: Session, counter_ids: Collection[int], first: date, last: date
) -> list[tuple[int, int, str, str, int, int, int, int]]:
    """(counter, service, tier, state, forms, complete forms, sum, squares) from the tally.

    An answer that was held and counted later stands under the day of its verdict there.
    """
    key = (Tally.c.counter_id, Tally.c.service_id, Tally.c.tier, Tally.c.state)
    sums = (Tally.c.n, Tally.c.skm_n, Tally.c.skm_total, Tally.c.skm_squares)
    rows = session.execute(
        select(*key, *(func.sum(column) for column in sums))
        .where(Tally.c.counter_id.in_(counter_ids), Tally.c.day.between(first, last))
        .group_by(*key)
    )
    return [(*row[:4], *(int(value) for value in row[4:])) for row in rows]


def verdicts_since(
    session: Session, counter_ids: Collection[int], first: date, last: date, *, since: datetime
) -> bool:
    """Whether an answer of these days stands otherwise now than it stood at that instant."""
    rows = session.execute(
        select(Verdict.rating_id, Verdict.state, Verdict.made_at, RATING.c.state)
        .join(RATING, RATING.c.id == Verdict.rating_id)
        .where(RATING.c.counter_id.in_(counter_ids), RATING.c.day.between(first, last))
        .order_by(Verdict.rating_id, Verdict.step)
    )
    then: dict[str, str] = {}
    now: dict[str, str] = {}
    for rating_id, state, made_at, received in rows:
        then.setdefault(rating_id, received)
        now[rating_id] = state
        if made_at < since:
            then[rating_id] = state
    return then != now


def band_sizes_between(
    session: Session, counter_ids: Collection[int], band: str, first: date, last: date
) -> dict[str, int]:
    """Counted forms by one optional answer about the respondent; '' for untold."""
    column = func.coalesce(RATING.c[band], "")
    wanted = (RATING.c.counter_id.in_(counter_ids), RATING.c.day.between(first, last))
    joined, standing = with_standing(select(RATING.c.id).where(*wanted))
    rows = session.execute(
        select(column, func.count())
        .select_from(joined)
        .where(*wanted, standing["state"] == "counted")
        .group_by(column)
    )
    return {row[0]: row[1] for row in rows}


def visits_by_service(
    session: Session, counter_ids: Collection[int], first: date, last: date
) -> dict[int, int]:
    """Visits from the office's books, by service; empty when it keeps none."""
    rows = session.execute(
        select(VisitCount.service_id, func.sum(VisitCount.visits))
        .where(VisitCount.counter_id.in_(counter_ids), VisitCount.day.between(first, last))
        .group_by(VisitCount.service_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def first_and_last_visit(
    session: Session, counter_ids: Collection[int]
) -> tuple[date | None, date | None]:
    """From when to when the books run."""
    row = session.execute(
        select(func.min(VisitCount.day), func.max(VisitCount.day)).where(
            VisitCount.counter_id.in_(counter_ids)
        )
    ).one()
    return row[0], row[1]


def services_named(session: Session, service_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """(code, name) by service."""
    rows = session.execute(
        select(Service.id, Service.code, Service.name).where(Service.id.in_(service_ids))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def follow_ups_of(session: Session, survey_ids: Collection[int]) -> Sequence[FollowUp]:
    """Follow-up plans of these surveys, as they were added."""
    return session.scalars(
        select(FollowUp).where(FollowUp.survey_id.in_(survey_ids)).order_by(FollowUp.id)
    ).all()


def follow_ups_of_units(session: Session, unit_ids: Collection[int]) -> Sequence[FollowUp]:
    """Every follow-up plan of these units, the first due first; a survey's are among them."""
    return session.scalars(
        select(FollowUp).where(FollowUp.unit_id.in_(unit_ids)).order_by(FollowUp.due, FollowUp.id)
    ).all()


def newest_done_follow_up(session: Session, unit_id: int) -> FollowUp | None:
    """The plan of a unit's closed surveys that was done last."""
    return session.scalar(
        select(FollowUp)
        .join(Survey, Survey.id == FollowUp.survey_id)
        .where(Survey.unit_id == unit_id, Survey.closed_at.is_not(None), FollowUp.status == "done")
        .order_by(FollowUp.changed_at.desc(), FollowUp.id.desc())
        .limit(1)
    )


def follow_ups_due(
    session: Session, unit_ids: Collection[int], *, statuses: Collection[str], by: date
) -> Sequence[FollowUp]:
    """Follow-up plans of these units that stand so and are due by this day, the oldest first."""
    return [
        row
        for row in follow_ups_of_units(session, unit_ids)
        if row.status in statuses and row.due <= by
    ]


def follow_up_in_units(
    session: Session, item_id: int, unit_ids: Collection[int]
) -> tuple[FollowUp, Survey | None] | None:
    """One follow-up plan with its survey (None where it follows none), if it is of these units."""
    row = session.execute(
        select(FollowUp, Survey)
        .outerjoin(Survey, Survey.id == FollowUp.survey_id)
        .where(FollowUp.id == item_id, FollowUp.unit_id.in_(unit_ids))
    ).first()
    return (row[0], row[1]) if row else None


def units_with_agencies(session: Session) -> Sequence[tuple[Unit, Agency]]:
    """Every unit of the site with its agency, by name."""
    rows = session.execute(
        select(Unit, Agency).join(Agency, Agency.id == Unit.agency_id).order_by(Unit.name, Unit.id)
    )
    return [(row[0], row[1]) for row in rows]


def unit_coded(session: Session, agency_code: str, unit_code: str) -> tuple[Unit, Agency] | None:
    """One unit with its agency, by their codes."""
    row = session.execute(
        select(Unit, Agency)
        .join(Agency, Agency.id == Unit.agency_id)
        .where(Agency.code == agency_code, Unit.code == unit_code)
    ).first()
    return (row[0], row[1]) if row else None


def units_named(session: Session, unit_ids: Collection[int]) -> dict[int, tuple[Unit, Agency]]:
    """Units with their agencies, by id."""
    rows = session.execute(
        select(Unit, Agency)
        .join(Agency, Agency.id == Unit.agency_id)
        .where(Unit.id.in_(unit_ids))
        .order_by(Unit.name)
    )
    return {row[0].id: (row[0], row[1]) for row in rows}
