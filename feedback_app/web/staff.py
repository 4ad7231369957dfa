"""Log in, log out, and the first page after the log-in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from feedback_app.domain.roles import Role
from feedback_app.services.access.log_in import change_password as change_own_password
from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import (
    AccountFaultError,
    CrowdedError,
    LoginRefusedError,
    TooManyTriesError,
)
from feedback_app.services.access.sessions import log_out
from feedback_app.web.access import site, viewer
from feedback_app.web.after_log_in import let_in
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled, translate_errors
from feedback_app.web.known_browser import asking_browser
from feedback_app.web.language import gettext as _

staff = Blueprint("staff", __name__)

START_PAGES = {
    Role.SUPERVISOR: "supervisor.counters",
    Role.ADMIN: "admin.checklist",
    Role.INSPECTORATE: "inspectorate.cases",
    Role.HR: "needs.overview",
    Role.OFFICER: "officer.home",
}


class LoginForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    username = StringField(
        "Nama pengguna",
        [InputRequired(NEEDED), Length(max=80, message=TOO_LONG)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Kata sandi",
        [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, with the old one as proof."""

    old = PasswordField(
        "Kata sandi sekarang",
        [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        "Kata sandi baru",
        [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "new-password"},
    )


@staff.get("/masuk")
def login() -> str:
    """Ask for name and password."""
    return _login_page(labelled(LoginForm()), request.args.get("next", ""))


@staff.post("/masuk")
def enter() -> Response | tuple[str, int]:
    """Check them and start a session."""
    form = labelled(LoginForm())
    next_page = request.form.get("next", "")
    status = 422
    if form.validate_on_submit():
        try:
            secret = log_in(
                site(),
                username=form.username.data,
                password=form.password.data,
                browser=asking_browser(),
            )
        except LoginRefusedError:
            form.form_errors.append(_("Nama pengguna atau kata sandi tidak cocok."))
        except TooManyTriesError:
            form.form_errors.append(_("Terlalu banyak percobaan. Coba lagi 10 menit lagi."))
        except CrowdedError as fault:
            form.form_errors.append(_(fault.text))
            status = 429
        else:
            return let_in(secret, next_page)
    translate_errors(form)
    return _login_page(form, next_page), status


def _login_page(form: LoginForm, next_page: str) -> str:
    sso = site().settings.sso
    return render_template(
        "staff/login.html", form=form, next=next_page, sso_name=sso.name if sso else ""
    )


@staff.post("/keluar")
def logout() -> Response:
    """End the session on the server and forget the cookie."""
    log_out(site(), session["sid"])
    session.clear()
    flash(_("Anda sudah keluar."))
    return redirect(url_for("staff.login"))


@staff.get("/staf/")
def start() -> Response | str:
    """Send each role to its own first page."""
    page = START_PAGES.get(viewer().role)
    return redirect(url_for(page)) if page else render_template("staff/start.html")


@staff.get("/staf/kata-sandi")
def password() -> str:
    """Ask for a new password."""
    return render_template("staff/password.html", form=labelled(PasswordForm()))


@staff.post("/staf/kata-sandi")
def change_password() -> Response | tuple[str, int]:
    """Change the password and end every session of the account."""
    form = labelled(PasswordForm())
    status = 422
    if form.validate_on_submit():
        try:
            change_own_password(site(), viewer(), old=form.old.data, new=form.new.data)
        except LoginRefusedError:
            form.form_errors.append(_("Kata sandi sekarang tidak cocok."))
        except TooManyTriesError:
            form.form_errors.append(_("Terlalu banyak percobaan. Coba lagi 10 menit lagi."))
        except CrowdedError as fault:
            form.form_errors.append(_(fault.text))
            status = 429
        except AccountFaultError as fault:
            form.form_errors.append(_(fault.text))
        else:
            session.clear()
            flash(_("Kata sandi sudah diganti. Masuk kembali."))
            return redirect(url_for("staff.login"))
    translate_errors(form)
    return render_template("staff/password.html", form=form), status
