"""The admin's page of tiers: which count for officers, counter by counter, from now on."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.tiers import FOR_OFFICERS, TIERS
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.office import tier_choice as service
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import page_number, small_number
from feedback_app.web.language import gettext as _

tiers = Blueprint("tiers", __name__, url_prefix="/staf/admin/jalur")

Wanted = dict[int, set[str]]


@tiers.get("/")
def choices() -> str:
    """Every counter with what counts there now, and what was chosen before."""
    return _page({}, [])


@tiers.post("/")
def check() -> str | tuple[str, int] | AnyResponse:
    """Name the counters that would change, before they do."""
    wanted = _wanted()
    try:
        changes = service.changes_asked(site(), viewer(), wanted)
    except FieldFaultError as fault:
        return _page(wanted, [(fault.field, _(fault.text))]), 422
    if not changes:
        flash(_("Tidak ada yang berubah."))
        return redirect(url_for("tiers.choices"))
    return render_template(
        "tiers/confirm.html", changes=changes, tiers=TIERS, in_order=service.in_order
    )


@tiers.post("/simpan")
def save() -> AnyResponse | tuple[str, int]:
    """Save which tiers count from now on."""
    wanted = _wanted()
    try:
        changed = service.set_tiers(site(), viewer(), wanted)
    except FieldFaultError as fault:
        return _page(wanted, [(fault.field, _(fault.text))]), 422
    flash(_("Cara masuk disimpan untuk %(n)s loket, berlaku mulai sekarang.", n=changed))
    return redirect(url_for("tiers.choices"))


def _wanted() -> Wanted:
    """By counter: every counter that was shown, with the tiers that were ticked."""
    wanted: Wanted = {}
    for text in request.form.getlist("loket"):
        counter_id = small_number(text)
        if counter_id is not None:
            wanted[counter_id] = set(request.form.getlist(f"c{counter_id}"))
    return wanted


def _page(wanted: Wanted, faults: list[tuple[str, str]]) -> str:
    lines = service.tier_lines(site(), viewer())
    units = list(dict.fromkeys((line.unit_id, line.unit) for line in lines))
    unit_id = small_number(request.args.get("unit", ""))
    return render_template(
        "tiers/choices.html",
        lines=[line for line in lines if unit_id in (None, line.unit_id)],
        ticked={line.counter_id: wanted.get(line.counter_id, line.tiers) for line in lines},
        units=units,
        unit_id=unit_id,
        faults=faults,
        choices=FOR_OFFICERS,
        tiers=TIERS,
        history=service.tier_history(site(), viewer(), page=page_number()),
    )
