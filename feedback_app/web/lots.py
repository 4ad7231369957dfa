"""HR's room of seats by lot: list, freeze, dice, draw, and what comes after."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.lot import LEAST_DICE
from feedback_app.domain.lot_seats import seated_on
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.lots import after, drawing, lists, minutes, pages
from feedback_app.services.lots.choice import Candidate, Choice, choice_for
from feedback_app.services.lots.lists import LotChangedError
from feedback_app.services.office import setup
from feedback_app.services.officer.views import note_views
from feedback_app.services.trainings import catalogue
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import number_in_address
from feedback_app.web.downloads import PDF, download
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.lot_forms import (
    CameForm,
    DiceForm,
    ListForm,
    ReasonForm,
    SeatsForm,
    list_form,
)

lots = Blueprint("lots", __name__, url_prefix="/staf/undian")

Answer = str | AnyResponse | tuple[str, int]

STATES = {
    "draft": ("daftar belum dibekukan", "list not frozen yet"),
    "frozen": ("daftar dibekukan, menunggu dadu", "list frozen, waiting for the dice"),
    "drawn": ("sudah diundi", "drawn"),
    "called_off": ("dibatalkan sebelum dadu", "called off before the dice"),
}


@lots.get("/")
def overview() -> str:
    """Every draw, newest first, and where a new one begins."""
    return render_template(
        "lots/overview.html",
        found=pages.lots_page(site(), viewer()),
        trainings=catalogue.catalogue(site(), viewer(), kind="", text=""),
        states=STATES,
    )


@lots.get("/baru/<code>")
def new(code: str) -> str:
    """Choose dates, seats and everybody who is eligible; a plan's link has chosen already."""
    choice = choice_for(site(), viewer(), code)
    form = list_form(choice)
    chosen = {text for text in request.args.getlist("petugas") if text.isdigit()}
    asked = set(request.args.getlist("tanggal"))
    runs = [run for run in choice.runs if not asked or run.starts_on.isoformat() in asked]
    form.days.data = [run.starts_on.isoformat() for run in runs]
    form.seats.data = sum(run.seats or 0 for run in runs) or None
    form.officers.data = [
        one.officer_id
        for one in _asked(choice)[1]
        if (str(one.officer_id) in chosen if chosen else one.had is None)
    ]
    return _list_page(choice, form)


@lots.post("/baru/<code>")
def make(code: str) -> Answer:
    """Keep the list as a draft; nothing is told yet."""
    choice = choice_for(site(), viewer(), code)
    form = list_form(choice)
    if form.validate_on_submit():
        try:
            lot_id = lists.make_list(site(), viewer(), form.wish(choice.training.code))
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Daftar disimpan. Periksa, lalu bekukan."))
            return redirect(url_for("lots.show", lot_id=lot_id))
    return _list_page(choice, form), 422


def _list_page(choice: Choice, form: ListForm) -> str:
    translate_errors(form)
    asked, candidates = _asked(choice)
    if asked["kebutuhan"]:  # names of those with a need: a look at them, like Kebutuhan itself
        note_views(site(), viewer(), {one.officer_id for one in candidates})
    shown = {"choice": choice, "form": form, "asked": asked, "candidates": candidates}
    return render_template("lots/new.html", units=setup.unit_lines(site(), viewer()), **shown)


def _asked(choice: Choice) -> tuple[dict[str, str | int | None], list[Candidate]]:
    """The filters of the address, and whom they leave."""
    unit, counter = number_in_address("unit"), request.args.get("loket", "")
    needy = request.args.get("kebutuhan") == "1"
    asked = {"unit": unit, "loket": counter, "kebutuhan": "1" if needy else ""}
    return asked, choice.asked(unit=unit, counter=counter, needy=needy)


@lots.get("/<int:lot_id>")
def show(lot_id: int) -> str:
    """One draw: what can be done with it now, and who sits."""
    return _page(lot_id, labelled(DiceForm()))


@lots.get("/<int:lot_id>/bekukan")
def confirm_freezing(lot_id: int) -> str:
    """Ask first: a frozen list stays as it is."""
    page = pages.lot_page(site(), viewer(), lot_id)
    return render_template("lots/freeze.html", page=page, states=STATES)


