"""Survey periods of a unit, what was found at their closing, and results of earlier years."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Survey(Base):
    """One SKM survey of a unit. Its settings stay as they are once it is closed."""

    __tablename__ = "survey"
    __table_args__ = (
        UniqueConstraint("unit_id", "first_day", "last_day"),
        CheckConstraint("last_day >= first_day", name="last_not_before_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    weight: Mapped[str] = mapped_column(String(5))  # 1/9, 0.111 or 0.11
    element_order: Mapped[list[str]] = mapped_column(JSON)
    form_rule: Mapped[str] = mapped_column(String(10))
    instrument_version: Mapped[str] = mapped_column(String(20))
    population_meaning: Mapped[str] = mapped_column(String(6))  # month, period, year
    population: Mapped[int]
    target: Mapped[int]
    targets: Mapped[dict[str, int]] = mapped_column(JSON)  # by service id, as text
    signer: Mapped[dict[str, str]] = mapped_column(JSON)  # place, position, name, rank, nip
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_as: Mapped[str | None] = mapped_column(String(200))  # the unit's name at the closing


class SurveyRevision(Base):
    """What a closed survey found; a later verdict appends the next number, none ever changes."""

    __tablename__ = "survey_revision"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int] = mapped_column(SmallInteger)  # 1 at the closing
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(500))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    # The nine answers of each complete form, shuffled: packed CSV with a heading, no identifiers.
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of figures and answers
    changed: Mapped[int]  # forms that differ from the revision that was public then


class PastResult(Base):
    """A survey from before this product: only its means, so that a trend starts earlier."""

    __tablename__ = "past_result"
    __table_args__ = (UniqueConstraint("unit_id", "first_day", "last_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    respondents: Mapped[int]
    nrr: Mapped[dict[str, str]] = mapped_column(JSON)  # exact decimals as text, by element
    weight: Mapped[str] = mapped_column(String(5))
