"""Questions of needs: what was found, said and decided, and where counters stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select

from feedback_app.domain.tiers import VERIFIED
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Counter,
    DetailTally,
    NeedAnswer,
    NeedDecision,
    NeedReply,
    NeedRow,
    NeedRun,
    Officer,
    OfficerCompetence,
    Tally,
    Unit,
)
from feedback_app.storage.queries import joins


def unit_of_counter(session: Session, *, agency_id: int) -> dict[int, int]:
    """The unit of each counter, closed ones too."""
    rows = session.execute(
        select(Counter.id, Counter.unit_id).where(Counter.agency_id == agency_id)
    )
    return {row[0]: row[1] for row in rows}


def unit_codes(session: Session, *, agency_id: int) -> dict[int, str]:
    """Codes of all units."""
    rows = session.execute(select(Unit.id, Unit.code).where(Unit.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}


def unit_names(session: Session, *, agency_id: int) -> dict[int, str]:
    """Names of all units."""
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}


def counter_names(session: Session, *, agency_id: int) -> dict[int, str]:
    """Names of all counters, closed ones too."""
    rows = session.execute(select(Counter.id, Counter.name).where(Counter.agency_id == agency_id))
    return {row[0]: row[1] for row in rows}


def causes_by_officer(
    session: Session, *, agency_id: int, items: Collection[str], days: tuple[date, date]
) -> Sequence[tuple[int, int, str, str, int]]:
    """How often each cause was ticked: (officer, counter, item, cause, n), of counted answers."""
    table = DetailTally
    group = (table.c.officer_id, table.c.counter_id, table.c.item, table.c.choice)
    rows = session.execute(
        select(*group, func.sum(table.c.n))
        .where(
            table.c.agency_id == agency_id,
            table.c.item.in_(items),
            table.c.for_officer == 1,
            table.c.state == "counted",
            table.c.tier.in_(VERIFIED),
            table.c.day.between(*days),
        )
        .group_by(*group)
    )
    return [(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]


def verified_days(
    session: Session, *, agency_id: int, first: date, last: date
) -> tuple[date, date] | None:
    """First and last of these days with a counted answer that proves a visit of an officer."""
    officers = select(Officer.id).where(Officer.agency_id == agency_id)
    row = session.execute(
        select(func.min(Tally.c.day), func.max(Tally.c.day)).where(
            Tally.c.officer_id.in_(officers),  # by their index: a province's tally is long
            Tally.c.day.between(first, last),
            Tally.c.for_officer == 1,
            Tally.c.state == "counted",
            Tally.c.tier.in_(VERIFIED),
        )
    ).one()
    return None if row[0] is None else (row[0], row[1])


def newest_run(session: Session, *, agency_id: int, state: str = "") -> NeedRun | None:
    """The newest run, or the newest that stands so."""
    wanted = [NeedRun.agency_id == agency_id]
    if state:
        wanted.append(NeedRun.state == state)
    return session.scalar(select(NeedRun).where(*wanted).order_by(NeedRun.id.desc()).limit(1))


def needs_of_run(session: Session, run: NeedRun) -> Sequence[NeedRow]:
    """What the run found, by its number."""
    return session.scalars(
        select(NeedRow).where(NeedRow.run_id == run.id).order_by(NeedRow.id)
    ).all()


def needs_of_quarter(session: Session, *, agency_id: int, quarter_end: date) -> list[NeedRow]:
    """What any run over this quarter found; held until the transaction ends."""
    return list(
        session.scalars(
            select(NeedRow)
            .where(NeedRow.agency_id == agency_id, NeedRow.quarter_end == quarter_end)
            .with_for_update()
        )
    )


def proposals(session: Session, *, agency_id: int, since: date) -> Sequence[NeedRow]:
    """What supervisors and officers proposed since then and did not withdraw, newest first."""
    return session.scalars(
        select(NeedRow)
        .where(
            NeedRow.agency_id == agency_id,
            NeedRow.voice != "data",
            NeedRow.withdrawn_on.is_(None),
            NeedRow.found_on >= since,
        )
        .order_by(NeedRow.id.desc())
    ).all()


def need_of_agency(session: Session, need_id: int, *, agency_id: int) -> NeedRow | None:
    """One need, if of this agency; a withdrawn proposal is none."""
    return session.scalar(
        select(NeedRow).where(
            NeedRow.id == need_id, NeedRow.agency_id == agency_id, NeedRow.withdrawn_on.is_(None)
        )
    )


def need_to_change(session: Session, need_id: int, *, agency_id: int) -> NeedRow | None:
    """The same, held until the transaction ends: of two who decide at once one waits."""
    session.execute(select(NeedRow.id).where(NeedRow.id == need_id).with_for_update())
    return need_of_agency(session, need_id, agency_id=agency_id)


def needs_of_officer(session: Session, officer_ids: Collection[int]) -> Sequence[NeedRow]:
    """Needs and proposals about an officer, newest first."""
    return session.scalars(
        select(NeedRow)
        .where(
            NeedRow.level == "officer",
            NeedRow.ref_id.in_(officer_ids),
            NeedRow.withdrawn_on.is_(None),
        )
        .order_by(NeedRow.id.desc())
    ).all()


def found_by(
    session: Session, officer_ids: Collection[int], *, day: date
) -> dict[tuple[int, str], int]:
    """Of each officer and element the newest need that data had shown by a day: its id."""
    rows = session.execute(
        select(NeedRow.ref_id, NeedRow.item, func.max(NeedRow.id))
        .where(
            NeedRow.level == "officer",
            NeedRow.quarter_end.is_not(None),
            NeedRow.ref_id.in_(officer_ids),
            NeedRow.found_on <= day,
        )
        .group_by(NeedRow.ref_id, NeedRow.item)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def needs_of_places(session: Session, need_ids: Collection[int]) -> frozenset[int]:
    """Those of these needs that are about a counter or a unit."""
    rows = session.scalars(
        select(NeedRow.id).where(NeedRow.id.in_(need_ids), NeedRow.level != "officer")
    )
    return frozenset(rows)


def decisions_of(session: Session, need_ids: Collection[int]) -> dict[int, list[NeedDecision]]:
    """Decisions of each need, the one that stands first."""
    rows = session.scalars(
        select(NeedDecision)
        .where(NeedDecision.need_id.in_(need_ids))
        .order_by(NeedDecision.need_id, NeedDecision.number.desc())
    )
    return _by_need(rows)


def earlier_decisions(session: Session, need: NeedRow) -> Sequence[NeedDecision]:
    """What was decided of the same place and item in quarters before, newest first."""
    return session.scalars(
        select(NeedDecision)
        .join(NeedRow, NeedRow.id == NeedDecision.need_id)
        .where(
            *_same_place(session, need),
            NeedRow.item == need.item,
            NeedRow.id < need.id,
        )
        .order_by(NeedDecision.id.desc())
    ).all()


def _same_place(session: Session, need: NeedRow) -> list[ColumnElement[bool]]:
    """Needs about the same counter, unit or person, whatever rows that person has (ADR 19)."""
    rows: Collection[int] = (need.ref_id,)
    if need.level == "officer":
        rows = joins.rows_of(session, joins.owners_now(session).get(need.ref_id, need.ref_id))
    return [
        NeedRow.agency_id == need.agency_id,
        NeedRow.level == need.level,
        NeedRow.ref_id.in_(rows),
    ]


def replies_of(session: Session, need_ids: Collection[int]) -> dict[int, list[NeedReply]]:
    """Officers' words to each need, the newest first."""
    rows = session.scalars(
        select(NeedReply)
        .where(NeedReply.need_id.in_(need_ids))
        .order_by(NeedReply.need_id, NeedReply.id.desc())
    )
    return _by_need(rows)