@lots.post("/<int:lot_id>/bekukan")
def freeze(lot_id: int) -> AnyResponse:
    """Freeze the list and publish its hash."""
    try:
        lists.freeze_list(site(), viewer(), lot_id)
    except FieldFaultError as fault:
        flash(_(fault.text))
    except LotChangedError:
        flash(_changed())
    else:
        flash(_("Daftar dibekukan. Umumkan sidik jarinya sebelum dadu dilempar."))
    return redirect(url_for("lots.show", lot_id=lot_id))


@lots.post("/<int:lot_id>/hapus")
def drop(lot_id: int) -> AnyResponse:
    """Delete a draft; the page before has said what is lost."""
    try:
        lists.drop_list(site(), viewer(), lot_id)
    except LotChangedError:
        flash(_changed())
        return redirect(url_for("lots.show", lot_id=lot_id))
    flash(_("Daftar dihapus."))
    return redirect(url_for("lots.overview"))


@lots.get("/<int:lot_id>/batal")
def confirm_calling_off(lot_id: int) -> str:
    """Ask first, and for the reason that stays to be read."""
    return _calling_off(lot_id, labelled(ReasonForm()))


@lots.post("/<int:lot_id>/batal")
def call_off(lot_id: int) -> Answer:
    """Call a frozen list off before the dice."""
    form = labelled(ReasonForm())
    if form.validate_on_submit():
        try:
            lists.call_off(site(), viewer(), lot_id, why=form.reason.data)
        except FieldFaultError as fault:
            tell(form, fault)
        except LotChangedError:
            flash(_changed())
            return redirect(url_for("lots.show", lot_id=lot_id))
        else:
            flash(_("Undian dibatalkan. Daftar dan alasannya tetap dapat dilihat."))
            return redirect(url_for("lots.show", lot_id=lot_id))
    return _calling_off(lot_id, form), 422


def _calling_off(lot_id: int, form: ReasonForm) -> str:
    translate_errors(form)
    page = pages.lot_page(site(), viewer(), lot_id)
    return render_template("lots/call_off.html", page=page, form=form)


@lots.post("/<int:lot_id>/dadu")
def check(lot_id: int) -> Answer:
    """Show dice and witnesses once more, before the one draw."""
    form = labelled(DiceForm())
    page = pages.lot_page(site(), viewer(), lot_id)
    if page.state != "frozen":
        flash(_changed())
        return redirect(url_for("lots.show", lot_id=lot_id))
    if form.validate_on_submit():
        try:
            thrown = drawing.checked(site(), form.thrown(), page.row)
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            return render_template("lots/draw.html", page=page, thrown=thrown)
    return _page(lot_id, form), 422


@lots.post("/<int:lot_id>/undi")
def draw(lot_id: int) -> Answer:
    """Draw, once."""
    form = labelled(DiceForm())
    if form.validate_on_submit():
        try:
            drawing.draw_lot(site(), viewer(), lot_id, form.thrown())
        except FieldFaultError as fault:
            tell(form, fault)
        except LotChangedError:
            flash(_changed())
            return redirect(url_for("lots.show", lot_id=lot_id))
        else:
            flash(_("Undian selesai. Hasilnya sudah terbuka bagi semua."))
            return redirect(url_for("lots.show", lot_id=lot_id))
    return _page(lot_id, form), 422


@lots.get("/<int:lot_id>/berita-acara.pdf")
def minutes_file(lot_id: int) -> Response:
    """The minutes, for two witnesses to sign."""
    content = minutes.minutes_file(site(), viewer(), lot_id)
    return download(content, PDF, f"berita-acara-undian-{lot_id}.pdf")


@lots.get("/<int:lot_id>/berhalangan/<int:officer_id>")
def confirm_leaving(lot_id: int, officer_id: int) -> str:
    """Ask first: the seat goes to the next who waits."""
    return _leaving(lot_id, officer_id, labelled(ReasonForm()))


