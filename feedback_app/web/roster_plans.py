"""The roster over many days: absences, repeating a week, days of the office."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.working_days import ENTRY_KINDS, monday_of
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.roster import leave as leaves
from feedback_app.services.roster import own_days, patterns
from feedback_app.services.roster.leave import Leave
from feedback_app.services.roster.patterns import Repeat
from feedback_app.services.roster.preview import Preview
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import day_asked, small_number
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say
from feedback_app.web.roster_forms import OfficeDaysForm

roster_plans = Blueprint("roster_plans", __name__, url_prefix="/staf/jadwal")

Faults = list[tuple[str, str]]
A_WEEK = timedelta(days=7)


@roster_plans.get("/berhalangan")
def leave() -> str | tuple[str, int]:
    """Who is away from when to when, and who takes each shift."""
    asked = _leave()
    if "petugas" not in request.args:
        return _leave_page(asked, None, [])
    try:
        found = leaves.affected_by(site(), viewer(), asked)
    except FieldFaultError as fault:
        return _leave_page(asked, None, [(fault.field, _(fault.text))]), 422
    return _leave_page(asked, found, [])


@roster_plans.post("/berhalangan")
def record_leave() -> AnyResponse | tuple[str, int]:
    """Keep the absence with its substitutes."""
    asked, status, faults = _leave(), 422, []
    try:
        done = leaves.record_leave(
            site(), viewer(), asked, _substitutes(), seen=request.form.get("seen", "")
        )
    except FieldFaultError as fault:
        faults = [(fault.field, _(fault.text))]
    except ChangedMeanwhileError:
        faults = [("", _("Jadwal petugas ini baru saja diubah orang lain. Periksa daftar ini."))]
        status = 409
    else:
        flash(_("Dicatat; %(n)s jam tugas diubah.", n=done.shifts))
        if done.proposal_id is not None:
            flash(_("Diusulkan. Perubahan hari lama berlaku setelah disetujui orang kedua."))
        return redirect(url_for("roster.week", hari=asked.first))
    try:
        found = leaves.affected_by(site(), viewer(), asked)
    except FieldFaultError:
        return _leave_page(asked, None, faults), status
    return _leave_page(asked, found, faults), status


@roster_plans.get("/salin")
def copy() -> str | tuple[str, int]:
    """Copy a week, or fill its pattern up to a date: what it would change."""
    wanted = _repeat()
    if "dari" not in request.args:
        return _copy_page(wanted, None, [])
    try:
        found = patterns.preview_repeat(site(), viewer(), wanted)
    except FieldFaultError as fault:
        return _copy_page(wanted, None, [(fault.field, _(fault.text))]), 422
    return _copy_page(wanted, found, [])


@roster_plans.post("/salin")
def save_copy() -> AnyResponse | tuple[str, int]:
    """Keep it as it was shown."""
    wanted = _repeat()
    try:
        patterns.repeat_week(site(), viewer(), wanted, seen=request.form.get("seen", ""))
    except FieldFaultError as fault:
        return _copy_page(wanted, None, [(fault.field, _(fault.text))]), 422
    except ChangedMeanwhileError:
        found = patterns.preview_repeat(site(), viewer(), wanted)
        told = _("Jadwal hari-hari ini baru saja diubah. Periksa lagi, lalu simpan.")
        return _copy_page(wanted, found, [("", told)]), 409
    flash(_("Jadwal disimpan. Yang keliru dapat dibatalkan di bawah."))
    return redirect(url_for("roster.week", hari=wanted.first, unit=wanted.unit or None))


@roster_plans.get("/libur")
def days() -> str:
    """Public holidays, the office's own days, and who is away; a form for more."""
    return _days_page(_days_form())


@roster_plans.post("/libur")
def add_days() -> AnyResponse | tuple[str, int]:
    """Say that the office is closed, or open against the rule."""
    form = _days_form()
    if form.validate_on_submit():
        try:
            own_days.add_days(
                site(),
                viewer(),
                kind=form.kind.data,
                first=form.first.data,
                last=form.last.data,
                unit_id=form.unit.data,
                name=form.name.data,
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Hari dicatat."))
            return redirect(url_for("roster_plans.days"))
    return _days_page(form), 422


@roster_plans.post("/libur/<int:entry_id>/akhiri")
def end_days(entry_id: int) -> AnyResponse:
    """Make an entry count no more."""
    own_days.end_entry(site(), viewer(), entry_id)
    flash(_("Catatan diakhiri."))
    return redirect(url_for("roster_plans.days"))


def _values() -> dict[str, str]:
    return (request.form if request.method == "POST" else request.args).to_dict()


def _day_of(values: dict[str, str], name: str, *, otherwise: date) -> date:
    return day_asked(name, otherwise=otherwise, among=values)


def _leave() -> Leave:
    values = _values()
    first = _day_of(values, "dari", otherwise=site().today())
    return Leave(
        officer_id=small_number(values.get("petugas", "")) or 0,
        first=first,
        last=_day_of(values, "sampai", otherwise=first),
        reason=values.get("reason", ""),
    )


def _substitutes() -> dict[int, int]:
    """Officers by shift: fields named g and the shift's number."""
    found = {}
    for name, value in request.form.items():
        shift_id, officer_id = small_number(name.removeprefix("g")), small_number(value)
        if name.startswith("g") and shift_id is not None and officer_id is not None:
            found[shift_id] = officer_id
    return found


def _leave_page(asked: Leave, found: leaves.Affected | None, faults: Faults) -> str:
    substitute = small_number(request.args.get("pengganti", ""))
    everywhere = dict.fromkeys(found.free, substitute) if found and substitute else {}
    return render_template(
        "roster/leave.html",
        asked=asked,
        found=found,
        faults=faults,
        officers=leaves.officers_to_choose(site(), viewer()),
        substitute=substitute,
        chosen=_substitutes() if request.method == "POST" else everywhere,
    )


def _repeat() -> Repeat:
    values = _values()
    source = monday_of(_day_of(values, "sumber", otherwise=site().today()))
    first = _day_of(values, "dari", otherwise=source + A_WEEK)
    return Repeat(
        source=source,
        first=first,
        last=_day_of(values, "sampai", otherwise=monday_of(first) + timedelta(days=6)),
        unit=values.get("unit", ""),
    )


def _copy_page(wanted: Repeat, found: Preview | None, faults: Faults) -> str:
    shown = own_days.own_days(site(), viewer())
    return render_template(
        "roster/copy.html", wanted=wanted, found=found, faults=faults, units=shown.unit_codes
    )


def _days_form() -> OfficeDaysForm:
    form = OfficeDaysForm()
    shown = own_days.own_days(site(), viewer())
    form.kind.choices = [(key, say(ENTRY_KINDS[key])) for key in ("closed", "open")]
    everywhere = [("", _("semua unit"))] if viewer().role == "admin" else []
    form.unit.choices = [*everywhere, *((str(one), name) for one, name in shown.units)]
    return labelled(form)


def _days_page(form: OfficeDaysForm) -> str:
    translate_errors(form)
    shown = own_days.own_days(site(), viewer())
    return render_template(
        "roster/days.html",
        form=form,
        shown=shown,
        may_end=own_days.may_end(site(), viewer(), shown.entries),
        entry_kinds=ENTRY_KINDS,
    )
