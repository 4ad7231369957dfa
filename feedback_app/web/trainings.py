"""HR's training records: catalogue, runs, attendances, officers' hours and histories."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.after_course import QUESTIONS
from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.training import (
    PNS_LEAST_JP,
    PPPK_MOST_JP,
    REASONS,
    RESULTS,
    SENT,
    TRAINING_KINDS,
)
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.officer.views import note_views
from feedback_app.services.trainings import after_course, exports
from feedback_app.services.trainings import catalogue as records
from feedback_app.services.trainings import hours as training_hours
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import number_in_address, page_number
from feedback_app.web.downloads import sheets
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.training_forms import (
    AttendanceForm,
    RunForm,
    TrainingForm,
    attendance_form,
    run_form,
    training_form,
)

trainings = Blueprint("trainings", __name__, url_prefix="/staf/pelatihan")

FIRST_YEAR, LAST_YEAR = 1970, 2200


@trainings.get("/")
def catalogue() -> str:
    """Every training, by kind and by text."""
    kind, text = request.args.get("jenis", ""), request.args.get("cari", "")
    lines = records.catalogue(site(), viewer(), kind=kind, text=text)
    return render_template(
        "trainings/catalogue.html", lines=lines, kind=kind, text=text, kinds=TRAINING_KINDS
    )


@trainings.get("/baru")
def new() -> str:
    """An empty form for a training."""
    return _training_page(training_form(), code=None)


@trainings.post("/baru")
def add() -> AnyResponse | tuple[str, int]:
    """Add a training."""
    return _save(training_form(), code=None)


@trainings.get("/<code>")
def show(code: str) -> str:
    """One training with its runs and attendees."""
    return _runs_page(code, run_form())


@trainings.get("/<code>/ubah")
def edit(code: str) -> str:
    """The form of a training that is there."""
    row = records.training_coded(site(), viewer(), code)
    form = training_form()
    for name in ("code", "title", "kind", "elements", "provider", "partner", "jp", "cost"):
        form[name].data = getattr(row, name)
    form.competences.data = ", ".join(row.competences)
    return _training_page(form, code=code)


@trainings.post("/<code>/ubah")
def change(code: str) -> AnyResponse | tuple[str, int]:
    """Change a training."""
    return _save(training_form(), code=code)


@trainings.post("/<code>/jadwal")
def add_run(code: str) -> AnyResponse | tuple[str, int]:
    """Add a run."""
    form = run_form()
    if form.validate_on_submit():
        try:
            records.add_run(
                site(),
                viewer(),
                code,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data or form.starts_on.data,
                seats=form.seats.data,
                horizon=int(form.horizon.data),
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Jadwal pelatihan ditambahkan."))
            return redirect(url_for("trainings.show", code=code))
    return _runs_page(code, form), 422


@trainings.get("/peserta/<int:attendance_id>")
def attendance(attendance_id: int) -> str:
    """One attendance, to correct or take out."""
    code, line = records.attendance_of(site(), viewer(), attendance_id)
    form = attendance_form()
    for name in ("reason", "sent", "result", "jp", "certificate"):
        form[name].data = getattr(line, name)
    return _attendance_page(form, code, line)


@trainings.post("/peserta/<int:attendance_id>")
def change_attendance(attendance_id: int) -> AnyResponse | tuple[str, int]:
    """Correct an attendance."""
    code, line = records.attendance_of(site(), viewer(), attendance_id)
    form = attendance_form()
    if form.validate_on_submit():
        values = {
            name: form[name].data for name in ("reason", "sent", "result", "jp", "certificate")
        }
        records.change_attendance(
            site(), viewer(), attendance_id, values | {"certificate": values["certificate"] or ""}
        )
        flash(_("Catatan peserta diubah."))
        return redirect(url_for("trainings.show", code=code))
    return _attendance_page(form, code, line), 422


@trainings.get("/peserta/<int:attendance_id>/hapus")
def confirm_removal(attendance_id: int) -> str:
    """Ask before an attendance is removed."""
    code, line = records.attendance_of(site(), viewer(), attendance_id)
    return render_template("trainings/remove_attendance.html", code=code, line=line)


@trainings.post("/peserta/<int:attendance_id>/hapus")
def remove_attendance(attendance_id: int) -> AnyResponse:
    """Take an attendance out; the page before has asked."""
    code = records.remove_attendance(site(), viewer(), attendance_id)
    flash(_("Catatan peserta dihapus."))
    return redirect(url_for("trainings.show", code=code))


@trainings.get("/jp")
def hours() -> str:
    """Officers with their JP of a year."""
    return render_template(
        "trainings/hours.html",
        found=_hours(page=page_number()),
        years=training_hours.years_with_trainings(site(), viewer()),
        floor=PNS_LEAST_JP,
        ceiling=PPPK_MOST_JP,
        **_hours_choice(),
    )


@trainings.get("/jp/unduh.<ending>")
def hours_file(ending: str) -> Response:
    """Officers with their JP as a file, all pages."""
    first = _hours(page=1)
    rest = [_hours(page=page) for page in range(2, first.pages + 1)]
    lines = [line for found in (first, *rest) for line in found.lines]
    year = _hours_choice()["year"]
    about = [("Isi", "JP petugas"), ("Tahun", year)]
    return sheets([exports.hours_sheet(lines)], name=f"jp-{year}", ending=ending, about=about)


@trainings.get("/petugas/<int:officer_id>")
def officer(officer_id: int) -> str:
    """One officer's training history; whoever looks is logged."""
    year = _year()
    found = training_hours.history(site(), viewer(), officer_id, year=year)
    note_views(site(), viewer(), [officer_id])
    return render_template(
        "trainings/officer.html",
        found=found,
        kinds=TRAINING_KINDS,
        results=RESULTS,
        reasons=REASONS,
    )


