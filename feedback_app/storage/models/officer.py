"""Officers and their shifts: the roster tells who stood at a counter at a time."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Officer(Base):
    """A civil servant who serves. The NIP tells birth date and sex: it is never shown."""

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("agency_id", "nip"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    nip: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    display_name: Mapped[str] = mapped_column(String(80))
    # rule: made from the name; office: typed or imported; wish: the person's own, no import's
    greeting_from: Mapped[str] = mapped_column(String(6), server_default="office")
    employment: Mapped[str] = mapped_column(String(4))  # PNS or PPPK
    ends_on: Mapped[date | None]  # the first day of being gone, while that is still ahead
    retired_on: Mapped[date | None]  # the same once it has come


class OfficerJoin(Base):
    """Two rows of one person: `officer_id`'s answers are `into_id`'s from a quarter on.

    Neither row is changed and nothing is moved. A wrong joining is ended, never deleted: quarters
    between `from_day` and `until_day` stay joined, as they may have been shown so (ADR 19).
    """

    __tablename__ = "officer_join"
    __table_args__ = (CheckConstraint("officer_id <> into_id", name="two_rows"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    from_day: Mapped[date]  # first day of a quarter
    until_day: Mapped[date | None]  # the same; first day on which it holds no more
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # that moved along
    # the change of the roster that gave the coming shifts to the other row
    change_id: Mapped[int | None] = mapped_column(ForeignKey("roster_change.id"))
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]


class Shift(Base):
    """An officer at a counter from one instant to another, half-open."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_shift_counter_time", "counter_id", "starts_at"),
        Index("ix_shift_officer_time", "officer_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # a shift is never deleted, only withdrawn
    recorded_in: Mapped[int | None] = mapped_column(ForeignKey("roster_change.id"), index=True)
    withdrawn_in: Mapped[int | None] = mapped_column(ForeignKey("roster_change.id"), index=True)
