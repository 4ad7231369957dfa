"""Screens and tablets at counters: registered by an admin, ended by an admin."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Device(Base):
    """A counter's display or kiosk. Only hashes of its pairing code and its secret are kept."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), index=True)
    kind: Mapped[str] = mapped_column(String(7))  # display, kiosk
    name: Mapped[str] = mapped_column(String(80))
    pairing_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    pairing_ends_at: Mapped[datetime | None]
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    paired_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class DisplayUse(Base):
    """How many forms one picture of a display's code has opened."""

    __tablename__ = "display_use"

    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    step: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    opened: Mapped[int]
