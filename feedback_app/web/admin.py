"""The admin's room: get an office live, keep it well, print cards. Accounts: accounts.py."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.health import NAMES, STATES, Said
from feedback_app.domain.upkeep_clock import WAITS
from feedback_app.services.office import cards as card_service
from feedback_app.services.office import setup
from feedback_app.services.upkeep import confirmation, health
from feedback_app.services.upkeep.backup_state import backup_state
from feedback_app.services.upkeep.machine_checks import Arrived
from feedback_app.web import formats
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import download
from feedback_app.web.language import gettext as _
from feedback_app.web.language import language

admin = Blueprint("admin", __name__, url_prefix="/staf/admin")


# Where to go about what is not well.
PLACES = {
    "backup": "#backup",
    "clock": "#clock-title",
    "counters": "admin.cards",
    "devices": "devices.overview",
    "roster": "roster.week",
    "second step": "people.overview",
    "upkeep": "#clock-title",
}


@admin.get("/")
def checklist() -> str:
    """Whether everything runs; what a new office still needs, until it has it."""
    counts = setup.progress(site(), viewer())
    return render_template(
        "admin/health.html",
        counts=counts,
        is_set_up=setup.is_complete(counts),
        health=health.health_page(site(), viewer(), _arrived()),
        names=NAMES,
        states=STATES,
        places=PLACES,
        told=_told,
        clock=confirmation.notice(site()),
        waits=WAITS,
        backup=backup_state(site()),
    )


def _arrived() -> Arrived:
    return Arrived(request.host, bool(request.headers.get("X-Forwarded-For")))


def _told(said: Said) -> str:
    """A finding with its days and numbers as this reader writes them."""
    return said.in_language(language(), written=_written)


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.long_date(value)
    return formats.number(value) if isinstance(value, int) else value


@admin.post("/tanggal")
def confirm_date() -> AnyResponse:
    """Take the computer's date as right; what waited for that is deleted at once."""
    try:
        done = confirmation.confirm_today(site(), viewer(), day=request.form.get("day", ""))
    except confirmation.OtherDayError:
        flash(_("Tanggal komputer sudah berubah sejak halaman ini dibuka. Periksa lagi."))
        return redirect(url_for("admin.checklist"))
    flash(_("Tanggal dibenarkan. Pemeliharaan harian selesai: %(n)s data diurus.", n=done))
    return redirect(url_for("admin.checklist"))


@admin.get("/kartu")
def cards() -> str:
    """Every counter's card and its address."""
    lines = card_service.card_lines(site(), agency_id=viewer().agency_id)
    is_missing = card_service.address_is_missing(site(), viewer())
    loopback = site().settings.base_url if is_missing else ""
    return render_template("admin/cards.html", lines=lines, loopback_address=loopback)


@admin.get("/kartu.pdf")
def cards_file() -> Response:
    """The cards to print: all, or one counter's."""
    code = request.args.get("loket") or None
    content = card_service.cards_pdf(site(), agency_id=viewer().agency_id, counter_code=code)
    return download(content, "application/pdf", "kartu-qr.pdf")


@admin.get("/kartu/<code>/ganti")
def confirm_new_card(code: str) -> str:
    """Ask before every card printed so far stops working."""
    lines = card_service.card_lines(site(), agency_id=viewer().agency_id)
    line = next((line for line in lines if line.code == code), None)
    if line is None:
        abort(404)
    return render_template("admin/confirm_card.html", line=line)


@admin.post("/kartu/<code>/ganti")
def new_card(code: str) -> AnyResponse:
    """Give the counter's card a new serial."""
    card_service.replace_card(site(), viewer(), counter_code=code)
    flash(_("Kartu lama tidak berlaku lagi. Cetak kartu yang baru."))
    return redirect(url_for("admin.cards"))
