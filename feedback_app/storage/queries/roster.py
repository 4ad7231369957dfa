"""Questions about the roster, and the writing of its changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from feedback_app.domain.roster import Shift as DutyShift
from feedback_app.domain.working_days import Entry
from feedback_app.storage import bulk
from feedback_app.storage.db import Session, changed_rows
from feedback_app.storage.models import (
    Account,
    Agency,
    CalendarEntry,
    Counter,
    Officer,
    RosterChange,
    RosterLetter,
    RosterProposal,
    Shift,
    Unit,
)
from feedback_app.storage.queries.places import LONGEST_SHIFT


def hold_roster(session: Session, agency_id: int) -> None:
    """One change of an agency's roster at a time, so that what is compared is whole."""
    session.execute(select(Agency.id).where(Agency.id == agency_id).with_for_update(key_share=True))


def has_shifts(session: Session, agency_id: int) -> bool:
    """Whether the agency ever had a roster."""
    ever = select(Shift.id).where(Shift.agency_id == agency_id).limit(1)
    return session.scalar(ever) is not None


def standing_shifts(
    session: Session, *, agency_id: int, since: datetime, until: datetime
) -> list[DutyShift]:
    """Shifts of the agency that begin within the span and stand, by time."""
    counters = select(Counter.id).where(Counter.agency_id == agency_id)
    columns = (Shift.id, Shift.officer_id, Shift.counter_id, Shift.starts_at, Shift.ends_at)
    rows = session.execute(
        select(*columns)
        .where(
            Shift.counter_id.in_(counters),  # by their index, which leaves other years unread
            Shift.withdrawn_at.is_(None),
            Shift.starts_at >= since,
            Shift.starts_at < until,
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    return [DutyShift(*row) for row in rows]


def shifts_around(
    session: Session, officer_ids: Collection[int], *, since: datetime, until: datetime
) -> list[DutyShift]:
    """Standing shifts of these officers that touch the span, at whatever counter."""
    rows = session.scalars(
        select(Shift).where(
            Shift.officer_id.in_(officer_ids),
            Shift.withdrawn_at.is_(None),
            Shift.starts_at.between(since - LONGEST_SHIFT, until),
            Shift.ends_at > since,
        )
    )
    return [duty_of(row) for row in rows]


def units_of_agency(session: Session, agency_id: int) -> Sequence[Unit]:
    """Every unit, by code."""
    return session.scalars(
        select(Unit).where(Unit.agency_id == agency_id).order_by(Unit.code)
    ).all()


def counters_in(session: Session, unit_ids: Collection[int]) -> Sequence[Counter]:
    """Open counters of these units, by unit and code."""
    return session.scalars(
        select(Counter)
        .where(Counter.unit_id.in_(unit_ids), Counter.retired_on.is_(None))
        .order_by(Counter.unit_id, Counter.code)
    ).all()


def officers_of(session: Session, agency_id: int) -> Sequence[Officer]:
    """Every officer of the agency, those who left too, by name."""
    return session.scalars(
        select(Officer).where(Officer.agency_id == agency_id).order_by(Officer.name)
    ).all()


def last_days(
    session: Session, table: type[Officer] | type[Counter], ids: Collection[int]
) -> dict[int, tuple[str, date]]:
    """Of these officers or counters those with an end: name and the first day of being gone."""
    ends = func.coalesce(table.retired_on, table.ends_on)
    rows = session.execute(
        select(table.id, table.name, ends).where(table.id.in_(ids), ends.is_not(None))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def officers_gone(session: Session, agency_id: int) -> set[int]:
    """Officers who have left."""
    asked = select(Officer.id).where(
        Officer.agency_id == agency_id, Officer.retired_on.is_not(None)
    )
    return set(session.scalars(asked))


def add_change(session: Session, values: Mapping[str, Any]) -> int:
    """Write one change down; its number."""
    return bulk.add_rows(session, "roster_change", [values])[0]


def withdraw(session: Session, shift_ids: Collection[int], *, at: datetime, change_id: int) -> int:
    """Withdraw those of these shifts that still stand; how many there were."""
    if not shift_ids:
        return 0
    result = session.execute(
        update(Shift)
        .where(Shift.id.in_(shift_ids), Shift.withdrawn_at.is_(None))
        .values(withdrawn_at=at, withdrawn_in=change_id)
        .execution_options(synchronize_session=False)
    )
    return changed_rows(result)


def add_shifts(
    session: Session,
    shifts: Sequence[DutyShift],
    *,
    agency_id: int,
    at: datetime,
    change_id: int,
) -> None:
    """Add shifts that this change brings."""
    rows = [
        {
            "agency_id": agency_id,
            "officer_id": shift.officer_id,
            "counter_id": shift.counter_id,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
            "recorded_at": at,
            "withdrawn_at": None,
            "recorded_in": change_id,
        }
        for shift in shifts
    ]
    bulk.add_rows(session, "shift", rows)


def change_with_id(session: Session, change_id: int, *, agency_id: int) -> RosterChange | None:
    """One change."""
    return session.scalar(
        select(RosterChange).where(
            RosterChange.id == change_id, RosterChange.agency_id == agency_id
        )
    )


def is_undone(session: Session, change_id: int) -> bool:
    """Whether another change took this one back."""
    asked = select(RosterChange.id).where(RosterChange.undoes_id == change_id)
    return session.scalar(asked) is not None


def shifts_of_change(session: Session, change_id: int) -> tuple[list[Shift], list[Shift]]:
    """Shifts that a change withdrew, and those that it brought."""
    gone = session.scalars(select(Shift).where(Shift.withdrawn_in == change_id)).all()
    come = session.scalars(select(Shift).where(Shift.recorded_in == change_id)).all()
    return list(gone), list(come)


def changes_at(
    session: Session,
    counter_ids: Collection[int],
    *,
    since: datetime,
    until: datetime,
    limit: int,
) -> Sequence[tuple[RosterChange, str | None]]:
    """The newest changes that touch these counters in the span, with who made them."""
    touched = (
        Shift.counter_id.in_(counter_ids),
        Shift.starts_at >= since,
        Shift.starts_at < until,
    )
    come = select(Shift.recorded_in).where(*touched, Shift.recorded_in.is_not(None))
    gone = select(Shift.withdrawn_in).where(*touched, Shift.withdrawn_in.is_not(None))
    rows = session.execute(
        select(RosterChange, Account.name)
        .outerjoin(Account, Account.id == RosterChange.account_id)
        .where(RosterChange.id.in_(come.union(gone)))
        .order_by(RosterChange.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def undone_changes(session: Session, change_ids: Collection[int]) -> set[int]:
    """Which of these changes were taken back."""
    found = session.scalars(
        select(RosterChange.undoes_id).where(RosterChange.undoes_id.in_(change_ids))
    )
    return {one for one in found if one is not None}


def proposals_waiting(session: Session, agency_id: int) -> Sequence[tuple[RosterProposal, str]]:
    """Proposals that nobody has decided yet, the oldest first, with who made them."""
    rows = session.execute(
        select(RosterProposal, Account.name)
        .join(Account, Account.id == RosterProposal.account_id)
        .where(RosterProposal.agency_id == agency_id, RosterProposal.decided_at.is_(None))
        .order_by(RosterProposal.id)
    )
    return [(row[0], row[1]) for row in rows]


def proposal_with_id(
    session: Session, proposal_id: int, *, agency_id: int
) -> RosterProposal | None:
    """One proposal, decided or not."""
    return session.scalar(
        select(RosterProposal).where(
            RosterProposal.id == proposal_id, RosterProposal.agency_id == agency_id
        )
    )


def account_names(session: Session, account_ids: Collection[int | None]) -> dict[int, str]:
    """Names of accounts."""
    ids = [one for one in account_ids if one is not None]
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def entries(session: Session, agency_id: int, *, first: date, last: date | None) -> list[Entry]:
    """Calendar entries that are not ended and touch the span (last None: from first on)."""
    asked = select(CalendarEntry).where(
        CalendarEntry.agency_id == agency_id,
        CalendarEntry.ended_at.is_(None),
        CalendarEntry.last_day >= first,
    )
    if last is not None:
        asked = asked.where(CalendarEntry.first_day <= last)
    rows = session.scalars(asked.order_by(CalendarEntry.first_day, CalendarEntry.id))
    return [
        Entry(row.id, row.kind, row.first_day, row.last_day, row.unit_id, row.officer_id, row.name)
        for row in rows
    ]


def entry_with_id(session: Session, entry_id: int, *, agency_id: int) -> CalendarEntry | None:
    """One calendar entry."""
    return session.scalar(
        select(CalendarEntry).where(
            CalendarEntry.id == entry_id, CalendarEntry.agency_id == agency_id
        )
    )


def entries_of_change(session: Session, change_id: int) -> Sequence[CalendarEntry]:
    """Absences that came with this change and are not ended."""
    return session.scalars(
        select(CalendarEntry).where(
            CalendarEntry.change_id == change_id, CalendarEntry.ended_at.is_(None)
        )
    ).all()


def weekdays_served(
    session: Session, counter_ids: Collection[int], *, since: datetime, until: datetime
) -> list[tuple[int, datetime]]:
    """(counter, begin) of the standing shifts in the span."""
    rows = session.execute(
        select(Shift.counter_id, Shift.starts_at).where(
            Shift.counter_id.in_(counter_ids),
            Shift.withdrawn_at.is_(None),
            Shift.starts_at >= since,
            Shift.starts_at < until,
        )
    )
    return [(row[0], row[1]) for row in rows]


def letters(session: Session, agency_id: int) -> Sequence[RosterLetter]:
    """What letters of the monthly grid meant last time."""
    return session.scalars(select(RosterLetter).where(RosterLetter.agency_id == agency_id)).all()


def keep_letters(session: Session, agency_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Remember what letters mean, over what they meant before."""
    known = {row.letter: row for row in letters(session, agency_id)}
    for row in rows:
        kept = known.get(row["letter"])
        if kept is None:
            session.execute(insert(RosterLetter), [{"agency_id": agency_id, **row}])
        else:
            kept.counter_id, kept.starts, kept.ends = (
                row["counter_id"],
                row["starts"],
                row["ends"],
            )


def duty_of(row: Shift) -> DutyShift:
    """The shift as rules know it."""
    return DutyShift(row.id, row.officer_id, row.counter_id, row.starts_at, row.ends_at)