def _hours(*, page: int) -> training_hours.HoursPage:
    choice = _hours_choice()
    return training_hours.hours_of_year(
        site(),
        viewer(),
        year=choice["year"],
        text=choice["text"],
        only=choice["only"],
        order=choice["order"],
        page=page,
    )


def _hours_choice() -> dict[str, Any]:
    return {
        "year": _year(),
        "text": request.args.get("cari", ""),
        "only": request.args.get("hanya", ""),
        "order": request.args.get("urut", ""),
    }


def _year() -> int:
    year = number_in_address("tahun") or 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else site().today().year


def _save(form: TrainingForm, *, code: str | None) -> AnyResponse | tuple[str, int]:
    if code is not None:
        form.code.data = code
    if form.validate_on_submit():
        names = (form.competences.data or "").split(",")
        values = {
            "code": form.code.data,
            "title": form.title.data.strip(),
            "kind": form.kind.data,
            "elements": list(form.elements.data or ()),
            "competences": [name.strip() for name in names if name.strip()],
            "provider": (form.provider.data or "").strip(),
            "partner": (form.partner.data or "").strip(),
            "jp": form.jp.data,
            "cost": form.cost.data,
        }
        try:
            final = records.save_training(site(), viewer(), values, code=code)
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Pelatihan disimpan."))
            return redirect(url_for("trainings.show", code=final))
    return _training_page(form, code=code), 422


def _training_page(form: TrainingForm, *, code: str | None) -> str:
    translate_errors(form)
    return render_template("trainings/form.html", form=form, code=code)


def _runs_page(code: str, form: RunForm) -> str:
    row, runs = records.runs_of(site(), viewer(), code)
    translate_errors(form)
    return render_template(
        "trainings/training.html",
        row=row,
        runs=runs,
        form=form,
        kinds=TRAINING_KINDS,
        reasons=REASONS,
        results=RESULTS,
        sent=SENT,
        element_names={e.key: (e.unsur, e.unsur_en) for e in ELEMENTS},
        told=after_course.told_of(site(), row),
        questions=QUESTIONS,
    )


def _attendance_page(form: AttendanceForm, code: str, line: records.Attendee) -> str:
    translate_errors(form)
    return render_template("trainings/attendance.html", form=form, code=code, line=line)
