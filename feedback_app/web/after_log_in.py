"""What follows a right answer at log-in: the browser gets its new session and goes on."""

from __future__ import annotations

from flask import g, redirect, session, url_for
from werkzeug.wrappers import Response

from feedback_app.services.access.people import HalfWay
from feedback_app.services.access.sessions import visitor_of_session
from feedback_app.web.access import NEXT_STEP, site
from feedback_app.web.staff_browser import mark_staff_browser
from feedback_app.web.targets import safe_target


def remember(secret: str) -> None:
    """Give the browser this session, and nothing of the one before but the language."""
    language = session.get("lang")
    session.clear()
    g.pop("csrf_token", None)  # made for the session before
    session.permanent = True
    session["sid"] = secret
    if language:
        session["lang"] = language
    mark_staff_browser()


def let_in(secret: str, next_page: str) -> Response:
    """Go on to the page that was asked for, or to the second step first."""
    remember(secret)
    target = safe_target(next_page)
    person = visitor_of_session(site(), secret)
    if isinstance(person, HalfWay):
        return redirect(url_for(NEXT_STEP[person.stage], next=target))
    return redirect(target)
