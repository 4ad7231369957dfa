"""One-time visit codes: only their HMACs are kept, and a spent one is gone without a trace."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class CodeBatch(Base):
    """Codes made together, for one unit and one service (or any of the unit's)."""

    __tablename__ = "code_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    valid_on: Mapped[date]
    size: Mapped[int]
    way: Mapped[str] = mapped_column(String(6))  # sheet, csv, queue
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None]
    expired: Mapped[int] = mapped_column(server_default="0")  # its codes past their time
    revoked: Mapped[int] = mapped_column(server_default="0")  # unspent when it was revoked


class VisitCode(Base):
    """An unspent code. Spending deletes the row in the answer's transaction: no link is kept."""

    __tablename__ = "visit_code"
    __table_args__ = (Index("ix_visit_code_expires_at", "expires_at"),)

    long_mark: Mapped[str] = mapped_column(String(64), primary_key=True)  # HMAC of the QR's code
    typed_mark: Mapped[str] = mapped_column(String(64), unique=True)  # HMAC of the short one
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("code_batch.id"), index=True)
    valid_from: Mapped[datetime]
    expires_at: Mapped[datetime]
    called_at: Mapped[datetime | None]  # when the queue called this visitor
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))  # and to where
    # Came back from a backup, so it may have been used already: opens the poster's tier only.
    is_restored: Mapped[bool] = mapped_column(server_default=false())


class CodeCount(Base):
    """How many codes were issued, called, redeemed, expired, by unit, service and day."""

    __tablename__ = "code_count"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(primary_key=True)  # 0: any service of the unit
    day: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    issued: Mapped[int]
    called: Mapped[int]
    redeemed: Mapped[int]
    expired: Mapped[int]
    revoked: Mapped[int]


class CodeGuess(Base):
    """Wrong typed codes of one minute by one way of typing: guessing is delayed, not locked."""

    __tablename__ = "code_guess"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(40), primary_key=True)  # citizen/code_guesses.py
    wrong: Mapped[int]


class QueueKey(Base):
    """A queue machine's key: only its hash is kept."""

    __tablename__ = "queue_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(80))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None]
