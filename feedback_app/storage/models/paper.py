"""Paper forms: batches of numbered sheets, and what became of each sheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.domain.paper import LARGEST_BATCH
from feedback_app.storage.db import Base


class PaperBatch(Base):
    """Sheets printed together for one service of a unit; `number` makes the batch's letters."""

    __tablename__ = "paper_batch"
    __table_args__ = (
        UniqueConstraint("agency_id", "number"),
        CheckConstraint(f"size BETWEEN 1 AND {LARGEST_BATCH}", name="size_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    number: Mapped[int]  # runs through the agency and is never used again
    size: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    drawn_at: Mapped[datetime | None]  # when the sample for the second entry was drawn
    waits_since: Mapped[datetime | None] = mapped_column(index=True)  # first answer not yet counted


class PaperSheet(Base):
    """One sheet. What was keyed and whose answer it became is forgotten after the check."""

    __tablename__ = "paper_sheet"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batch.id"))
    number: Mapped[int] = mapped_column(SmallInteger)  # 1 to the batch's size
    state: Mapped[str] = mapped_column(String(7))  # printed, keyed, void
    void_reason: Mapped[str] = mapped_column(String(5))  # torn, empty, lost, or nothing
    note: Mapped[str] = mapped_column(String(200))
    keyed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    is_corrected: Mapped[bool]  # by the person who keyed it, once
    rating_id: Mapped[str | None] = mapped_column(ForeignKey("rating.id"), unique=True)
    comment_id: Mapped[str | None] = mapped_column(
        ForeignKey("comment.id"), index=True, unique=True
    )
    entry: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    checking: Mapped[str] = mapped_column(String(7))  # none, waiting, differs, done, missed
    second: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    compared: Mapped[int]  # fields that the second entry was compared in
    wrong: Mapped[list[str]] = mapped_column(JSON)  # names of those that were keyed wrongly
