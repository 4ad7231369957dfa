"""Orang: everybody in one table, one page each, and many invited at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.acts import ACTS
from feedback_app.services.access.people import AccountFaultError
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.people import exports, invitations, person, table
from feedback_app.services.people.table import Asked
from feedback_app.services.places.records import choices
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import page_number
from feedback_app.web.downloads import PDF, download, sheets
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.people_forms import OfficerForm, officer_form
from feedback_app.web.roles import ROLE_NAMES

people = Blueprint("people", __name__, url_prefix="/staf/admin/orang")

ALL_FOUND = "semua"  # instead of the people ticked: all whom the filter finds


def changed_meanwhile() -> str:
    """What the second of two people who change the same is told."""
    return _("Data ini baru saja diubah orang lain. Periksa yang berlaku sekarang, lalu simpan.")


@people.get("/")
def overview() -> str:
    """Officers and accounts in one table, found by name, unit, role and state."""
    return _overview_page([])


@people.get("/unduh.<ending>")
def file(ending: str) -> Response:
    """Everybody the filter finds, as CSV or XLSX."""
    lines = table.matching(table.everybody_of(site(), viewer()), asked())
    return sheets(
        [exports.people_sheet(lines)],
        name="orang",
        ending=ending,
        about=[("Isi", "Petugas dan akun"), ("Jumlah orang", len(lines))],
    )


@people.post("/undang")
def check_invitations() -> str | tuple[str, int]:
    """Name who would be invited, under which user names, before anything is made."""
    return _invitations_page([])


@people.post("/undang/cetak")
def invite() -> AnyResponse | str | tuple[str, int]:
    """Make the accounts and links, and answer with the slips: the only time they can be read."""
    seen = request.form.get("seen", "")
    try:
        content = invitations.make_invitations(
            site(), viewer(), _chosen(), everybody=_everybody(), seen=seen
        )
    except AccountFaultError as fault:
        return _invitations_page([_(fault.text)])
    except ChangedMeanwhileError:
        told = _("Sebagian sudah diundang atau berubah sejak daftar ini dibuka. Periksa lagi.")
        return _invitations_page([told])
    return download(content, PDF, "undangan.pdf")


@people.get("/baru")
def new() -> str:
    """An empty form for an officer."""
    return _officer_page(officer_form(_units()), None)


@people.post("/baru")
def add() -> AnyResponse | tuple[str, int]:
    """Enter an officer."""
    form = officer_form(_units())
    if form.validate_on_submit():
        try:
            officer_id = person.add_officer(site(), viewer(), form.wanted())
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Petugas ditambahkan."))
            return redirect(url_for("people.show", officer_id=officer_id))
    return _officer_page(form, None), 422


@people.get("/<int:officer_id>")
def show(officer_id: int) -> str:
    """One officer: what is known, greeting, unit, account, history, and what can be done."""
    page = person.person_page(site(), viewer(), officer_id)
    return render_template(
        "people/person.html",
        page=page,
        acts=ACTS,
        role_names=_role_names(),
        has_sso=site().settings.sso is not None,
    )


@people.get("/<int:officer_id>/ubah")
def edit(officer_id: int) -> str:
    """The form of an officer: name, NIP, unit, greeting."""
    page = person.person_page(site(), viewer(), officer_id)
    form = officer_form(_units(page))
    form.show(page)
    return _officer_page(form, page)


@people.post("/<int:officer_id>/ubah")
def change(officer_id: int) -> AnyResponse | tuple[str, int]:
    """Change an officer; what somebody else changed meanwhile is shown first."""
    page = person.person_page(site(), viewer(), officer_id)
    form, status = officer_form(_units(page)), 422
    if form.validate_on_submit():
        try:
            person.change_officer(
                site(), viewer(), officer_id, form.wanted(), seen=form.seen.data or ""
            )
        except FieldFaultError as fault:
            tell(form, fault)
        except ChangedMeanwhileError:
            form.form_errors.append(changed_meanwhile())
            form.seen.data, status = page.seen, 409
        else:
            flash(_("Data %(name)s disimpan.", name=form.name.data))
            return redirect(url_for("people.show", officer_id=officer_id))
    return _officer_page(form, page), status


def asked() -> Asked:
    """The filter of the address."""
    names = {
        "text": "cari",
        "unit": "unit",
        "role": "peran",
        "state": "status",
        "account": "akun",
        "order": "urut",
    }
    return Asked(**{field: request.values.get(name, "")[:100] for field, name in names.items()})


def _kept(choice: Asked) -> dict[str, str | None]:
    return {
        "cari": choice.text or None,
        "unit": choice.unit or None,
        "peran": choice.role or None,
        "status": choice.state or None,
        "akun": choice.account or None,
        "urut": choice.order or None,
    }


def _overview_page(faults: Sequence[str]) -> str:
    choice = asked()
    return render_template(
        "people/overview.html",
        found=table.people_page(site(), viewer(), choice, page=page_number()),
        choice=choice,
        kept=_kept(choice),
        role_names=_role_names(),
        faults=[("", fault) for fault in faults],
        all_found=ALL_FOUND,
    )


def _chosen() -> list[str]:
    return request.form.getlist("who")


def _everybody() -> Asked | None:
    return asked() if request.form.get("all") == ALL_FOUND else None


def _invitations_page(faults: Sequence[str]) -> str | tuple[str, int]:
    try:
        found = invitations.invitations_for(site(), viewer(), _chosen(), everybody=_everybody())
    except AccountFaultError as fault:
        return _overview_page([_(fault.text)]), 422
    page = render_template(
        "people/invitations.html",
        found=found,
        chosen=_chosen(),
        is_everybody=_everybody() is not None,
        kept=_kept(asked()),
        faults=[("", fault) for fault in faults],
        all_found=ALL_FOUND,
    )
    return (page, 409) if faults else page


def _units(page: person.PersonPage | None = None) -> list[tuple[int, str]]:
    found = choices(site(), viewer(), "unit")
    if page is not None and page.unit.id not in dict(found):
        found.append((page.unit.id, page.unit.name))
    return found


def _officer_page(form: OfficerForm, page: person.PersonPage | None) -> str:
    translate_errors(form)
    return render_template("people/officer_form.html", form=form, page=page)


def _role_names() -> dict[str, str]:
    return {role.value: _(name) for role, name in ROLE_NAMES.items()}
