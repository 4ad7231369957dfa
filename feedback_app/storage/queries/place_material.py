"""What a counter's form is drawn from, read once and kept until the stamp of places changes."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, or_, select

from feedback_app.domain.person_names import told_apart
from feedback_app.domain.roster import Shift as DutyShift
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    CodeBatch,
    Counter,
    CounterService,
    CounterTiers,
    Officer,
    PlaceStamp,
    Service,
    Shift,
)
from feedback_app.storage.models.place_stamp import OF_PLACES, OF_RESULTS
from feedback_app.storage.prepared import Prepared
from feedback_app.storage.queries import places, screening

STAMP, RESULT_STAMP = (
    Prepared(select(PlaceStamp.stamp).where(PlaceStamp.id == row))
    for row in (OF_PLACES, OF_RESULTS)
)


@dataclass(frozen=True, slots=True)
class OfferedService:
    """A service with its hours at the counter (local; None: all day)."""

    service_id: int
    name: str
    name_en: str
    minutes: int
    is_free: bool
    opens_at: time | None
    closes_at: time | None


@dataclass(frozen=True, slots=True)
class RecordedShift:
    """A shift with when the roster began and ceased to say so."""

    shift: DutyShift
    recorded_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Named:
    unit_id: int
    display_name: str
    name: str
    is_retired: bool


@dataclass(frozen=True, slots=True)
class Material:
    """A counter's rows as far as its form and its screening ask for them; of some days' shifts."""

    agency_id: int
    agency: str
    is_demo: bool
    unit_id: int
    unit: str
    counter_id: int
    counter: str
    number: int
    card_serial: int
    is_retired: bool
    has_fork: bool
    successor: str
    services: tuple[OfferedService, ...]
    shifts: tuple[RecordedShift, ...]
    tiers: tuple[tuple[datetime, str], ...]  # the newest first
    codes_until: date | None  # last day of a batch of codes that was not revoked
    _officers: dict[int, _Named]
    mended: str = ""  # the newest of what was mended because of answers
    _names: dict[tuple[int, ...], dict[int, str]] = field(default_factory=dict)
    drawn: dict[Hashable, Any] = field(default_factory=dict)  # what was worked out of it

    def names(self, officer_ids: Collection[int]) -> dict[int, str]:
        """As `places.display_names`."""
        wanted = tuple(sorted(officer_ids))
        found = self._names.get(wanted)
        if found is None:
            found = self._names[wanted] = self._told_apart(wanted)
        return found

    def _told_apart(self, wanted: tuple[int, ...]) -> dict[int, str]:
        units = {self._officers[officer_id].unit_id for officer_id in wanted}
        shown = told_apart(
            {
                officer_id: (one.display_name, one.name)
                for officer_id, one in self._officers.items()
                if officer_id in wanted or (one.unit_id in units and not one.is_retired)
            }
        )
        return {officer_id: shown[officer_id] for officer_id in wanted}


def material_of(
    session: Session, number: int, *, since: datetime, until: datetime
) -> Material | None:
    """A counter's, by the number on its card, with the shifts that touch a span."""
    found = places.counter_with_number(session, number)
    if found is None:
        return None
    counter, unit, agency = found
    shifts = _shifts(session, counter.id, since=since, until=until)
    return Material(
        agency_id=agency.id,
        agency=agency.name,
        is_demo=agency.is_demo,
        unit_id=unit.id,
        unit=unit.name,
        counter_id=counter.id,
        counter=counter.name,
        number=counter.number,
        card_serial=counter.card_serial,
        is_retired=counter.retired_on is not None,
        has_fork=counter.has_fork,
        successor=places.successor_name(session, counter),
        services=_services(session, counter.id),
        shifts=shifts,
        tiers=_tiers(session, counter.id),
        codes_until=session.scalar(
            select(func.max(CodeBatch.valid_on)).where(
                CodeBatch.unit_id == unit.id, CodeBatch.revoked_at.is_(None)
            )
        ),
        _officers=_officers(session, {one.shift.officer_id for one in shifts}),
    )


def _services(session: Session, counter_id: int) -> tuple[OfferedService, ...]:
    link = CounterService
    rows = session.execute(
        select(
            Service.id,
            Service.name,
            Service.name_en,
            Service.minutes,
            Service.is_free,
            link.opens_at,
            link.closes_at,
        )
        .join(link, link.service_id == Service.id)
        .where(link.counter_id == counter_id, Service.retired_on.is_(None))
        .order_by(Service.id)
    )
    return tuple(OfferedService(*row) for row in rows)


def _shifts(
    session: Session, counter_id: int, *, since: datetime, until: datetime
) -> tuple[RecordedShift, ...]:
    rows = session.execute(
        select(
            Shift.id,
            Shift.officer_id,
            Shift.counter_id,
            Shift.starts_at,
            Shift.ends_at,
            Shift.recorded_at,
            Shift.withdrawn_at,
        ).where(
            Shift.counter_id == counter_id,
            Shift.starts_at.between(since - places.LONGEST_SHIFT, until),
            Shift.starts_at < until,
            Shift.ends_at > since,
        )
    )
    return tuple(RecordedShift(DutyShift(*row[:5]), row[5], row[6]) for row in rows)


def _tiers(session: Session, counter_id: int) -> tuple[tuple[datetime, str], ...]:
    rows = session.execute(
        select(CounterTiers.from_at, CounterTiers.tiers)
        .where(CounterTiers.counter_id == counter_id)
        .order_by(CounterTiers.id.desc())
    )
    return tuple((row[0], row[1]) for row in rows)


def _officers(session: Session, officer_ids: Collection[int]) -> dict[int, _Named]:
    if not officer_ids:
        return {}
    units = select(Officer.unit_id).where(Officer.id.in_(officer_ids))
    rows = session.execute(
        select(
            Officer.id, Officer.unit_id, Officer.display_name, Officer.name, Officer.retired_on
        ).where(or_(Officer.id.in_(officer_ids), Officer.unit_id.in_(units)))
    )
    return {row[0]: _Named(row[1], row[2], row[3], row[4] is not None) for row in rows}


@dataclass(frozen=True, slots=True)
class UnitDuty:
    """Who is on duty at a unit's counters, as the roster stands now; of some days."""

    shifts: tuple[DutyShift, ...]
    last_end: dict[int, datetime]  # of each counter's shifts, withdrawn ones too


def duty_of_unit(session: Session, unit_id: int, *, since: datetime, until: datetime) -> UnitDuty:
    """The unit's shifts that touch a span."""
    ends = session.execute(
        select(Shift.counter_id, func.max(Shift.ends_at))
        .join(Counter, Counter.id == Shift.counter_id)
        .where(Counter.unit_id == unit_id)
        .group_by(Shift.counter_id)
    )
    return UnitDuty(
        screening.shifts_of_unit(session, unit_id, since=since, until=until),
        {row[0]: row[1] for row in ends},
    )
