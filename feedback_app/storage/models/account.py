"""Staff accounts, the units they may see, their sessions, and the brake on guessing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback_app.storage.db import Base


class Account(Base):
    """A member of staff who logs in. Roles: see domain/roles.py."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    username: Mapped[str] = mapped_column(String(80), unique=True)  # stored case-folded
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))  # "" until an invitation is accepted
    sso_name: Mapped[str | None] = mapped_column(String(200), index=True, unique=True)
    # Issuer and subject, bound at the first single sign-on of `sso_name`.
    sso_subject: Mapped[str | None] = mapped_column(String(600), index=True, unique=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class AccountUnit(Base):
    """A unit that a supervisor's account may see."""

    __tablename__ = "account_unit"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))


class StaffSession(Base):
    """A log-in that the server can end. Only the hash of the cookie's secret is kept."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), index=True, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    stage: Mapped[str] = mapped_column(String(5))  # domain/staff_sessions.py: Stage
    browser: Mapped[str] = mapped_column(String(20))  # families only, never the whole user agent
    system: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    # A second factor being set up in this session, sealed; it dies with the session.
    candidate: Mapped[str | None] = mapped_column(String(300))


class LoginThrottle(Base):
    """Guesses at one name, or at one account's second step, in the running window."""

    __tablename__ = "login_throttle"

    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    window_ends_at: Mapped[datetime]
