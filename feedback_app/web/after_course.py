"""After a course: a short form for who attended, and for the supervisor three months later."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.after_course import AGREEMENT, ATTENDED, QUESTIONS
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.trainings import after_course as service
from feedback_app.web.access import site, viewer
from feedback_app.web.language import gettext as _

after_course = Blueprint("after_course", __name__, url_prefix="/staf/sesudah-pelatihan")


@after_course.get("/")
def overview() -> str:
    """Courses that may be answered about now."""
    return render_template("after_course/overview.html", found=service.asked_of(site(), viewer()))


@after_course.get("/<int:run_id>/<int:officer_id>")
def form(run_id: int, officer_id: int) -> str:
    """The questions about one attendance."""
    return _form(run_id, officer_id, "")


@after_course.post("/<int:run_id>/<int:officer_id>")
def reply(run_id: int, officer_id: int) -> AnyResponse | tuple[str, int]:
    """Keep the reply, apart from who gave it."""
    count = len(QUESTIONS[service.role_of(viewer())])
    typed = [request.form.get(f"q{place}", "") for place in range(1, count + 1)]
    answers = [int(text) for text in typed if text in ("1", "2", "3", "4")]
    try:
        service.reply(site(), viewer(), run_id, officer_id, answers)
    except FieldFaultError as fault:
        return _form(run_id, officer_id, _(fault.text)), 422
    flash(_("Terima kasih. Jawaban disimpan tanpa nama."))
    return redirect(url_for(_room()))


def _room() -> str:
    """Where the viewer came from: an officer is asked on the own first page."""
    own = service.role_of(viewer()) == ATTENDED
    return "officer.home" if own else "after_course.overview"


def _form(run_id: int, officer_id: int, fault: str) -> str:
    role = service.role_of(viewer())
    return render_template(
        "after_course/form.html",
        one=service.one_asked(site(), viewer(), run_id, officer_id),
        questions=QUESTIONS[role],
        is_own=role == ATTENDED,
        agreement=AGREEMENT,
        fault=fault,
        room=_room(),
        typed=request.form,
    )
