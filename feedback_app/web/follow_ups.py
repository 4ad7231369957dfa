"""The follow-up table (RTL): cause, action, when, who, and how it stands."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from feedback_app.domain.elements import ELEMENTS, OFFICIAL_KEYS, element
from feedback_app.domain.follow_up import STATUSES, UNFINISHED
from feedback_app.domain.survey import title
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.survey import follow_up as service
from feedback_app.services.survey import periods as surveys
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import NEEDED, labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

follow_ups = Blueprint("follow_ups", __name__, url_prefix="/staf/skm")

LONGEST = Length(max=1000, message="Paling banyak 1.000 huruf.")


class PlanForm(FlaskForm):  # type: ignore[misc]
    """One line of the table; a survey's is of its unit."""

    unit = SelectField("Unit", choices=[], validate_choice=False)
    element = SelectField("Unsur")
    cause = TextAreaField("Faktor yang memengaruhi", [InputRequired(NEEDED), LONGEST])
    action = TextAreaField("Rencana tindak lanjut", [InputRequired(NEEDED), LONGEST])
    due = DateField("Selesai paling lambat", [InputRequired(NEEDED)])
    responsible = StringField(
        "Penanggung jawab",
        [InputRequired(NEEDED), Length(max=200, message="Paling banyak 200 huruf.")],
    )
    status = SelectField("Status")
    note = TextAreaField("Keterangan", [LONGEST])


@follow_ups.get("/tindak-lanjut")
def overview() -> str:
    """Every plan of the viewer's units; a survey's are among them."""
    return render_template(
        "follow_ups/overview.html",
        plans=service.plans_of_viewer(site(), viewer()),
        statuses=STATUSES,
        unfinished=UNFINISHED,
        element=element,
        today=site().today(),
    )


@follow_ups.get("/tindak-lanjut/baru")
def new_free() -> str:
    """An empty plan that follows no survey."""
    form = _form(is_free=True)
    form.status.data = "planned"
    return _page(form, None)


@follow_ups.post("/tindak-lanjut/baru")
def add_free() -> AnyResponse | tuple[str, int]:
    """Add a plan that follows no survey."""
    form = _form(is_free=True)
    if form.validate_on_submit():
        try:
            service.add_free_plan(site(), viewer(), form.unit.data, _values(form))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Rencana tindak lanjut ditambahkan."))
            return redirect(url_for("follow_ups.overview"))
    return _page(form, None), 422


@follow_ups.get("/<int:survey_id>/tindak-lanjut")
def new(survey_id: int) -> str:
    """An empty plan, for the element that was pressed."""
    form = _form()
    if request.args.get("unsur", "") in OFFICIAL_KEYS:
        form.element.data = request.args["unsur"]
    form.status.data = "planned"
    return _page(form, survey_id)


@follow_ups.post("/<int:survey_id>/tindak-lanjut")
def add(survey_id: int) -> AnyResponse | tuple[str, int]:
    """Add a follow-up plan."""
    form = _form()
    if form.validate_on_submit():
        try:
            service.add_plan(site(), viewer(), survey_id, _values(form))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Rencana tindak lanjut ditambahkan."))
            return redirect(_back(survey_id))
    return _page(form, survey_id), 422


@follow_ups.get("/tindak-lanjut/<int:item_id>")
def edit(item_id: int) -> str:
    """One follow-up plan."""
    item, survey = service.plan_of(site(), viewer(), item_id)
    form = _form(is_free=survey is None)
    for name in service.FIELDS:
        form[name].data = getattr(item, name)
    return _page(form, item.survey_id, item=item)


@follow_ups.post("/tindak-lanjut/<int:item_id>")
def change(item_id: int) -> AnyResponse | tuple[str, int]:
    """Change a plan or tell how it stands."""
    item, survey = service.plan_of(site(), viewer(), item_id)
    form = _form(is_free=survey is None)
    if form.validate_on_submit():
        try:
            service.change_plan(site(), viewer(), item_id, _values(form))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Rencana tindak lanjut disimpan."))
            return redirect(_back(item.survey_id))
    return _page(form, item.survey_id, item=item), 422


@follow_ups.get("/tindak-lanjut/<int:item_id>/hapus")
def confirm_removal(item_id: int) -> str:
    """Ask before a plan is taken out."""
    item, _survey = service.plan_of(site(), viewer(), item_id)
    return render_template("surveys/remove_plan.html", item=item)


@follow_ups.post("/tindak-lanjut/<int:item_id>/hapus")
def remove(item_id: int) -> AnyResponse:
    """Take a plan out; the page before has asked."""
    survey_id = service.remove_plan(site(), viewer(), item_id)
    flash(_("Rencana tindak lanjut dihapus."))
    return redirect(_back(survey_id))


def _back(survey_id: int | None) -> str:
    if survey_id is None:
        return url_for("follow_ups.overview")
    return url_for("surveys.show", survey_id=survey_id, _anchor="rtl")


def _form(*, is_free: bool = False) -> PlanForm:
    """A survey's plan is about one of the nine; another may be about any element."""
    form = PlanForm()
    form.element.choices = [
        (item.key, say((item.unsur, item.unsur_en)))
        for item in ELEMENTS
        if item.official or is_free
    ]
    form.unit.choices = [
        (str(unit_id), name) for unit_id, name in service.units_of_viewer(site(), viewer())
    ]
    form.status.choices = [(key, say(words)) for key, words in STATUSES.items()]
    return labelled(form)


def _values(form: PlanForm) -> dict[str, Any]:
    values = {name: form[name].data for name in service.FIELDS}
    for name in ("cause", "action", "responsible", "note"):
        values[name] = (values[name] or "").strip()
    return values


def _page(form: PlanForm, survey_id: int | None, *, item: Any = None) -> str:
    """The form of a survey's plan (then under its title) or of another; new without an item."""
    survey = None
    if survey_id is not None:
        survey, _unit, _agency, _revisions = surveys.survey_of(site(), viewer(), survey_id)
    translate_errors(form)
    if item is not None:
        target = url_for("follow_ups.change", item_id=item.id)
    elif survey is not None:
        target = url_for("follow_ups.add", survey_id=survey.id)
    else:
        target = url_for("follow_ups.add_free")
    return render_template(
        "surveys/plan.html",
        form=form,
        item=item,
        asks_unit=item is None and survey is None,
        target=target,
        back=_back(survey_id),
        name=title(surveys.span_of_survey(survey)) if survey else None,
    )
