"""A year's training plan: its money and floors, candidate runs, versions, and what was spent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Plan(Base):
    """A year and the money for it: rupiah of each kind, more than an integer of 32 bits holds."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("agency_id", "year"),
        CheckConstraint("fee >= 0 AND travel >= 0 AND daily >= 0", name="money_from_0"),
        CheckConstraint("floor >= 0", name="floor_from_0"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    fee: Mapped[int] = mapped_column(BigInteger)
    travel: Mapped[int] = mapped_column(BigInteger)
    daily: Mapped[int] = mapped_column(BigInteger)
    floor: Mapped[int]  # officers that stay at a counter where plan_floor says nothing else
    fairness: Mapped[float]  # price of an unfair turn, as a share of a usual gain
    jp_price: Mapped[float]  # price of each missing JP of a PNS, likewise
    funding: Mapped[str] = mapped_column(String(100))  # sumber dana, as the law's table names it
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]


class PlanFloor(Base):
    """Officers that stay at one counter: all year, or on the days of a peak."""

    __tablename__ = "plan_floor"
    __table_args__ = (
        CheckConstraint("floor >= 0", name="floor_from_0"),
        CheckConstraint("last_day >= first_day", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    first_day: Mapped[date | None]  # both None: all year
    last_day: Mapped[date | None]
    floor: Mapped[int]


class PlanRun(Base):
    """A run that may be bought; prices are rupiah a participant for the whole run, 0 too.

    It is corrected in place; what a version was made of stays in `plan_version_run`.
    """

    __tablename__ = "plan_run"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("fee >= 0 AND travel >= 0 AND daily >= 0", name="money_from_0"),
        CheckConstraint("seats >= 1", name="seats_from_1"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    seats: Mapped[int]
    fee: Mapped[int] = mapped_column(BigInteger)
    travel: Mapped[int] = mapped_column(BigInteger)
    daily: Mapped[int] = mapped_column(BigInteger)
    jp: Mapped[int]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]  # taken back, or cancelled by who holds it


class PlanVersion(Base):
    """A proven plan as it was worked out once; append-only."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]  # 1, 2, 3 … of its plan
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    fee: Mapped[int] = mapped_column(BigInteger)  # the money that there was
    travel: Mapped[int] = mapped_column(BigInteger)
    daily: Mapped[int] = mapped_column(BigInteger)
    objective: Mapped[float]
    # services/plan/record.py: until when the roster was written, floors kept, expected gains
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class PlanVersionRun(Base):
    """A run that a version buys, with what it was then; append-only.

    `bought` of its `seats` are paid. Where more officers may go, the lot fills them.
    """

    __tablename__ = "plan_version_run"
    __table_args__ = (UniqueConstraint("version_id", "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    seats: Mapped[int]
    bought: Mapped[int]
    is_by_lot: Mapped[bool]
    fee: Mapped[int] = mapped_column(BigInteger)
    travel: Mapped[int] = mapped_column(BigInteger)
    daily: Mapped[int] = mapped_column(BigInteger)
    jp: Mapped[int]


class PlanLine(Base):
    """An officer who is eligible for a run of a version; append-only.

    Without a lot everybody who is eligible sits. `needs`: what stood behind it, by element.
    """

    __tablename__ = "plan_line"
    __table_args__ = (UniqueConstraint("version_run_id", "officer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    version_run_id: Mapped[int] = mapped_column(ForeignKey("plan_version_run.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    gain: Mapped[float]  # what is expected of it, in the unit of the version's objective
    needs: Mapped[dict[str, Any]] = mapped_column(JSON)  # element -> gap in points


class PlanFixing(Base):
    """A person's decision that a version is the plan; append-only, the newest one holds."""

    __tablename__ = "plan_fixing"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), unique=True)
    number: Mapped[int]  # 1, 2, 3 … of its plan: two at once would have the same
    fixed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    fixed_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(200))  # who decided, as signed
    position: Mapped[str] = mapped_column(String(200))


class PlanSpent(Base):
    """What an officer's seat in a run really cost; the attendance itself is a training's."""

    __tablename__ = "plan_spent"
    __table_args__ = (
        UniqueConstraint("run_id", "officer_id"),
        CheckConstraint("fee >= 0 AND travel >= 0 AND daily >= 0", name="money_from_0"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    fee: Mapped[int] = mapped_column(BigInteger)
    travel: Mapped[int] = mapped_column(BigInteger)
    daily: Mapped[int] = mapped_column(BigInteger)
    came: Mapped[bool]  # False: paid for, but did not attend
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class PlanJob(Base):
    """One piece of work for a plan: solving it, or what its rules and its money are worth."""

    __tablename__ = "plan_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))  # solve, worth
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8))  # running, done, failed
    done_steps: Mapped[int]
    all_steps: Mapped[int]
    seen_at: Mapped[datetime]  # last sign of life while running
    fault: Mapped[str] = mapped_column(String(200))
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
