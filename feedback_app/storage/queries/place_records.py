"""Units, counters and services as an office keeps them: all of them, and whether one was used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Account,
    AccountUnit,
    Counter,
    CounterService,
    Device,
    Officer,
    PastResult,
    Service,
    Shift,
    Survey,
    Tally,
    Unit,
    VisitCount,
)

Place = Unit | Counter | Service
MODELS: Mapping[str, type[Any]] = {"unit": Unit, "counter": Counter, "service": Service}


def places_of(session: Session, kind: str, *, agency_id: int) -> Sequence[Place]:
    """Every place of a kind, those out of use too, by code."""
    model = MODELS[kind]
    return session.scalars(
        select(model).where(model.agency_id == agency_id).order_by(model.code)
    ).all()


def place_for_change(session: Session, kind: str, place_id: int, *, agency_id: int) -> Place | None:
    """One place, held until the transaction ends."""
    model = MODELS[kind]
    found: Place | None = session.scalar(
        select(model).where(model.id == place_id, model.agency_id == agency_id).with_for_update()
    )
    return found


def is_used(session: Session, kind: str, place_id: int) -> bool:
    """Whether something names this place, so that its code and unit stay as they are."""
    return bool(session.scalar(select(or_(*(exists(q) for q in _USES[kind](place_id))))))


def _uses_of_unit(unit_id: int) -> list[Any]:
    return [
        select(Counter.id).where(Counter.unit_id == unit_id),
        select(Service.id).where(Service.unit_id == unit_id),
        select(Officer.id).where(Officer.unit_id == unit_id),
        select(Survey.id).where(Survey.unit_id == unit_id),
        select(PastResult.id).where(PastResult.unit_id == unit_id),
    ]


def _uses_of_counter(counter_id: int) -> list[Any]:
    return [
        select(Tally.c.counter_id).where(Tally.c.counter_id == counter_id),
        select(Shift.id).where(Shift.counter_id == counter_id),
        select(Device.id).where(Device.counter_id == counter_id),
        select(VisitCount.counter_id).where(VisitCount.counter_id == counter_id),
    ]


def _uses_of_service(service_id: int) -> list[Any]:
    return [
        select(Tally.c.service_id).where(Tally.c.service_id == service_id),
        select(VisitCount.service_id).where(VisitCount.service_id == service_id),
        select(CounterService.service_id).where(CounterService.service_id == service_id),
    ]


_USES: Mapping[str, Callable[[int], list[Any]]] = {
    "unit": _uses_of_unit,
    "counter": _uses_of_counter,
    "service": _uses_of_service,
}


def still_in_unit(session: Session, unit_id: int, *, after: date) -> tuple[int, int, int]:
    """Counters, services and officers of a unit that are there after a day."""

    def there(model: type[Counter] | type[Service] | type[Officer]) -> int:
        wanted: list[ColumnElement[bool]] = [
            model.unit_id == unit_id,
            model.retired_on.is_(None),
            or_(model.ends_on.is_(None), model.ends_on > after),
        ]
        return len(session.scalars(select(model.id).where(*wanted)).all())

    return there(Counter), there(Service), there(Officer)


def has_open_survey(session: Session, unit_id: int) -> bool:
    """Whether a survey of the unit waits to be closed."""
    question = select(Survey.id).where(Survey.unit_id == unit_id, Survey.closed_at.is_(None))
    return session.scalar(question.limit(1)) is not None


def places_ending(session: Session, kind: str, *, today: date) -> Sequence[Place]:
    """Places whose last day is over, and which still count as in use."""
    model = MODELS[kind]
    return session.scalars(
        select(model).where(model.ends_on <= today).order_by(model.id).with_for_update()
    ).all()


def offers_of_service(session: Session, service_id: int) -> Sequence[CounterService]:
    """Where a service is offered, and when."""
    return session.scalars(
        select(CounterService).where(CounterService.service_id == service_id)
    ).all()


def supervisors_of(session: Session, unit_id: int) -> Sequence[int]:
    """Open accounts that see a unit."""
    return session.scalars(
        select(AccountUnit.account_id)
        .join(Account, Account.id == AccountUnit.account_id)
        .where(AccountUnit.unit_id == unit_id, Account.closed_at.is_(None))
    ).all()


def sees_unit(session: Session, account_id: int, unit_id: int) -> bool:
    """Whether an account sees a unit already."""
    return session.get(AccountUnit, (account_id, unit_id)) is not None


def standing_shifts_at(session: Session, counter_id: int) -> Sequence[Shift]:
    """Standing shifts at a counter, by time."""
    return session.scalars(
        select(Shift)
        .where(Shift.counter_id == counter_id, Shift.withdrawn_at.is_(None))
        .order_by(Shift.starts_at)
    ).all()
