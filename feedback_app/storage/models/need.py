"""Needs: looks at closed quarters, what they found, and what people said and decided of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class NeedRun(Base):
    """One computation of an agency's needs, over closed quarters."""

    __tablename__ = "need_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # None: the program
    state: Mapped[str] = mapped_column(String(8))  # running, done, failed
    done_steps: Mapped[int]
    all_steps: Mapped[int]
    seen_at: Mapped[datetime]  # last sign of life while running
    fault: Mapped[str] = mapped_column(String(200))
    delta: Mapped[float]
    method_version: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]
    waiting: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # what cannot be told yet
    compared: Mapped[dict[str, int]] = mapped_column(JSON)  # level -> how many were looked at


class NeedRow(Base):
    """A gap that passed, or what a supervisor or an officer proposed (then without figures).

    The data's need of one quarter, place and item is one row: a later run over the same quarter
    writes its figures anew, and replies and decisions stay with it.
    """

    __tablename__ = "need"
    __table_args__ = (
        # proposals have no quarter, and NULLs are all different
        UniqueConstraint("agency_id", "quarter_end", "level", "ref_id", "item"),
        CheckConstraint("(quarter_end IS NULL) = (gap IS NULL)", name="figures_with_quarter"),
        Index("ix_need_unit", "unit_id", "level", "ref_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    voice: Mapped[str] = mapped_column(String(10))  # domain/need_words.py: VOICES
    level: Mapped[str] = mapped_column(String(7))  # officer, counter, unit
    ref_id: Mapped[int]  # of the officer, counter or unit
    item: Mapped[str] = mapped_column(String(20))
    nature: Mapped[str] = mapped_column(String(11))  # training, process, ask
    found_on: Mapped[date]  # the first time; of a proposal the day
    run_id: Mapped[int | None] = mapped_column(ForeignKey("need_run.id"))  # the last that found it
    quarter_end: Mapped[date | None]  # last day of the newest quarter it rests on
    gap: Mapped[float | None]  # points of the mean of 1 to 4, as the four columns that follow
    low: Mapped[float | None]
    high: Mapped[float | None]
    peer_expected: Mapped[float | None]
    reliability: Mapped[float | None]
    n: Mapped[int]  # verified answers; 0 for a proposal
    cause_level: Mapped[str] = mapped_column(String(7))  # of the causes ticked most, or empty
    words: Mapped[str] = mapped_column(Text)  # a proposal's
    training_id: Mapped[int | None] = mapped_column(ForeignKey("training.id"))  # that was proposed
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_on: Mapped[date | None]  # a proposal's
    officer_saw_on: Mapped[date | None]  # the day when the officer it is about first read it


class NeedDecision(Base):
    """What a person decided of a need, and why. Appended only; the newest number stands."""

    __tablename__ = "need_decision"
    __table_args__ = (UniqueConstraint("need_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    number: Mapped[int] = mapped_column(SmallInteger)  # from 1
    kind: Mapped[str] = mapped_column(String(6))  # plan, mend, wait, not_so
    reason: Mapped[str] = mapped_column(Text)
    nature: Mapped[str] = mapped_column(String(11))  # as it was shown then, like the gap
    gap: Mapped[float | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]


class NeedReply(Base):
    """An officer's words against a need of theirs. Appended only; the newest stands."""

    __tablename__ = "need_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class NeedAnswer(Base):
    """Five answers of a supervisor or officer to a need. Appended only; the newest stands."""

    __tablename__ = "need_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = mapped_column(String(10))  # supervisor, officer
    answers: Mapped[dict[str, str]] = mapped_column(JSON)  # domain/need_words.py: QUESTIONS
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class OfficerCompetence(Base):
    """A competence that an officer's present or next post asks for, and how far it is met."""

    __tablename__ = "officer_competence"
    __table_args__ = (
        UniqueConstraint("officer_id", "post", "competence"),
        CheckConstraint("needed BETWEEN 1 AND 5", name="needed_in_range"),
        CheckConstraint("held BETWEEN 0 AND 5", name="held_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    post: Mapped[str] = mapped_column(String(7))  # present, next
    title: Mapped[str] = mapped_column(String(200))  # of the post
    competence: Mapped[str] = mapped_column(String(200))
    needed: Mapped[int] = mapped_column(SmallInteger)
    held: Mapped[int | None] = mapped_column(SmallInteger)  # None: not assessed
    recorded_at: Mapped[datetime]
