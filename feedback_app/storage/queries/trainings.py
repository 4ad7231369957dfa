"""Questions about trainings: the catalogue, runs, who attended, and hours in a year."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import aliased

from feedback_app.storage.db import Session, changed_rows
from feedback_app.storage.models import (
    Attendance,
    NeedRow,
    Officer,
    PlanRun,
    Training,
    TrainingAlias,
    TrainingRun,
)


@dataclass(frozen=True, slots=True)
class Attended:
    """One attendance with its run and training."""

    attendance: Attendance
    run: TrainingRun
    training: Training


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run and how many came."""

    run: TrainingRun
    attended: int


def catalogue(session: Session, *, agency_id: int) -> Sequence[Training]:
    """Every training of the agency by title; not those that were merged into another."""
    return session.scalars(
        select(Training)
        .where(Training.agency_id == agency_id, Training.merged_into_id.is_(None))
        .order_by(Training.title)
    ).all()


def hold_training(session: Session, training_id: int) -> None:
    """Whoever does the same for this training at the same time waits."""
    session.execute(select(Training.id).where(Training.id == training_id).with_for_update())


def training_coded(session: Session, code: str, *, agency_id: int) -> Training | None:
    """The training with this code, or the one that it was merged into."""
    found = session.scalar(
        select(Training).where(Training.code == code, Training.agency_id == agency_id)
    )
    if found is None or found.merged_into_id is None:
        return found
    return session.get_one(Training, found.merged_into_id)


def merged_codes(session: Session, *, agency_id: int) -> dict[str, str]:
    """Codes of trainings that were merged, with the code of the one that stayed."""
    kept = aliased(Training)
    rows = session.execute(
        select(Training.code, kept.code)
        .join(kept, kept.id == Training.merged_into_id)
        .where(Training.agency_id == agency_id)
    )
    return {row[0]: row[1] for row in rows}


def runs_of(session: Session, training_ids: Iterable[int]) -> list[RunLine]:
    """Runs of these trainings with the number who came, newest first."""
    rows = session.execute(
        select(TrainingRun, func.count(Attendance.id))
        .outerjoin(Attendance, Attendance.run_id == TrainingRun.id)
        .where(TrainingRun.training_id.in_(list(training_ids)))
        .group_by(TrainingRun.id)
        .order_by(TrainingRun.starts_on.desc(), TrainingRun.id)
    )
    return [RunLine(run, int(count)) for run, count in rows]


def attendances(
    session: Session,
    *,
    agency_id: int,
    officer_ids: Collection[int] | None = None,
    training_id: int | None = None,
) -> list[Attended]:
    """Attendances by date, oldest first: all, one officer's, or one training's."""
    wanted = [Attendance.agency_id == agency_id]
    if officer_ids is not None:
        wanted.append(Attendance.officer_id.in_(officer_ids))
    if training_id is not None:
        wanted.append(TrainingRun.training_id == training_id)
    rows = session.execute(
        select(Attendance, TrainingRun, Training)
        .join(TrainingRun, TrainingRun.id == Attendance.run_id)
        .join(Training, Training.id == TrainingRun.training_id)
        .where(*wanted)
        .order_by(TrainingRun.starts_on, Attendance.id)
    )
    return [Attended(*row) for row in rows]


def hours_by_officer(
    session: Session, *, agency_id: int, first: date, last: date
) -> dict[int, tuple[int, int]]:
    """(JP, attendances whose JP are not known) of runs that ended within these days."""
    rows = session.execute(
        select(
            Attendance.officer_id,
            func.coalesce(func.sum(Attendance.jp), 0),
            func.count(Attendance.id) - func.count(Attendance.jp),
        )
        .join(TrainingRun, TrainingRun.id == Attendance.run_id)
        .where(Attendance.agency_id == agency_id, TrainingRun.ends_on.between(first, last))
        .group_by(Attendance.officer_id)
    )
    return {officer: (int(jp or 0), int(unknown)) for officer, jp, unknown in rows}


def officers(session: Session, *, agency_id: int) -> Sequence[Officer]:
    """Officers of the agency by name, those who left too (their scores remain)."""
    return session.scalars(
        select(Officer).where(Officer.agency_id == agency_id).order_by(Officer.name, Officer.id)
    ).all()


def officer_of_agency(session: Session, officer_id: int, *, agency_id: int) -> Officer | None:
    """One officer, if of this agency."""
    return session.scalar(
        select(Officer).where(Officer.id == officer_id, Officer.agency_id == agency_id)
    )


def ensure_runs(
    session: Session, wanted: Mapping[tuple[int, date], date], *, agency_id: int
) -> dict[tuple[int, date], int]:
    """Identifiers of runs by (training, first day); missing ones are added with their last day."""
    rows = session.execute(
        select(TrainingRun.training_id, TrainingRun.starts_on, TrainingRun.id).where(
            TrainingRun.agency_id == agency_id
        )
    )
    known = {(row[0], row[1]): row[2] for row in rows}
    for key, ends_on in wanted.items():
        if key not in known:
            run = TrainingRun(
                agency_id=agency_id,
                training_id=key[0],
                starts_on=key[1],
                ends_on=ends_on,
                seats=None,
            )
            session.add(run)
            session.flush()
            known[key] = run.id
    return known


@dataclass(frozen=True, slots=True)
class AttendanceWish:
    """One attendance: what a file says of it, and what a new one gets where it says nothing."""

    run_id: int
    officer_id: int
    told: Mapping[str, Any]
    defaults: Mapping[str, Any]


