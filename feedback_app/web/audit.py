"""The audit log's page: for the admin and the inspectorate; nobody can change a line."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, render_template, request

from feedback_app.domain.acts import ACTS
from feedback_app.services import audit_log
from feedback_app.services.audit_log import Choice
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import sheets

audit = Blueprint("audit", __name__, url_prefix="/staf/catatan")

FILTERS = ("dari", "sampai", "tindakan", "akun")
LAST_DAY = date(2200, 1, 1)


@audit.get("/")
def log() -> str:
    """One page of the log."""
    choice = _choice()
    text = request.args.get("hal", "1")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    return render_template(
        "audit/log.html",
        found=audit_log.audit_page(site(), viewer(), choice, page=page),
        choice=choice,
        acts=ACTS,
        kept={name: request.args[name] for name in FILTERS if request.args.get(name)},
    )


@audit.get("/unduh.<ending>")
def file(ending: str) -> Response:
    """The chosen lines as CSV or XLSX."""
    if ending not in ("csv", "xlsx"):
        abort(404)
    table = audit_log.audit_sheet(site(), viewer(), _choice())
    return sheets([table], name=f"catatan-{site().today().isoformat()}", ending=ending)


def _choice() -> Choice:
    action = request.args.get("tindakan", "")
    return Choice(
        first=_day("dari"),
        last=_day("sampai"),
        action=action if action in ACTS else "",
        username=request.args.get("akun", "").strip()[:80],
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if day < LAST_DAY else None
