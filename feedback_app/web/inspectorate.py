"""The inspectorate's room: held answers, signals and appeals, two names on each decision."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, TextAreaField

from feedback_app.domain.cases import ALL_OUTCOMES, KINDS, VOICES
from feedback_app.domain.happenings import KINDS as HAPPENINGS
from feedback_app.domain.screening import RULES
from feedback_app.domain.tiers import TIERS
from feedback_app.services.cases import decisions
from feedback_app.services.faults import FieldFaultError
from feedback_app.web import formats
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import page_number
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

inspectorate = Blueprint("inspectorate", __name__, url_prefix="/staf/perkara")


class OpinionForm(FlaskForm):  # type: ignore[misc]
    """What one holds, and why."""

    outcome = RadioField("Pendapat Anda")
    reason = TextAreaField("Alasan")


@inspectorate.get("/")
def cases() -> str:
    """Open cases by their deadline, or closed ones."""
    kind = request.args.get("jenis", "")
    is_open = request.args.get("keadaan") != "selesai"
    found = decisions.case_page(site(), viewer(), kind=kind, is_open=is_open, page=page_number())
    kept = {name: request.args[name] for name in ("jenis", "keadaan") if request.args.get(name)}
    return render_template(
        "inspectorate/cases.html", found=found, kind=kind, is_open=is_open, kept=kept, **_words()
    )


@inspectorate.get("/penyaringan")
def rules() -> str:
    """How many answers each rule held in a year, and how many of them were set aside."""
    totals = decisions.rule_totals(site(), viewer())
    return render_template("inspectorate/rules.html", totals=totals, **_words())


@inspectorate.get("/<int:case_id>")
def case(case_id: int) -> str:
    """One case, and a form for an opinion on it."""
    view = decisions.case_view(site(), viewer(), case_id)
    form = _form(view)
    form.outcome.data = view.own_outcome
    return _page(view, form)


@inspectorate.post("/<int:case_id>")
def give_opinion(case_id: int) -> AnyResponse | tuple[str, int]:
    """Record an opinion; the second equal one decides the case."""
    view = decisions.case_view(site(), viewer(), case_id)
    form = _form(view)
    try:
        decided = decisions.give_opinion(
            site(),
            viewer(),
            case_id,
            outcome=form.outcome.data or "",
            reason=form.reason.data or "",
        )
    except FieldFaultError as fault:
        tell(form, fault)
        translate_errors(form)
        return _page(view, form), 422
    if decided:
        flash(_("Kasus diputus: %(outcome)s.", outcome=say(ALL_OUTCOMES[decided])))
    else:
        flash(_while_open(decisions.case_view(site(), viewer(), case_id).line))
    return redirect(url_for("inspectorate.case", case_id=case_id))


def _while_open(line: decisions.CaseLine) -> str:
    """What follows from an opinion that decides nothing; equal ones would have decided."""
    if line.voices < VOICES:
        return _("Pendapat Anda tercatat. Kasus diputus setelah orang kedua berpendapat sama.")
    if line.days_left < 0:
        return _(
            "Pendapat Anda tercatat dan berbeda dari pendapat sebelumnya. Batas waktunya sudah "
            "lewat; kasus tetap terbuka sampai dua orang berpendapat sama."
        )
    return _(
        "Pendapat Anda tercatat dan berbeda dari pendapat sebelumnya. Kasus tetap terbuka "
        "sampai dua orang berpendapat sama, paling lambat %(day)s.",
        day=formats.long_date(line.due_on),
    )


def _form(view: decisions.CaseView) -> OpinionForm:
    form = labelled(OpinionForm())
    form.outcome.choices = [(name, say(words)) for name, words in view.outcomes.items()]
    return form


def _page(view: decisions.CaseView, form: OpinionForm) -> str:
    return render_template("inspectorate/case.html", view=view, form=form, **_words())


def _words() -> dict[str, object]:
    return {
        "kinds": KINDS,
        "happening_kinds": HAPPENINGS,
        "rule_words": RULES,
        "tiers": TIERS,
        "all_outcomes": ALL_OUTCOMES,
        "voices": VOICES,
    }
