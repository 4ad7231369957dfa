"""The second step of a log-in: the code of an app, and setting that app up."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from feedback_app.services.access import second_step as steps
from feedback_app.services.access.people import TooManyTriesError, Viewer, WrongSecondStepError
from feedback_app.services.access.sessions import viewer_of_session
from feedback_app.web.access import half_way, person, site
from feedback_app.web.after_log_in import let_in, remember
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled, translate_errors, wrong_code_words
from feedback_app.web.known_browser import know_browser
from feedback_app.web.language import gettext as _
from feedback_app.web.targets import safe_target

second_step = Blueprint("second_step", __name__)

ENROL_PATH = "/staf/akun/langkah-kedua/pasang"


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code from the app, or a recovery code."""

    typed = StringField(
        "Kode",
        [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters"},
    )


class AppCodeForm(FlaskForm):  # type: ignore[misc]
    """The first code that a newly set-up app shows."""

    typed = StringField(
        "Kode dari aplikasi",
        [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


@second_step.get("/masuk/kode")
def ask() -> Response | str:
    """Ask for the code of the second step."""
    if half_way() is None:
        return redirect(url_for("staff.start"))
    next_page = request.args.get("next", "")
    return render_template("staff/code.html", form=labelled(CodeForm()), next=next_page)


@second_step.post("/masuk/kode")
def check() -> Response | tuple[str, int]:
    """Check the code of the second step and open the session."""
    half = half_way()
    if half is None:
        return redirect(url_for("staff.start"))
    form = labelled(CodeForm())
    next_page = request.form.get("next", "")
    if form.validate_on_submit():
        try:
            agent = request.user_agent.string
            secret = steps.pass_second_step(site(), half, typed=form.typed.data, user_agent=agent)
        except (WrongSecondStepError, TooManyTriesError) as fault:
            _tell(form, fault)
        else:
            return let_in(secret, next_page)
    translate_errors(form)
    return render_template("staff/code.html", form=form, next=next_page), 422


@second_step.get(ENROL_PATH)
def enrol() -> Response | str:
    """Show what the app scans, and ask for its first code."""
    return _enrol_page(labelled(AppCodeForm()), request.args.get("next", ""))


@second_step.post(ENROL_PATH)
def confirm() -> Response | str | tuple[Response | str, int]:
    """Take the app into use; show the recovery codes this once."""
    who = person()
    form = labelled(AppCodeForm())
    next_page = request.form.get("next", "")
    if form.validate_on_submit():
        try:
            agent = request.user_agent.string
            done = steps.confirm_enrolment(site(), who, code=form.typed.data, user_agent=agent)
        except (WrongSecondStepError, TooManyTriesError) as fault:
            _tell(form, fault)
        else:
            remember(done.session_secret)
            g.viewer = viewer_of_session(site(), done.session_secret)
            know_browser(who.account_id)
            return render_template(
                "staff/recovery_codes.html", codes=done.codes, target=safe_target(next_page)
            )
    translate_errors(form)
    return _enrol_page(form, next_page), 422


def _enrol_page(form: FlaskForm, next_page: str) -> Response | str:
    who = person()
    shown = steps.enrolment(site(), who)
    if shown is None:
        flash(_("Mulai dari halaman ini untuk memasang aplikasi."))
        return redirect(url_for("own.second_factor"))
    is_own_wish = isinstance(who, Viewer)
    return render_template(
        "staff/enrol.html",
        form=form,
        shown=shown,
        next=next_page,
        is_own_wish=is_own_wish,
        replaces=isinstance(who, Viewer) and steps.factor_state(site(), who).since is not None,
    )


def _tell(form: FlaskForm, fault: WrongSecondStepError | TooManyTriesError) -> None:
    if isinstance(fault, TooManyTriesError):
        form.form_errors.append(_("Terlalu banyak percobaan. Coba lagi 10 menit lagi."))
    else:
        text = wrong_code_words()
        form.typed.errors = [text]
