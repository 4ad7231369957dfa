"""The roster by week and by counter's day: look, change, take back, decide by two."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.roster_plans import KINDS
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.roster import proposals, undo
from feedback_app.services.roster import week as week_service
from feedback_app.services.roster.day import DayView, Done, change_day, day_view
from feedback_app.services.roster.exports import week_sheet
from feedback_app.services.roster.week import Choice
from feedback_app.services.roster.writing import ChangedMeanwhileError
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import FIRST_DAY, LAST_DAY, day_asked, number_in_address
from feedback_app.web.downloads import sheets
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.roster_forms import (
    ACTS,
    ActForm,
    act_form,
    after_conflict,
    wanted_of,
)

roster = Blueprint("roster", __name__, url_prefix="/staf/jadwal")

FILTERS = ("hari", "unit", "petugas")
LINKED = timedelta(days=366)  # links lead from week to week so far, the date's field farther


@roster.get("/")
def week() -> str:
    """A week of the roster: counters by days, with what is empty, changed and waiting."""
    choice, today = _choice(), site().today()
    return render_template(
        "roster/week.html",
        week=week_service.week_page(site(), viewer(), choice),
        choice=choice,
        today=today,
        linked=(today - LINKED, today + LINKED),
        kinds=KINDS,
        kept={name: request.args[name] for name in FILTERS if request.args.get(name)},
    )


@roster.get("/unduh.<ending>")
def file(ending: str) -> Response:
    """The week as CSV or XLSX."""
    if ending not in ("csv", "xlsx"):
        abort(404)
    found = week_service.week_page(site(), viewer(), _choice())
    return sheets(
        [week_sheet(found)],
        name=f"jadwal-{found.monday.isoformat()}",
        ending=ending,
        about=[("Isi", "Jadwal petugas"), ("Dari", found.days[0]), ("Sampai", found.days[-1])],
    )


@roster.get("/loket/<code>/<day>")
def day(code: str, day: str) -> str:
    """One counter's day: who stands there, what can be changed, what was changed."""
    view = day_view(site(), viewer(), code, _day(day))
    return render_template(
        "roster/day.html",
        view=view,
        kinds=KINDS,
        changes=undo.changes_of_day(site(), viewer(), code, view.day),
    )


@roster.get("/loket/<code>/<day>/<act>")
def act(code: str, day: str, act: str) -> str:
    """The form of one act: add, replace, swap, end early, take out."""
    view = day_view(site(), viewer(), code, _day(day))
    form = act_form(_act(act), view, now=site().now(), shift_id=number_in_address("giliran"))
    for name, asked in (("starts", "mulai"), ("ends", "selesai")):
        field = getattr(form, name, None)
        if field is not None and request.args.get(asked):
            with suppress(ValueError):  # not a time of day: nothing is filled in
                field.process_formdata([request.args[asked]])
    return _act_page(form, act, view)


@roster.post("/loket/<code>/<day>/<act>")
def do_act(code: str, day: str, act: str) -> AnyResponse | tuple[str, int]:
    """Do it; what somebody else changed meanwhile is shown first, with what was typed kept."""
    view = day_view(site(), viewer(), code, _day(day))
    form = act_form(_act(act), view, now=site().now(), shift_id=None)
    if form.seen.data != view.seen:
        return _changed_meanwhile(form, act, view)
    if form.validate_on_submit():
        try:
            done = change_day(site(), viewer(), code, view.day, _act(act), wanted_of(form))
        except FieldFaultError as fault:
            tell(form, fault)
        except ChangedMeanwhileError:
            return _changed_meanwhile(form, act, day_view(site(), viewer(), code, view.day))
        else:
            flash(_said(done))
            if "mulai" in request.args:  # a gap of the week: the next one is there
                return redirect(url_for("roster.week", hari=view.day))
            return redirect(url_for("roster.day", code=code, day=view.day))
    return _act_page(form, act, view), 422


@roster.post("/perubahan/<int:change_id>/batalkan")
def take_back(change_id: int) -> AnyResponse:
    """Take a change back with a change of its own."""
    try:
        undo.undo(site(), viewer(), change_id)
    except ChangedMeanwhileError:
        flash(_("Perubahan ini sudah dibatalkan atau sudah diubah lagi. Lihat jadwal sekarang."))
    except FieldFaultError as fault:
        flash(_(fault.text))
    else:
        flash(_("Perubahan dibatalkan; jadwal sebelumnya berlaku lagi."))
    return redirect(url_for("roster.week", hari=request.form.get("hari") or None))


@roster.get("/usulan/<int:proposal_id>")
def proposal(proposal_id: int) -> str:
    """A change of older days that waits for the second person."""
    found, scope = proposals.proposal_for(site(), viewer(), proposal_id)
    return render_template(
        "roster/proposal.html",
        found=found,
        kinds=KINDS,
        called=scope.called,
        counters=scope.counter_names,
    )


@roster.post("/usulan/<int:proposal_id>")
def decide(proposal_id: int) -> AnyResponse:
    """Confirm it or leave the roster as it is."""
    try:
        if request.form.get("do") == "confirm":
            proposals.confirm(site(), viewer(), proposal_id)
            flash(_("Perubahan disetujui dan berlaku. Penilaian yang sudah ada tidak berubah."))
        else:
            proposals.refuse(site(), viewer(), proposal_id)
            flash(_("Usulan ditutup; jadwal tetap seperti semula."))
    except ChangedMeanwhileError:
        flash(_("Jadwal hari itu sudah diubah, jadi usulan ini tidak dapat dijalankan lagi."))
    except FieldFaultError as fault:
        flash(_(fault.text))
    return redirect(url_for("roster.week"))


def _choice() -> Choice:
    return Choice(
        day=day_asked("hari", otherwise=site().today()),
        unit=request.args.get("unit", ""),
        officer_id=number_in_address("petugas"),
    )


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if not FIRST_DAY < found < LAST_DAY:
        abort(404)
    return found


def _act(word: str) -> str:
    if word not in ACTS:
        abort(404)
    return ACTS[word]


def _said(done: Done) -> str:
    if done.proposal_id is not None:
        return _("Diusulkan. Perubahan hari lama berlaku setelah disetujui orang kedua.")
    return _("Jadwal diubah, berlaku mulai sekarang. Penilaian yang sudah ada tidak berubah.")


def _changed_meanwhile(form: ActForm, word: str, view: DayView) -> tuple[str, int]:
    """The same form over the day as it is now, with what the other one changed."""
    after_conflict(form, view)
    changes = undo.changes_of_day(site(), viewer(), view.code, view.day)
    return _act_page(form, word, view, latest=next(iter(changes), None), is_changed=True), 409


def _act_page(
    form: ActForm,
    word: str,
    view: DayView,
    latest: undo.Change | None = None,
    **more: bool,
) -> str:
    translate_errors(form)
    return render_template(
        "roster/act.html", form=form, word=word, view=view, latest=latest, kinds=KINDS, **more
    )
