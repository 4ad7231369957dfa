"""What follows a right answer at log-in: the browser gets its new session and goes on."""

from __future__ import annotations

from flask import flash, g, redirect, session, url_for
from werkzeug.wrappers import Response

from feedback_app.services.access.own_history import news_of_account
from feedback_app.services.access.people import HalfWay, Viewer
from feedback_app.services.access.sessions import visitor_of_session
from feedback_app.web import formats
from feedback_app.web.access import NEXT_STEP, site
from feedback_app.web.known_browser import know_browser
from feedback_app.web.language import gettext as _
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
    if person is not None:
        know_browser(person.account_id)
        tell_news(person)
    return redirect(target)


def tell_news(who: Viewer) -> None:
    """Say what happened to the account since its owner was here before."""
    news = news_of_account(site(), who)
    if news.reset_at:
        flash(
            _(
                "Kata sandi Anda disetel ulang pada %(when)s dengan tautan dari %(who)s. "
                "Bila Anda tidak memintanya, beri tahu inspektorat.",
                when=formats.moment(news.reset_at),
                who=news.reset_by or _("pengelola server"),
            )
        )
    if news.last_failure_at:
        flash(
            _(
                "Sejak Anda terakhir masuk: %(n)s percobaan masuk yang gagal, "
                "terakhir %(when)s. Bila bukan Anda, ganti kata sandi.",
                n=formats.number(news.failures),
                when=formats.moment(news.last_failure_at),
            )
        )
