"""Accounts of people: invite, role, link, sessions, second step, close."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from feedback_app.domain.acts import ACTS
from feedback_app.domain.roles import Role
from feedback_app.services.access import accounts as service
from feedback_app.services.access import links, second_step
from feedback_app.services.access.people import AccountFaultError
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.people import accounts as people_accounts
from feedback_app.services.people import history
from feedback_app.services.people.invitations import free_username
from feedback_app.services.places.records import choices, place_lines
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.people import changed_meanwhile
from feedback_app.web.people_forms import INVITED_ROLES, RoleOfAccountForm, role_of_account_form
from feedback_app.web.roles import ROLE_NAMES

accounts = Blueprint("accounts", __name__, url_prefix="/staf/admin/orang/akun")


class AccountForm(FlaskForm):  # type: ignore[misc]
    """A new account; its owner sets the password by a one-time link."""

    username = StringField(
        "Nama pengguna",
        [Length(max=80, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    name = StringField("Nama lengkap", [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)])
    role = SelectField("Peran")
    units = SelectMultipleField(
        "Unit yang boleh dilihat", coerce=int, option_widget=CheckboxInput()
    )
    officer = SelectField("Petugas yang memiliki akun ini", coerce=int, default=0)


@accounts.get("/baru")
def new() -> str:
    """An empty form for somebody who logs in: supervisors, HR, inspectorate, admins."""
    return _new_page(_account_form())


@accounts.post("/baru")
def add() -> str | tuple[str, int]:
    """Make an account and show its invitation once."""
    form = _account_form()
    if form.validate_on_submit():
        try:
            role = Role(form.role.data)
            issued = service.invite_account(
                site(),
                agency_id=viewer().agency_id,
                username=form.username.data or free_username(site(), form.name.data),
                name=form.name.data,
                role=role,
                officer_id=people_accounts.chosen_officer(
                    site(),
                    agency_id=viewer().agency_id,
                    role=role,
                    officer_id=form.officer.data or None,
                ),
                unit_ids=_units_of(form, role),
                by=viewer().account_id,
            )
        except AccountFaultError as fault:
            form.form_errors.append(_(fault.text))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            return render_template("people/link.html", issued=issued)
    translate_errors(form)
    return _new_page(form), 422


@accounts.get("/<int:account_id>")
def show(account_id: int) -> str | Response:
    """One person without a counter; an officer's account is on the officer's page."""
    page = service.account_page(site(), viewer(), account_id)
    if page.officer_id is not None:
        return redirect(url_for("people.show", officer_id=page.officer_id))
    return render_template(
        "people/account.html",
        page=page,
        line=page.line,
        history=history.history_of_account(site(), viewer(), page.line.username),
        acts=ACTS,
        role_names=_role_names(),
        has_sso=site().settings.sso is not None,
    )


@accounts.get("/<int:account_id>/peran")
def edit_role(account_id: int) -> str:
    """Role and units of an account."""
    found = people_accounts.role_form(site(), viewer(), account_id)
    form = _role_form(found)
    form.role.data, form.units.data = found.role, list(found.unit_ids)
    form.officer.data, form.seen.data = found.officer_id or 0, found.seen
    return _role_page(form, found)


@accounts.post("/<int:account_id>/peran")
def change_role(account_id: int) -> Response | tuple[str, int]:
    """Change role and units; what somebody else changed meanwhile is shown first."""
    found = people_accounts.role_form(site(), viewer(), account_id)
    form, status = _role_form(found), 422
    if form.validate_on_submit():
        try:
            people_accounts.change_account(
                site(),
                viewer(),
                account_id,
                role=Role(form.role.data),
                unit_ids=_units_of(form, Role(form.role.data)),
                officer_id=form.officer.data or None,
                seen=form.seen.data or "",
            )
        except AccountFaultError as fault:
            form.form_errors.append(_(fault.text))
        except FieldFaultError as fault:
            tell(form, fault)
        except ChangedMeanwhileError:
            form.form_errors.append(changed_meanwhile())
            form.seen.data, status = found.seen, 409
        else:
            flash(_("Peran disimpan. Orangnya masuk lagi dengan peran yang baru."))
            return _back_to(account_id)
    return _role_page(form, found), status


@accounts.post("/<int:account_id>/tautan")
def issue_link(account_id: int) -> str:
    """Make a one-time link, shown once."""
    issued = links.issue_link(site(), viewer(), account_id)
    return render_template("people/link.html", issued=issued)


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
    return render_template("people/confirm_closing.html", line=page.line, role_names=_role_names())


@accounts.post("/<int:account_id>/tutup")
def close(account_id: int) -> Response:
    """Close an account."""
    try:
        service.close_account(site(), viewer(), account_id)
    except AccountFaultError as fault:
        flash(_(fault.text), "error")
    else:
        flash(_("Akun ditutup."))
    return redirect(url_for("people.overview"))


def _back_to(account_id: int) -> Response:
    return redirect(url_for("accounts.show", account_id=account_id))


def _units_of(form: AccountForm | RoleOfAccountForm, role: Role) -> frozenset[int]:
    """The units ticked; a supervisor's is the only one there is where none was."""
    only = form.units.choices if len(form.units.choices) == 1 and role is Role.SUPERVISOR else ()
    return frozenset(form.units.data or (number for number, _name in only))


def _account_form() -> AccountForm:
    form = labelled(AccountForm())
    form.role.choices = [(role.value, _(ROLE_NAMES[role])) for role in INVITED_ROLES]
    form.units.choices = choices(site(), viewer(), "unit")
    form.officer.choices = [(0, "–"), *people_accounts.officer_choices(site(), viewer())]
    return form


def _role_names() -> dict[str, str]:
    return {role.value: _(name) for role, name in ROLE_NAMES.items()}


def _new_page(form: AccountForm) -> str:
    return render_template("people/new_account.html", form=form)


def _role_form(found: people_accounts.RoleForm) -> RoleOfAccountForm:
    units = dict(choices(site(), viewer(), "unit"))
    for line in place_lines(site(), viewer(), "unit"):
        if line.place_id in found.unit_ids:
            units.setdefault(line.place_id, line.name)
    officers = people_accounts.officer_choices(site(), viewer())
    if found.officer_id is not None:
        officers.append((found.officer_id, found.name))
    return role_of_account_form(list(units.items()), officers)


def _role_page(form: RoleOfAccountForm, found: people_accounts.RoleForm) -> str:
    translate_errors(form)
    return render_template("people/role.html", form=form, found=found)
