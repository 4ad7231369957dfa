"""HR says at once how the attendees of a run were chosen."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.training import REASONS
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.trainings.reasons import attendees_of_run, set_reasons
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import small_number
from feedback_app.web.language import gettext as _

run_reasons = Blueprint("run_reasons", __name__, url_prefix="/staf/pelatihan")


@run_reasons.get("/jadwal/<int:run_id>/cara")
def choose(run_id: int) -> str:
    """Everybody of a run, all ticked, and one question."""
    return _page(run_id, None)


@run_reasons.post("/jadwal/<int:run_id>/cara")
def set_all(run_id: int) -> AnyResponse | tuple[str, int]:
    """Keep how the ticked ones were chosen."""
    chosen = [small_number(text) or 0 for text in request.form.getlist("peserta")]
    try:
        changed = set_reasons(
            site(), viewer(), run_id, chosen=chosen, reason=request.form.get("reason", "")
        )
    except FieldFaultError as fault:
        return _page(run_id, fault), 422
    flash(_("Cara pemilihan %(n)s peserta diubah.", n=changed))
    code = attendees_of_run(site(), viewer(), run_id).training.code
    return redirect(url_for("trainings.show", code=code))


def _page(run_id: int, fault: FieldFaultError | None) -> str:
    found = attendees_of_run(site(), viewer(), run_id)
    return render_template(
        "trainings/reasons.html",
        found=found,
        reasons=REASONS,
        error=None if fault is None else _(fault.text),
        is_at=fault.field if fault else "",
    )
