"""What staff did: appended in the same transaction as the act, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class AuditEntry(Base):
    """One act by one account (or by a script, when account_id is empty)."""

    __tablename__ = "audit_entry"
    # A page of one agency's log, and how many lines it has, without reading the others'.
    __table_args__ = (Index("ix_audit_entry_agency_id", "agency_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