def save_attendances(
    session: Session,
    wishes: Sequence[AttendanceWish],
    *,
    agency_id: int,
    at: datetime,
    fill_only: Iterable[str] = (),
) -> list[Mapping[str, tuple[Any, Any]] | None]:
    """Add or change attendances; of each wish None when it is new, else its changes (old, new).

    An attendance that is there takes what is told and keeps the rest; fields in `fill_only` are
    only
    written where they were empty.
    """
    gently = set(fill_only)
    officers_named = {wish.officer_id for wish in wishes}
    kept = {
        (old.run_id, old.officer_id): old
        for old in session.scalars(
            select(Attendance).where(Attendance.officer_id.in_(officers_named))
        )
    }
    new: list[dict[str, Any]] = []
    found: list[Mapping[str, tuple[Any, Any]] | None] = []
    for wish in wishes:
        old = kept.get((wish.run_id, wish.officer_id))
        if old is None:
            own = {"agency_id": agency_id, "run_id": wish.run_id, "officer_id": wish.officer_id}
            new.append({**own, "recorded_at": at, **wish.defaults, **wish.told})
            found.append(None)
            continue
        differing = {
            field: (getattr(old, field), value)
            for field, value in wish.told.items()
            if getattr(old, field) != value
            and not (field in gently and (getattr(old, field) or not value))
        }
        if differing:
            values = {field: value for field, (_old, value) in differing.items()}
            session.execute(update(Attendance).where(Attendance.id == old.id).values(**values))
        found.append(differing)
    if new:
        session.execute(insert(Attendance), new)
    return found


def runs_by_month(session: Session, *, agency_id: int) -> dict[tuple[int, int, int], list[date]]:
    """First days of runs by training, year and month, in order."""
    rows = session.execute(
        select(TrainingRun.training_id, TrainingRun.starts_on)
        .where(TrainingRun.agency_id == agency_id)
        .order_by(TrainingRun.starts_on)
    )
    found: dict[tuple[int, int, int], list[date]] = {}
    for training_id, day in rows:
        found.setdefault((training_id, day.year, day.month), []).append(day)
    return found


def certificates(session: Session, *, agency_id: int) -> dict[tuple[int, str], tuple[int, date]]:
    """(training, first day) by officer and certificate number, where there is one."""
    rows = session.execute(
        select(
            Attendance.officer_id,
            Attendance.certificate,
            TrainingRun.training_id,
            TrainingRun.starts_on,
        )
        .join(TrainingRun, TrainingRun.id == Attendance.run_id)
        .where(Attendance.agency_id == agency_id, Attendance.certificate != "")
    )
    return {(officer, number): (training, day) for officer, number, training, day in rows}


def aliases(session: Session, *, agency_id: int) -> dict[str, int]:
    """Trainings by other titles (folded) that a person said are theirs."""
    rows = session.execute(
        select(TrainingAlias.title_key, TrainingAlias.training_id).where(
            TrainingAlias.agency_id == agency_id
        )
    )
    return {row[0]: row[1] for row in rows}


def add_aliases(session: Session, titles: Mapping[str, int], *, agency_id: int) -> None:
    """Remember that these titles (folded) are of these trainings."""
    known = aliases(session, agency_id=agency_id)
    rows = [
        {"agency_id": agency_id, "title_key": title, "training_id": training_id}
        for title, training_id in titles.items()
        if title not in known
    ]
    if rows:
        session.execute(insert(TrainingAlias), rows)


def point_to(session: Session, gone: Training, kept: Training, title_key: str) -> None:
    """Let code, titles, candidates of plans and proposals of one training mean another."""
    earlier = Training.merged_into_id == gone.id
    session.execute(update(Training).where(earlier).values(merged_into_id=kept.id))
    gone.merged_into_id = kept.id
    own = TrainingAlias.training_id == gone.id
    session.execute(update(TrainingAlias).where(own).values(training_id=kept.id))
    add_aliases(session, {title_key: kept.id}, agency_id=gone.agency_id)
    for table in (PlanRun, NeedRow):
        named = table.training_id == gone.id
        session.execute(update(table).where(named).values(training_id=kept.id))


def attendance_of_agency(
    session: Session, attendance_id: int, *, agency_id: int
) -> tuple[Attendance, Officer, str] | None:
    """One attendance with its officer and the code of its training, if of this agency."""
    row = session.execute(
        select(Attendance, Officer, Training.code)
        .join(Officer, Officer.id == Attendance.officer_id)
        .join(TrainingRun, TrainingRun.id == Attendance.run_id)
        .join(Training, Training.id == TrainingRun.training_id)
        .where(Attendance.id == attendance_id, Attendance.agency_id == agency_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def run_of_agency(session: Session, run_id: int, *, agency_id: int) -> TrainingRun | None:
    """One run, if of this agency."""
    return session.scalar(
        select(TrainingRun).where(TrainingRun.id == run_id, TrainingRun.agency_id == agency_id)
    )


def code_of_training(session: Session, training_id: int) -> str:
    """The code of a training; of one that was merged the code of the one that stayed."""
    row = session.get_one(Training, training_id)
    if row.merged_into_id is not None:
        row = session.get_one(Training, row.merged_into_id)
    return row.code


def set_reasons(session: Session, attendance_ids: Collection[int], reason: str) -> int:
    """Write how these came to be sent; return how many said otherwise before."""
    done = session.execute(
        update(Attendance)
        .where(Attendance.id.in_(attendance_ids), Attendance.reason != reason)
        .values(reason=reason)
    )
    return changed_rows(done)
