"""Candidate runs of a plan: list, add, correct, withdraw. Nothing is bought by adding one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.plan_runs import ToldRun, fault_of
from feedback_app.domain.training_plan import MONEY
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.plan.plans import own_plan
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Plan, PlanRun, Training
from feedback_app.storage.queries import plans, trainings


@dataclass(frozen=True, slots=True)
class RunLine:
    """One candidate: `state` is open, over (its first day has come) or withdrawn."""

    run: PlanRun
    training: Training
    state: str

    @property
    def price(self) -> int:
        """Rupiah a participant, all three kinds."""
        return self.run.fee + self.run.travel + self.run.daily


@dataclass(frozen=True, slots=True)
class Candidates:
    """The runs of a plan, and the trainings that may be chosen for another one."""

    plan: Plan
    lines: Sequence[RunLine]
    trainings: Sequence[Training]


def candidates(site: Site, viewer: Viewer, year: int) -> Candidates:
    """Runs by their first day, withdrawn ones last."""
    with site.db.read() as session:
        plan = own_plan(session, viewer, year)
        found = [_line(site, *row) for row in plans.runs_of_plan(session, plan.id)]
        catalogue = trainings.catalogue(session, agency_id=viewer.agency_id)
    lines = sorted(found, key=lambda line: line.state == "withdrawn")
    return Candidates(plan, lines, catalogue)


def _line(site: Site, run: PlanRun, training: Training) -> RunLine:
    state = "open"
    if run.withdrawn_at is not None:
        state = "withdrawn"
    elif run.starts_on <= site.today():
        state = "over"
    return RunLine(run, training, state)


def run_line(site: Site, viewer: Viewer, year: int, run_id: int) -> RunLine:
    """One candidate; NotThereError where there is none."""
    with site.db.read() as session:
        return _line(site, *_own_run(session, viewer, year, run_id))


def _own_run(session: Session, viewer: Viewer, year: int, run_id: int) -> tuple[PlanRun, Training]:
    plan = own_plan(session, viewer, year)
    found = plans.run_of_plan(session, run_id, plan_id=plan.id)
    if found is None:
        raise NotThereError
    return found


def _check(told: ToldRun, *, year: int, today: date) -> None:
    fault = fault_of(told, year=year, today=today)
    if fault is not None:
        raise FieldFaultError(*fault)


def add_run(site: Site, viewer: Viewer, year: int, told: ToldRun) -> None:
    """Add a candidate; FieldFaultError says which field is wrong."""
    _check(told, year=year, today=site.today())
    with site.db.transaction() as tx:
        plan = own_plan(tx, viewer, year)
        training = _training(tx, viewer, told.training)
        _refuse_double(tx, plan, training, told)
        run = PlanRun(
            agency_id=viewer.agency_id,
            plan_id=plan.id,
            training_id=training.id,
            recorded_by=viewer.account_id,
            recorded_at=site.now(),
            withdrawn_by=None,
            withdrawn_at=None,
            **_values(told),
        )
        tx.add(run)
        log_act(tx, site, viewer, "add_plan_run", f"{training.code} {told.starts_on}")


def correct_run(site: Site, viewer: Viewer, year: int, run_id: int, told: ToldRun) -> None:
    """Correct what is said of a candidate; a version that bought it keeps what it was."""
    _check(told, year=year, today=site.today())
    with site.db.transaction() as tx:
        run, training = _own_run(tx, viewer, year, run_id)
        _refuse_past(site, run)
        _refuse_double(tx, tx.get_one(Plan, run.plan_id), training, told, besides=run.id)
        for name, value in _values(told).items():
            setattr(run, name, value)
        log_act(tx, site, viewer, "correct_plan_run", f"{training.code} {told.starts_on}")


def withdraw_run(site: Site, viewer: Viewer, year: int, run_id: int) -> None:
    """Take a candidate back, or note that who holds it has cancelled it."""
    with site.db.transaction() as tx:
        run, training = _own_run(tx, viewer, year, run_id)
        if run.withdrawn_at is None:
            run.withdrawn_at, run.withdrawn_by = site.now(), viewer.account_id
            log_act(tx, site, viewer, "withdraw_plan_run", f"{training.code} {run.starts_on}")


def restore_run(site: Site, viewer: Viewer, year: int, run_id: int) -> None:
    """Undo a withdrawal."""
    with site.db.transaction() as tx:
        run, training = _own_run(tx, viewer, year, run_id)
        if run.withdrawn_at is not None:
            run.withdrawn_at = run.withdrawn_by = None
            log_act(tx, site, viewer, "restore_plan_run", f"{training.code} {run.starts_on}")


def _refuse_past(site: Site, run: PlanRun) -> None:
    if run.starts_on <= site.today():
        raise FieldFaultError("", "Pelatihan ini sudah dimulai; catatannya tidak diubah lagi.")


def _training(tx: Session, viewer: Viewer, code: str) -> Training:
    found = trainings.training_coded(tx, code, agency_id=viewer.agency_id)
    if found is None:
        raise FieldFaultError("training", "Pilih pelatihan dari katalog.")
    return found


def _refuse_double(
    tx: Session, plan: Plan, training: Training, told: ToldRun, *, besides: int = 0
) -> None:
    for run, own in plans.runs_of_plan(tx, plan.id):
        is_same = own.id == training.id and run.starts_on == told.starts_on
        if is_same and run.withdrawn_at is None and run.id != besides:
            raise FieldFaultError("starts_on", "Jadwal pelatihan ini pada tanggal itu sudah ada.")


def _values(told: ToldRun) -> dict[str, object]:
    return {
        "starts_on": told.starts_on,
        "ends_on": told.ends_on,
        "seats": told.seats,
        "jp": told.jp,
        **{kind: getattr(told, kind) for kind in MONEY},
    }
