"""The admin's pages about accounts: invite, link, sessions, second step, close."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from feedback_app.domain.roles import Role
from feedback_app.services.access import accounts as service
from feedback_app.services.access import links, second_step
from feedback_app.services.access.people import AccountFaultError
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.office import setup
from feedback_app.services.officer import accounts as officer_accounts
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.roles import ROLE_NAMES

accounts = Blueprint("accounts", __name__, url_prefix="/staf/admin/akun")

INVITED_ROLES = (Role.SUPERVISOR, Role.ADMIN, Role.HR, Role.INSPECTORATE, Role.OFFICER)


class AccountForm(FlaskForm):  # type: ignore[misc]
    """A new account; its owner sets the password by a one-time link."""

    username = StringField(
        "Nama pengguna",
        [InputRequired(NEEDED), Length(max=80, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    name = StringField("Nama lengkap", [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)])
    role = SelectField("Peran")
    units = SelectMultipleField(
        "Unit yang boleh dilihat", coerce=int, option_widget=CheckboxInput()
    )
    officer = SelectField("Petugas yang memiliki akun ini", coerce=int, default=0)


@accounts.get("")
def overview() -> str:
    """Accounts and a form for a new one."""
    return _overview_page(_account_form())


@accounts.post("")
def add() -> str | tuple[str, int]:
    """Make an account and show its invitation once."""
    form = _account_form()
    if form.validate_on_submit():
        try:
            role = Role(form.role.data)
            issued = service.invite_account(
                site(),
                agency_id=viewer().agency_id,
                username=form.username.data,
                name=form.name.data,
                role=role,
                officer_id=officer_accounts.chosen_officer(
                    site(),
                    agency_id=viewer().agency_id,
                    role=role,
                    officer_id=form.officer.data or None,
                ),
                unit_ids=frozenset(form.units.data or ()),
                by=viewer().account_id,
            )
        except AccountFaultError as fault:
            form.form_errors.append(_(fault.text))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            return render_template("admin/link.html", issued=issued)
    translate_errors(form)
    return _overview_page(form), 422


@accounts.get("/<int:account_id>")
def show(account_id: int) -> str:
    """One account; whatever cannot be undone is asked for by name."""
    page = service.account_page(site(), viewer(), account_id)
    has_sso = site().settings.sso is not None
    return render_template(
        "admin/account.html", page=page, line=page.line, role_names=_role_names(), has_sso=has_sso
    )


@accounts.post("/<int:account_id>/tautan")
def issue_link(account_id: int) -> str:
    """Make a one-time link, shown once."""
    issued = links.issue_link(site(), viewer(), account_id)
    return render_template("admin/link.html", issued=issued)


@accounts.post("/<int:account_id>/tautan/batal")
def revoke_link(account_id: int) -> Response:
    """Make the link stop working."""
    try:
        links.revoke_link(site(), viewer(), account_id)
        flash(_("Tautan tidak berlaku lagi."))
    except AccountFaultError as fault:
        flash(_(fault.text), "error")
    return _back_to(account_id)


@accounts.post("/<int:account_id>/sesi")
def end_sessions(account_id: int) -> Response:
    """Log the account out everywhere."""
    ended = service.end_sessions_of_account(site(), viewer(), account_id)
    flash(_("%(n)s sesi diakhiri.", n=ended))
    return _back_to(account_id)


@accounts.post("/<int:account_id>/langkah-kedua")
def remove_second_factor(account_id: int) -> Response:
    """Take the second step away, for somebody who lost phone and codes."""
    try:
        second_step.remove_second_factor(site(), viewer(), account_id)
        flash(_("Langkah kedua dihapus. Pemakainya memasang yang baru saat masuk."))
    except AccountFaultError as fault:
        flash(_(fault.text), "error")
    return _back_to(account_id)


@accounts.post("/<int:account_id>/masuk-tunggal")
def name_for_single_sign_on(account_id: int) -> Response:
    """Say which single sign-on name belongs to this account."""
    try:
        name = request.form.get("sso_name", "")
        service.name_for_single_sign_on(site(), viewer(), account_id, name)
        flash(_("Nama masuk tunggal disimpan."))
    except AccountFaultError as fault:
        flash(_(fault.text), "error")
    return _back_to(account_id)


@accounts.get("/<int:account_id>/tutup")
def confirm_closing(account_id: int) -> str | Response:
    """Ask first: a closed account stays closed."""
    page = service.account_page(site(), viewer(), account_id)
    if page.is_own:
        return _back_to(account_id)
    return render_template("admin/confirm_closing.html", line=page.line, role_names=_role_names())


@accounts.post("/<int:account_id>/tutup")
def close(account_id: int) -> Response:
    """Close an account."""
    try:
        service.close_account(site(), viewer(), account_id)
    except AccountFaultError as fault:
        flash(_(fault.text), "error")
    else:
        flash(_("Akun ditutup."))
    return redirect(url_for("accounts.overview"))


def _back_to(account_id: int) -> Response:
    return redirect(url_for("accounts.show", account_id=account_id))


def _account_form() -> AccountForm:
    form = labelled(AccountForm())
    form.role.choices = [(role.value, _(ROLE_NAMES[role])) for role in INVITED_ROLES]
    lines = setup.unit_lines(site(), viewer())
    form.units.choices = [(line.unit_id, line.name) for line in lines]
    form.officer.choices = [(0, "–"), *officer_accounts.officer_choices(site(), viewer())]
    return form


def _role_names() -> dict[str, str]:
    return {role.value: _(name) for role, name in ROLE_NAMES.items()}


def _overview_page(form: AccountForm) -> str:
    lines = service.account_lines(site(), viewer())
    return render_template("admin/accounts.html", form=form, lines=lines, role_names=_role_names())
