"""The daily upkeep, soon after a start and with the first request of staff: few have cron."""

from __future__ import annotations

import logging

from flask import Flask, current_app, g

from feedback_app.domain.faults import NotSavedError
from feedback_app.services.site import Site
from feedback_app.services.upkeep import daily_backup, retention
from feedback_app.services.upkeep.clock import UpkeepStoppedError

log = logging.getLogger(__name__)

DONE = "suara_loket_upkeep_day"  # in app.extensions


def do_daily_upkeep(app: Flask) -> None:
    """Run it once a day in each process; it does nothing where another has been first."""
    app.before_request(_upkeep_once)


def _upkeep_once() -> None:
    """Never with a citizen's request, which should not have to wait for it."""
    if g.get("viewer") is None:
        return
    keep_up(current_app)


def keep_up(app: Flask) -> None:
    """Do what is to be done today, unless this process has."""
    site: Site = app.extensions["site"]
    today = site.today()
    if app.extensions.get(DONE) == today:
        return
    app.extensions[DONE] = today
    try:
        _delete_and_decide(site)
        daily_backup.start(site)
    except NotSavedError as error:
        log.error("daily upkeep: %s", error)


def _delete_and_decide(site: Site) -> None:
    """A clock in doubt stops what deletes, not the backup: days may pass until somebody looks."""
    try:
        retention.run_daily(site)
    except UpkeepStoppedError as error:
        log.error("daily upkeep: %s", error)
