"""Agency and unit: who runs the counters, and which office they stand in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Agency(Base):
    """A regional government office (OPD); every other row names one."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    is_demo: Mapped[bool]


class Unit(Base):
    """A place of service with its own survey, report and supervisor."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    ends_on: Mapped[date | None]  # the first day out of use, while that is still ahead
    retired_on: Mapped[date | None]  # the same once it has come
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
