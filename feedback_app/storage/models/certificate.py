"""Certificates of service, and the criteria that were published before."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class CertificateRule(Base):
    """Criteria from a day on, for half-years that begin later; never changed."""

    __tablename__ = "certificate_rule"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 4", name="level_in_range"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    level: Mapped[float]  # mean of answers
    reliability: Mapped[float]
    published_on: Mapped[date]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Certificate(Base):
    """One certificate as it was issued. It never changes: it is withdrawn, to be seen as such."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("agency_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("certificate_rule.id"))
    number: Mapped[str] = mapped_column(String(20))  # 2026/0007
    check_code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))  # as it stands on the paper
    first_day: Mapped[date]
    last_day: Mapped[date]
    issued_on: Mapped[date]
    ground: Mapped[str] = mapped_column(String(8))  # level, improved
    n: Mapped[int]
    mean: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    reliability: Mapped[float]
    withdrawn_at: Mapped[datetime | None]
