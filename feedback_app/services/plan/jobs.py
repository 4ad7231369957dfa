"""Work for a plan that takes seconds: asked, done beside the web process, its progress kept."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from feedback_app.config import Settings
from feedback_app.domain.faults import NotMadeError
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.plan.plans import own_plan
from feedback_app.services.plan.progress import SOLVE, TOO_LONG, WORTH, note, note_failure
from feedback_app.services.site import Site, own_site
from feedback_app.storage.db import Session
from feedback_app.storage.models import PlanJob
from feedback_app.storage.queries import plans

STALE_AFTER = timedelta(minutes=5)  # running without a sign of life: it was interrupted
STEPS = {SOLVE: 3, WORTH: 1}


@dataclass(frozen=True, slots=True)
class JobLine:
    """How a piece of work stands: running, done, failed or interrupted."""

    job_id: int
    asked_at: datetime
    state: str
    percent: int
    fault: str
    result: Mapping[str, Any]


def start_job(site: Site, viewer: Viewer, year: int, *, kind: str) -> int:
    """Begin in the background; while the same is running, return that one.

    FieldFaultError where there is nothing to choose from.
    """
    with site.db.transaction() as tx:
        plan = own_plan(tx, viewer, year)
        newest = plans.newest_job(tx, plan.id, kind)
        if newest is not None and line_of(site, newest).state == "running":
            return newest.id
        if kind == SOLVE and not _has_runs(tx, plan.id, site):
            raise FieldFaultError(
                "", "Belum ada jadwal yang masih akan datang. Tambahkan calon jadwal dahulu."
            )
        job = PlanJob(
            agency_id=viewer.agency_id,
            plan_id=plan.id,
            kind=kind,
            asked_by=viewer.account_id,
            asked_at=site.now(),
            state="running",
            done_steps=0,
            all_steps=STEPS[kind],
            seen_at=site.now(),
            fault="",
            result={},
        )
        tx.add(job)
        tx.flush()
        job_id = job.id
        if kind == SOLVE:
            log_act(tx, site, viewer, "solve_plan", str(year))
        else:
            log_act(tx, site, viewer, "ask_plan_worth", str(year))
    threading.Thread(target=_work_aside, args=(site, job_id), daemon=True).start()
    return job_id


def _has_runs(tx: Session, plan_id: int, site: Site) -> bool:
    return any(
        run.withdrawn_at is None and run.starts_on > site.today()
        for run, _training in plans.runs_of_plan(tx, plan_id)
    )


def _work_aside(site: Site, job_id: int) -> None:
    """Wait for the process that works; what it could not write itself is written here."""
    try:
        site.studies.run(_work_in_own_site, site.settings, site.now(), job_id)
    except NotMadeError:
        note(site, job_id, state="failed", fault=TOO_LONG)
    except Exception as fault:  # a thread has nobody else to tell
        note_failure(site, job_id, fault)


def _work_in_own_site(settings: Settings, now: datetime, job_id: int) -> None:
    # Only there: scipy takes half a second and 60 MB, which no citizen's request needs.
    from feedback_app.services.plan.work import do_job

    with own_site(settings, now) as site:
        do_job(site, job_id)


def line_of(site: Site, job: PlanJob) -> JobLine:
    """The job as pages show it."""
    state = job.state
    if state == "running" and site.now() - job.seen_at > STALE_AFTER:
        state = "interrupted"
    percent = int(100 * job.done_steps / max(job.all_steps, 1))
    return JobLine(job.id, job.asked_at, state, percent, job.fault, job.result)
