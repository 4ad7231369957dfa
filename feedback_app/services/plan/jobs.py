"""Work for a plan that takes seconds: asked, done beside the web process, its progress kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback_app.domain.faults import NotMadeError
from feedback_app.services import background
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.plan.plans import SOLVE, WORTH, own_plan
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import PlanJob
from feedback_app.storage.queries import plans

STEPS = {SOLVE: 3, WORTH: 1}
TOO_LONG = frozenset({NotMadeError.__name__, "NotProvenError"})  # kinds of faults


@dataclass(frozen=True, slots=True)
class JobLine:
    """How a piece of work stands: running, done, failed or interrupted."""

    job_id: int
    asked_at: datetime
    state: background.State
    percent: int
    fault: str
    is_too_long: bool  # the search or its process was ended: pages have words for that
    result: Mapping[str, Any]


def start_job(site: Site, viewer: Viewer, year: int, *, kind: str) -> int:
    """Begin in the background; while the same is running, return that one.

    FieldFaultError where there is nothing to choose from.
    """
    with site.db.transaction() as tx:
        plan = own_plan(tx, viewer, year)
        newest = plans.newest_job(tx, plan.id, kind)
        if newest is not None and background.state_of(site, newest) == "running":
            return newest.id
        if kind == SOLVE and not _has_runs(tx, plan.id, site):
            raise FieldFaultError(
                "", "Belum ada jadwal yang masih akan datang. Tambahkan calon jadwal dahulu."
            )
        job = PlanJob(
            agency_id=viewer.agency_id,
            plan_id=plan.id,
            kind=kind,
            **background.newly_asked(site, by=viewer.account_id, steps=STEPS[kind]),
            result={},
        )
        tx.add(job)
        tx.flush()
        job_id = job.id
        if kind == SOLVE:
            log_act(tx, site, viewer, "solve_plan", str(year))
        else:
            log_act(tx, site, viewer, "ask_plan_worth", str(year))
    background.start(site, _work, PlanJob, job_id)
    return job_id


def _has_runs(tx: Session, plan_id: int, site: Site) -> bool:
    return any(
        run.withdrawn_at is None and run.starts_on > site.today()
        for run, _training in plans.runs_of_plan(tx, plan_id)
    )


def _work(site: Site, job_id: int) -> None:
    # Only there: scipy takes half a second and 60 MB, which no citizen's request needs.
    from feedback_app.services.plan.work import do_job

    do_job(site, job_id)


def line_of(site: Site, job: PlanJob) -> JobLine:
    """The job as pages show it."""
    return JobLine(
        job_id=job.id,
        asked_at=job.asked_at,
        state=background.state_of(site, job),
        percent=background.percent_of(job),
        fault=job.fault,
        is_too_long=job.fault in TOO_LONG,
        result=job.result,
    )
