"""Services, counters, and which counter offers which service at which hour."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Service(Base):
    """Something people come for, such as a KTP."""

    __tablename__ = "service"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    is_free: Mapped[bool]
    minutes: Mapped[int]  # shortest usual service: what screening takes for the counter's pace
    ends_on: Mapped[date | None]  # the first day out of use, while that is still ahead
    retired_on: Mapped[date | None]  # the same once it has come
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))


class Counter(Base):
    """A place with a QR card. `card_serial` rises when its card is replaced."""

    __tablename__ = "counter"
    __table_args__ = (
        UniqueConstraint("agency_id", "code"),
        UniqueConstraint("number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]  # what a place code carries: 0 to 2**20 - 1, never used again
    card_serial: Mapped[int]
    ends_on: Mapped[date | None]  # as of a service
    retired_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    # Whether its form offers to stop after the officer's questions (ADR 21).
    has_fork: Mapped[bool] = mapped_column(server_default=true())


class FormOpening(Base):
    """How many forms of a counter were opened in a quarter; no day, no hour, nobody."""

    __tablename__ = "form_opening"

    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), primary_key=True)
    quarter: Mapped[date] = mapped_column(primary_key=True)  # its first day
    opened: Mapped[int]


class CounterService(Base):
    """A service offered at a counter; without hours, all day (local time)."""

    __tablename__ = "counter_service"

    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]


class CounterTiers(Base):
    """Which tiers count for officers at a counter, from an instant on; the newest row holds."""

    __tablename__ = "counter_tiers"
    __table_args__ = (Index("ix_counter_tiers_counter_id", "counter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    tiers: Mapped[str] = mapped_column(String(60))  # keys of domain/tiers.py, comma between
    from_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
