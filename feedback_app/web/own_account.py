"""Akun saya: what every member of staff may see and change of the own account."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from feedback_app.domain.acts import ACTS
from feedback_app.services.access import second_step as steps
from feedback_app.services.access import sessions as session_service
from feedback_app.services.access.own_history import own_history
from feedback_app.services.access.people import (
    CrowdedError,
    LoginRefusedError,
    TooManyTriesError,
    WrongSecondStepError,
)
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.people import person
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled, translate_errors, wrong_code_words
from feedback_app.web.language import gettext as _
from feedback_app.web.roles import role_name

own = Blueprint("own", __name__, url_prefix="/staf/akun")


class BeginForm(FlaskForm):  # type: ignore[misc]
    """The password again, and a code where there is a second step already."""

    password = PasswordField(
        "Kata sandi",
        [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "current-password"},
    )
    typed = StringField(
        "Kode",
        [Length(max=40, message=TOO_LONG)],
        render_kw={"autocomplete": "one-time-code"},
    )


@own.get("/")
def overview() -> str:
    """Name and role, and the way to everything about the own account."""
    state = steps.factor_state(site(), viewer())
    count = len(session_service.own_sessions(site(), viewer()))
    return render_template(
        "staff/account.html",
        state=state,
        sessions=count,
        role=role_name(viewer().role),
        history=own_history(site(), viewer()),
        acts=ACTS,
        greeting=person.greeting_of(site(), viewer()),
    )


@own.post("/sapaan")
def wish() -> Response:
    """How an officer wants to be called on the form; empty leaves it to the office."""
    try:
        person.wish_for_greeting(site(), viewer(), request.form.get("greeting", ""))
    except FieldFaultError as fault:
        flash(_(fault.text), "error")
    else:
        flash(_("Sapaan disimpan."))
    return redirect(url_for("own.overview"))


@own.get("/langkah-kedua")
def second_factor() -> str:
    """How the own second step stands, and a form to set it up or replace it."""
    return _second_factor_page(labelled(BeginForm()))


@own.post("/langkah-kedua")
def begin_second_factor() -> Response | tuple[str, int]:
    """Check the password (and a code), then show what the app scans."""
    form = labelled(BeginForm())
    status = 422
    if form.validate_on_submit():
        try:
            steps.begin_enrolment(
                site(), viewer(), password=form.password.data, code=form.typed.data or ""
            )
        except LoginRefusedError:
            form.password.errors = [_("Kata sandi tidak cocok.")]
        except WrongSecondStepError:
            form.typed.errors = [wrong_code_words()]
        except TooManyTriesError:
            form.form_errors.append(_("Terlalu banyak percobaan. Coba lagi 10 menit lagi."))
        except CrowdedError as fault:
            form.form_errors.append(_(fault.text))
            status = 429
        else:
            return redirect(url_for("second_step.enrol"))
    translate_errors(form)
    return _second_factor_page(form), status


def _second_factor_page(form: BeginForm) -> str:
    state = steps.factor_state(site(), viewer())
    return render_template("staff/second_factor.html", form=form, state=state)


@own.get("/sesi")
def sessions() -> str:
    """Where one is logged in."""
    lines = session_service.own_sessions(site(), viewer())
    return render_template("staff/sessions.html", lines=lines)


@own.post("/sesi/<int:session_id>/akhiri")
def end_session(session_id: int) -> Response:
    """End one of the own sessions."""
    is_this = session_id == viewer().session_id
    session_service.end_own_session(site(), viewer(), session_id)
    flash(_("Anda sudah keluar.") if is_this else _("Sesi diakhiri."))
    return redirect(url_for("staff.login" if is_this else "own.sessions"))


@own.post("/sesi/lainnya/akhiri")
def end_other_sessions() -> Response:
    """End all own sessions but this one."""
    ended = session_service.end_other_sessions(site(), viewer())
    flash(_("%(n)s sesi lain diakhiri.", n=ended))
    return redirect(url_for("own.sessions"))
