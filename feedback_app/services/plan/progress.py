"""How far a piece of a plan's work is: written down for the page that waits."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from feedback_app.services.site import Site
from feedback_app.storage.models import PlanJob

SOLVE, WORTH = "solve", "worth"  # kinds of work
TOO_LONG = "too long"  # a fault that pages have words for; every other one is the program's

log = logging.getLogger(__name__)


def note(site: Site, job_id: int, **values: Any) -> None:
    """Write down how far it is; a database that is away shows it as interrupted, minutes later."""
    with suppress(Exception), site.db.transaction() as tx:
        job = tx.get(PlanJob, job_id)
        if job is not None:
            for name, value in values.items():
                setattr(job, name, value)
            job.seen_at = site.now()


def note_failure(site: Site, job_id: int, fault: Exception) -> None:
    """Whatever went wrong is kept as the job's fault."""
    log.error("plan job %s failed", job_id, exc_info=fault)
    note(site, job_id, state="failed", fault=type(fault).__name__)
