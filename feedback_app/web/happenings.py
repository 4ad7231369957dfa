"""The register of happenings: list, add, correct, end, withdraw."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from feedback_app.domain.happenings import CHOSEN, KINDS, LONGEST_WORDS
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.happenings import register
from feedback_app.services.happenings.register import Line, Told
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

happenings = Blueprint("happenings", __name__, url_prefix="/staf/kejadian")

Answer = str | AnyResponse | tuple[str, int]


class HappeningForm(FlaskForm):  # type: ignore[misc]
    """Where, what, from when to when, in words."""

    place = SelectField("Loket atau unit", choices=[])
    kind = SelectField("Jenis kejadian", choices=[])
    first = DateField("Hari pertama", [InputRequired(NEEDED)])
    last = DateField("Hari terakhir (kosong bila masih berlangsung)", [Optional()])
    words = StringField(
        "Apa yang terjadi", [InputRequired(NEEDED), Length(max=LONGEST_WORDS, message=TOO_LONG)]
    )

    def told(self) -> Told:
        """What the form says."""
        return Told(
            self.place.data, self.kind.data, self.first.data, self.last.data, self.words.data
        )


@happenings.get("/")
def overview() -> str:
    """What happened at the viewer's counters, newest first, and a form for more."""
    return _overview(_form(first=site().today()))


@happenings.post("/")
def add() -> Answer:
    """Add an entry."""
    form = _form()
    if form.validate_on_submit():
        try:
            register.add(site(), viewer(), form.told())
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Kejadian dicatat."))
            return redirect(url_for("happenings.overview"))
    translate_errors(form)
    return _overview(form), 422


@happenings.get("/<int:happening_id>")
def change(happening_id: int) -> str:
    """One entry, to correct, to end or to withdraw."""
    line = register.line_of(site(), viewer(), happening_id)
    one = line.happening
    form = _form(place=line.place, kind=one.kind, first=one.first, last=one.last, words=one.words)
    return _change(line, form)


@happenings.post("/<int:happening_id>")
def correct(happening_id: int) -> Answer:
    """Put another entry in its place; the old one stays in the register's history."""
    line, form = register.line_of(site(), viewer(), happening_id), _form()
    if form.validate_on_submit():
        try:
            register.correct(site(), viewer(), happening_id, form.told())
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Kejadian dibetulkan."))
            return redirect(url_for("happenings.overview"))
    translate_errors(form)
    return _change(line, form), 422


@happenings.post("/<int:happening_id>/selesai")
def end(happening_id: int) -> Answer:
    """Say that it is over since today."""
    try:
        register.end(site(), viewer(), happening_id, site().today())
    except FieldFaultError as fault:
        flash(_(fault.text))
        return redirect(url_for("happenings.change", happening_id=happening_id))
    flash(_("Kejadian berakhir hari ini."))
    return redirect(url_for("happenings.overview"))


@happenings.post("/<int:happening_id>/cabut")
def withdraw(happening_id: int) -> AnyResponse:
    """Take out what never was; the page before has asked."""
    register.withdraw(site(), viewer(), happening_id)
    flash(_("Kejadian dicabut."))
    return redirect(url_for("happenings.overview"))


def _form(**data: Any) -> HappeningForm:
    form = labelled(HappeningForm(data=data))
    form.place.choices = list(register.register_of(site(), viewer()).places)
    form.kind.choices = [(kind, say(KINDS[kind]).capitalize()) for kind in CHOSEN]
    return form


def _overview(form: HappeningForm) -> str:
    found = register.register_of(site(), viewer())
    return render_template("happenings/overview.html", register=found, form=form, kinds=KINDS)


def _change(line: Line, form: HappeningForm) -> str:
    return render_template("happenings/change.html", line=line, form=form, kinds=KINDS)
