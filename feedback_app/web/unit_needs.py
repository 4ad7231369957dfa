"""A supervisor's needs: weak places, questions about somebody, and proposals."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.need_words import LONGEST, QUESTIONS
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.needs import unit, voices
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.need_forms import (
    AnswersForm,
    ProposalForm,
    answers_form,
    answers_in,
    proposal_form,
)
from feedback_app.web.needs import WORDS

unit_needs = Blueprint("unit_needs", __name__, url_prefix="/staf/kebutuhan-unit")

Answer = str | AnyResponse | tuple[str, int]


@unit_needs.get("/")
def overview() -> str:
    """Weak places of the viewer's units, what is asked of them, what they proposed."""
    found = unit.unit_needs(site(), viewer())
    return render_template("needs/unit.html", found=found, **WORDS)


@unit_needs.get("/usul")
def new() -> str:
    """An empty proposal."""
    return _proposal_page(_proposal())


@unit_needs.post("/usul")
def propose() -> Answer:
    """Propose a training or a mended process to HR."""
    form = _proposal()
    try:
        unit.propose(
            site(),
            viewer(),
            place=form.place.data or "",
            item=form.item.data or "",
            nature=form.nature.data or "",
            words=form.words.data or "",
            training=form.training.data or "",
        )
    except FieldFaultError as fault:
        tell(form, fault)
        translate_errors(form)
        return _proposal_page(form), 422
    flash(_("Usulan dikirim ke kepegawaian."))
    return redirect(url_for("unit_needs.overview"))


@unit_needs.get("/<int:need_id>")
def show(need_id: int) -> str:
    """One need of the viewer's units: five questions, or what is being mended."""
    found = unit.unit_need(site(), viewer(), need_id)
    kept = found.answer.answers if found.answer else None
    form = answers_form(QUESTIONS, kept)
    form.words.data = found.answer.words if found.answer else ""
    return _page(found, form)


@unit_needs.post("/<int:need_id>")
def answer(need_id: int) -> Answer:
    """Answer the five questions."""
    form = answers_form(QUESTIONS, None)
    try:
        unit.answer(site(), viewer(), need_id, answers_in(form), form.words.data or "")
    except FieldFaultError as fault:
        tell(form, fault)
        translate_errors(form)
        return _page(unit.unit_need(site(), viewer(), need_id), form), 422
    flash(_("Jawaban disimpan dan dibaca kepegawaian."))
    return redirect(url_for("unit_needs.overview"))


@unit_needs.post("/<int:need_id>/tarik")
def withdraw(need_id: int) -> AnyResponse:
    """Take an own proposal back."""
    try:
        voices.withdraw_proposal(site(), viewer(), need_id)
        flash(_("Usulan ditarik."))
    except FieldFaultError as fault:
        flash(_(fault.text))
    return redirect(url_for("unit_needs.overview"))


def _proposal() -> ProposalForm:
    choices = unit.choices(site(), viewer())
    return proposal_form(choices.trainings, choices.places)


def _proposal_page(form: ProposalForm) -> str:
    return render_template(
        "needs/propose.html",
        form=form,
        longest=LONGEST,
        target=url_for("unit_needs.propose"),
        back=url_for("unit_needs.overview"),
        is_own=False,
    )


def _page(found: unit.UnitNeed, form: AnswersForm) -> str:
    return render_template("needs/unit_need.html", found=found, form=form, **WORDS)
