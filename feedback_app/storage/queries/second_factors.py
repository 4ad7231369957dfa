"""Questions about second factors and recovery codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from feedback_app.domain.second_factor import SKEW_STEPS
from feedback_app.storage.db import Session, changed_rows
from feedback_app.storage.models import Account, Agency, RecoveryCode, SecondFactor


def factor_of(session: Session, account_id: int) -> SecondFactor | None:
    """The account's second factor."""
    return session.get(SecondFactor, account_id)


def accounts_with_factor(session: Session, agency_id: int) -> frozenset[int]:
    """The accounts of an agency that have a second factor."""
    return frozenset(
        session.scalars(select(SecondFactor.account_id).where(SecondFactor.agency_id == agency_id))
    )


def use_step(session: Session, account_id: int, step: int) -> bool:
    """Spend a step; False when it, or a later one near it, was spent before.

    A step far ahead was spent while the clock was wrong (`domain/second_factor.py`).
    """
    spent = session.execute(
        update(SecondFactor)
        .where(
            SecondFactor.account_id == account_id,
            or_(SecondFactor.last_step < step, SecondFactor.last_step > step + 2 * SKEW_STEPS),
        )
        .values(last_step=step)
    )
    return changed_rows(spent) == 1


def use_recovery_code(session: Session, account_id: int, code_hash: str, *, now: datetime) -> bool:
    """Spend a recovery code of the account; False when there is no such unspent one."""
    spent = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.account_id == account_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return changed_rows(spent) == 1


def unused_recovery_codes(session: Session, account_id: int) -> int:
    """How many recovery codes the account has left."""
    count = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return int(session.scalar(count) or 0)


def remove_factor(session: Session, account_id: int) -> bool:
    """Forget the account's second factor and codes; False when it has none."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    removed = session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    return changed_rows(removed) == 1


def all_factors(session: Session) -> Sequence[SecondFactor]:
    """Every second factor, for sealing them again."""
    return session.scalars(select(SecondFactor).order_by(SecondFactor.account_id)).all()


def names_without_factor(session: Session, roles: Collection[str]) -> Sequence[str]:
    """Open accounts of real agencies in these roles that have no second factor."""
    return session.scalars(
        select(Account.username)
        .join(Agency, Agency.id == Account.agency_id)
        .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
        .where(
            Account.role.in_(roles),
            Account.closed_at.is_(None),
            Agency.is_demo.is_(False),
            SecondFactor.account_id.is_(None),
        )
        .order_by(Account.username)
    ).all()
