"""The office's monthly grid as a roster: choose a file, say what letters mean, look, keep it."""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import date, time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.faults import ReadableError
from feedback_app.services.imports import month_grid as service
from feedback_app.services.imports.month_grid import Answers, Grid, GridCheck, Meaning
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import small_number
from feedback_app.web.language import gettext as _

roster_grid = Blueprint("roster_grid", __name__, url_prefix="/staf/jadwal")

SHOWN = 200  # of changes and faults; the number of all is told


@roster_grid.get("/tabel")
def choose() -> str:
    """Upload the monthly grid."""
    return _page(None, None, _no_answers(), "")


@roster_grid.post("/tabel")
def check() -> AnyResponse | str | tuple[str, int]:
    """Read the grid, ask for what is not known, show what would change; keep it when told so."""
    try:
        grid = _grid()
    except (ReadableError, ValueError) as error:
        text = _(error.text) if isinstance(error, ReadableError) else ""
        return _page(None, None, _no_answers(), text or _("Pilih berkas lagi.")), 422
    answers = _answers(grid)
    if request.form.get("do") != "save":
        return _page(grid, service.check_grid(site(), viewer(), grid, answers), answers, "")
    found = service.save_grid(site(), viewer(), grid, answers)
    if not found.is_saved:
        return _page(grid, found, answers, ""), 422
    flash(_("Jadwal disimpan dari tabel; %(n)s perubahan.", n=len(found.changes)))
    return redirect(url_for("roster.week", hari=answers.month))


def _no_answers() -> Answers:
    return Answers(None, {}, {})


def _grid() -> Grid:
    """From the upload, or from the form that carries what was uploaded before."""
    kept = request.form.get("tabel")
    if kept:
        return service.unpacked(kept)
    file = request.files.get("file")
    content = file.read() if file else b""
    if not content:
        raise ReadableError("Pilih berkas lebih dahulu.")
    return service.read_grid(site(), content)


def _packed(grid: Grid) -> str:
    month = grid.month.isoformat() if grid.month else None
    return json.dumps([month, grid.days, [astuple(row) for row in grid.rows]])


def _answers(grid: Grid) -> Answers:
    letters = {}
    for place in range(len(grid.marks)):
        mark = request.form.get(f"h{place}")
        if mark is None or mark not in grid.marks:
            continue
        starts, ends = _clock(f"m{place}"), _clock(f"s{place}")
        counter_id = small_number(request.form.get(f"k{place}", ""))
        if request.form.get(f"l{place}"):
            letters[mark] = Meaning(None, None, None)
        elif starts and ends and starts < ends:
            letters[mark] = Meaning(counter_id, starts, ends)
    chosen = {}
    for row in grid.rows:
        officer_id = small_number(request.form.get(f"n{row.row}", ""))
        if officer_id is not None:
            chosen[row.row] = officer_id
    return Answers(_month() or grid.month, letters, chosen)


def _month() -> date | None:
    try:
        return date.fromisoformat(request.form.get("bulan", "") + "-01")
    except ValueError:
        return None


def _clock(name: str) -> time | None:
    try:
        return time.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None


def _page(grid: Grid | None, found: GridCheck | None, answers: Answers, fault: str) -> str:
    return render_template(
        "roster/grid.html",
        grid=grid,
        packed=_packed(grid) if grid else "",
        found=found,
        answers=answers,
        fault=fault,
        shown=SHOWN,
    )
