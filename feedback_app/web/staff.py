"""Log in, log out, and the first page behind the door."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from feedback_app.domain.roles import Role
from feedback_app.services import accounts
from feedback_app.web.access import site, viewer
from feedback_app.web.language import gettext as _

staff = Blueprint("staff", __name__)

START_PAGES = {
    Role.SUPERVISOR: "supervisor.counters",
    Role.ADMIN: "admin.checklist",
    Role.INSPECTORATE: "inspectorate.cases",
    Role.HR: "impact.matrix",
    Role.OFFICER: "officer.home",
}


class LoginForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    username = StringField("Nama pengguna", [InputRequired(), Length(max=80)])
    password = PasswordField("Kata sandi", [InputRequired(), Length(max=200)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, with the old one as proof."""

    old = PasswordField("Kata sandi sekarang", [InputRequired(), Length(max=200)])
    new = PasswordField("Kata sandi baru", [InputRequired(), Length(max=200)])


@staff.get("/masuk")
def login() -> str:
    """Ask for name and password."""
    return render_template("staff/login.html", form=_login_form(), next=request.args.get("next"))


@staff.post("/masuk")
def enter() -> Response | str | tuple[str, int]:
    """Check them and start a session."""
    form = _login_form()
    next_page = request.form.get("next", "")
    if form.validate_on_submit():
        try:
            secret = accounts.log_in(
                site(), username=form.username.data, password=form.password.data
            )
        except accounts.LoginRefusedError:
            form.form_errors.append(_("Nama pengguna atau kata sandi tidak cocok."))
        except accounts.TooManyGuessesError:
            form.form_errors.append(_("Terlalu banyak percobaan. Coba lagi 10 menit lagi."))
        else:
            language = session.get("lang")
            session.clear()
            session.permanent = True
            session["sid"] = secret
            if language:
                session["lang"] = language
            return redirect(_safe_target(next_page))
    return render_template("staff/login.html", form=form, next=next_page), 422


@staff.post("/keluar")
def logout() -> Response:
    """End the session on the server and forget the cookie."""
    accounts.log_out(site(), session["sid"])
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
    return render_template("staff/password.html", form=_password_form())


@staff.post("/staf/kata-sandi")
def change_password() -> Response | tuple[str, int]:
    """Change the password and end every session of the account."""
    form = _password_form()
    if form.validate_on_submit():
        try:
            accounts.change_password(site(), viewer(), old=form.old.data, new=form.new.data)
        except accounts.LoginRefusedError:
            form.form_errors.append(_("Kata sandi sekarang tidak cocok."))
        except accounts.AccountFaultError as fault:
            form.form_errors.append(_(str(fault)))
        else:
            session.clear()
            flash(_("Kata sandi sudah diganti. Masuk kembali."))
            return redirect(url_for("staff.login"))
    return render_template("staff/password.html", form=form), 422


def _login_form() -> LoginForm:
    form = LoginForm()
    form.username.label.text = _("Nama pengguna")
    form.password.label.text = _("Kata sandi")
    return form


def _password_form() -> PasswordForm:
    form = PasswordForm()
    form.old.label.text = _("Kata sandi sekarang")
    form.new.label.text = _("Kata sandi baru")
    return form


def _safe_target(text: str) -> str:
    """A path of this site, or the start page: never another site."""
    parts = urlsplit(text.replace("\\", "/"))
    is_own = text.startswith("/") and not text.startswith(("//", "/\\"))
    if is_own and not parts.netloc and not parts.scheme and text.isprintable():
        return text
    return url_for("staff.start")
