"""Paper forms: print batches, key sheets quickly, key a sample twice, see the error rate."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.elements import ALL_KEYS, element
from feedback_app.domain.paper import BAND_KEYS, VOID_REASONS, grouped
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.paper import batches as batch_service
from feedback_app.services.paper import checks, sheets
from feedback_app.services.paper.sheets import Desk
from feedback_app.services.visit_codes import TooManyGuessesError
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import PDF, download
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.paper_forms import (
    BatchForm,
    KeyForm,
    VoidForm,
    batch_form,
    choices_of,
    chosen_day,
    key_form,
    label_of,
    settled,
    void_form,
    wanted_batch,
)

paper = Blueprint("paper", __name__, url_prefix="/staf/kertas")


@paper.get("/")
def overview() -> str:
    """Every batch of the viewer's units, and the error rate over all of them."""
    page = request.args.get("hal", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    found = batch_service.batch_page(site(), viewer(), page=number)
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
    """Note that a sheet carries no answer."""
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
    """Take a void note back."""
    try:
        sheets.restore_sheet(site(), viewer(), batch_id, request.form.get("sheet", ""))
    except FieldFaultError as fault:
        flash(_(str(fault)), "error")
    else:
        flash(_("Catatan batal dihapus. Lembar ini dapat diketik."))
    return redirect(url_for("paper.show", batch_id=batch_id))


@paper.get("/<int:batch_id>/ketik")
def key(batch_id: int) -> str:
    """The keying page for one pile: a day and a counter."""
    desk = _desk(batch_id)
    return _key_page(desk, key_form(desk), endpoint="paper.key_one")


@paper.post("/<int:batch_id>/ketik")
def key_one(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Save one sheet and show the next."""
    desk = _desk(batch_id)
    form = key_form(desk)
    if _is_complete(desk, form):
        try:
            number = sheets.key_sheet(site(), viewer(), batch_id, form.keyed(desk))
        except (FieldFaultError, TooManyGuessesError) as fault:
            _tell(form, fault)
        else:
            return redirect(url_for("paper.key", batch_id=batch_id, **_pile(desk), terakhir=number))
    return _key_page(desk, form, endpoint="paper.key_one"), 422


@paper.get("/<int:batch_id>/lembar/<int:sheet_id>/betulkan")
def edit(batch_id: int, sheet_id: int) -> str:
    """A sheet that the viewer keyed, to put it right."""
    shown, entry, words = sheets.sheet_to_correct(site(), viewer(), batch_id, sheet_id)
    desk = sheets.desk(
        site(),
        viewer(),
        batch_id,
        day=chosen_day(entry.visited_on),
        counter_id=_number("loket") or entry.counter_id,
    )
    form = key_form(desk)
    form.fill(shown, entry, words)
    return _key_page(desk, form, endpoint="paper.correct", sheet_id=sheet_id)


@paper.post("/<int:batch_id>/lembar/<int:sheet_id>/betulkan")
def correct(batch_id: int, sheet_id: int) -> AnyResponse | tuple[str, int]:
    """Set the wrong answer aside and save the right one."""
    shown, _entry, _words = sheets.sheet_to_correct(site(), viewer(), batch_id, sheet_id)
    desk = _desk(batch_id)
    form = key_form(desk)
    form.sheet.data = shown
    if _is_complete(desk, form):
        try:
            sheets.correct_sheet(
                site(), viewer(), batch_id, sheet_id, form.entry(desk), comment=form.words()
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Lembar %(number)s dibetulkan.", number=grouped(shown)))
            return redirect(url_for("paper.key", batch_id=batch_id, **_pile(desk)))
    return _key_page(desk, form, endpoint="paper.correct", sheet_id=sheet_id), 422


@paper.get("/<int:batch_id>/selesai")
def confirm_draw(batch_id: int) -> str:
    """Ask before the first entry is closed."""
    return _draw_page(batch_id, fault="")


@paper.post("/<int:batch_id>/selesai")
def draw(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Draw which sheets are keyed a second time."""
    try:
        number = checks.draw_sample(site(), viewer(), batch_id)
    except FieldFaultError as fault:
        return _draw_page(batch_id, fault=_(str(fault))), 422
    flash(_("%(n)s lembar terpilih untuk diketik kedua kali oleh akun lain.", n=number))
    return redirect(url_for("paper.result", batch_id=batch_id))


@paper.get("/<int:batch_id>/periksa")
def check(batch_id: int) -> str:
    """The second entry of a sample's sheets, without the first in sight."""
    desk = _desk(batch_id)
    return _key_page(desk, key_form(desk), endpoint="paper.check_one")


@paper.post("/<int:batch_id>/periksa")
def check_one(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Compare a second entry with the first."""
    desk = _desk(batch_id)
    form = key_form(desk)
    if _is_complete(desk, form):
        try:
            is_same = checks.key_again(
                site(), viewer(), batch_id, form.sheet.data, form.entry(desk)
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Kedua entri sama.") if is_same else _("Kedua entri berbeda; lihat hasil."))
            return redirect(url_for("paper.check", batch_id=batch_id, **_pile(desk)))
    return _key_page(desk, form, endpoint="paper.check_one"), 422


@paper.get("/<int:batch_id>/hasil")
def result(batch_id: int) -> str:
    """How the double entry stands, and the error rate."""
    view = checks.batch_view(site(), viewer(), batch_id)
    return render_template("paper/result.html", view=view, label_of=label_of, grouped=grouped)


@paper.get("/<int:batch_id>/lembar/<int:sheet_id>/beda")
def differ(batch_id: int, sheet_id: int) -> str:
    """Two entries of one sheet, field by field."""
    return _differ_page(batch_id, sheet_id, fault="")


@paper.post("/<int:batch_id>/lembar/<int:sheet_id>/beda")
def settle(batch_id: int, sheet_id: int) -> AnyResponse | tuple[str, int]:
    """Write down what the sheet says."""
    right = settled(checks.difference(site(), viewer(), batch_id, sheet_id), request.form)
    if right is None:
        fault = _("Pilih isi lembar untuk setiap isian.")
        return _differ_page(batch_id, sheet_id, fault=fault), 422
    try:
        checks.settle(site(), viewer(), batch_id, sheet_id, right=right)
    except FieldFaultError as fault_found:
        return _differ_page(batch_id, sheet_id, fault=_(str(fault_found))), 422
    flash(_("Lembar selesai diperiksa."))
    return redirect(url_for("paper.result", batch_id=batch_id))


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


def _draw_page(batch_id: int, *, fault: str) -> str:
    view = checks.batch_view(site(), viewer(), batch_id)
    return render_template("paper/draw.html", view=view, fault=fault)


def _differ_page(batch_id: int, sheet_id: int, *, fault: str) -> str:
    found = checks.difference(site(), viewer(), batch_id, sheet_id)
    fields = [(name, label_of(name), choices_of(found, name)) for name in found.names]
    return render_template(
        "paper/differ.html",
        found=found,
        sheet_id=sheet_id,
        fields=fields,
        fault=fault,
        sent=request.form,
        grouped=grouped,
    )


def _desk(batch_id: int) -> Desk:
    day = chosen_day(site().today())
    return sheets.desk(site(), viewer(), batch_id, day=day, counter_id=_number("loket"))


def _pile(desk: Desk) -> dict[str, Any]:
    return {"hari": desk.day.isoformat(), "loket": desk.counter_id}


def _is_complete(desk: Desk, form: KeyForm) -> bool:
    if not form.validate_on_submit():
        return False
    if desk.counter_id is None:
        form.form_errors.append(_("Pilih loket tumpukan ini lebih dahulu."))
    return desk.counter_id is not None


def _tell(form: KeyForm, fault: FieldFaultError | TooManyGuessesError) -> None:
    if isinstance(fault, TooManyGuessesError):
        fault = FieldFaultError(
            "visit", _("Terlalu banyak kode salah. Tunggu satu menit, lalu simpan lagi.")
        )
    tell(form, fault)


def _key_page(desk: Desk, form: KeyForm, *, endpoint: str, sheet_id: int | None = None) -> str:
    translate_errors(form)
    here: dict[str, Any] = {"batch_id": desk.row.batch.id}
    if sheet_id is not None:
        here["sheet_id"] = sheet_id
    mode = {"paper.key_one": "key", "paper.check_one": "check", "paper.correct": "correct"}
    last = sheets.last_sheet(site(), viewer(), desk.row.batch.id, _number("terakhir"))
    view = checks.batch_view(site(), viewer(), desk.row.batch.id)
    return render_template(
        "paper/key.html",
        desk=desk,
        form=form,
        mode=mode[endpoint],
        send_to=url_for(endpoint, **here, **_pile(desk)),
        change_pile=url_for(endpoint, **here),
        questions=[(form[key], element(key)) for key in ALL_KEYS],
        bands=[form[key] for key in BAND_KEYS],
        last=last,
        view=view,
        grouped=grouped,
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
