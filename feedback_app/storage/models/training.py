"""Trainings: the catalogue, their runs, and who attended."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Training(Base):
    """A course of the catalogue. `cost` is rupiah for one participant.

    One entered twice is merged into another and kept for its code only: files may still name it.
    """

    __tablename__ = "training"
    __table_args__ = (UniqueConstraint("agency_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    elements: Mapped[list[str]] = mapped_column(JSON)  # keys of the elements it aims at
    competences: Mapped[list[str]] = mapped_column(JSON)
    provider: Mapped[str] = mapped_column(String(200))
    partner: Mapped[str] = mapped_column(String(200))  # a university or other partner, or empty
    jp: Mapped[int | None]
    cost: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("training.id"))


class Partner(Base):
    """A university or another partner of trainings, and how long its agreement holds."""

    __tablename__ = "partner"
    __table_args__ = (
        UniqueConstraint("agency_id", "name"),
        CheckConstraint("last_day >= first_day", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(200))  # as trainings name their partner
    agreement: Mapped[str] = mapped_column(String(200))  # its number or title, or empty
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]  # None: without an end


class TrainingAlias(Base):
    """Another title of a training, as SIASN or another file writes it; a person said so."""

    __tablename__ = "training_alias"
    __table_args__ = (UniqueConstraint("agency_id", "title_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    title_key: Mapped[str] = mapped_column(String(200))  # folded
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), index=True)


class TrainingRun(Base):
    """One time a training was held."""

    __tablename__ = "training_run"
    __table_args__ = (
        UniqueConstraint("training_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("planned_horizon BETWEEN 2 AND 24", name="planned_horizon_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    seats: Mapped[int | None]
    # How its effect will be judged, written down with the run: elements, months after, the day.
    planned_elements: Mapped[list[str] | None] = mapped_column(JSON)
    planned_horizon: Mapped[int | None] = mapped_column(SmallInteger)
    planned_on: Mapped[date | None]


class Attendance(Base):
    """One officer in one run: hours, result, how the officer was chosen, what was sent."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("run_id", "officer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("training_run.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    jp: Mapped[int | None]
    result: Mapped[str] = mapped_column(String(10))
    certificate: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(10))
    sent: Mapped[str] = mapped_column(String(10))
    source_id: Mapped[str] = mapped_column(String(80))  # SIASN's own id of the row, or empty
    recorded_at: Mapped[datetime]
