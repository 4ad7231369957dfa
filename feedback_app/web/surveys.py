"""The supervisor's survey periods: open, watch, close, revise, and the files they owe."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.elements import element
from feedback_app.domain.follow_up import STATUSES
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.survey import (
    POPULATION_MEANINGS,
    day_words,
    slug,
    title,
    usual_spans,
)
from feedback_app.domain.tiers import TIERS
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.public import posters
from feedback_app.services.survey import closing as survey_closing
from feedback_app.services.survey import documents as survey_files
from feedback_app.services.survey import follow_up
from feedback_app.services.survey import pages as survey_pages
from feedback_app.services.survey import periods as service
from feedback_app.services.survey.progress import progress_of
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import number_in_address
from feedback_app.web.downloads import DOCX, PDF, PNG, XLSX, download
from feedback_app.web.forms import labelled, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.survey_forms import (
    ORDER_NAMES,
    SignerForm,
    SurveyForm,
    chosen_settings,
    survey_form,
    tell_fault,
    this_quarter,
)

surveys = Blueprint("surveys", __name__, url_prefix="/staf/skm")

TYPES = {"pdf": PDF, "png": PNG, "docx": DOCX}


@surveys.get("/")
def overview() -> str:
    """Every survey of the viewer's units."""
    return render_template("surveys/overview.html", lines=service.survey_lines(site(), viewer()))


@surveys.get("/baru")
def new() -> str:
    """An empty form, with the running quarter chosen."""
    form = survey_form()
    if request.method == "GET":
        form.period.data = slug(usual_spans(site().today())["quarter"][0])
        form.meaning.data, form.weight.data, form.order.data = "period", "1/9", "sarana_8"
    return _survey_page(form, survey_id=None)


@surveys.post("/baru")
def add() -> AnyResponse | tuple[str, int]:
    """Open a survey."""
    form = survey_form()
    chosen = chosen_settings(form)
    if chosen is not None:
        try:
            survey_id = service.open_survey(site(), viewer(), chosen)
        except FieldFaultError as fault:
            tell_fault(form, fault)
        else:
            flash(_("Periode survei dibuka."))
            return redirect(url_for("surveys.show", survey_id=survey_id))
    return _survey_page(form, survey_id=None), 422


@surveys.get("/<int:survey_id>")
def show(survey_id: int) -> str:
    """One survey: progress while it is open, results once it is closed."""
    survey, unit, agency, revisions = service.survey_of(site(), viewer(), survey_id)
    own, carried = follow_up.plans_of_survey(site(), viewer(), survey_id)
    span = service.span_of_survey(survey)
    common: dict[str, Any] = {
        "survey": survey,
        "unit": unit,
        "agency": agency,
        "name": title(span),
        "days": day_words(span),
        "slug": slug(span),
        "meanings": POPULATION_MEANINGS,
        "order_name": ORDER_NAMES[service.order_name(survey)],
        "tiers": TIERS,
        "element": element,
        "statuses": STATUSES,
        "own": own,
        "carried": carried,
    }
    if survey.closed_at is None:
        progress = progress_of(site(), viewer(), survey_id)
        names = {
            (band.key, key): (f"{band.question}: {words}", f"{band.question_en}: {english}")
            for band in BANDS
            for key, words, english in band.choices
        }
        return render_template("surveys/open.html", progress=progress, group_names=names, **common)
    number = number_in_address("revisi")
    return render_template(
        "surveys/closed.html",
        found=survey_pages.closed_survey(site(), viewer(), survey_id, number=number),
        revisions=revisions,
        number=number or revisions[-1].number,
        shapes=posters.shapes(),
        **common,
    )


@surveys.get("/<int:survey_id>/ubah")
def edit(survey_id: int) -> str:
    """The settings of an open survey."""
    survey, _unit, _agency, _revisions = service.survey_of(site(), viewer(), survey_id)
    if survey.closed_at is not None:
        abort(404)
    span = service.span_of_survey(survey)
    form = survey_form(span)
    form.unit.data, form.period.data = survey.unit_id, slug(span)
    form.meaning.data, form.population.data = survey.population_meaning, survey.population
    form.weight.data, form.order.data = survey.weight, service.order_name(survey)
    return _survey_page(form, survey_id=survey_id)


@surveys.post("/<int:survey_id>/ubah")
def change(survey_id: int) -> AnyResponse | tuple[str, int]:
    """Change an open survey."""
    survey, _unit, _agency, _revisions = service.survey_of(site(), viewer(), survey_id)
    own = service.span_of_survey(survey)
    form = survey_form(own)
    form.unit.data = survey.unit_id
    chosen = chosen_settings(form, own)
    if chosen is not None:
        try:
            service.change_survey(site(), viewer(), survey_id, chosen)
        except FieldFaultError as fault:
            tell_fault(form, fault)
        else:
            flash(_("Periode survei diubah."))
            return redirect(url_for("surveys.show", survey_id=survey_id))
    return _survey_page(form, survey_id=survey_id), 422


@surveys.get("/<int:survey_id>/tutup")
def confirm_close(survey_id: int) -> str:
    """Ask before closing: it cannot be undone."""
    return _closing_page(survey_id, fault="")


@surveys.post("/<int:survey_id>/tutup")
def close(survey_id: int) -> AnyResponse | tuple[str, int]:
    """Close: count, keep, publish."""
    try:
        survey_closing.close_survey(site(), viewer(), survey_id)
    except FieldFaultError as fault:
        return _closing_page(survey_id, fault=_(fault.text)), 422
    flash(
        _("Periode survei ditutup. Hasilnya kini tetap; perubahan kelak menjadi revisi bernomor.")
    )
    return redirect(url_for("surveys.show", survey_id=survey_id))