@lots.post("/<int:lot_id>/berhalangan/<int:officer_id>")
def leave(lot_id: int, officer_id: int) -> Answer:
    """Record that somebody of the list cannot go."""
    form = labelled(ReasonForm())
    if form.validate_on_submit():
        try:
            after.leave_lot(site(), viewer(), lot_id, officer_id, reason=form.reason.data)
        except FieldFaultError as fault:
            tell(form, fault)
        except LotChangedError:
            flash(_changed())
            return redirect(url_for("lots.show", lot_id=lot_id))
        else:
            flash(_("Dicatat. Penggantinya mengikuti urutan undian."))
            return redirect(url_for("lots.show", lot_id=lot_id))
    return _leaving(lot_id, officer_id, form), 422


def _leaving(lot_id: int, officer_id: int, form: ReasonForm) -> str:
    translate_errors(form)
    page = pages.lot_page(site(), viewer(), lot_id)
    return render_template(
        "lots/leave.html",
        page=page,
        form=form,
        seat=page.seat_of(officer_id),
        heir=page.next_waiting(but=officer_id),
    )


@lots.get("/<int:lot_id>/kursi/<int:number>")
def confirm_fewer(lot_id: int, number: int) -> str:
    """Say how many seats a date keeps."""
    return _fewer(lot_id, number, labelled(SeatsForm()))


@lots.post("/<int:lot_id>/kursi/<int:number>")
def fewer(lot_id: int, number: int) -> Answer:
    """Take seats of a date away; the last drawn wait again."""
    form = labelled(SeatsForm())
    if form.validate_on_submit():
        left = form.seats.data or 0  # a checked form has a number
        try:
            after.take_seats_away(
                site(), viewer(), lot_id, number, left=left, reason=form.reason.data
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Dicatat. Yang terakhir terundi pada tanggal itu kembali menunggu."))
            return redirect(url_for("lots.show", lot_id=lot_id))
    return _fewer(lot_id, number, form), 422


def _fewer(lot_id: int, number: int, form: SeatsForm) -> str:
    translate_errors(form)
    page = pages.lot_page(site(), viewer(), lot_id)
    return render_template(
        "lots/fewer.html",
        page=page,
        form=form,
        number=number,
        day=after.day_numbered(page.row, number),
        seated=seated_on([seat.place for seat in page.seats], number),
    )


@lots.get("/<int:lot_id>/hadir/<int:number>")
def attendance(lot_id: int, number: int) -> str:
    """Choose who of a date's seats came."""
    page = pages.lot_page(site(), viewer(), lot_id)
    form = _came_form(page, number)
    form.came.data = [key for key, _name in form.came.choices]
    return _attendance(page, number, form)


@lots.post("/<int:lot_id>/hadir/<int:number>")
def record_attendance(lot_id: int, number: int) -> Answer:
    """Write them into the training records, chosen by lot."""
    page = pages.lot_page(site(), viewer(), lot_id)
    form = _came_form(page, number)
    if form.validate_on_submit():
        try:
            new_ones = after.record_attendance(site(), viewer(), lot_id, number, form.came.data)
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("%(n)s peserta dicatat, cara pemilihan: undian.", n=new_ones))
            return redirect(url_for("trainings.show", code=page.row.training.code))
    return _attendance(page, number, form), 422


def _came_form(page: pages.Page, number: int) -> CameForm:
    form = labelled(CameForm())
    form.came.choices = [
        (seat.officer_id, seat.name) for seat in page.seats if seat.place.date == number
    ]
    return form


def _attendance(page: pages.Page, number: int, form: CameForm) -> str:
    translate_errors(form)
    return render_template(
        "lots/attendance.html",
        page=page,
        form=form,
        number=number,
        day=after.day_numbered(page.row, number),
    )


def _page(lot_id: int, form: DiceForm) -> str:
    translate_errors(form)
    return render_template(
        "lots/show.html",
        page=pages.lot_page(site(), viewer(), lot_id),
        form=form,
        states=STATES,
        today=site().today(),
        least_dice=LEAST_DICE,
    )


def _changed() -> str:
    return _(
        "Undian ini sudah diubah orang lain. Inilah keadaannya sekarang; tidak ada yang disimpan."
    )
