"""HR's needs: the overview, one need with its decision, its blocks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, RadioField, TextAreaField

from feedback_app.domain.effect_words import item_name
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.happenings import KINDS
from feedback_app.domain.need_words import (
    ANSWERS,
    CAUSE_LEVELS,
    DECIDED,
    DECISIONS,
    LONGEST,
    NATURES,
    QUESTIONS,
    VOICES,
)
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.needs import decisions, runs
from feedback_app.services.needs.overview import Overview, needs_sheet
from feedback_app.services.needs.overview import overview as needs_overview
from feedback_app.services.needs.page import NeedPage, need_blocks, need_page
from feedback_app.services.officer.views import note_views
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import small_number
from feedback_app.web.downloads import sheets
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

needs = Blueprint("needs", __name__, url_prefix="/staf/kebutuhan")

WORDS = {
    "item_name": item_name,
    "natures": NATURES,
    "voices": VOICES,
    "decided": DECIDED,
    "cause_levels": CAUSE_LEVELS,
    "answer_words": ANSWERS,
    "questions": QUESTIONS,
}


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What HR decides and why; `seen` is the number of the decision that stood on the page."""

    kind = RadioField("Keputusan", choices=[], validate_choice=False)
    reason = TextAreaField("Alasan")
    seen = HiddenField()


@needs.get("/")
def overview() -> str:
    """Weak elements: whom or where, evidence, nature, what helped, price, decision."""
    found = _found()
    return render_template(
        "needs/overview.html",
        found=found,
        only=request.args.get("hanya", ""),
        item=_item(),
        items=OFFICER_KEYS,
        today=site().today(),
        **WORDS,
    )


@needs.post("/")
def look() -> AnyResponse:
    """Look at the closed quarters again, in the background."""
    runs.start_run(site(), viewer())
    flash(_("Penghitungan dimulai. Halaman ini menunjukkan kemajuannya."))
    return redirect(url_for("needs.overview"))


@needs.get("/unduh.<ending>")
def file(ending: str) -> Response:
    """The same needs as CSV or XLSX; who is shown is written down."""
    found = _found()
    names = {key: item_name(key)[0] for key in OFFICER_KEYS}
    words = {key: text[0] for key, text in (*NATURES.items(), *DECIDED.items())}
    about = [("Isi", "Kebutuhan dari penilaian warga yang terverifikasi")]
    name = f"kebutuhan-{site().today().isoformat()}"
    return sheets([needs_sheet(found, names, words)], name=name, ending=ending, about=about)


@needs.get("/<int:need_id>")
def show(need_id: int) -> str:
    """One need: evidence, what people said, what helped before, and the decision."""
    found = _need(need_id)
    return _page(found, _form(found))


@needs.post("/<int:need_id>")
def decide(need_id: int) -> AnyResponse | tuple[str, int]:
    """Decide, with a reason; the second of two who decide at once is told."""
    form = labelled(DecisionForm())
    told = decisions.Told(
        form.kind.data or "", form.reason.data or "", small_number(form.seen.data or "") or 0
    )
    try:
        decisions.decide(site(), viewer(), need_id, told)
    except FieldFaultError as fault:
        found = _need(need_id)
        tell(form, fault)
        form.seen.data = form.seen.raw_data = str(found.seen)
        translate_errors(form)
        return _page(found, _with_choices(form, found)), 422
    flash(_("Keputusan disimpan."))
    return redirect(url_for("needs.show", need_id=need_id))


@needs.get("/<int:need_id>/blok")
def blocks(need_id: int) -> str:
    """The closed blocks that a need rests on."""
    found = need_blocks(site(), viewer(), need_id)
    _note([found.line.ref_id] if found.line.level == "officer" else [])
    return render_template("needs/blocks.html", found=found, **WORDS)


def _found() -> Overview:
    """Page and file alike come through here, so whoever was seen is written down."""
    found = needs_overview(site(), viewer(), only=request.args.get("hanya", ""), item=_item())
    _note(found.shown_officers)
    return found


def _item() -> str:
    item = request.args.get("unsur", "")
    return item if item in OFFICER_KEYS else ""


def _need(need_id: int) -> NeedPage:
    found = need_page(site(), viewer(), need_id)
    _note([found.line.ref_id] if found.line.level == "officer" else [])
    return found


def _note(officer_ids: Any) -> None:
    note_views(site(), viewer(), officer_ids)


def _form(found: NeedPage) -> DecisionForm:
    form = labelled(DecisionForm(formdata=None))
    form.seen.data = str(found.seen)
    return _with_choices(form, found)


def _with_choices(form: DecisionForm, found: NeedPage) -> DecisionForm:
    """A course mends no process: what is not the officers' is offered last."""
    kinds = list(DECISIONS)
    if found.line.nature == "process":
        kinds = ["mend", "wait", "not_so", "plan"]
    form.kind.choices = [(kind, say(DECISIONS[kind])) for kind in kinds]
    return form


def _page(found: NeedPage, form: DecisionForm) -> str:
    return render_template(
        "needs/need.html",
        found=found,
        form=form,
        today=site().today(),
        happening_kinds=KINDS,
        longest=LONGEST,
        **WORDS,
    )
