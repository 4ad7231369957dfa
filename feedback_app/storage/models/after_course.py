"""Answers after a course, apart from who has answered."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class CourseReply(Base):
    """That somebody has answered about an attendance; not what, and not when."""

    __tablename__ = "course_reply"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run_id: Mapped[int] = mapped_column(ForeignKey("training_run.id"), primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), primary_key=True)  # officer, supervisor
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))


class CourseAnswer(Base):
    """One set of answers about a training; `block` 0 waits until five can be shown together."""

    __tablename__ = "course_answer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # by chance
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), index=True)
    role: Mapped[str] = mapped_column(String(10))
    answers: Mapped[list[int]] = mapped_column(JSON)  # 1 to 4, by question
    block: Mapped[int] = mapped_column(SmallInteger)
