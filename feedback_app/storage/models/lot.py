"""Seats of a training by lot: the frozen list, the draw, and what changed afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Lot(Base):
    """One draw. Once frozen its list stays, once drawn everything: both engines refuse a change.

    Who sits follows from list, dice, seats and days (domain/lot.py) and is kept nowhere else.
    """

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("seats >= 1", name="seats_positive"),
        CheckConstraint("drawn_at IS NULL OR frozen_at IS NOT NULL", name="frozen_before_drawn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    days: Mapped[list[str]] = mapped_column(JSON)  # first days of the runs, ISO, in order
    seats: Mapped[int]  # of all days together
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    # what the office was told before: officers, dates, gap, points; empty where nothing could be
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    frozen_at: Mapped[datetime | None]
    list_hash: Mapped[str] = mapped_column(String(64))  # of the list as it was frozen, or empty
    dice: Mapped[str] = mapped_column(String(1000))
    witnesses: Mapped[list[str]] = mapped_column(JSON)
    drawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    drawn_at: Mapped[datetime | None]
    called_off_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    called_off_at: Mapped[datetime | None]
    why_called_off: Mapped[str] = mapped_column(String(200))


class LotEntry(Base):
    """One person of a draw's list, with the code that was made for this draw."""

    __tablename__ = "lot_entry"
    __table_args__ = (UniqueConstraint("lot_id", "code"),)

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True, index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    code: Mapped[str] = mapped_column(String(100))


class LotChange(Base):
    """What came after a draw, in its order: somebody cannot go, or a date has a seat less.

    `officer_id` is who gives the seat up; the next waiting follows (domain/lot_seats.py).
    """

    __tablename__ = "lot_change"
    __table_args__ = (Index("ix_lot_change_lot_id", "lot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    kind: Mapped[str] = mapped_column(String(5))  # left, fewer
    reason: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