def answers_of(session: Session, need_ids: Collection[int]) -> dict[int, list[NeedAnswer]]:
    """Answers to the five questions of each need, the newest first."""
    rows = session.scalars(
        select(NeedAnswer)
        .where(NeedAnswer.need_id.in_(need_ids))
        .order_by(NeedAnswer.need_id, NeedAnswer.id.desc())
    )
    return _by_need(rows)


OfNeed = TypeVar("OfNeed", NeedDecision, NeedReply, NeedAnswer)


def _by_need(rows: Iterable[OfNeed]) -> dict[int, list[OfNeed]]:
    found: dict[int, list[OfNeed]] = {}
    for row in rows:
        found.setdefault(row.need_id, []).append(row)
    return found


def competences_of(
    session: Session, *, agency_id: int, officer_ids: Collection[int] | None = None
) -> Sequence[OfficerCompetence]:
    """Competences that posts ask for: of these officers or of all, the present post's first."""
    wanted = [OfficerCompetence.agency_id == agency_id]
    if officer_ids is not None:
        wanted.append(OfficerCompetence.officer_id.in_(officer_ids))
    return session.scalars(
        select(OfficerCompetence)
        .where(*wanted)
        .order_by(
            OfficerCompetence.officer_id,
            OfficerCompetence.post.desc(),
            OfficerCompetence.competence,
        )
    ).all()


def competences_of_persons(
    session: Session, *, agency_id: int, officer_ids: Collection[int] | None = None
) -> list[tuple[int, OfficerCompetence]]:
    """Whose each is today; of joined rows that both have one, the person's own (ADR 19)."""
    owners = joins.owners_now(session)
    found: dict[tuple[int, str, str], OfficerCompetence] = {}
    for row in competences_of(session, agency_id=agency_id, officer_ids=officer_ids):
        key = owners.get(row.officer_id, row.officer_id), row.post, row.competence
        if key not in found or row.officer_id == key[0]:
            found[key] = row
    return [(person, row) for (person, _post, _competence), row in found.items()]


def proposals_by(session: Session, account_id: int) -> Sequence[NeedRow]:
    """What this account proposed and did not withdraw, newest first."""
    return session.scalars(
        select(NeedRow)
        .where(NeedRow.proposed_by == account_id, NeedRow.withdrawn_on.is_(None))
        .order_by(NeedRow.id.desc())
    ).all()


def proposals_about(session: Session, need: NeedRow) -> Sequence[NeedRow]:
    """What people proposed about the same place, other than this itself."""
    return session.scalars(
        select(NeedRow)
        .where(
            *_same_place(session, need),
            NeedRow.voice != "data",
            NeedRow.withdrawn_on.is_(None),
            NeedRow.id != need.id,
        )
        .order_by(NeedRow.id.desc())
    ).all()


def verified_answers(
    session: Session, officer_rows: Collection[int], *, days: tuple[date, date]
) -> int:
    """How many counted answers of these days prove a visit and name the person."""
    found = session.scalar(
        select(func.sum(Tally.c.n)).where(
            Tally.c.officer_id.in_(officer_rows),
            Tally.c.for_officer == 1,
            Tally.c.state == "counted",
            Tally.c.tier.in_(VERIFIED),
            Tally.c.day.between(*days),
        )
    )
    return int(found or 0)
