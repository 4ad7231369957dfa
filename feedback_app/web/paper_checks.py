"""The second entry of a sample of paper sheets: draw, key again, settle, and the error rate."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.paper import grouped
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.paper import checks
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import tell
from feedback_app.web.language import gettext as _
from feedback_app.web.paper_desk import desk_of, is_complete, key_page, pile
from feedback_app.web.paper_forms import choices_of, key_form, label_of, settled

paper_checks = Blueprint("paper_checks", __name__, url_prefix="/staf/kertas")


@paper_checks.get("/<int:batch_id>/selesai")
def confirm_draw(batch_id: int) -> str:
    """Ask before the first entry is closed."""
    return _draw_page(batch_id, fault="")


@paper_checks.post("/<int:batch_id>/selesai")
def draw(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Draw which sheets are keyed a second time."""
    try:
        number = checks.draw_sample(site(), viewer(), batch_id)
    except FieldFaultError as fault:
        return _draw_page(batch_id, fault=_(fault.text)), 422
    flash(_("%(n)s lembar terpilih untuk diketik kedua kali oleh akun lain.", n=number))
    return redirect(url_for("paper_checks.result", batch_id=batch_id))


@paper_checks.get("/<int:batch_id>/periksa")
def check(batch_id: int) -> str:
    """The second entry of a sample's sheets, without the first in sight."""
    desk = desk_of(batch_id)
    return key_page(desk, key_form(desk), endpoint="paper_checks.check_one")


@paper_checks.post("/<int:batch_id>/periksa")
def check_one(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Compare a second entry with the first."""
    desk = desk_of(batch_id)
    form = key_form(desk)
    if is_complete(desk, form):
        try:
            is_same = checks.key_again(
                site(), viewer(), batch_id, form.sheet.data, form.entry(desk)
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Kedua entri sama.") if is_same else _("Kedua entri berbeda; lihat hasil."))
            return redirect(url_for("paper_checks.check", batch_id=batch_id, **pile(desk)))
    return key_page(desk, form, endpoint="paper_checks.check_one"), 422


@paper_checks.get("/<int:batch_id>/hasil")
def result(batch_id: int) -> str:
    """How the double entry stands, and the error rate."""
    view = checks.batch_view(site(), viewer(), batch_id)
    return render_template("paper/result.html", view=view, label_of=label_of, grouped=grouped)


@paper_checks.get("/<int:batch_id>/lembar/<int:sheet_id>/beda")
def differ(batch_id: int, sheet_id: int) -> str:
    """Two entries of one sheet, field by field."""
    return _differ_page(batch_id, sheet_id, fault="")


@paper_checks.post("/<int:batch_id>/lembar/<int:sheet_id>/beda")
def settle(batch_id: int, sheet_id: int) -> AnyResponse | tuple[str, int]:
    """Write down what the sheet says."""
    right = settled(checks.difference(site(), viewer(), batch_id, sheet_id), request.form)
    if right is None:
        fault = _("Pilih isi lembar untuk setiap isian.")
        return _differ_page(batch_id, sheet_id, fault=fault), 422
    try:
        checks.settle(site(), viewer(), batch_id, sheet_id, right=right)
    except FieldFaultError as fault_found:
        return _differ_page(batch_id, sheet_id, fault=_(fault_found.text)), 422
    flash(_("Lembar selesai diperiksa."))
    return redirect(url_for("paper_checks.result", batch_id=batch_id))


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
