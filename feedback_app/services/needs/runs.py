"""Look at the closed quarters as a job: asked or due, run with progress, its needs kept."""

from __future__ import annotations

import logging

from feedback_app.domain.needs import DELTA
from feedback_app.services import background
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.needs.keeping import keep_found
from feedback_app.services.needs.span import closed_span, verified_days
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import NeedRun
from feedback_app.storage.queries import needs as queries

log = logging.getLogger(__name__)


def start_run(site: Site, viewer: Viewer) -> int:
    """Begin in the background; while one is running, return that one."""
    with site.db.transaction() as tx:
        newest = queries.newest_run(tx, agency_id=viewer.agency_id)
        if newest and is_running(site, newest):
            return newest.id
        run_id = _add(tx, site, viewer.agency_id, viewer.account_id)
        log_act(tx, site, viewer, "look_for_needs", str(run_id))
    background.start(site, run_needs, NeedRun, run_id)
    return run_id


def look_once_a_quarter(site: Site, agency_id: int) -> None:
    """Begin when a quarter has closed that nobody has looked at, and it has verified answers."""
    span = closed_span(site.today())
    with site.db.read() as session:
        if not _is_due(session, agency_id, site):
            return
    with site.db.transaction() as tx:
        if not _is_due(tx, agency_id, site):  # somebody else was first
            return
        run_id = _add(tx, site, agency_id, None)
    log.info("needs of %s to %s: run %s", span.first, span.last, run_id)
    background.start(site, run_needs, NeedRun, run_id)


def _is_due(session: Session, agency_id: int, site: Site) -> bool:
    span = closed_span(site.today())
    newest = queries.newest_run(session, agency_id=agency_id)
    if newest is not None and newest.last_day >= span.last:
        return False
    days = verified_days(site, session, agency_id)
    return days is not None and days[0] <= span.last and days[1] >= span.first


def run_first_needs(site: Site, agency_id: int) -> None:
    """Look at once and wait: for a fresh demo, whose pages should not start empty."""
    with site.db.transaction() as tx:
        run_id = _add(tx, site, agency_id, None)
    run_needs(site, run_id)


def is_running(site: Site, run: NeedRun) -> bool:
    """Whether it still works; one without a sign of life was interrupted."""
    return background.state_of(site, run) == "running"


def _add(tx: Session, site: Site, agency_id: int, account_id: int | None) -> int:
    span = closed_span(site.today())
    run = NeedRun(
        agency_id=agency_id,
        **background.newly_asked(site, by=account_id),
        delta=DELTA,
        method_version="",
        first_day=span.first,
        last_day=span.last,
        waiting=[],
        compared={},
    )
    tx.add(run)
    tx.flush()
    return run.id


def run_needs(site: Site, run_id: int) -> None:
    """Find and keep; whatever goes wrong is kept as the run's fault, and no need changes."""
    # Here, not above: scipy and pandas take 0.6 s and 100 MB, which no citizen's request needs.
    from feedback_app.services.needs.found import rows_of

    try:
        with site.db.read() as session:
            run = session.get_one(NeedRun, run_id)
            agency_id, delta = run.agency_id, run.delta
            span = run.first_day, run.last_day
        found = rows_of(
            site,
            agency_id=agency_id,
            days=span,
            delta=delta,
            progress=background.progress_of(site, NeedRun, run_id),
        )
        with site.db.transaction() as tx:
            keep_found(tx, site, tx.get_one(NeedRun, run_id), found)
    except NoDataError as fault:
        background.note(site, NeedRun, run_id, state="failed", fault=str(fault))
    except Exception as fault:  # nobody waits for it
        background.note_failure(site, NeedRun, run_id, fault)
