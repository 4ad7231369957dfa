"""What happened at counters and units."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class HappeningRow(Base):
    """One entry of the register. It never changes: it is withdrawn, and another one stands."""

    __tablename__ = "happening"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="in_order"),
        Index("ix_happening_agency_day", "agency_id", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))  # None: the unit's
    kind: Mapped[str] = mapped_column(String(10))  # domain/happenings.py: KINDS
    first_day: Mapped[date]
    last_day: Mapped[date | None]  # None: it goes on
    words: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: the program
    recorded_at: Mapped[datetime]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("happening.id"), unique=True)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
