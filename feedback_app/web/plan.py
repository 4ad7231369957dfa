"""HR's room "Rencana": a year's plan, its versions, why and why not, its file."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.effect_words import item_name
from feedback_app.domain.plan_words import KIND_OF_MONEY, OUTDATED, RULES
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.plan import (
    documents,
    fixing,
    jobs,
    plans,
    questions,
    versions,
    year,
)
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import number_in_address
from feedback_app.web.charts import frontier
from feedback_app.web.downloads import DOCX, download, sheets
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.plan_forms import BudgetForm, FixForm, budget_form, fix_form

plan = Blueprint("plan", __name__, url_prefix="/staf/rencana")

Answer = str | AnyResponse | tuple[str, int]


@plan.get("/")
def overview() -> str:
    """Every year's plan, and what to do first."""
    return render_template("plan/overview.html", lines=plans.plan_lines(site(), viewer()))


@plan.get("/baru")
def new() -> str:
    """A form for the money of a year."""
    return _budget_page(budget_form(year=site().today().year + 1), old=None)


@plan.post("/baru")
def make() -> Answer:
    """Begin a year's plan."""
    form = budget_form()
    if form.validate_on_submit():
        try:
            plans.make_plan(site(), viewer(), form.year.data or 0, form.told())
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Rencana dibuat. Tambahkan calon jadwal pelatihan."))
            return redirect(url_for("plan_runs.candidates", year=form.year.data))
    return _budget_page(form, old=None), 422


@plan.get("/<int:year>")
def show(year: int) -> str:
    """A year's plan: who, when, what stays staffed, money, what it should change."""
    return _year_page(year)


def _year_page(wanted: int, fault: str = "") -> str:
    found = year.year_page(site(), viewer(), wanted, number=number_in_address("versi"))
    return render_template(
        "plan/year.html",
        found=found,
        fault=fault,
        money_names=KIND_OF_MONEY,
        outdated_words=OUTDATED,
        item_name=item_name,
        today=site().today(),
    )


@plan.get("/<int:year>/anggaran")
def budget(year: int) -> str:
    """The money of a year that has a plan."""
    kept = plans.plan_of(site(), viewer(), year)
    return _budget_page(budget_form(plans.told_of(kept), year=year), old=year)


@plan.post("/<int:year>/anggaran")
def change_budget(year: int) -> Answer:
    """Change the money, and work the plan out again where that was asked."""
    kept = plans.plan_of(site(), viewer(), year)
    form = budget_form(plans.told_of(kept))
    form.year.data = year
    if form.validate_on_submit():
        try:
            plans.change_plan(site(), viewer(), year, form.told())
            if "susun" in request.form:
                jobs.start_job(site(), viewer(), year, kind=plans.SOLVE)
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Anggaran disimpan."))
            return redirect(url_for("plan.show", year=year))
    return _budget_page(form, old=year), 422


@plan.post("/<int:year>/susun")
def solve(year: int) -> Answer:
    """Work the plan out, in the background."""
    try:
        jobs.start_job(site(), viewer(), year, kind=plans.SOLVE)
    except FieldFaultError as fault:
        return _year_page(year, _(fault.text)), 422
    flash(_("Rencana sedang disusun. Halaman ini menunjukkan kemajuannya."))
    return redirect(url_for("plan.show", year=year))


@plan.get("/<int:year>/versi")
def compare(year: int) -> str:
    """Every version, and how two of them differ."""
    before, after = number_in_address("dari"), number_in_address("ke")
    found = None
    if before is not None and after is not None:
        found = versions.difference(site(), viewer(), year, before=before, after=after)
    return render_template(
        "plan/versions.html",
        year=year,
        lines=versions.lines_of_year(site(), viewer(), year),
        found=found,
        money_names=KIND_OF_MONEY,
    )


@plan.get("/<int:year>/tetapkan/<int:number>")
def confirm_fixing(year: int, number: int) -> str:
    """Ask before a version becomes the plan that holds."""
    return _fix_page(year, number, fix_form(seen=fixing.times_fixed(site(), viewer(), year)))


@plan.post("/<int:year>/tetapkan/<int:number>")
def fix(year: int, number: int) -> Answer:
    """Fix a version; who is second is told."""
    form = fix_form(seen=fixing.times_fixed(site(), viewer(), year))
    if form.validate_on_submit():
        try:
            fixing.fix_version(
                site(),
                viewer(),
                year,
                number,
                name=form.name.data,
                position=form.position.data,
                seen=form.seen.data or 0,
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Rencana ditetapkan."))
            return redirect(url_for("plan.show", year=year, versi=number))
    return _fix_page(year, number, form), 422


@plan.get("/<int:year>/mengapa")
def why(year: int) -> str:
    """Why not this officer in this run, by solving again."""
    found = questions.choices(site(), viewer(), year)
    officer_id, run_id = number_in_address("petugas"), number_in_address("jadwal")
    answer = None
    if officer_id is not None and run_id is not None:
        answer = questions.why_not(site(), viewer(), year, officer_id=officer_id, run_id=run_id)
    return render_template(
        "plan/why.html",
        found=found,
        answer=answer,
        officer_id=officer_id,
        run_id=run_id,
        rules=RULES,
        money_names=KIND_OF_MONEY,
    )


@plan.get("/<int:year>/nilai")
def worth(year: int) -> str:
    """What each rule costs, and what more or less money would bring."""
    kept, job = questions.newest_worth(site(), viewer(), year)
    budgets = job.result.get("budgets", []) if job else []
    return render_template(
        "plan/worth.html",
        plan=kept,
        job=job,
        picture=frontier(budgets, width=640, height=240) if budgets else None,
        rules=RULES,
        money_names=KIND_OF_MONEY,
    )


@plan.post("/<int:year>/nilai")
def ask_worth(year: int) -> AnyResponse:
    """Ask for it, in the background."""
    jobs.start_job(site(), viewer(), year, kind=plans.WORTH)
    return redirect(url_for("plan.worth", year=year))


@plan.get("/<int:year>/unduh.<ending>")
def file(year: int, ending: str) -> Response:
    """A version as the law's table: XLSX, CSV, or DOCX to sign."""
    number = number_in_address("versi")
    if ending not in documents.ENDINGS or number is None:
        abort(404)
    found = documents.plan_file(site(), viewer(), year, number, ending=ending)
    name = f"rencana-pelatihan-{year}-versi-{number}"
    if ending == "docx":
        return download(found.docx, DOCX, f"{name}.docx")
    return sheets(list(found.sheets), name=name, ending=ending, about=found.about)


def _budget_page(form: BudgetForm, *, old: int | None) -> str:
    translate_errors(form)
    return render_template("plan/budget.html", form=form, year=old)


def _fix_page(year: int, number: int, form: FixForm) -> str:
    translate_errors(form)
    found = versions.version_of(site(), viewer(), year, number)
    if found.fixing is not None and request.method == "GET":
        raise NotThereError
    return render_template(
        "plan/fix.html",
        found=found,
        form=form,
        outdated=fixing.outdated(site(), found),
        outdated_words=OUTDATED,
        money_names=KIND_OF_MONEY,
    )
