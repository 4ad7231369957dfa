"""A supervisor asks for a comment to be masked; the inspectorate decides."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import TextAreaField

from feedback_app.services import masking as service
from feedback_app.services.faults import FieldFaultError
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _

masking = Blueprint("masking", __name__, url_prefix="/staf/loket/<code>/saran")


class MaskForm(FlaskForm):  # type: ignore[misc]
    """Why nobody should read it."""

    reason = TextAreaField("Alasan")


@masking.get("/<month>/<int:place>")
def confirm(code: str, month: str, place: int) -> str:
    """The comment, and what asking means."""
    return _page(code, month, place, labelled(MaskForm()))


@masking.post("/<month>/<int:place>")
def ask(code: str, month: str, place: int) -> AnyResponse | tuple[str, int]:
    """Hand it to the inspectorate."""
    form = labelled(MaskForm())
    try:
        service.ask_to_mask(
            site(), viewer(), code, month=month, place=place, reason=form.reason.data or ""
        )
    except FieldFaultError as fault:
        tell(form, fault)
        translate_errors(form)
        return _page(code, month, place, form), 422
    flash(_("Diajukan. Saran tetap tampil sampai dua orang dari luar unit memutuskan."))
    return redirect(url_for("supervisor.counter", code=code))


def _page(code: str, month: str, place: int, form: MaskForm) -> str:
    found = service.shown_comment(site(), viewer(), code, month=month, place=place)
    return render_template("supervisor/mask.html", found=found, month=month, place=place, form=form)
