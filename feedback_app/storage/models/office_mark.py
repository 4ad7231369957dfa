"""What tells whose database this is, and how far its upkeep has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class OfficeMark(Base):
    """One mark: fingerprints of the keys that belong to this database, the last upkeep."""

    __tablename__ = "office_mark"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)  # storage/queries/office_marks
    text: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
