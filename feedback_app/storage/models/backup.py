"""What became of each backup, each drill and each restore."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class BackupRun(Base):
    """One backup, drill, restore, or file of keys that was written.

    A backup's row is written before its copy is taken, so the copy must hold it: `sentinel` is the
    random mark by which the drill finds it there.
    """

    __tablename__ = "backup_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(7))  # domain/backups.py: Act
    at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(String(8))  # domain/backups.py: Outcome
    reason: Mapped[str] = mapped_column(String(20))  # why it is not proven, or nothing
    file: Mapped[str] = mapped_column(String(300))  # name of the copy; of keys: their folder
    taken_at: Mapped[datetime | None]  # the instant that the copy shows
    ratings: Mapped[int | None]
    seconds: Mapped[float | None] = mapped_column(Float)
    sentinel: Mapped[str] = mapped_column(String(32))
    office: Mapped[str] = mapped_column(String(16))  # fingerprint of the key of the cards
    secret: Mapped[str] = mapped_column(String(16))  # fingerprint of the newest key of sessions
