"""Questions about a year's training plan: its runs and floors, its versions, what was spent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Account,
    Attendance,
    Counter,
    Officer,
    Plan,
    PlanFixing,
    PlanFloor,
    PlanJob,
    PlanLine,
    PlanRun,
    PlanSpent,
    PlanVersion,
    PlanVersionRun,
    Training,
    TrainingRun,
)
from feedback_app.storage.queries import joins


@dataclass(frozen=True, slots=True)
class BoughtRun:
    """A run of a version with its training; `source` is the run as it stands now."""

    run: PlanVersionRun
    source: PlanRun
    training: Training


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who may have the seats of a run in the version that holds: all sit, or the lot decides."""

    run: PlanVersionRun
    officer_ids: tuple[int, ...]


def plans_of(session: Session, *, agency_id: int) -> Sequence[Plan]:
    """Every plan of the agency, the newest year first."""
    asked = select(Plan).where(Plan.agency_id == agency_id).order_by(Plan.year.desc())
    return session.scalars(asked).all()


def plan_of_year(session: Session, year: int, *, agency_id: int) -> Plan | None:
    """The plan of a year."""
    return session.scalar(_of_year(year, agency_id))


def held_plan(session: Session, year: int, *, agency_id: int) -> Plan | None:
    """The same for a change: whoever changes it at the same time waits."""
    return session.scalar(_of_year(year, agency_id).with_for_update())


def _of_year(year: int, agency_id: int) -> Select[Plan]:
    return select(Plan).where(Plan.year == year, Plan.agency_id == agency_id)


def runs_of_plan(session: Session, plan_id: int) -> list[tuple[PlanRun, Training]]:
    """Candidate runs by their first day, withdrawn ones too."""
    rows = session.execute(
        select(PlanRun, Training)
        .join(Training, Training.id == PlanRun.training_id)
        .where(PlanRun.plan_id == plan_id)
        .order_by(PlanRun.starts_on, PlanRun.id)
    )
    return [(row[0], row[1]) for row in rows]


