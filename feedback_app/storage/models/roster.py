"""Changes of the roster, proposals that wait for a second person, days off, grids' letters."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class RosterChange(Base):
    """One act on the roster; append-only. Its shifts name it (`recorded_in`, `withdrawn_in`)."""

    __tablename__ = "roster_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: a script
    second_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who confirmed it
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("roster_change.id"), unique=True)
    made_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(12))  # see domain/roster_plans.py: KINDS


class RosterProposal(Base):
    """A change of days that are older than one person may change; open until it is decided."""

    __tablename__ = "roster_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300))
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)  # services/roster/proposals.py: kept
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    is_confirmed: Mapped[bool | None]


class CalendarEntry(Base):
    """Days on which the office is closed or open against the rule, or an officer is away.

    Why an officer is away is not kept.
    """

    __tablename__ = "calendar_entry"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="in_order"),
        Index("ix_calendar_entry_days", "agency_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # None: every unit
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))  # of a leave
    # the change that emptied or filled its shifts; undone, it takes the absence along
    change_id: Mapped[int | None] = mapped_column(ForeignKey("roster_change.id"))
    kind: Mapped[str] = mapped_column(String(6))  # closed, open or leave
    first_day: Mapped[date]
    last_day: Mapped[date]
    name: Mapped[str] = mapped_column(String(100))
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]


class RosterLetter(Base):
    """What a cell of the office's monthly grid means; without hours: no shift."""

    __tablename__ = "roster_letter"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    letter: Mapped[str] = mapped_column(String(20), primary_key=True)
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))  # None: of the row
    starts: Mapped[time | None]
    ends: Mapped[time | None]
