"""Who may open which page: one table over every route, checked at start and at each request."""

from __future__ import annotations

from typing import cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from feedback_app.domain.roles import Role
from feedback_app.services import accounts
from feedback_app.services.accounts import Viewer
from feedback_app.services.site import Site

EVERYBODY: frozenset[Role] = frozenset()
STAFF = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
HR = frozenset({Role.HR})
INSPECTORATE = frozenset({Role.INSPECTORATE})
SUPERVISOR = frozenset({Role.SUPERVISOR})

# endpoint -> roles that may open it; EVERYBODY needs no log-in. A route that is missing here
# stops the program at start-up (see `protect`), so nobody can forget one.
ROUTES: dict[str, frozenset[Role]] = {
    "static": EVERYBODY,
    "public.home": EVERYBODY,
    "public.privacy": EVERYBODY,
    "public.health": EVERYBODY,
    "public.favicon": EVERYBODY,
    "public.robots": EVERYBODY,
    "results.regency": EVERYBODY,
    "results.unit": EVERYBODY,
    "results.period": EVERYBODY,
    "results.poster": EVERYBODY,
    "results.all_data": EVERYBODY,
    "results.unit_data": EVERYBODY,
    "results.period_data": EVERYBODY,
    "results.codebook": EVERYBODY,
    "results.codebook_file": EVERYBODY,
    "results.screen": EVERYBODY,
    "results.sitemap": EVERYBODY,
    "citizen.form": EVERYBODY,
    "citizen.submit": EVERYBODY,
    "citizen.receipt": EVERYBODY,
    "citizen.wrong_place": EVERYBODY,
    "citizen.typed_code": EVERYBODY,
    "tickets.scanned": EVERYBODY,
    "tickets.ask": EVERYBODY,
    "tickets.choose": EVERYBODY,
    "tickets.typed": EVERYBODY,
    # machines: the unit's key in the Authorization header is checked by the room itself
    "queue_api.issue": EVERYBODY,
    "queue_api.call": EVERYBODY,
    "staff.login": EVERYBODY,
    "staff.enter": EVERYBODY,
    "staff.logout": STAFF,
    "staff.start": STAFF,
    "staff.password": STAFF,
    "staff.change_password": STAFF,
    "admin.checklist": ADMIN,
    "admin.units": ADMIN,
    "admin.add_unit": ADMIN,
    "admin.cards": ADMIN,
    "admin.cards_file": ADMIN,
    "admin.confirm_new_card": ADMIN,
    "admin.new_card": ADMIN,
    "admin.accounts": ADMIN,
    "admin.add_account": ADMIN,
    "admin.confirm_account": ADMIN,
    "admin.close_account": ADMIN,
    "admin.new_password": ADMIN,
    "codes.batches": ADMIN,
    "codes.new": ADMIN,
    "codes.check": ADMIN,
    "codes.make": ADMIN,
    "codes.confirm_revoking": ADMIN,
    "codes.revoke": ADMIN,
    "codes.keys": ADMIN,
    "codes.add_key": ADMIN,
    "codes.confirm_revoking_key": ADMIN,
    "codes.revoke_key": ADMIN,
    "code_use.days": ADMIN | SUPERVISOR,
    "code_use.file": ADMIN | SUPERVISOR,
    "tiers.choices": ADMIN,
    "tiers.check": ADMIN,
    "tiers.save": ADMIN,
    "audit.log": ADMIN | INSPECTORATE,
    "audit.file": ADMIN | INSPECTORATE,
    "supervisor.counters": SUPERVISOR,
    "supervisor.counters_file": SUPERVISOR,
    "supervisor.counter": SUPERVISOR,
    "supervisor.counter_file": SUPERVISOR,
    "surveys.overview": SUPERVISOR,
    "surveys.new": SUPERVISOR,
    "surveys.add": SUPERVISOR,
    "surveys.show": SUPERVISOR,
    "surveys.edit": SUPERVISOR,
    "surveys.change": SUPERVISOR,
    "surveys.confirm_close": SUPERVISOR,
    "surveys.close": SUPERVISOR,
    "surveys.confirm_call_off": SUPERVISOR,
    "surveys.call_off": SUPERVISOR,
    "surveys.revise": SUPERVISOR,
    "surveys.signer": SUPERVISOR,
    "surveys.sign": SUPERVISOR,
    "surveys.workbook": SUPERVISOR,
    "surveys.report": SUPERVISOR,
    "surveys.poster": SUPERVISOR,
    "follow_ups.new": SUPERVISOR,
    "follow_ups.add": SUPERVISOR,
    "follow_ups.edit": SUPERVISOR,
    "follow_ups.change": SUPERVISOR,
    "follow_ups.confirm_removal": SUPERVISOR,
    "follow_ups.remove": SUPERVISOR,
    "uploads.upload": ADMIN | HR,  # HR: files about trainings only, see uploads.py
    "uploads.take_upload": ADMIN | HR,
    "uploads.example": ADMIN | HR,
    "trainings.catalogue": HR,
    "trainings.new": HR,
    "trainings.add": HR,
    "trainings.show": HR,
    "trainings.edit": HR,
    "trainings.change": HR,
    "trainings.add_run": HR,
    "trainings.attendance": HR,
    "trainings.change_attendance": HR,
    "trainings.remove_attendance": HR,
    "trainings.hours": HR,
    "trainings.hours_file": HR,
    "trainings.officer": HR,
    "impact.matrix": HR,
    "impact.start": HR,
    "impact.training": HR,
    "impact.calculator": HR,
    "impact.report": HR,
    "impact.matrix_file": HR,
}


class UndeclaredRouteError(RuntimeError):
    """A route has no line in ROUTES."""


def site() -> Site:
    """The running site."""
    return cast(Site, current_app.extensions["site"])


def viewer() -> Viewer:
    """Who is logged in; only called where ROUTES demands a role."""
    return cast(Viewer, g.viewer)


def protect(app: Flask) -> None:
    """Refuse to start with an undeclared route; check every request against the table."""
    undeclared = {rule.endpoint for rule in app.url_map.iter_rules()} - ROUTES.keys()
    if undeclared:
        raise UndeclaredRouteError(f"no line in web/access.py for: {sorted(undeclared)}")
    app.before_request(_check_access)


def _check_access() -> Response | None:
    g.viewer = _known_viewer()
    allowed = ROUTES.get(request.endpoint or "", STAFF)
    if request.endpoint is None or allowed == EVERYBODY:
        return None
    if g.viewer is None:
        if request.method == "GET":
            return redirect(url_for("staff.login", next=request.full_path.rstrip("?")))
        abort(403)
    if g.viewer.role not in allowed:
        abort(404)  # absent and forbidden look alike
    return None


def _known_viewer() -> Viewer | None:
    secret = session.get("sid")
    return accounts.viewer_of_session(site(), secret) if isinstance(secret, str) else None
