"""Questions about a counter as a citizen meets it: where, which services, who is on shift."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from feedback_app.domain.person_names import told_apart
from feedback_app.domain.roster import Shift as DutyShift
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Agency,
    Counter,
    CounterService,
    CounterTiers,
    Officer,
    Service,
    Shift,
    Unit,
)

LONGEST_SHIFT = timedelta(days=1)  # a roster's row begins and ends on one local day


def counter_with_number(session: Session, number: int) -> tuple[Counter, Unit, Agency] | None:
    """The counter a place code names, retired or not."""
    row = session.execute(
        select(Counter, Unit, Agency)
        .join(Unit, Unit.id == Counter.unit_id)
        .join(Agency, Agency.id == Counter.agency_id)
        .where(Counter.number == number)
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def successor_name(session: Session, counter: Counter) -> str:
    """What a counter that is closed is called now; '' where nothing took over."""
    if counter.retired_on is None or counter.successor_id is None:
        return ""
    return session.get_one(Counter, counter.successor_id).name


def in_charge(session: Session, unit_id: int, counter_id: int | None) -> tuple[int, int | None]:
    """Unit and counter, or what took over from them; a counter that nothing follows stays named."""
    counter = session.get_one(Counter, counter_id) if counter_id is not None else None
    while counter is not None and counter.retired_on is not None and counter.successor_id:
        counter = session.get_one(Counter, counter.successor_id)
    unit = session.get_one(Unit, counter.unit_id if counter is not None else unit_id)
    while unit.retired_on is not None and unit.successor_id:
        unit = session.get_one(Unit, unit.successor_id)
    return unit.id, None if counter is None else counter.id


def services_at_counter(session: Session, counter_id: int, *, at: time) -> Sequence[Service]:
    """The services offered at this local hour, by name."""
    link = CounterService
    return session.scalars(
        select(Service)
        .join(link, link.service_id == Service.id)
        .where(
            link.counter_id == counter_id,
            Service.retired_on.is_(None),
            or_(link.opens_at.is_(None), link.opens_at <= at),
            or_(link.closes_at.is_(None), link.closes_at > at),
        )
        .order_by(Service.id)
    ).all()


def shifts_at_counter(
    session: Session,
    counter_id: int,
    *,
    since: datetime,
    until: datetime,
    known_at: datetime | None,
) -> tuple[DutyShift, ...]:
    """Shifts at this counter that touch the span, as the roster stood at an instant (None: now).

    The bound below keeps its years unread.
    """
    stood: list[ColumnElement[bool]] = [Shift.withdrawn_at.is_(None)]
    if known_at is not None:
        stood = [
            Shift.recorded_at <= known_at,
            or_(Shift.withdrawn_at.is_(None), Shift.withdrawn_at > known_at),
        ]
    rows = session.scalars(
        select(Shift).where(
            Shift.counter_id == counter_id,
            *stood,
            Shift.starts_at.between(since - LONGEST_SHIFT, until),
            Shift.starts_at < until,
            Shift.ends_at > since,
        )
    )
    return tuple(
        DutyShift(
            shift_id=row.id,
            officer_id=row.officer_id,
            counter_id=row.counter_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        for row in rows
    )


def hold_counter(session: Session, counter_id: int) -> None:
    """One answer at a time at each counter, so that what screening compares is whole."""
    session.execute(
        select(Counter.id).where(Counter.id == counter_id).with_for_update(key_share=True)
    )


def officer_tiers(session: Session, counter_id: int, *, at: datetime) -> str | None:
    """The tiers that count for officers at an instant, comma between; None: never set."""
    return session.scalar(
        select(CounterTiers.tiers)
        .where(CounterTiers.counter_id == counter_id, CounterTiers.from_at <= at)
        .order_by(CounterTiers.id.desc())
        .limit(1)
    )


def display_names(session: Session, officer_ids: Collection[int]) -> dict[int, str]:
    """What citizens call these officers, told apart from those of the same unit.

    A unit's officers meet at its counters sooner or later; so a name does not change from one day
    to the next with who else is on duty.
    """
    if not officer_ids:
        return {}
    units = select(Officer.unit_id).where(Officer.id.in_(officer_ids))
    rows = session.execute(
        select(Officer.id, Officer.display_name, Officer.name).where(
            or_(
                Officer.id.in_(officer_ids),
                and_(Officer.unit_id.in_(units), Officer.retired_on.is_(None)),
            )
        )
    )
    shown = told_apart({row[0]: (row[1], row[2]) for row in rows})
    return {officer_id: shown[officer_id] for officer_id in officer_ids}


@dataclass(frozen=True, slots=True)
class CounterOnCard:
    """A counter with what its printed card names."""

    counter: Counter
    unit: Unit
    agency: Agency
    services: tuple[str, ...]


def counters_on_cards(session: Session, *, agency_id: int | None) -> list[CounterOnCard]:
    """Open counters of one agency, or of all, by code."""
    wanted: list[ColumnElement[bool]] = [Counter.retired_on.is_(None)]
    if agency_id is not None:
        wanted.append(Counter.agency_id == agency_id)
    rows = session.execute(
        select(Counter, Unit, Agency)
        .join(Unit, Unit.id == Counter.unit_id)
        .join(Agency, Agency.id == Counter.agency_id)
        .where(*wanted)
        .order_by(Agency.code, Counter.code)
    ).all()
    links = session.execute(
        select(CounterService.counter_id, Service.name)
        .join(Service, Service.id == CounterService.service_id)
        .where(Service.retired_on.is_(None))
        .order_by(Service.id)
    )
    services: dict[int, list[str]] = {}
    for counter_id, name in links:
        services.setdefault(counter_id, []).append(name)
    return [
        CounterOnCard(
            counter=row[0],
            unit=row[1],
            agency=row[2],
            services=tuple(services.get(row[0].id, ())),
        )
        for row in rows
    ]


def counter_with_code(session: Session, code: str, *, agency_id: int) -> Counter | None:
    """The agency's counter of this code."""
    return session.scalar(
        select(Counter).where(Counter.code == code, Counter.agency_id == agency_id)
    )
