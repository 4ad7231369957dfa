"""The admin's room: get an office live, print cards, give accounts."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from feedback_app.domain.roles import Role
from feedback_app.services import accounts as account_service
from feedback_app.services import cards as card_service
from feedback_app.services import setup
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.officer import accounts as officer_accounts
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import download
from feedback_app.web.forms import tell
from feedback_app.web.language import gettext as _

admin = Blueprint("admin", __name__, url_prefix="/staf/admin")

ROLE_NAMES = {
    Role.SUPERVISOR: "Atasan unit",
    Role.ADMIN: "Admin",
    Role.HR: "Kepegawaian (BKPSDM)",
    Role.INSPECTORATE: "Inspektorat",
    Role.OFFICER: "Petugas",
}


class AccountForm(FlaskForm):  # type: ignore[misc]
    """A new account; its password is made here and shown once."""

    username = StringField("Nama pengguna", [InputRequired(), Length(max=80)])
    name = StringField("Nama lengkap", [InputRequired(), Length(max=200)])
    role = SelectField("Peran")
    units = SelectMultipleField("Unit yang boleh dilihat", coerce=int)
    officer = SelectField("Petugas yang memiliki akun ini", coerce=int)


@admin.get("/")
def checklist() -> str:
    """What an office needs before its first scan, and what is there."""
    return render_template("admin/checklist.html", counts=setup.progress(site(), viewer()))


@admin.get("/unit")
def units() -> str:
    """The agency's units."""
    return render_template("admin/units.html", units=setup.unit_lines(site(), viewer()))


@admin.post("/unit")
def add_unit() -> AnyResponse | tuple[str, int]:
    """Add a unit."""
    typed = {name: request.form.get(name, "") for name in ("code", "name")}
    try:
        setup.add_unit(site(), viewer(), **typed)
    except setup.SetupFaultError as fault:
        lines = setup.unit_lines(site(), viewer())
        page = render_template("admin/units.html", units=lines, fault=_(str(fault)), typed=typed)
        return page, 422
    flash(_("Unit ditambahkan."))
    return redirect(url_for("admin.units"))


@admin.get("/kartu")
def cards() -> str:
    """Every counter's card and its address."""
    lines = card_service.card_lines(site(), agency_id=viewer().agency_id)
    return render_template("admin/cards.html", lines=lines)


@admin.get("/kartu.pdf")
def cards_file() -> Response:
    """The cards to print: all, or one counter's."""
    code = request.args.get("loket") or None
    content = card_service.cards_pdf(site(), agency_id=viewer().agency_id, counter_code=code)
    return download(content, "application/pdf", "kartu-qr.pdf")


@admin.get("/kartu/<code>/ganti")
def confirm_new_card(code: str) -> str:
    """Ask before every card printed so far stops working."""
    lines = card_service.card_lines(site(), agency_id=viewer().agency_id)
    line = next((line for line in lines if line.code == code), None)
    if line is None:
        abort(404)
    return render_template("admin/confirm_card.html", line=line)


@admin.post("/kartu/<code>/ganti")
def new_card(code: str) -> AnyResponse:
    """Give the counter's card a new serial."""
    card_service.replace_card(site(), viewer(), counter_code=code)
    flash(_("Kartu lama tidak berlaku lagi. Cetak kartu yang baru."))
    return redirect(url_for("admin.cards"))


@admin.get("/akun")
def accounts() -> str:
    """Accounts and a form for a new one."""
    return _accounts_page(_account_form())


@admin.post("/akun")
def add_account() -> tuple[str, int]:
    """Make an account and show its password once."""
    form = _account_form()
    if form.validate_on_submit():
        try:
            role = Role(form.role.data)
            officer_id = officer_accounts.chosen_officer(
                site(),
                agency_id=viewer().agency_id,
                role=role,
                officer_id=form.officer.data or None,
            )
            password = account_service.create_account(
                site(),
                agency_id=viewer().agency_id,
                username=form.username.data,
                name=form.name.data,
                role=role,
                officer_id=officer_id,
                unit_ids=frozenset(form.units.data or ()),
                by=viewer().account_id,
            )
        except account_service.AccountFaultError as fault:
            form.form_errors.append(_(str(fault)))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            username = account_service.normal_username(form.username.data)
            return render_template("admin/password.html", name=username, password=password), 200
    return _accounts_page(form), 422


@admin.get("/akun/<int:account_id>")
def confirm_account(account_id: int) -> str:
    """One account: new password or close it, each asked for by name."""
    line = account_service.account_named(site(), viewer(), account_id)
    return render_template("admin/account.html", line=line)


@admin.post("/akun/<int:account_id>/tutup")
def close_account(account_id: int) -> AnyResponse:
    """Close an account."""
    try:
        account_service.close_account(site(), viewer(), account_id)
    except account_service.AccountFaultError as fault:
        flash(_(str(fault)), "error")
    else:
        flash(_("Akun ditutup."))
    return redirect(url_for("admin.accounts"))


@admin.post("/akun/<int:account_id>/sandi")
def new_password(account_id: int) -> str:
    """Give a new password, shown once."""
    line = account_service.account_named(site(), viewer(), account_id)
    password = account_service.give_new_password(site(), viewer(), account_id)
    return render_template("admin/password.html", name=line.username, password=password)


def _account_form() -> AccountForm:
    form = AccountForm()
    form.role.choices = [(role.value, _(name)) for role, name in ROLE_NAMES.items()]
    lines = setup.unit_lines(site(), viewer())
    form.units.choices = [(line.unit_id, line.name) for line in lines]
    form.officer.choices = [(0, "–"), *officer_accounts.officer_choices(site(), viewer())]
    for field in (form.username, form.name, form.role, form.units, form.officer):
        field.label.text = _(field.label.text)
    return form


def _accounts_page(form: AccountForm) -> str:
    lines = account_service.account_lines(site(), viewer())
    names = {role.value: name for role, name in ROLE_NAMES.items()}
    return render_template("admin/accounts.html", form=form, lines=lines, role_names=names)
