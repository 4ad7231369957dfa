"""Follow-up plans (RTL): what was seen to be weak, and what is done about it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class FollowUp(Base):
    """One line of the follow-up table: element, cause, action, when, who, and how it stands.

    It follows a survey, a need, or neither; always it is one unit's.
    """

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))  # None: the unit's
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"))
    element: Mapped[str] = mapped_column(String(20))
    cause: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    due: Mapped[date]
    responsible: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(8))  # planned, running, done, dropped
    note: Mapped[str] = mapped_column(Text)  # what was done, or why not
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
