"""Tempat: units, counters and services, listed, added, named anew, ended."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from feedback_app.services.faults import FieldFaultError
from feedback_app.services.places import ending, records
from feedback_app.services.places.ending import Ending
from feedback_app.services.places.records import PlaceForm, Wanted
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import day_asked, small_number
from feedback_app.web.forms import (
    NEEDED,
    TOO_LONG,
    WholeNumberField,
    labelled,
    tell,
    translate_errors,
)
from feedback_app.web.language import gettext as _
from feedback_app.web.people import changed_meanwhile

places = Blueprint("places", __name__, url_prefix="/staf/admin/tempat")

KINDS = {"unit": "unit", "loket": "counter", "layanan": "service"}  # word of the address -> kind
WORDS = {kind: word for word, kind in KINDS.items()}


class PlaceFields(FlaskForm):  # type: ignore[misc]
    """A place; what a kind does not have is taken out of the form."""

    code = StringField("Kode", [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)])
    name = StringField("Nama", [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)])
    name_en = StringField("Nama Inggris", [Length(max=200, message=TOO_LONG)])
    unit = SelectField("Unit", coerce=int)
    is_free = BooleanField("Gratis")
    minutes = WholeNumberField("Lama pelayanan tercepat yang biasa (menit)")
    services = SelectMultipleField(
        "Layanan di loket ini", coerce=int, option_widget=CheckboxInput()
    )
    has_fork = BooleanField("Formulir menawarkan berhenti setelah empat pertanyaan petugas")
    seen = HiddenField()

    def wanted(self, found: PlaceForm | None) -> Wanted:
        """What was typed; a code or unit that is shown only stays as it is."""

        def told(name: str, otherwise: Any) -> Any:
            return self[name].data if name in self else otherwise

        unit_id = told("unit", found.unit_id if found else None)
        return Wanted(
            code=told("code", found.line.code if found else ""),
            name=self.name.data or "",
            unit_id=unit_id,
            name_en=told("name_en", "") or "",
            is_free=bool(told("is_free", True)),
            minutes=told("minutes", None),
            service_ids=frozenset(told("services", ()) or ()),
            has_fork=bool(told("has_fork", True)),
        )


_FIELDS = {
    "unit": ("code", "name"),
    "counter": ("code", "name", "unit", "services", "has_fork"),
    "service": ("code", "name", "unit", "name_en", "is_free", "minutes"),
}


@places.get("/")
def overview() -> str:
    """Units, counters and services of the office, those out of use last."""
    lines = {kind: records.place_lines(site(), viewer(), kind) for kind in records.KINDS}
    return render_template("places/overview.html", lines=lines, words=WORDS)


@places.get("/<word>/baru")
def new(word: str) -> str:
    """An empty form for a unit, a counter or a service."""
    form = _form(_kind(word), None)
    if "is_free" in form:
        form.is_free.data, form.minutes.data = True, 5
    if "has_fork" in form:
        form.has_fork.data = True
    return _page(word, form, None)


@places.post("/<word>/baru")
def add(word: str) -> AnyResponse | tuple[str, int]:
    """Add a place."""
    form = _form(_kind(word), None)
    if form.validate_on_submit():
        try:
            records.add_place(site(), viewer(), _kind(word), form.wanted(None))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("%(name)s ditambahkan.", name=form.name.data))
            return redirect(url_for("places.overview", _anchor=word))
    return _page(word, form, None), 422


@places.get("/<word>/<int:place_id>")
def show(word: str, place_id: int) -> str:
    """One place: its names, and its end."""
    found = records.place_form(site(), viewer(), _kind(word), place_id)
    return _page(word, _filled(_kind(word), found), found)


@places.post("/<word>/<int:place_id>")
def change(word: str, place_id: int) -> AnyResponse | tuple[str, int]:
    """Change a place; what somebody else changed meanwhile is shown first."""
    found = records.place_form(site(), viewer(), _kind(word), place_id)
    form, status = _form(_kind(word), found), 422
    if form.validate_on_submit():
        try:
            records.change_place(
                site(),
                viewer(),
                _kind(word),
                place_id,
                form.wanted(found),
                seen=form.seen.data or "",
            )
        except FieldFaultError as fault:
            tell(form, fault)
        except ChangedMeanwhileError:
            form.form_errors.append(changed_meanwhile())
            form.seen.data, status = found.seen, 409
        else:
            flash(_("Data %(name)s disimpan.", name=form.name.data))
            return redirect(url_for("places.overview", _anchor=word))
    return _page(word, form, found), status


@places.post("/<word>/<int:place_id>/akhiri")
def end(word: str, place_id: int) -> AnyResponse | tuple[str, int]:
    """Keep the last day, and what takes over."""
    found = records.place_form(site(), viewer(), _kind(word), place_id)
    asked = Ending(
        day_asked("last_day", otherwise=date.min, among=request.form),
        small_number(request.form.get("successor", "")),
    )
    try:
        if asked.last_day == date.min:
            raise FieldFaultError("last_day", "Isi hari terakhir dipakai.")
        withdrawn = ending.end_place(
            site(), viewer(), _kind(word), place_id, asked, seen=request.form.get("seen", "")
        )
    except FieldFaultError as fault:
        faults = [(fault.field, _(fault.text))]
        return _page(word, _filled(_kind(word), found), found, faults=faults, asked=asked), 422
    except ChangedMeanwhileError:
        faults = [("", changed_meanwhile())]
        return _page(word, _filled(_kind(word), found), found, faults=faults, asked=asked), 409
    flash(_("Hari terakhir %(name)s dicatat.", name=found.line.name))
    if withdrawn:
        flash(_("%(n)s jam tugas sesudah hari itu ditarik dari jadwal.", n=withdrawn))
    return redirect(url_for("places.overview", _anchor=word))


@places.post("/<word>/<int:place_id>/pakai")
def keep(word: str, place_id: int) -> AnyResponse:
    """Take an ending back, or take the place into use again."""
    try:
        ending.keep_place(
            site(), viewer(), _kind(word), place_id, seen=request.form.get("seen", "")
        )
    except FieldFaultError as fault:
        flash(_(fault.text), "error")
    except ChangedMeanwhileError:
        flash(changed_meanwhile(), "error")
    else:
        flash(_("Dipakai lagi."))
    return redirect(url_for("places.show", word=word, place_id=place_id))


def _kind(word: str) -> str:
    if word not in KINDS:
        abort(404)
    return KINDS[word]


def _form(kind: str, found: PlaceForm | None) -> PlaceFields:
    form: PlaceFields = labelled(PlaceFields())
    wanted = set(_FIELDS[kind]) - ({"code", "unit"} if found and found.is_used else set())
    for name in ("code", "unit", "name_en", "is_free", "minutes", "services", "has_fork"):
        if name not in wanted:
            delattr(form, name)
    if "unit" in form:
        form.unit.choices = found.units if found else records.choices(site(), viewer(), "unit")
    if "services" in form:
        form.services.choices = (
            found.services if found else records.choices(site(), viewer(), "service")
        )
    return form


def _filled(kind: str, found: PlaceForm) -> PlaceFields:
    form = _form(kind, found)
    values = {
        "code": found.line.code,
        "name": found.line.name,
        "unit": found.unit_id,
        "name_en": found.name_en,
        "is_free": found.is_free,
        "minutes": found.minutes,
        "services": list(found.service_ids),
        "has_fork": found.has_fork,
        "seen": found.seen,
    }
    for name, value in values.items():
        if name in form:
            form[name].data = value
    return form


def _page(
    word: str,
    form: PlaceFields,
    found: PlaceForm | None,
    *,
    faults: list[tuple[str, str]] | None = None,
    asked: Ending | None = None,
) -> str:
    translate_errors(form)
    return render_template(
        "places/form.html",
        kind=_kind(word),
        form=form,
        found=found,
        faults=faults or [],
        asked=asked,
        quarter_ends=ending.quarter_ends(site()),
        has_units=bool(records.choices(site(), viewer(), "unit")),
    )
