"""How visit codes were used: for the admin and for each unit's supervisor."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request

from feedback_app.domain.reconciliation import SIGNS
from feedback_app.services.codes import use as service
from feedback_app.services.codes.use import ANY, USUAL, Choice
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import day_asked, page_number
from feedback_app.web.downloads import sheets

code_use = Blueprint("code_use", __name__, url_prefix="/staf/kode")

LONGEST = timedelta(days=366)
FILTERS = ("dari", "sampai", "unit", "layanan")


@code_use.get("/")
def days() -> str:
    """Visit codes and visits side by side, by day and service."""
    choice = _choice()
    return render_template(
        "codes/use.html",
        found=service.use_page(site(), viewer(), choice, page=page_number()),
        choice=choice,
        any_service=ANY,
        sign_words=SIGNS,
        kept={name: request.args[name] for name in FILTERS if request.args.get(name)},
    )


@code_use.get("/unduh.<ending>")
def file(ending: str) -> Response:
    """Visit codes and visits side by side as CSV or XLSX."""
    if ending not in ("csv", "xlsx"):
        abort(404)
    choice = _choice()
    return sheets(
        [service.use_sheet(site(), viewer(), choice)],
        name=f"pemakaian-kode-{site().today().isoformat()}",
        ending=ending,
        about=[
            ("Isi", "Pemakaian kode kunjungan"),
            ("Dari", choice.first),
            ("Sampai", choice.last),
        ],
    )


def _choice() -> Choice:
    last = day_asked("sampai", otherwise=site().today())
    first = day_asked("dari", otherwise=last - USUAL)
    return Choice(
        first=min(max(first, last - LONGEST), last),
        last=last,
        unit=request.args.get("unit", ""),
        service=request.args.get("layanan", ""),
    )
