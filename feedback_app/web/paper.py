"""Paper forms: print batches of sheets, key them quickly, note what is void."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.paper import VOID_REASONS, grouped
from feedback_app.services.citizen.code_guesses import TooManyGuessesError
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.paper import batches as batch_service
from feedback_app.services.paper import checks, sheets
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import number_in_address, page_number
from feedback_app.web.downloads import PDF, download
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.paper_desk import (
    desk_of,
    is_complete,
    key_page,
    pile,
    tell_sheet,
)
from feedback_app.web.paper_forms import (
    BatchForm,
    VoidForm,
    batch_form,
    chosen_day,
    key_form,
    void_form,
    wanted_batch,
)

paper = Blueprint("paper", __name__, url_prefix="/staf/kertas")


@paper.get("/")
def overview() -> str:
    """Every batch of the viewer's units, and the error rate over all of them."""
    found = batch_service.batch_page(site(), viewer(), page=page_number())
    return render_template("paper/overview.html", found=found)


@paper.get("/baru")
def new() -> str:
    """An empty form for a batch."""
    form = _batch_form()
    form.size.data = 100
    return _batch_page(form)


@paper.post("/baru")
def add() -> AnyResponse | tuple[str, int]:
    """Number a batch of sheets."""
    form = _batch_form()
    if form.validate_on_submit():
        try:
            batch_id = batch_service.make_batch(site(), viewer(), wanted_batch(form))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Kumpulan dibuat. Cetak lembarnya di bawah."))
            return redirect(url_for("paper.show", batch_id=batch_id))
    return _batch_page(form), 422


@paper.get("/<int:batch_id>")
def show(batch_id: int) -> str:
    """One batch: what is keyed, void and missing."""
    return _show_page(batch_id, void_form())


@paper.get("/<int:batch_id>/formulir.pdf")
def forms_file(batch_id: int) -> Response:
    """The sheets to print."""
    mark, content = batch_service.forms_pdf(site(), viewer(), batch_id)
    return download(content, PDF, f"formulir-{mark}.pdf")


@paper.post("/<int:batch_id>/batal")
def void(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Mark a sheet as void: it carries no answer."""
    form = void_form()
    if form.validate_on_submit():
        try:
            sheets.void_sheet(
                site(),
                viewer(),
                batch_id,
                form.sheet.data,
                reason=form.reason.data,
                note=(form.note.data or "").strip(),
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Lembar dicatat batal."))
            return redirect(url_for("paper.show", batch_id=batch_id))
    return _show_page(batch_id, form), 422


@paper.post("/<int:batch_id>/pulihkan")
def restore(batch_id: int) -> AnyResponse:
    """Remove the void mark of a sheet."""
    try:
        sheets.restore_sheet(site(), viewer(), batch_id, request.form.get("sheet", ""))
    except FieldFaultError as fault:
        flash(_(fault.text), "error")
    else:
        flash(_("Catatan batal dihapus. Lembar ini dapat diketik."))
    return redirect(url_for("paper.show", batch_id=batch_id))


@paper.get("/<int:batch_id>/ketik")
def key(batch_id: int) -> str:
    """The keying page for one pile: a day and a counter."""
    desk = desk_of(batch_id)
    return key_page(desk, key_form(desk), endpoint="paper.key_one")


@paper.post("/<int:batch_id>/ketik")
def key_one(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Save one sheet and show the next."""
    desk = desk_of(batch_id)
    form = key_form(desk)
    if is_complete(desk, form):
        try:
            number = sheets.key_sheet(site(), viewer(), batch_id, form.keyed(desk))
        except (FieldFaultError, TooManyGuessesError) as fault:
            tell_sheet(form, fault)
        else:
            return redirect(url_for("paper.key", batch_id=batch_id, **pile(desk), terakhir=number))
    return key_page(desk, form, endpoint="paper.key_one"), 422


@paper.get("/<int:batch_id>/lembar/<int:sheet_id>/betulkan")
def edit(batch_id: int, sheet_id: int) -> str:
    """A sheet that the viewer keyed, to put it right."""
    shown, entry, words = sheets.sheet_to_correct(site(), viewer(), batch_id, sheet_id)
    desk = sheets.desk(
        site(),
        viewer(),
        batch_id,
        day=chosen_day(entry.visited_on),
        counter_id=number_in_address("loket") or entry.counter_id,
    )
    form = key_form(desk)
    form.fill(shown, entry, words)
    return key_page(desk, form, endpoint="paper.correct", sheet_id=sheet_id)


@paper.post("/<int:batch_id>/lembar/<int:sheet_id>/betulkan")
def correct(batch_id: int, sheet_id: int) -> AnyResponse | tuple[str, int]:
    """Set the wrong answer aside and save the right one."""
    shown, _entry, _words = sheets.sheet_to_correct(site(), viewer(), batch_id, sheet_id)
    desk = desk_of(batch_id)
    form = key_form(desk)
    form.sheet.data = shown
    if is_complete(desk, form):
        try:
            sheets.correct_sheet(
                site(), viewer(), batch_id, sheet_id, form.entry(desk), comment=form.words()
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Lembar %(number)s dibetulkan.", number=grouped(shown)))
            return redirect(url_for("paper.key", batch_id=batch_id, **pile(desk)))
    return key_page(desk, form, endpoint="paper.correct", sheet_id=sheet_id), 422


def _batch_form() -> BatchForm:
    return batch_form(batch_service.offers(site(), viewer()))


def _batch_page(form: BatchForm) -> str:
    translate_errors(form)
    return render_template("paper/new.html", form=form)


def _show_page(batch_id: int, form: VoidForm) -> str:
    view = checks.batch_view(site(), viewer(), batch_id)
    translate_errors(form)
    return render_template(
        "paper/batch.html", view=view, form=form, reasons=VOID_REASONS, grouped=grouped
    )
