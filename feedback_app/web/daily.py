"""The daily upkeep, done with the first request of staff each day: many offices have no cron."""

from __future__ import annotations

import logging

from flask import Flask, current_app, g

from feedback_app.domain.faults import NotSavedError
from feedback_app.services.upkeep import retention
from feedback_app.services.upkeep.clock import UpkeepStoppedError
from feedback_app.web.access import site

log = logging.getLogger(__name__)

DONE = "suara_loket_upkeep_day"  # in app.extensions


def do_daily_upkeep(app: Flask) -> None:
    """Run it once a day in each process; it does nothing where another has been first."""
    app.before_request(_upkeep_once)


def _upkeep_once() -> None:
    """Never with a citizen's request, which should not have to wait for it."""
    if g.get("viewer") is None:
        return
    today = site().today()
    if current_app.extensions.get(DONE) == today:
        return
    current_app.extensions[DONE] = today
    try:
        retention.run_daily(site())
    except (NotSavedError, UpkeepStoppedError) as error:
        log.error("daily upkeep: %s", error)
