"""HR's room "Rencana": candidate runs, floors, and what was spent."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.plan_runs import ToldRun
from feedback_app.domain.plan_words import KIND_OF_MONEY
from feedback_app.domain.training_plan import MONEY
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.plan import plans, runs, spending
from feedback_app.services.plan.spending import Paid, SpentPage
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.plan_forms import FloorForm, PlanRunForm, floor_form, run_form

plan_runs = Blueprint("plan_runs", __name__, url_prefix="/staf/rencana")

Answer = str | AnyResponse | tuple[str, int]


@plan_runs.get("/<int:year>/calon")
def candidates(year: int) -> str:
    """Runs that may be bought, and a form for another one."""
    return _candidates(year, _run_form(year))


@plan_runs.post("/<int:year>/calon")
def add(year: int) -> Answer:
    """Add a candidate."""
    form = _run_form(year)
    if form.validate_on_submit():
        try:
            runs.add_run(site(), viewer(), year, form.told())
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Calon jadwal ditambahkan."))
            return redirect(url_for("plan_runs.candidates", year=year))
    return _candidates(year, form), 422


@plan_runs.get("/<int:year>/calon/<int:run_id>")
def show(year: int, run_id: int) -> str:
    """One candidate, to correct or to withdraw."""
    line = runs.run_line(site(), viewer(), year, run_id)
    told = ToldRun(
        training=line.training.code,
        **{
            name: getattr(line.run, name)
            for name in ("starts_on", "ends_on", "seats", "jp", *MONEY)
        },
    )
    return _run_page(line, run_form([(line.training.code, line.training.title)], told))


@plan_runs.post("/<int:year>/calon/<int:run_id>")
def correct(year: int, run_id: int) -> Answer:
    """Correct a candidate; versions keep what they bought."""
    line = runs.run_line(site(), viewer(), year, run_id)
    form = run_form([(line.training.code, line.training.title)])
    form.training.data = line.training.code
    if form.validate_on_submit():
        try:
            runs.correct_run(site(), viewer(), year, run_id, form.told())
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Calon jadwal dibetulkan."))
            return redirect(url_for("plan_runs.candidates", year=year))
    return _run_page(line, form), 422


@plan_runs.get("/<int:year>/calon/<int:run_id>/cabut")
def confirm_withdrawal(year: int, run_id: int) -> str:
    """Ask before a candidate is withdrawn."""
    line = runs.run_line(site(), viewer(), year, run_id)
    return render_template("plan/withdraw.html", line=line, year=year)


@plan_runs.post("/<int:year>/calon/<int:run_id>/cabut")
def withdraw(year: int, run_id: int) -> AnyResponse:
    """Withdraw a candidate, or note that it was cancelled; the page before has asked."""
    runs.withdraw_run(site(), viewer(), year, run_id)
    flash(_("Calon jadwal dicabut. Susun ulang rencana bila jadwal itu sudah ada di dalamnya."))
    return redirect(url_for("plan_runs.candidates", year=year))


@plan_runs.post("/<int:year>/calon/<int:run_id>/pulihkan")
def restore(year: int, run_id: int) -> AnyResponse:
    """Undo a withdrawal."""
    runs.restore_run(site(), viewer(), year, run_id)
    flash(_("Calon jadwal dipulihkan."))
    return redirect(url_for("plan_runs.candidates", year=year))


@plan_runs.get("/<int:year>/lantai")
def floors(year: int) -> str:
    """How many stay at each counter, and the days of peaks."""
    return _floors(year, _floor_form())


@plan_runs.post("/<int:year>/lantai")
def set_floor(year: int) -> Answer:
    """Set a floor."""
    form = _floor_form()
    if form.validate_on_submit():
        try:
            plans.set_floor(
                site(),
                viewer(),
                year,
                counter=form.counter.data,
                floor=form.floor.data or 0,
                first=form.first.data,
                last=form.last.data,
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Jumlah petugas yang tinggal disimpan."))
            return redirect(url_for("plan_runs.floors", year=year))
    return _floors(year, form), 422


@plan_runs.post("/<int:year>/lantai/<int:floor_id>/hapus")
def remove_floor(year: int, floor_id: int) -> AnyResponse:
    """Take a floor back."""
    plans.remove_floor(site(), viewer(), year, floor_id)
    flash(_("Aturan dihapus; yang umum berlaku lagi."))
    return redirect(url_for("plan_runs.floors", year=year))


@plan_runs.get("/<int:year>/terpakai/<int:run_id>")
def spent(year: int, run_id: int) -> str:
    """Who came to a run of the plan that holds, and what it cost."""
    return _spent(year, spending.spent_page(site(), viewer(), year, run_id), ())


@plan_runs.post("/<int:year>/terpakai/<int:run_id>")
def record(year: int, run_id: int) -> Answer:
    """Write attendances and money down, in one act."""
    found = spending.spent_page(site(), viewer(), year, run_id)
    paid, faults = _paid(found)
    if not faults:
        try:
            came = spending.record_spent(site(), viewer(), year, run_id, paid)
        except FieldFaultError as fault:
            faults = [(fault.field, _(fault.text))]
        else:
            flash(_("Dicatat: %(came)s orang hadir.", came=came))
            return redirect(url_for("plan.show", year=year))
    return _spent(year, found, faults), 422


def _paid(found: SpentPage) -> tuple[dict[int, Paid], list[tuple[str, str]]]:
    """Ticked officers with their money; what is no rupiah is named by its field."""
    paid: dict[int, Paid] = {}
    faults = []
    for seat in found.bought.seats:
        key = seat.officer.id
        came = request.form.get(f"seat-{key}", "")
        if came not in {"came", "absent"}:
            continue
        money = {}
        for kind in MONEY:
            typed = request.form.get(f"{kind}-{key}", "").replace(".", "").strip() or "0"
            amount = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 15 else None
            if amount is None:
                faults.append((f"{kind}-{key}", _("Tulis rupiah mulai dari 0.")))
            else:
                money[kind] = amount
        if len(money) == len(MONEY):
            paid[key] = Paid(came=came == "came", **money)
    return paid, faults


def _spent(year: int, found: SpentPage, faults: object) -> str:
    return render_template(
        "plan/spent.html",
        year=year,
        found=found,
        faults=faults,
        typed=request.form,
        money_names=KIND_OF_MONEY,
    )


def _run_form(year: int) -> PlanRunForm:
    found = runs.candidates(site(), viewer(), year)
    return run_form([(row.code, row.title) for row in found.trainings])


def _candidates(year: int, form: PlanRunForm) -> str:
    translate_errors(form)
    found = runs.candidates(site(), viewer(), year)
    return render_template("plan/candidates.html", found=found, form=form, year=year)


def _run_page(line: runs.RunLine, form: PlanRunForm) -> str:
    translate_errors(form)
    return render_template("plan/run.html", line=line, form=form, year=line.run.starts_on.year)


def _floor_form() -> FloorForm:
    return floor_form(list(plans.counters_to_choose(site(), viewer())))


def _floors(year: int, form: FloorForm) -> str:
    translate_errors(form)
    return render_template(
        "plan/floors.html",
        plan=plans.plan_of(site(), viewer(), year),
        lines=plans.floor_lines(site(), viewer(), year),
        form=form,
    )
