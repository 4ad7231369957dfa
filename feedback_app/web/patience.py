"""How long a request waits for the database: a citizen's never longer than a page may take."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from feedback_app.services.site import Site

# What citizens and their devices open: each must be answered within 3 s, whatever happens.
QUICK = frozenset({"citizen", "tickets", "kiosk", "display", "pairing", "public"})

STARTED = "feedback_app.citizen_waits"  # in the environ: since before Flask (light_path.py)


def start_for_citizen(site: Site, environ: dict[str, Any]) -> None:
    """A citizen's request begins before Flask; whoever goes on with it keeps the deadline."""
    environ[STARTED] = True
    site.db.wait_as_citizen()


def limit_waits(app: Flask) -> None:
    """Give each request its deadline before anything of it asks the database."""
    site: Site = app.extensions["site"]

    def start() -> None:
        if STARTED in request.environ:
            return
        if request.blueprint in QUICK:
            site.db.wait_as_citizen()
        else:
            site.db.wait_as_staff()

    def end(_error: BaseException | None) -> None:
        site.db.wait_as_script()

    app.before_request(start)
    app.teardown_request(end)
