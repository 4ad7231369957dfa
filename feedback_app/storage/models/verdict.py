"""What became of an answer after it was received: appended, never changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Verdict(Base):
    """One change of an answer's standing; the one with the highest step stands.

    `counted_on` is the day under which the tally keeps the answer: its own day, or the day of the
    verdict when a held answer is counted later, so that days that are over keep their figures.
    `step` runs within one answer: a number over all answers would tell which came first. For the
    same reason `made_at` is the beginning of the day where an arriving answer made the verdict.
    """

    __tablename__ = "verdict"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy reads it as is)

    rating_id: Mapped[str] = mapped_column(ForeignKey("rating.id"), primary_key=True)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    state: Mapped[str] = mapped_column(String(9))  # counted, held, aside
    for_officer: Mapped[bool]
    counted_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
