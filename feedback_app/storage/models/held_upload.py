"""Files that wait between an import's rehearsal and its saving: sealed, for minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class HeldUpload(Base):
    """One file of one person. Its key is in that person's page and nowhere here."""

    __tablename__ = "held_upload"
    __table_args__ = ({"sqlite_with_rowid": False},)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
