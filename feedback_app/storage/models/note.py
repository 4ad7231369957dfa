"""What hangs for 14 days on a comment or a tick that came without a rating."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Note(Base):
    """A note's arrival, as `Screening` is a rating's: it goes 14 days later, the comment stays.

    Which ticks it carried is not told: they are numbers of a counter and month (`Case`).
    """

    __tablename__ = "note"
    __table_args__ = (
        Index("ix_note_counter_time", "counter_id", "received_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # the form's submission id
    comment_id: Mapped[str | None] = mapped_column(ForeignKey("comment.id"), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    received_at: Mapped[datetime] = mapped_column(index=True)
    body_digest: Mapped[str] = mapped_column(String(64))  # HMAC; tells a retry from another note
    receipt: Mapped[str] = mapped_column(String(8), index=True)
    device_key: Mapped[str] = mapped_column(String(32), index=True)
    text_key: Mapped[str | None] = mapped_column(String(32), index=True)  # of a long comment
    rules: Mapped[str] = mapped_column(String(200))  # why it was held, comma between
