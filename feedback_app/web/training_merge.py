"""HR makes a training that was entered twice one again: choose, look, confirm."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.services.faults import FieldFaultError
from feedback_app.services.trainings.merging import candidates, merge, rehearse
from feedback_app.web.access import site, viewer
from feedback_app.web.language import gettext as _

training_merge = Blueprint("training_merge", __name__, url_prefix="/staf/pelatihan")


@training_merge.get("/<code>/gabung")
def choose(code: str) -> str | tuple[str, int]:
    """Choose the training that stays; once chosen, what would happen."""
    into = request.args.get("ke", "")
    if not into:
        return _choice(code, None)
    try:
        found = rehearse(site(), viewer(), code, into)
    except FieldFaultError as fault:
        return _choice(code, fault), 422
    return render_template("trainings/merge.html", found=found)


@training_merge.post("/<code>/gabung")
def do_merge(code: str) -> AnyResponse | tuple[str, int]:
    """Merge them."""
    try:
        done = merge(site(), viewer(), code, request.form.get("into", ""))
    except FieldFaultError as fault:
        return _choice(code, fault), 422
    flash(_("%(gone)s digabung ke %(kept)s.", gone=done.gone.title, kept=done.kept.title))
    return redirect(url_for("trainings.show", code=done.kept.code))


def _choice(code: str, fault: FieldFaultError | None) -> str:
    return render_template(
        "trainings/choose_merge.html",
        found=candidates(site(), viewer(), code),
        error=None if fault is None else _(fault.text),
    )
