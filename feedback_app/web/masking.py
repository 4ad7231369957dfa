"""A supervisor asks for a comment to be masked; the inspectorate decides."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, TextAreaField

from feedback_app.services.cases import masking as service
from feedback_app.services.cases.masking import ShownBatch
from feedback_app.services.faults import FieldFaultError
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import small_number
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _

masking = Blueprint("masking", __name__, url_prefix="/staf/loket/<code>/saran")


class MaskForm(FlaskForm):  # type: ignore[misc]
    """Which comment of the batch, by its place, and why nobody should read it."""

    place = RadioField("Saran")
    reason = TextAreaField("Alasan")


@masking.get("/<month>")
def confirm(code: str, month: str) -> str:
    """The comments of a batch, and what asking means."""
    found = service.shown_batch(site(), viewer(), code, month=month)
    return _page(found, month, _form(found))


@masking.post("/<month>")
def ask(code: str, month: str) -> AnyResponse | tuple[str, int]:
    """Ask the inspectorate to mask one comment."""
    found = service.shown_batch(site(), viewer(), code, month=month)
    form = _form(found)
    try:
        service.ask_to_mask(
            site(),
            viewer(),
            code,
            month=month,
            place=small_number(form.place.data or ""),
            reason=form.reason.data or "",
        )
    except FieldFaultError as fault:
        tell(form, fault)
        translate_errors(form)
        return _page(found, month, form), 422
    flash(_("Diajukan. Saran tetap tampil sampai dua orang dari luar unit memutuskan."))
    return redirect(url_for("supervisor.counter", code=code))


def _form(found: ShownBatch) -> MaskForm:
    form = labelled(MaskForm())
    form.place.choices = [
        (str(place), text)
        for place, (text, is_asked) in enumerate(found.comments, start=1)
        if not is_asked
    ]
    return form


def _page(found: ShownBatch, month: str, form: MaskForm) -> str:
    return render_template("supervisor/mask.html", found=found, month=month, form=form)
