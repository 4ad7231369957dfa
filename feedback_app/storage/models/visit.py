"""How many people were served, from the office's own books: the base of coverage."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class VisitCount(Base):
    """Visits of one service at one counter on one day."""

    __tablename__ = "visit_count"
    __table_args__ = (CheckConstraint("visits >= 0", name="not_negative"),)

    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    visits: Mapped[int]
