"""The officer's own room: who looked at the figures, and what the officer replied to them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class FigureView(Base):
    """Somebody of the staff was shown figures of an officer on a (local) day, `n` times."""

    __tablename__ = "figure_view"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    n: Mapped[int]


class OfficerReply(Base):
    """An officer's words to a closed batch; the newest stands, older ones stay. Appended only."""

    __tablename__ = "officer_reply"
    __table_args__ = (Index("ix_officer_reply_batch", "officer_id", "first_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    first_day: Mapped[date]  # the closed quarter
    last_day: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
