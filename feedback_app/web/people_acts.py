"""Orang: leaving and coming back, and two entries of one person."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.services.faults import FieldFaultError
from feedback_app.services.people import joining, leaving, person
from feedback_app.services.roster import leave as leave_of_shifts
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import day_asked, small_number
from feedback_app.web.language import gettext as _
from feedback_app.web.people import changed_meanwhile

people_acts = Blueprint("people_acts", __name__, url_prefix="/staf/admin/orang")

Faults = list[tuple[str, str]]


@people_acts.get("/<int:officer_id>/berhenti")
def leave(officer_id: int) -> str | tuple[str, int]:
    """The last day, and which shifts fall away after it."""
    return _leaving_page(officer_id, _last_day(), [])


@people_acts.post("/<int:officer_id>/berhenti")
def record_leaving(officer_id: int) -> AnyResponse | tuple[str, int]:
    """Keep the last day and withdraw the shifts after it; what was rated stays."""
    last_day, form = _last_day(among=request.form), request.form
    try:
        done = leaving.retire(
            site(),
            viewer(),
            officer_id,
            last_day,
            seen=form.get("seen", ""),
            reason=form.get("reason", "")[:300],
            substitute_id=small_number(form.get("pengganti", "")),
        )
    except FieldFaultError as fault:
        return _failed(_leaving_page(officer_id, last_day, [(fault.field, _(fault.text))]), 422)
    except ChangedMeanwhileError:
        return _failed(_leaving_page(officer_id, last_day, [("", changed_meanwhile())]), 409)
    flash(_("Dicatat. %(n)s jam tugas sesudah hari itu ditarik dari jadwal.", n=done.withdrawn))
    if done.proposal_id is not None:
        flash(_("Diusulkan. Perubahan hari lama berlaku setelah disetujui orang kedua."))
    return redirect(url_for("people.show", officer_id=officer_id))


@people_acts.post("/<int:officer_id>/kembali")
def come_back(officer_id: int) -> AnyResponse:
    """Take a leaving back, or take somebody in again."""
    try:
        leaving.come_back(site(), viewer(), officer_id, seen=request.form.get("seen", ""))
    except FieldFaultError as fault:
        flash(_(fault.text), "error")
    except ChangedMeanwhileError:
        flash(changed_meanwhile(), "error")
    else:
        flash(_("Kembali bertugas. Jadwal dan akunnya diatur lagi bila perlu."))
    return redirect(url_for("people.show", officer_id=officer_id))


@people_acts.get("/<int:officer_id>/gabung")
def join(officer_id: int) -> str | tuple[str, int]:
    """Choose who this entry is the same person as, and see what joining does."""
    return _joining_page(officer_id, [])


@people_acts.post("/<int:officer_id>/gabung")
def join_two(officer_id: int) -> AnyResponse | tuple[str, int]:
    """Join two entries of one person."""
    into_id = small_number(request.form.get("into", ""))
    try:
        joining.join_officers(
            site(), viewer(), officer_id, into_id or 0, seen=request.form.get("seen", "")
        )
    except FieldFaultError as fault:
        return _failed(_joining_page(officer_id, [(fault.field, _(fault.text))]), 422)
    except ChangedMeanwhileError:
        return _failed(_joining_page(officer_id, [("", changed_meanwhile())]), 409)
    flash(_("Digabung. Mulai triwulan ini nilainya satu."))
    return redirect(url_for("people.show", officer_id=into_id))


@people_acts.get("/gabungan/<int:join_id>")
def confirm_parting(join_id: int) -> str:
    """Ask before a joining is taken back."""
    return render_template(
        "people/part.html", parting=joining.parting_of(site(), viewer(), join_id)
    )


@people_acts.post("/gabungan/<int:join_id>")
def part(join_id: int) -> AnyResponse:
    """End a wrong joining from this quarter on."""
    officer_id = joining.part_officers(site(), viewer(), join_id)
    flash(_("Dipisahkan lagi. Yang sudah terbit bersama tetap bersama."))
    return redirect(url_for("people.show", officer_id=officer_id))


def _failed(page: str | tuple[str, int], status: int) -> tuple[str, int]:
    return (page, status) if isinstance(page, str) else (page[0], status)


def _last_day(among: Any = None) -> date:
    return day_asked("last_day", otherwise=site().today(), among=among)


def _leaving_page(officer_id: int, last_day: date, faults: Faults) -> str | tuple[str, int]:
    page = person.person_page(site(), viewer(), officer_id)
    found, status = None, 200
    try:
        found = leaving.leaving_of(site(), viewer(), officer_id, last_day)
    except FieldFaultError as fault:
        faults, status = faults or [(fault.field, _(fault.text))], 422
    html = render_template(
        "people/leave.html",
        page=page,
        found=found,
        last_day=last_day,
        faults=faults,
        officers=leave_of_shifts.officers_to_choose(site(), viewer()),
        substitute=small_number(request.form.get("pengganti", "")),
    )
    return html if status == 200 else (html, status)


def _joining_page(officer_id: int, faults: Faults) -> str | tuple[str, int]:
    page = person.person_page(site(), viewer(), officer_id)
    into_id = small_number(request.values.get("into", ""))
    found, status = None, 200
    if into_id is not None:
        try:
            found = joining.joining_of(site(), viewer(), officer_id, into_id)
        except FieldFaultError as fault:
            faults, status = faults or [(fault.field, _(fault.text))], 422
    html = render_template(
        "people/join.html",
        page=page,
        found=found,
        into_id=into_id,
        choices=joining.choices_for(site(), viewer(), officer_id),
        faults=faults,
    )
    return html if status == 200 else (html, status)
