"""How far the daily upkeep has come."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class UpkeepMark(Base):
    """The last local day for which a work of the upkeep is done."""

    __tablename__ = "upkeep_mark"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date]
