"""Displays and kiosks: which device this is, whether it is still valid, what it has opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedback_app.storage.db import Base, Session, changed_rows
from feedback_app.storage.models import Counter, Device, DisplayUse

SEEN_IS_FRESH = timedelta(seconds=50)  # a display asks once a minute
STEPS_REMEMBERED = 10  # a code holds for three steps at most


def device_in_use(session: Session, device_id: int) -> Device | None:
    """A paired device that was not revoked."""
    return session.scalar(
        select(Device).where(
            Device.id == device_id, Device.paired_at.is_not(None), Device.revoked_at.is_(None)
        )
    )


def device_with_secret(session: Session, secret_hash: str) -> tuple[Device, Counter] | None:
    """The device that holds this secret, revoked or not, and where it stands."""
    row = session.execute(
        select(Device, Counter)
        .join(Counter, Counter.id == Device.counter_id)
        .where(Device.secret_hash == secret_hash)
    ).first()
    return None if row is None else (row[0], row[1])


def device_to_pair(session: Session, marks: Collection[str], *, at: datetime) -> Device | None:
    """The device that waits for the pairing code kept under one of these marks."""
    return session.scalar(
        select(Device).where(
            Device.pairing_hash.in_(marks),
            Device.pairing_ends_at > at,
            Device.revoked_at.is_(None),
        )
    )


def use_pairing(session: Session, device_id: int, *, secret_hash: str, at: datetime) -> bool:
    """Give the device its secret; of many at once exactly one gets it."""
    done = session.execute(
        update(Device)
        .where(
            Device.id == device_id,
            Device.pairing_hash.is_not(None),
            Device.revoked_at.is_(None),
        )
        .values(
            pairing_hash=None,
            pairing_ends_at=None,
            secret_hash=secret_hash,
            paired_at=at,
            seen_at=at,
        )
        .execution_options(synchronize_session=False)
    )
    return changed_rows(done) == 1


def device_of_agency(
    session: Session, device_id: int, *, agency_id: int
) -> tuple[Device, Counter] | None:
    """One of the agency's devices and where it stands."""
    row = session.execute(
        select(Device, Counter)
        .join(Counter, Counter.id == Device.counter_id)
        .where(Device.id == device_id, Device.agency_id == agency_id)
    ).first()
    return None if row is None else (row[0], row[1])


def devices_of_agency(
    session: Session, agency_id: int, *, limit: int, offset: int
) -> Sequence[tuple[Device, Counter]]:
    """Every device with its counter, those in use first."""
    rows = session.execute(
        select(Device, Counter)
        .join(Counter, Counter.id == Device.counter_id)
        .where(Device.agency_id == agency_id)
        .order_by(Device.revoked_at.is_not(None), Counter.code, Device.id)
        .limit(limit)
        .offset(offset)
    )
    return [(row[0], row[1]) for row in rows]


def is_in_use_at(session: Session, counter_id: int) -> bool:
    """Whether a paired device stands at the counter."""
    return (
        session.scalar(
            select(
                exists().where(
                    Device.counter_id == counter_id,
                    Device.paired_at.is_not(None),
                    Device.revoked_at.is_(None),
                )
            )
        )
        is True
    )


def not_revoked(session: Session, agency_id: int) -> Sequence[Device]:
    """Devices that are in use or wait for it, by name."""
    return session.scalars(
        select(Device)
        .where(Device.agency_id == agency_id, Device.revoked_at.is_(None))
        .order_by(Device.name, Device.id)
    ).all()


def count_of_agency(session: Session, agency_id: int) -> int:
    """How many devices were ever registered."""
    return session.scalar(select(func.count()).where(Device.agency_id == agency_id)) or 0


def counter_of_device(session: Session, device_id: int) -> Counter | None:
    """Where a device stands, whatever became of the device."""
    return session.scalar(
        select(Counter).join(Device, Device.counter_id == Counter.id).where(Device.id == device_id)
    )


def note_seen(session: Session, device_id: int, *, at: datetime) -> None:
    """Note when a device was last seen, at most about once a minute."""
    session.execute(
        update(Device)
        .where(
            Device.id == device_id,
            or_(Device.seen_at.is_(None), Device.seen_at < at - SEEN_IS_FRESH),
        )
        .values(seen_at=at)
        .execution_options(synchronize_session=False)
    )


def open_one_form(session: Session, device_id: int, *, step: int, most: int) -> bool:
    """Count one opened form of a display's step; False once there were `most`.

    Counts of steps whose code holds no longer are forgotten on the way.
    """
    session.execute(
        delete(DisplayUse).where(
            DisplayUse.device_id == device_id, DisplayUse.step < step - STEPS_REMEMBERED
        )
    )
    table = Base.metadata.tables["display_use"]
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = (sqlite.insert if is_sqlite else postgresql.insert)(table)
    counted = (
        statement.values(device_id=device_id, step=step, opened=1)
        .on_conflict_do_update(
            index_elements=["device_id", "step"],
            set_={"opened": table.c.opened + 1},
            where=table.c.opened < most,
        )
        .returning(table.c.opened)
    )
    return session.execute(counted).first() is not None
