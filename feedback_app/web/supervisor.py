"""The supervisor's screens: the own units' counters, one counter, and both as files."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from feedback_app.domain.disclosure import MIN_GROUP
from feedback_app.domain.periods import PERIOD_KEYS
from feedback_app.domain.tiers import TIERS
from feedback_app.services import dashboard, publishing
from feedback_app.services.officer.views import note_views
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import sheets

supervisor = Blueprint("supervisor", __name__, url_prefix="/staf/loket")


@supervisor.get("/")
def counters() -> str:
    """Every counter of the viewer's units, with what needs attention first."""
    chosen, lines = dashboard.overview(site(), viewer(), **_choice())
    return render_template("supervisor/counters.html", lines=lines, **_page(chosen))


@supervisor.get("/<code>")
def counter(code: str) -> str:
    """One counter."""
    chosen, view = dashboard.counter_view(site(), viewer(), code, **_choice())
    note_views(site(), viewer(), [line.officer_id for line in view.officers])
    return render_template("supervisor/counter.html", view=view, **_page(chosen))


@supervisor.get("/unduh.<ending>")
def counters_file(ending: str) -> Response:
    """The overview as CSV or XLSX."""
    _chosen, lines = dashboard.overview(site(), viewer(), **_choice())
    return sheets([publishing.overview_sheet(lines)], name=_named("loket"), ending=ending)


@supervisor.get("/<code>/unduh.<ending>")
def counter_file(code: str, ending: str) -> Response:
    """One counter's tables; the CSV holds the elements."""
    chosen, view = dashboard.counter_view(site(), viewer(), code, **_choice())
    note_views(site(), viewer(), [line.officer_id for line in view.officers])
    tables = publishing.counter_sheets(chosen, view)
    return sheets(tables, name=_named("loket"), ending=ending)


def _choice() -> dict[str, str]:
    return {
        "period_key": request.args.get("periode", "30"),
        "service": request.args.get("layanan", ""),
        "tier": request.args.get("jalur", ""),
    }


def _page(chosen: dashboard.Filters) -> dict[str, object]:
    kept = {
        name: request.args[name] for name in ("periode", "layanan", "jalur") if name in request.args
    }
    return {
        "chosen": chosen,
        "kept": kept,
        "period_keys": PERIOD_KEYS,
        "tiers": TIERS,
        "needed": MIN_GROUP,
    }


def _named(name: str) -> str:
    return f"{name}-{site().today().isoformat()}"
