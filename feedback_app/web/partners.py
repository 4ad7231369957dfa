"""HR's partners of trainings, with their agreements' dates."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, StringField
from wtforms.validators import Optional

from feedback_app.services.faults import FieldFaultError
from feedback_app.services.trainings.partners import Told, partner_of, partners_of, save_partner
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _

partners = Blueprint("partners", __name__, url_prefix="/staf/mitra")

Answer = str | AnyResponse | tuple[str, int]


class PartnerForm(FlaskForm):  # type: ignore[misc]
    """Who, under which agreement, from when to when."""

    name = StringField("Nama mitra")
    agreement = StringField("Nomor atau judul perjanjian")
    first_day = DateField("Berlaku mulai", [Optional()])
    last_day = DateField("Berlaku sampai (kosong bila tanpa batas)", [Optional()])


@partners.get("/")
def overview() -> str:
    """Partners with their trainings and agreements, and a form for one more."""
    return _overview(_form(name=request.args.get("nama", "")))


@partners.post("/")
def add() -> Answer:
    """Add a partner."""
    form = _form()
    if _saved(form, None):
        return redirect(url_for("partners.overview"))
    return _overview(form), 422


@partners.get("/<int:partner_id>")
def show(partner_id: int) -> str:
    """One partner, to change."""
    row = partner_of(site(), viewer(), partner_id)
    names = ("name", "agreement", "first_day", "last_day")
    return _change(partner_id, _form(**{name: getattr(row, name) for name in names}))


@partners.post("/<int:partner_id>")
def change(partner_id: int) -> Answer:
    """Change a partner; trainings that name it follow."""
    form = _form()
    if _saved(form, partner_id):
        return redirect(url_for("partners.overview"))
    return _change(partner_id, form), 422


def _saved(form: PartnerForm, partner_id: int | None) -> bool:
    if form.validate_on_submit():
        told = Told(
            form.name.data or "",
            form.agreement.data or "",
            form.first_day.data,
            form.last_day.data,
        )
        try:
            save_partner(site(), viewer(), told, partner_id=partner_id)
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Mitra disimpan."))
            return True
    translate_errors(form)
    return False


def _form(**data: Any) -> PartnerForm:
    return labelled(PartnerForm(data=data))


def _overview(form: PartnerForm) -> str:
    return render_template(
        "trainings/partners.html", lines=partners_of(site(), viewer()), form=form
    )


def _change(partner_id: int, form: PartnerForm) -> str:
    return render_template("trainings/partner.html", partner_id=partner_id, form=form)