def run_of_plan(session: Session, run_id: int, *, plan_id: int) -> tuple[PlanRun, Training] | None:
    """One candidate run."""
    row = session.execute(
        select(PlanRun, Training)
        .join(Training, Training.id == PlanRun.training_id)
        .where(PlanRun.id == run_id, PlanRun.plan_id == plan_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def floors_of(session: Session, plan_id: int) -> list[tuple[PlanFloor, Counter]]:
    """Floors and peaks that a person has set, by counter and day."""
    rows = session.execute(
        select(PlanFloor, Counter)
        .join(Counter, Counter.id == PlanFloor.counter_id)
        .where(PlanFloor.plan_id == plan_id)
        .order_by(Counter.code, PlanFloor.first_day, PlanFloor.id)
    )
    return [(row[0], row[1]) for row in rows]


def versions_of(session: Session, plan_id: int) -> list[tuple[PlanVersion, str | None]]:
    """Versions with who asked for them, the newest first."""
    rows = session.execute(
        select(PlanVersion, Account.name)
        .outerjoin(Account, Account.id == PlanVersion.made_by)
        .where(PlanVersion.plan_id == plan_id)
        .order_by(PlanVersion.number.desc())
    )
    return [(row[0], row[1]) for row in rows]


def version_numbered(session: Session, plan_id: int, number: int) -> PlanVersion | None:
    """One version."""
    return session.scalar(
        select(PlanVersion).where(PlanVersion.plan_id == plan_id, PlanVersion.number == number)
    )


def last_number(session: Session, plan_id: int) -> int:
    """The number of the newest version, 0 where there is none."""
    asked = select(func.max(PlanVersion.number)).where(PlanVersion.plan_id == plan_id)
    return int(session.scalar(asked) or 0)


def runs_of_version(session: Session, version_id: int) -> list[BoughtRun]:
    """What a version buys, by first day."""
    rows = session.execute(
        select(PlanVersionRun, PlanRun, Training)
        .join(PlanRun, PlanRun.id == PlanVersionRun.run_id)
        .join(Training, Training.id == PlanRun.training_id)
        .where(PlanVersionRun.version_id == version_id)
        .order_by(PlanVersionRun.starts_on, PlanVersionRun.id)
    )
    return [BoughtRun(row[0], row[1], row[2]) for row in rows]


def lines_of_version(session: Session, version_id: int) -> list[tuple[PlanLine, Officer]]:
    """Who is eligible for which of its runs, the largest expected gain first.

    Rows that are one person today are that person, once a run (ADR 19).
    """
    rows = session.execute(
        select(PlanLine, Officer)
        .join(PlanVersionRun, PlanVersionRun.id == PlanLine.version_run_id)
        .join(Officer, Officer.id == PlanLine.officer_id)
        .where(PlanVersionRun.version_id == version_id)
        .order_by(PlanLine.gain.desc(), Officer.name, PlanLine.id)
    )
    owners = joins.owners_now(session)
    found: dict[tuple[int, int], tuple[PlanLine, Officer]] = {}
    for line, officer in rows:
        person = session.get_one(Officer, owners.get(officer.id, officer.id))
        found.setdefault((line.version_run_id, person.id), (line, person))
    return list(found.values())


def fixings_of(session: Session, plan_id: int) -> Sequence[PlanFixing]:
    """Who fixed which version, the newest first: that one holds."""
    return session.scalars(
        select(PlanFixing).where(PlanFixing.plan_id == plan_id).order_by(PlanFixing.number.desc())
    ).all()


def _holding_versions(agency_id: int) -> Select[int]:
    """Of each plan the version that was fixed last."""
    newest = (
        select(PlanFixing.plan_id, func.max(PlanFixing.number).label("number"))
        .where(PlanFixing.agency_id == agency_id)
        .group_by(PlanFixing.plan_id)
        .subquery()
    )
    return select(PlanFixing.version_id).join(
        newest,
        (PlanFixing.plan_id == newest.c.plan_id) & (PlanFixing.number == newest.c.number),
    )


def eligible_for(session: Session, run_id: int, *, agency_id: int) -> Eligible | None:
    """Officers who are eligible for a candidate run, as the version that holds says.

    None where no plan is fixed or the one that holds does not buy this run.
    """
    run = session.scalar(
        select(PlanVersionRun).where(
            PlanVersionRun.run_id == run_id,
            PlanVersionRun.version_id.in_(_holding_versions(agency_id)),
        )
    )
    if run is None:
        return None
    asked = select(PlanLine.officer_id).where(PlanLine.version_run_id == run.id)
    return Eligible(run, tuple(session.scalars(asked.order_by(PlanLine.officer_id))))


def fixed_plans(session: Session, *, agency_id: int, since: int) -> list[tuple[Plan, int]]:
    """Plans from this year on that hold, with the version that was fixed last, by year."""
    asked = (
        select(Plan, PlanVersion.id)
        .join(PlanVersion, PlanVersion.plan_id == Plan.id)
        .where(Plan.year >= since, PlanVersion.id.in_(_holding_versions(agency_id)))
        .order_by(Plan.year)
    )
    return [(row[0], row[1]) for row in session.execute(asked)]


def runs_of_person(
    session: Session, version_id: int, officer_ids: Collection[int]
) -> list[BoughtRun]:
    """Runs of a version for which one person is eligible, by first day."""
    own = select(PlanLine.version_run_id).where(PlanLine.officer_id.in_(list(officer_ids)))
    with_person = set(session.scalars(own))
    return [one for one in runs_of_version(session, version_id) if one.run.id in with_person]


def runs_by_lot(session: Session, *, agency_id: int) -> list[BoughtRun]:
    """Runs of plans that hold whose seats the lot fills, by first day."""
    rows = session.execute(
        select(PlanVersionRun, PlanRun, Training)
        .join(PlanRun, PlanRun.id == PlanVersionRun.run_id)
        .join(Training, Training.id == PlanRun.training_id)
        .where(
            PlanVersionRun.version_id.in_(_holding_versions(agency_id)),
            PlanVersionRun.is_by_lot,
        )
        .order_by(PlanVersionRun.starts_on, PlanVersionRun.id)
    )
    return [BoughtRun(row[0], row[1], row[2]) for row in rows]


def lines_of_officer(
    session: Session, officer_id: int, *, agency_id: int
) -> list[tuple[PlanLine, BoughtRun]]:
    """What plans that hold have for an officer, by first day."""
    rows = session.execute(
        select(PlanLine, PlanVersionRun, PlanRun, Training)
        .join(PlanVersionRun, PlanVersionRun.id == PlanLine.version_run_id)
        .join(PlanRun, PlanRun.id == PlanVersionRun.run_id)
        .join(Training, Training.id == PlanRun.training_id)
        .where(
            PlanLine.officer_id == officer_id,
            PlanVersionRun.version_id.in_(_holding_versions(agency_id)),
        )
        .order_by(PlanVersionRun.starts_on, PlanVersionRun.id)
    )
    return [(row[0], BoughtRun(row[1], row[2], row[3])) for row in rows]


def spent_of(session: Session, plan_id: int) -> Sequence[PlanSpent]:
    """What was spent for a plan's runs, a row a seat."""
    return session.scalars(
        select(PlanSpent)
        .join(PlanRun, PlanRun.id == PlanSpent.run_id)
        .where(PlanRun.plan_id == plan_id)
        .order_by(PlanSpent.run_id, PlanSpent.officer_id)
    ).all()


def attendance_in(
    session: Session, run: PlanRun, officer_id: int, *, starts_on: object
) -> Attendance | None:
    """An officer's attendance of a training that began on a day."""
    return session.scalar(
        select(Attendance)
        .join(TrainingRun, TrainingRun.id == Attendance.run_id)
        .where(
            TrainingRun.training_id == run.training_id,
            TrainingRun.starts_on == starts_on,
            Attendance.officer_id == officer_id,
        )
    )


def newest_job(session: Session, plan_id: int, kind: str) -> PlanJob | None:
    """The last piece of work of a kind."""
    return session.scalar(
        select(PlanJob)
        .where(PlanJob.plan_id == plan_id, PlanJob.kind == kind)
        .order_by(PlanJob.id.desc())
        .limit(1)
    )
