"""Work of minutes: done beside the web process, its progress and its fault kept in a row.

Such a row (`Job`) says when it was asked for, how far it is, when it last gave a sign of life, and
what went wrong. The work reads what it needs from the row and writes what it found.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal

from feedback_app.config import Settings
from feedback_app.services.site import Site, own_site
from feedback_app.storage.models import ImpactStudy, NeedRun, PlanJob

STALE_AFTER = timedelta(minutes=5)  # running without a sign of life: it was interrupted

Job = ImpactStudy | NeedRun | PlanJob
Work = Callable[[Site, int], None]  # a function of a module, with the row's number
State = Literal["running", "done", "failed", "interrupted"]

log = logging.getLogger(__name__)


def newly_asked(site: Site, *, by: int | None, steps: int = 1) -> dict[str, Any]:
    """What every row begins with; `by` is an account, None for the program."""
    now = site.now()
    return {
        "asked_at": now,
        "asked_by": by,
        "state": "running",
        "done_steps": 0,
        "all_steps": steps,
        "seen_at": now,
        "fault": "",
    }


def start(site: Site, work: Work, kind: type[Job], job_id: int) -> None:
    """Have it done in the helper process; return at once."""
    threading.Thread(target=_wait, args=(site, work, kind, job_id), daemon=True).start()


def _wait(site: Site, work: Work, kind: type[Job], job_id: int) -> None:
    """Wait for the helper process; what it could not write itself is written here."""
    try:
        site.studies.run(_in_own_site, site.settings, site.now(), work, job_id)
    except Exception as fault:  # a thread has nobody else to tell
        note_failure(site, kind, job_id, fault)


def _in_own_site(settings: Settings, now: datetime, work: Work, job_id: int) -> None:
    with own_site(settings, now) as site:
        work(site, job_id)


def note(site: Site, kind: type[Job], job_id: int, **values: Any) -> None:
    """Write these into the row, with a sign of life."""
    with site.db.transaction() as tx:
        job: Any = tx.get_one(kind, job_id)
        for name, value in values.items():
            setattr(job, name, value)
        job.seen_at = site.now()


def note_failure(site: Site, kind: type[Job], job_id: int, fault: Exception) -> None:
    """Keep what kind of fault it was; the log has the rest."""
    log.error("%s %s failed", kind.__tablename__, job_id, exc_info=fault)
    with suppress(Exception):  # without a database it is shown as interrupted, minutes later
        note(site, kind, job_id, state="failed", fault=type(fault).__name__)


def progress_of(
    site: Site, kind: type[Job], job_id: int
) -> Callable[[Sequence[str]], Iterable[str]]:
    """Hands on the items of a loop, and writes down how many are done."""

    def progress(items: Sequence[str]) -> Iterator[str]:
        for done, item in enumerate(items):
            note(site, kind, job_id, done_steps=done, all_steps=len(items))
            yield item
        note(site, kind, job_id, done_steps=len(items), all_steps=max(len(items), 1))

    return progress


def state_of(site: Site, job: Job) -> State:
    """As it is now: running without a sign of life for minutes was interrupted."""
    if job.state == "running" and site.now() - job.seen_at > STALE_AFTER:
        return "interrupted"
    state: State = job.state  # type: ignore[assignment]
    return state


def percent_of(job: Job) -> int:
    """How much of it is done."""
    return int(100 * job.done_steps / max(job.all_steps, 1))
