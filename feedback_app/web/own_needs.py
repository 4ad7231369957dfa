"""An officer's needs on the own phone: read, contradict, answer, propose."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.need_words import LONGEST, OWN_QUESTIONS
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.needs import own, voices
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.need_forms import (
    AnswersForm,
    ContradictionForm,
    ProposalForm,
    answers_form,
    answers_in,
    proposal_form,
)
from feedback_app.web.needs import WORDS

own_needs = Blueprint("own_needs", __name__, url_prefix="/staf/saya/kebutuhan")

Answer = str | AnyResponse | tuple[str, int]


@own_needs.get("/usul")
def new() -> str:
    """An empty proposal for oneself."""
    return _proposal_page(proposal_form(own.catalogue_of(site(), viewer())))


@own_needs.post("/usul")
def propose() -> Answer:
    """Propose a training for oneself."""
    form = proposal_form(own.catalogue_of(site(), viewer()))
    try:
        own.propose(
            site(),
            viewer(),
            item=form.item.data or "",
            words=form.words.data or "",
            training=form.training.data or "",
        )
    except FieldFaultError as fault:
        tell(form, fault)
        translate_errors(form)
        return _proposal_page(form), 422
    flash(_("Usulan Anda dikirim ke kepegawaian."))
    return _home()


@own_needs.get("/<int:need_id>")
def show(need_id: int) -> str:
    """One need about the viewer, before anybody decides."""
    found = own.own_need(site(), viewer(), need_id)
    return _page(found, labelled(ContradictionForm()), _answers(found))


@own_needs.post("/<int:need_id>")
def contradict(need_id: int) -> Answer:
    """Say why the viewer does not agree."""
    form = labelled(ContradictionForm())
    try:
        own.contradict(site(), viewer(), need_id, form.text.data or "")
    except FieldFaultError as fault:
        tell(form, fault)
        translate_errors(form)
        found = own.own_need(site(), viewer(), need_id)
        return _page(found, form, _answers(found)), 422
    flash(_("Kata-kata Anda disimpan dan tampil di samping kebutuhan ini."))
    return redirect(url_for("own_needs.show", need_id=need_id))


@own_needs.post("/<int:need_id>/jawab")
def answer(need_id: int) -> Answer:
    """Answer the five questions about oneself."""
    form = answers_form(OWN_QUESTIONS, None)
    try:
        own.answer(site(), viewer(), need_id, answers_in(form), form.words.data or "")
    except FieldFaultError as fault:
        tell(form, fault)
        translate_errors(form)
        found = own.own_need(site(), viewer(), need_id)
        return _page(found, labelled(ContradictionForm(formdata=None)), form), 422
    flash(_("Jawaban disimpan dan dibaca kepegawaian."))
    return redirect(url_for("own_needs.show", need_id=need_id))


@own_needs.post("/<int:need_id>/tarik")
def withdraw(need_id: int) -> AnyResponse:
    """Take an own proposal back."""
    try:
        voices.withdraw_proposal(site(), viewer(), need_id)
        flash(_("Usulan ditarik."))
    except FieldFaultError as fault:
        flash(_(fault.text))
    return _home()


def _home() -> AnyResponse:
    return redirect(url_for("officer.home", _anchor="kebutuhan"))


def _answers(found: own.OwnNeed) -> AnswersForm:
    form = answers_form(OWN_QUESTIONS, found.answer.answers if found.answer else None)
    if not form.is_submitted():
        form.words.data = found.answer.words if found.answer else ""
    return form


def _proposal_page(form: ProposalForm) -> str:
    return render_template(
        "needs/propose.html",
        form=form,
        longest=LONGEST,
        target=url_for("own_needs.propose"),
        back=url_for("officer.home", _anchor="kebutuhan"),
        is_own=True,
        proposals=own.own_proposals(site(), viewer()),
        **WORDS,
    )


def _page(found: own.OwnNeed, form: ContradictionForm, answers: AnswersForm) -> str:
    return render_template(
        "needs/own_need.html",
        found=found,
        form=form,
        answers=answers,
        own_questions=OWN_QUESTIONS,
        longest=LONGEST,
        **WORDS,
    )
