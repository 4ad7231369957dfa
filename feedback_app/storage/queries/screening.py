"""What screening asks: who else rated here just now, and whether a text was sent before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from feedback_app.domain.roster import Shift as DutyShift
from feedback_app.domain.screening import Arrival
from feedback_app.storage.db import Session
from feedback_app.storage.models import Counter, Screening, Shift, VisitCount
from feedback_app.storage.queries.places import LONGEST_SHIFT

MOST_COMPARED = 500  # answers of one span; more are a burst many times over


def arrivals_near(
    session: Session,
    counter_id: int,
    unit_id: int,
    *,
    since: datetime,
    marks: Collection[str],
    marks_since: datetime,
    tiers: Collection[str],
) -> list[Arrival]:
    """A counter's answers since an instant, and one device's at any counter of the unit.

    Oldest first; one question, as it is asked for every answer. Only this answer's counter is
    locked: of two at once at two counters each may miss the other.
    """
    counters = select(Counter.id).where(Counter.unit_id == unit_id)
    here = and_(Screening.counter_id == counter_id, Screening.received_at >= since)
    own = and_(
        Screening.device_key.in_(marks),
        Screening.received_at >= marks_since,
        Screening.counter_id.in_(counters),
    )
    return _arrivals(session, or_(here, own), Screening.tier.in_(tiers))


def arrivals_opened(
    session: Session,
    counter_id: int,
    *,
    first: datetime,
    last: datetime,
    tiers: Collection[str],
) -> list[Arrival]:
    """Answers of a counter whose forms were opened within a span, oldest first."""
    return _arrivals(
        session,
        Screening.counter_id == counter_id,
        Screening.received_at >= first,
        Screening.opened_at.between(first, last),
        Screening.tier.in_(tiers),
    )


def _arrivals(session: Session, *wanted: ColumnElement[bool]) -> list[Arrival]:
    rows = session.execute(
        select(
            Screening.rating_id,
            Screening.counter_id,
            Screening.tier,
            Screening.opened_at,
            Screening.received_at,
            Screening.device_key,
            Screening.text_key,
            Screening.is_hasty,
        )
        .where(*wanted)
        .order_by(Screening.received_at.desc())
        .limit(MOST_COMPARED)
    )
    return [Arrival(*row) for row in reversed(rows.all())]


def unheld_since(
    session: Session, counter_id: int, *, since: datetime, tiers: Collection[str]
) -> int:
    """How many answers a counter received since an instant that no rule held as they came."""
    question = select(func.count()).where(
        Screening.counter_id == counter_id,
        Screening.received_at >= since,
        Screening.tier.in_(tiers),
        Screening.rules == "",
    )
    return session.scalar(question) or 0


def days_of_visits(session: Session, counter_id: int, *, first: date, last: date) -> list[int]:
    """Visits of each day that the books tell of a counter."""
    rows = session.scalars(
        select(func.sum(VisitCount.visits))
        .where(VisitCount.counter_id == counter_id, VisitCount.day.between(first, last))
        .group_by(VisitCount.day)
    )
    return [int(visits) for visits in rows]


def shifts_of_unit(
    session: Session, unit_id: int, *, since: datetime, until: datetime
) -> tuple[DutyShift, ...]:
    """Shifts at the unit's counters that touch the span."""
    rows = session.execute(
        select(Shift.id, Shift.officer_id, Shift.counter_id, Shift.starts_at, Shift.ends_at)
        .join(Counter, Counter.id == Shift.counter_id)
        .where(
            Counter.unit_id == unit_id,
            Shift.withdrawn_at.is_(None),
            Shift.starts_at.between(since - LONGEST_SHIFT, until),
            Shift.ends_at > since,
        )
    )
    return tuple(DutyShift(*row) for row in rows)


def answers_with_text(
    session: Session, counter_id: int, text_keys: Collection[str]
) -> Sequence[str]:
    """Answers of a counter with this long comment, while screening keeps them.

    Only of this counter: its lock is held, and a case is of one counter and one unit.
    """
    return session.scalars(
        select(Screening.rating_id).where(
            Screening.counter_id == counter_id, Screening.text_key.in_(text_keys)
        )
    ).all()


class OfSession:
    """The questions of screening within one transaction."""

    def __init__(self, session: Session) -> None:
        """Ask this session."""
        self._session = session

    def near(
        self,
        counter_id: int,
        unit_id: int,
        *,
        since: datetime,
        marks: Collection[str],
        marks_since: datetime,
        tiers: Collection[str],
    ) -> list[Arrival]:
        """As `arrivals_near`."""
        return arrivals_near(
            self._session,
            counter_id,
            unit_id,
            since=since,
            marks=marks,
            marks_since=marks_since,
            tiers=tiers,
        )

    def opened(
        self, counter_id: int, *, first: datetime, last: datetime, tiers: Collection[str]
    ) -> list[Arrival]:
        """As `arrivals_opened`."""
        return arrivals_opened(self._session, counter_id, first=first, last=last, tiers=tiers)

    def unheld_since(self, counter_id: int, *, since: datetime, tiers: Collection[str]) -> int:
        """As `unheld_since`."""
        return unheld_since(self._session, counter_id, since=since, tiers=tiers)

    def with_text(self, counter_id: int, text_keys: Collection[str]) -> Sequence[str]:
        """As `answers_with_text`."""
        return answers_with_text(self._session, counter_id, text_keys)

    def days_of_visits(self, counter_id: int, *, first: date, last: date) -> list[int]:
        """As `days_of_visits`."""
        return days_of_visits(self._session, counter_id, first=first, last=last)
