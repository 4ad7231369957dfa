"""Cases: what the inspectorate must look at, and who decided what with which reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Case(Base):
    """Held answers, signals of pressure or of a charge, or an officer's appeal.

    `size` counts answers (held, appeal) or signals (pressed, fee); signals are linked to no answer
    and tell their month only. `id` is drawn by chance: numbers that count up would tell which
    answer came first. `opened_at` is the beginning of the day where an answer opened the case.
    """

    __tablename__ = "case_file"  # CASE is a word of SQL
    __table_args__ = (Index("ix_case_file_open", "agency_id", "closed_at", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    comment_id: Mapped[str | None] = mapped_column(ForeignKey("comment.id"), index=True)  # of text
    kind: Mapped[str] = mapped_column(String(8))  # held, pressed, fee, appeal, text
    rules: Mapped[str] = mapped_column(String(200))  # names of screening rules, comma between
    size: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)  # an appeal's class and grounds


class CaseRating(Base):
    """An answer that a case is about."""

    __tablename__ = "case_rating"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy reads it as is)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    rating_id: Mapped[str] = mapped_column(ForeignKey("rating.id"), primary_key=True, index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))


class CaseOpinion(Base):
    """What one person from outside the unit holds; two that agree decide. Appended only."""

    __tablename__ = "case_opinion"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime]