@surveys.get("/<int:survey_id>/batal")
def confirm_call_off(survey_id: int) -> str:
    """Ask before calling off."""
    return _call_off_page(survey_id, fault="")


@surveys.post("/<int:survey_id>/batal")
def call_off(survey_id: int) -> AnyResponse | tuple[str, int]:
    """Call an open survey off."""
    try:
        service.call_off_survey(site(), viewer(), survey_id)
    except FieldFaultError as fault:
        return _call_off_page(survey_id, fault=_(fault.text)), 422
    flash(_("Periode survei dibatalkan. Penilaian masyarakat tidak berubah."))
    return redirect(url_for("surveys.overview"))


@surveys.post("/<int:survey_id>/revisi")
def revise(survey_id: int) -> AnyResponse:
    """Count a closed survey again after verdicts; a change becomes a numbered revision."""
    reason = request.form.get("reason", "").strip()[:500]
    if not reason:
        flash(_("Tulis alasan revisi."), "error")
        return redirect(url_for("surveys.show", survey_id=survey_id))
    try:
        number = survey_closing.revise_survey(site(), viewer(), survey_id, reason=reason)
    except FieldFaultError as fault:
        flash(_(fault.text), "error")
        return redirect(url_for("surveys.show", survey_id=survey_id))
    if number is None:
        flash(_("Tidak ada yang berubah sejak revisi terakhir."))
    else:
        flash(_("Revisi %(number)s disimpan.", number=number))
    return redirect(url_for("surveys.show", survey_id=survey_id))


@surveys.get("/<int:survey_id>/penanda-tangan")
def signer(survey_id: int) -> str:
    """Who signs report and poster."""
    survey, _unit, _agency, _revisions = service.survey_of(site(), viewer(), survey_id)
    form = labelled(SignerForm())
    for name in service.SIGNER_FIELDS:
        form[name].data = survey.signer.get(name, "")
    return _signer_page(form, survey_id)


@surveys.post("/<int:survey_id>/penanda-tangan")
def sign(survey_id: int) -> AnyResponse | tuple[str, int]:
    """Record who signs."""
    form = labelled(SignerForm())
    if form.validate_on_submit():
        values = {name: form[name].data or "" for name in service.SIGNER_FIELDS}
        service.sign_survey(site(), viewer(), survey_id, values)
        flash(_("Penanda tangan disimpan."))
        return redirect(url_for("surveys.show", survey_id=survey_id))
    return _signer_page(form, survey_id), 422


@surveys.get("/<int:survey_id>/olah-data.xlsx")
def workbook(survey_id: int) -> Response:
    """The "olah data" workbook with live formulas."""
    content = survey_files.workbook(site(), viewer(), survey_id, number=number_in_address("revisi"))
    return download(content, XLSX, f"olah-data-skm-{_named(survey_id)}.xlsx")


@surveys.get("/<int:survey_id>/laporan.<ending>")
def report(survey_id: int, ending: str) -> Response:
    """The report: DOCX to edit, PDF to send."""
    if ending not in survey_files.REPORT_ENDINGS:
        abort(404)
    content = survey_files.report(
        site(), viewer(), survey_id, number=number_in_address("revisi"), ending=ending
    )
    return download(content, TYPES[ending], f"laporan-skm-{_named(survey_id)}.{ending}")


@surveys.get("/<int:survey_id>/poster-<shape>.<ending>")
def poster(survey_id: int, shape: str, ending: str) -> Response:
    """The poster for the wall, with the signature block."""
    if not posters.is_offered(shape, ending):
        abort(404)
    content = posters.wall_poster(site(), viewer(), survey_id, shape=shape, ending=ending)
    return download(content, TYPES[ending], f"poster-ikm-{shape}-{_named(survey_id)}.{ending}")


def _named(survey_id: int) -> str:
    survey, unit, _agency, _revisions = service.survey_of(site(), viewer(), survey_id)
    return f"{unit.code}-{slug(service.span_of_survey(survey))}"


def _survey_page(form: SurveyForm, *, survey_id: int | None) -> str:
    translate_errors(form)
    choices = service.unit_choices(site(), viewer(), this_quarter())
    return render_template(
        "surveys/form.html",
        form=form,
        survey_id=survey_id,
        choices=choices,
        meanings=POPULATION_MEANINGS,
    )


def _closing_page(survey_id: int, *, fault: str) -> str:
    survey, unit, _agency, _revisions = service.survey_of(site(), viewer(), survey_id)
    if survey.closed_at is not None:
        abort(404)
    return render_template(
        "surveys/close.html",
        survey=survey,
        unit=unit,
        name=title(service.span_of_survey(survey)),
        is_over=site().today() > survey.last_day,
        progress=progress_of(site(), viewer(), survey_id),
        fault=fault,
    )


def _call_off_page(survey_id: int, *, fault: str) -> str:
    survey, unit, _agency, _revisions = service.survey_of(site(), viewer(), survey_id)
    if survey.closed_at is not None:
        abort(404)
    name = title(service.span_of_survey(survey))
    return render_template(
        "surveys/call_off.html", survey=survey, unit=unit, name=name, fault=fault
    )


def _signer_page(form: SignerForm, survey_id: int) -> str:
    survey, _unit, _agency, _revisions = service.survey_of(site(), viewer(), survey_id)
    translate_errors(form)
    name = title(service.span_of_survey(survey))
    return render_template("surveys/signer.html", form=form, survey_id=survey_id, name=name)
