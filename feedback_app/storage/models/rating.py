"""A rating is one row and never changes; its words and its fine times live apart (ADR 14)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.storage.db import Base

VALUE = SmallInteger()


class Rating(Base):
    """One visit's answers. `id` is the form's random submission id, so a retry finds itself.

    The rows lie by counter and day and then by that random number, never by their arrival; a day's
    rows lie together, so that a day that is over can be written anew (`storage/anew.py`).
    """

    __tablename__ = "rating"
    __table_args__ = (
        *(CheckConstraint(f"{key} BETWEEN 1 AND 4", name=f"{key}_in_range") for key in ALL_KEYS),
        CheckConstraint("causes > 0", name="causes_ticked"),
        PrimaryKeyConstraint("counter_id", "day", "id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(32), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    attribution: Mapped[str] = mapped_column(String(9))  # confirmed, chosen, roster, unknown
    served_by: Mapped[str] = mapped_column(String(8))  # officer, another, not_sure: as answered
    tier: Mapped[str] = mapped_column(String(7))
    day: Mapped[date]  # local day of receipt; nothing finer
    visit_day: Mapped[date | None]  # local day of the visit, where it is known
    persyaratan: Mapped[int | None] = mapped_column(VALUE)
    prosedur: Mapped[int | None] = mapped_column(VALUE)
    waktu: Mapped[int | None] = mapped_column(VALUE)
    biaya: Mapped[int | None] = mapped_column(VALUE)
    produk: Mapped[int | None] = mapped_column(VALUE)
    kompetensi: Mapped[int | None] = mapped_column(VALUE)
    perilaku: Mapped[int | None] = mapped_column(VALUE)
    sarana: Mapped[int | None] = mapped_column(VALUE)
    pengaduan: Mapped[int | None] = mapped_column(VALUE)
    informasi: Mapped[int | None] = mapped_column(VALUE)
    kecepatan: Mapped[int | None] = mapped_column(VALUE)
    kepercayaan: Mapped[int | None] = mapped_column(VALUE)
    causes: Mapped[int | None] = mapped_column(BigInteger)  # a bit each: domain/causes.py
    visits_needed: Mapped[str | None] = mapped_column(String(10))  # 1, 2, 3_up
    ready_on_time: Mapped[str | None] = mapped_column(String(10))  # yes, no, not_yet
    extra: Mapped[dict[str, Any]] = mapped_column(JSON)  # answers to an office's own questions
    visit_purpose: Mapped[str | None] = mapped_column(String(10))  # apply, collect, other
    age_band: Mapped[str | None] = mapped_column(String(10))
    sex: Mapped[str | None] = mapped_column(String(10))
    education: Mapped[str | None] = mapped_column(String(10))
    occupation: Mapped[str | None] = mapped_column(String(12))
    needs_help: Mapped[str | None] = mapped_column(String(10))
    instrument_version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(9))  # counted or held, as received; see Verdict
    for_officer: Mapped[bool]  # whether it may enter the officer's score, by tier and attribution


class Comment(Base):
    """What the citizen wrote, under a random number of its own; shown only in closed batches.

    The link to its answer lies in `screening` (on paper: in `paper_sheet`) and goes with it. So it
    has a standing of its own, which the answer's verdicts move along while there is a link.
    """

    __tablename__ = "comment"
    __table_args__ = (
        PrimaryKeyConstraint("counter_id", "month", "id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(32), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    # of the officer for whom its answer counts; the officer's own room shows it
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"), index=True)
    month: Mapped[date]  # its first day; of the day received or, when later, counted
    state: Mapped[str] = mapped_column(String(9))  # counted, held, aside: as its answer stood
    text: Mapped[str] = mapped_column(Text)


class Screening(Base):
    """Fine times and keyed device marks; deleted after 14 days (docs/privacy.md)."""

    __tablename__ = "screening"
    __table_args__ = (
        Index("ix_screening_counter_time", "counter_id", "received_at"),
        {"sqlite_with_rowid": False},
    )

    rating_id: Mapped[str] = mapped_column(ForeignKey("rating.id"), primary_key=True)
    comment_id: Mapped[str | None] = mapped_column(
        ForeignKey("comment.id"), index=True, unique=True
    )
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    opened_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(index=True)
    body_digest: Mapped[str] = mapped_column(String(64))  # HMAC; tells a retry from another answer
    receipt: Mapped[str] = mapped_column(String(8), index=True)
    device_key: Mapped[str] = mapped_column(String(32), index=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    tier: Mapped[str] = mapped_column(String(7))
    text_key: Mapped[str | None] = mapped_column(String(32), index=True)  # of a long comment
    is_hasty: Mapped[bool]  # all alike and faster than reading
    rules: Mapped[str] = mapped_column(String(200))  # why it was held, comma between
