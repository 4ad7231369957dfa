"""Impact studies: one run of the measurement, kept so that it can be shown and done again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class ImpactStudy(Base):
    """What was asked, on which data, with which seed and method, and what came out."""

    __tablename__ = "impact_study"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(8))  # running, done, failed
    done_steps: Mapped[int]
    all_steps: Mapped[int]
    seen_at: Mapped[datetime]  # last sign of life while running
    fault: Mapped[str] = mapped_column(String(200))
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)  # horizon, method, level, draws, seed
    method_version: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    fingerprint: Mapped[str] = mapped_column(String(64))  # SHA-256 of the panel and the events
    estimates: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    diagnostics: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    series: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # one a training; none in studies of method 2026.1
    verdicts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    case_mix: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the frozen coefficients
