"""The supervisor's screens: the own units' counters, one counter, officers, and their files."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from feedback_app.domain.disclosure import MIN_GROUP, RENEWED_BY
from feedback_app.domain.happenings import KINDS
from feedback_app.domain.periods import OFFERED, Period
from feedback_app.domain.tiers import TIERS
from feedback_app.services.counters import dashboard, exports
from feedback_app.services.counters import officers as officers_page
from feedback_app.services.counters import page as counter_page
from feedback_app.services.officer.views import note_views
from feedback_app.services.survey.follow_up import plans_due
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import sheets

supervisor = Blueprint("supervisor", __name__, url_prefix="/staf/loket")

# Addresses of before: services and tiers are parts of a closed quarter now, never filters.
NO_FILTERS = ("layanan", "jalur")


@supervisor.get("/")
def counters() -> str:
    """Every counter of the viewer's units, with what needs attention first."""
    chosen, lines = dashboard.overview(site(), viewer(), period_key=_period_key())
    return render_template(
        "supervisor/counters.html",
        lines=lines,
        due=plans_due(site(), viewer()),
        today=site().today(),
        **_page(chosen),
    )


@supervisor.get("/<code>")
def counter(code: str) -> str:
    """One counter: its index, elements, services, causes and comments."""
    chosen, view = _counter_view(code)
    words = {"tiers": TIERS, "happening_kinds": KINDS}
    return render_template("supervisor/counter.html", view=view, **words, **_page(chosen))


@supervisor.get("/unduh.<ending>")
def counters_file(ending: str) -> Response:
    """The overview as CSV or XLSX."""
    chosen, lines = dashboard.overview(site(), viewer(), period_key=_period_key())
    table, about = exports.overview_sheet(lines), exports.overview_about(chosen)
    return sheets([table], name=_named("loket"), ending=ending, about=about)


@supervisor.get("/<code>/unduh.<ending>")
def counter_file(code: str, ending: str) -> Response:
    """One counter's tables; the CSV holds the elements."""
    chosen, view = _counter_view(code)
    tables = exports.counter_sheets(view)
    about = exports.counter_about(chosen, view)
    return sheets(tables, name=_named("loket"), ending=ending, about=about)


@supervisor.get("/petugas")
def officers() -> str:
    """Officers of the viewer's units in a closed quarter, over all counters of a unit."""
    return render_template("supervisor/officers.html", found=_officers_view(), needed=MIN_GROUP)


@supervisor.get("/petugas/unduh.<ending>")
def officers_file(ending: str) -> Response:
    """The same as CSV or XLSX."""
    view = _officers_view()
    table, about = officers_page.officer_sheet(view), officers_page.officer_about(view)
    return sheets([table], name=_named("petugas"), ending=ending, about=list(about))


def _officers_view() -> officers_page.OfficersView:
    """Page and file alike come through here, so whoever was seen is written down."""
    quarter = request.args.get("triwulan", "")
    view = officers_page.officers_view(site(), viewer(), quarter=quarter)
    note_views(site(), viewer(), view.shown_officers)
    return view


def _counter_view(code: str) -> tuple[Period, counter_page.CounterView]:
    """What page and file alike show."""
    chosen, view = counter_page.counter_view(
        site(),
        viewer(),
        code,
        period_key=_period_key(),
        quarter=request.args.get("triwulan", ""),
    )
    return chosen, view


def _period_key() -> str:
    return request.args.get("periode", "30")


def _page(chosen: Period) -> dict[str, object]:
    kept = {name: request.args[name] for name in ("periode", "triwulan") if name in request.args}
    return {
        "chosen": chosen,
        "kept": kept,
        "period_keys": OFFERED,
        "needed": MIN_GROUP,
        "renewed_by": RENEWED_BY,
        "has_old_filter": any(request.args.get(name) for name in NO_FILTERS),
    }


def _named(name: str) -> str:
    return f"{name}-{site().today().isoformat()}"
