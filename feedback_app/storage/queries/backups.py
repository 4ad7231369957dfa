"""What was backed up, tried and restored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text, update

from feedback_app.storage.db import Session
from feedback_app.storage.models import BackupRun


def hold_runs(session: Session) -> None:
    """Until the end of this transaction no other process begins a backup; SQLite's turn is one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE backup_run IN SHARE ROW EXCLUSIVE MODE"))


def newest_run(session: Session, act: str) -> BackupRun | None:
    """The last one of a kind, by its number: a clock may have gone back."""
    return session.scalar(
        select(BackupRun).where(BackupRun.act == act).order_by(BackupRun.id.desc()).limit(1)
    )


def newest_proven(session: Session, act: str) -> BackupRun | None:
    """The last one of a kind that was proven."""
    return session.scalar(
        select(BackupRun)
        .where(BackupRun.act == act, BackupRun.outcome == "proven")
        .order_by(BackupRun.id.desc())
        .limit(1)
    )


def run_of_copy(session: Session, name: str) -> BackupRun | None:
    """The backup that wrote the copy of this name."""
    return session.scalar(
        select(BackupRun)
        .where(BackupRun.act == "backup", BackupRun.file.endswith(f"/{name}", autoescape=True))
        .order_by(BackupRun.id.desc())
        .limit(1)
    )


def unsettled_run(session: Session, sentinel: str) -> BackupRun | None:
    """The backup that put this mark and was cut off before it could write down its copy's name."""
    return session.scalar(
        select(BackupRun).where(
            BackupRun.act == "backup", BackupRun.sentinel == sentinel, BackupRun.file == ""
        )
    )


def keys_are_written(session: Session, *, fingerprint: str, folder: str) -> bool:
    """Whether these keys were written into this folder once."""
    found = session.scalar(
        select(BackupRun.id)
        .where(
            BackupRun.act == "keys",
            BackupRun.sentinel == fingerprint,
            BackupRun.file.startswith(f"{folder}/", autoescape=True),
        )
        .limit(1)
    )
    return found is not None


def newest_keys(session: Session, *, fingerprint: str) -> BackupRun | None:
    """The last file of these keys that was written."""
    return session.scalar(
        select(BackupRun)
        .where(BackupRun.act == "keys", BackupRun.sentinel == fingerprint)
        .order_by(BackupRun.id.desc())
        .limit(1)
    )


def is_tried(session: Session, *, since: datetime, until: datetime, only_proven: bool) -> bool:
    """Whether there was a backup in between; one that lies ahead was made by a wrong clock."""
    asked = select(BackupRun.id).where(
        BackupRun.act == "backup", BackupRun.at >= since, BackupRun.at <= until
    )
    if only_proven:
        asked = asked.where(BackupRun.outcome == "proven")
    return session.scalar(asked.limit(1)) is not None


def restored_at(session: Session) -> datetime | None:
    """When this database last came back from a copy."""
    found = newest_run(session, "restore")
    return found.at if found else None


def settle(
    session: Session,
    run_id: int,
    *,
    outcome: str,
    reason: str,
    file: str,
    ratings: int | None,
    seconds: float,
) -> None:
    """Write down how a backup ended."""
    session.execute(
        update(BackupRun)
        .where(BackupRun.id == run_id)
        .values(outcome=outcome, reason=reason, file=file, ratings=ratings, seconds=seconds)
    )
