"""What became of an answer after it was received: appended, never changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Verdict(Base):
    """One change of an answer's standing; the one with the highest id stands.

    `counted_on` is the day under which the tally keeps the answer: its own day, or the day of the
    verdict when a held answer is counted later, so that days that are over keep their figures.
    """

    __tablename__ = "verdict"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    rating_id: Mapped[str] = mapped_column(ForeignKey("rating.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    state: Mapped[str] = mapped_column(String(9))  # counted, held, aside
    for_officer: Mapped[bool]
    counted_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
