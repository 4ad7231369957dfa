"""Who asks, and whether the table of `route_table.py` lets them open what they ask for.

Checked at the start of the program and at each request.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.staff_sessions import Stage
from feedback_app.services.access.people import HalfWay, Viewer
from feedback_app.services.access.sessions import visitor_of_session
from feedback_app.services.site import Site
from feedback_app.web.route_lines import EVERYBODY, STAFF
from feedback_app.web.route_table import ROUTES

# What half a log-in opens, by its stage: the second step, or the setting-up of one.
HALF_WAY: dict[str, frozenset[Stage]] = {
    "second_step.ask": frozenset({Stage.CODE}),
    "second_step.check": frozenset({Stage.CODE}),
    "second_step.enrol": frozenset({Stage.ENROL}),
    "second_step.confirm": frozenset({Stage.ENROL}),
    "staff.logout": frozenset({Stage.CODE, Stage.ENROL}),
}
NEXT_STEP = {Stage.CODE: "second_step.ask", Stage.ENROL: "second_step.enrol"}


class UndeclaredRouteError(RuntimeError):
    """A route has no line in the table."""


class SessionOverError(Forbidden):
    """Something was sent to a page of the staff, and nobody is logged in any more."""


def site() -> Site:
    """The running site."""
    return cast(Site, current_app.extensions["site"])


def viewer() -> Viewer:
    """Who is logged in; only called where ROUTES demands a role."""
    return cast(Viewer, g.viewer)


def half_way() -> HalfWay | None:
    """Who has taken the first step of a log-in and not the second."""
    return cast("HalfWay | None", g.half_way)


def person() -> Viewer | HalfWay:
    """Who is logged in, or half-way; only where HALF_WAY opens the page to both."""
    return viewer() if g.viewer is not None else cast(HalfWay, g.half_way)


def protect(app: Flask) -> None:
    """Refuse to start with an undeclared route; check every request against the table."""
    undeclared = {rule.endpoint for rule in app.url_map.iter_rules()} - ROUTES.keys()
    if undeclared:
        raise UndeclaredRouteError(f"no line in web/route_table.py for: {sorted(undeclared)}")
    app.before_request(_check_access)


def recognise() -> None:
    """Learn from the session who asks; errors that come before the access check need it too."""
    found = _known_person()
    g.viewer = found if isinstance(found, Viewer) else None
    g.half_way = found if isinstance(found, HalfWay) else None


def is_session_over() -> bool:
    """Whether the page needs a log-in that the recognised person does not have."""
    if request.endpoint is None or ROUTES.get(request.endpoint, STAFF) is EVERYBODY:
        return False
    return g.viewer is None and not _opens_half_way(request.endpoint)


def _check_access() -> Response | None:
    try:
        recognise()
    except NotSavedError:  # a page for everybody is shown all the same, and keeps what was typed
        if ROUTES.get(request.endpoint or "", STAFF) is not EVERYBODY:
            raise
        g.viewer = g.half_way = None
    allowed = ROUTES.get(request.endpoint or "", STAFF)
    if request.endpoint is None or allowed is EVERYBODY:
        return None
    if g.viewer is None:
        return _check_half_way(request.endpoint)
    if g.viewer.role not in allowed:
        abort(404)  # absent and forbidden look alike
    return None


def _check_half_way(endpoint: str) -> Response | None:
    if _opens_half_way(endpoint):
        return None
    if request.method != "GET":
        raise SessionOverError
    half = half_way()
    door = "staff.login" if half is None else NEXT_STEP[half.stage]
    asked: str | None = request.full_path.rstrip("?")
    if endpoint in HALF_WAY:  # a step's page is no place to go on to; what it leads to is
        asked = request.args.get("next", asked if half is None else None)
    return redirect(url_for(door, next=asked))


def _opens_half_way(endpoint: str) -> bool:
    half = half_way()
    return half is not None and half.stage in HALF_WAY.get(endpoint, ())


def _known_person() -> Viewer | HalfWay | None:
    secret = session.get("sid")
    return visitor_of_session(site(), secret) if isinstance(secret, str) else None
