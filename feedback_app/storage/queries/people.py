"""Questions about officers together with the accounts of staff."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import delete, insert, or_, select

from feedback_app.domain.roles import Role
from feedback_app.domain.roster import Shift as DutyShift
from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import Account, AccountUnit, Officer, Shift
from feedback_app.storage.queries.roster import duty_of


def officer_for_change(session: Session, officer_id: int, *, agency_id: int) -> Officer | None:
    """The officer, held until the transaction ends."""
    return session.scalar(
        select(Officer)
        .where(Officer.id == officer_id, Officer.agency_id == agency_id)
        .with_for_update()
    )


def account_of_officer(session: Session, officer_id: int) -> Account | None:
    """The officer's open account."""
    return session.scalar(
        select(Account).where(Account.officer_id == officer_id, Account.closed_at.is_(None))
    )


def officer_of_nip(session: Session, nip: str, *, agency_id: int) -> Officer | None:
    """Whose number this is."""
    return session.scalar(select(Officer).where(Officer.nip == nip, Officer.agency_id == agency_id))


def usable_admins(session: Session, agency_id: int, *, but: int) -> int:
    """How many other admins have a password or a single sign-on; held until the end."""
    found = session.scalars(
        select(Account.id)
        .where(
            Account.agency_id == agency_id,
            Account.role == Role.ADMIN.value,
            Account.closed_at.is_(None),
            Account.id != but,
            or_(Account.password_hash != "", Account.sso_subject.is_not(None)),
        )
        .with_for_update()
    )
    return len(found.all())


def set_units(
    session: Session, account_id: int, unit_ids: Collection[int], *, agency_id: int
) -> None:
    """Make an account see exactly these units."""
    session.execute(delete(AccountUnit).where(AccountUnit.account_id == account_id))
    rows = [
        {"account_id": account_id, "unit_id": unit_id, "agency_id": agency_id}
        for unit_id in sorted(unit_ids)
    ]
    if rows:
        session.execute(insert(Base.metadata.tables["account_unit"]), rows)


def standing_shifts_of(
    session: Session, officer_ids: Collection[int], *, since: datetime
) -> list[DutyShift]:
    """Standing shifts of these officers that begin at or after an instant, by time."""
    rows = session.scalars(
        select(Shift)
        .where(
            Shift.officer_id.in_(officer_ids),
            Shift.withdrawn_at.is_(None),
            Shift.starts_at >= since,
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    return [duty_of(row) for row in rows]


def every_standing_shift(session: Session, officer_ids: Collection[int]) -> list[DutyShift]:
    """All that these officers ever stood at, by time."""
    rows = session.scalars(
        select(Shift)
        .where(Shift.officer_id.in_(officer_ids), Shift.withdrawn_at.is_(None))
        .order_by(Shift.starts_at)
    )
    return [duty_of(row) for row in rows]


def shifts_recorded_in(session: Session, change_id: int, *, since: datetime) -> list[DutyShift]:
    """What a change of the roster brought and what still stands of it from an instant on."""
    rows = session.scalars(
        select(Shift).where(
            Shift.recorded_in == change_id,
            Shift.withdrawn_at.is_(None),
            Shift.starts_at >= since,
        )
    )
    return [duty_of(row) for row in rows]


def officers_ending(session: Session, *, today: date) -> Sequence[Officer]:
    """Officers whose last day is over, and who still count as serving."""
    return session.scalars(
        select(Officer).where(Officer.ends_on <= today).order_by(Officer.id).with_for_update()
    ).all()
