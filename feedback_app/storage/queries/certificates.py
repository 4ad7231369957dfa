"""Questions about certificates of service."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update

from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, Certificate, CertificateRule, Officer
from feedback_app.storage.queries import joins


def rules_of(session: Session, agency_id: int) -> Sequence[CertificateRule]:
    """Criteria of the agency, newest first."""
    return session.scalars(
        select(CertificateRule)
        .where(CertificateRule.agency_id == agency_id)
        .order_by(CertificateRule.published_on.desc(), CertificateRule.id.desc())
    ).all()


def certificates_of(session: Session, officer_rows: Collection[int]) -> Sequence[Certificate]:
    """A person's certificates, newest first, withdrawn ones too."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.officer_id.in_(officer_rows))
        .order_by(Certificate.id.desc())
    ).all()


def certificate_coded(session: Session, check_code: str) -> Certificate | None:
    """The certificate that carries this code."""
    return session.scalar(select(Certificate).where(Certificate.check_code == check_code))


def next_number(session: Session, agency_id: int, year: int) -> str:
    """The next free number of a year; others who ask wait until this transaction is over."""
    session.execute(select(Agency.id).where(Agency.id == agency_id).with_for_update())
    own = Certificate.agency_id == agency_id, Certificate.number.startswith(f"{year}/")
    used = session.scalar(select(func.count()).select_from(Certificate).where(*own)) or 0
    return f"{year}/{used + 1:04}"


def withdraw_of_days(
    session: Session, officer_rows: Collection[int], days: Collection[date], *, at: datetime
) -> int:
    """Withdraw a person's certificates whose half-year holds one of these days."""
    done = 0
    for row in certificates_of(session, officer_rows):
        touched = any(row.first_day <= day <= row.last_day for day in days)
        if row.withdrawn_at is None and touched:
            session.execute(
                update(Certificate).where(Certificate.id == row.id).values(withdrawn_at=at)
            )
            done += 1
    return done


def colleagues_of(session: Session, officer: Officer) -> Sequence[int]:
    """The other officers of the unit, those who left too; joined rows are their person's."""
    same = (officer.id, *joins.owners_now(session))
    return session.scalars(
        select(Officer.id)
        .where(Officer.unit_id == officer.unit_id, Officer.id.not_in(same))
        .order_by(Officer.id)
    ).all()
