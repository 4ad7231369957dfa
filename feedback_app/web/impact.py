"""HR's impact pages: the matrix, a training's event study, what could be seen beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.after_course import QUESTIONS as AFTER_COURSE
from feedback_app.domain.effect_charts import PICTURE_WIDTH, axis_for, event_axis, event_picture
from feedback_app.domain.effect_warnings import CHECK_WORDS
from feedback_app.domain.effect_words import LIMITS, item_name
from feedback_app.domain.findings import caveats, summary
from feedback_app.domain.happenings import KINDS as HAPPENINGS
from feedback_app.domain.lot_words import said_before
from feedback_app.domain.texts import Words
from feedback_app.domain.training import HORIZON, HORIZONS, REASONS
from feedback_app.services.impact import detectable as impact_detectable
from feedback_app.services.impact import pages as impact_pages
from feedback_app.services.impact import study as impact_study
from feedback_app.services.impact import study_files
from feedback_app.services.impact.events import NoDataError
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import number_in_address, small_number
from feedback_app.web.downloads import CSV, download, sheets
from feedback_app.web.language import gettext as _
from feedback_app.web.language import language

impact = Blueprint("impact", __name__, url_prefix="/staf/dampak")

MOST_OFFICERS = 100_000
DATES = range(1, impact_detectable.MOST_DATES + 1)


@impact.get("/")
def matrix() -> str:
    """Trainings against elements: what rose, what fell, what cannot be told."""
    found = impact_pages.overview(site(), viewer(), study_id=number_in_address("studi"))
    findings = [finding for line in found.lines for finding in line.findings]
    wholes = [line.whole.finding for line in found.lines if line.whole is not None]
    ends = [end for f in findings for end in (f.effect.low, f.effect.high)]
    # a study keeps its fault in Indonesian, as it keeps everything
    earlier = tuple(replace(line, fault=_(line.fault)) for line in found.earlier)
    return render_template(
        "impact/matrix.html",
        found=replace(found, earlier=earlier),
        axis=axis_for(ends, size=150),
        summary=summary(wholes),
        is_old=bool(findings and not wholes),
        horizons=HORIZONS,
        item_name=item_name,
        limits=LIMITS,
    )


@impact.post("/")
def start() -> AnyResponse:
    """Measure again, in the background."""
    chosen = request.form.get("horizon", str(HORIZON))
    horizon = int(chosen) if chosen in map(str, HORIZONS) else None if chosen == "all" else HORIZON
    impact_study.start_study(site(), viewer(), horizon=horizon)
    flash(_("Pengukuran dimulai. Halaman ini menunjukkan kemajuannya."))
    return redirect(url_for("impact.matrix"))


@impact.get("/pelatihan/<code>")
def training(code: str) -> str:
    """One training: sentence, picture, caveats, cost."""
    found = impact_pages.training_page(site(), viewer(), code, study_id=number_in_address("studi"))
    ends = [end for f in found.findings for end in (f.effect.low, f.effect.high)]
    scale = event_axis(found.steps.values(), height=190)
    pictures = {
        key: event_picture(steps, axis=scale, width=PICTURE_WIDTH)
        for key, steps in found.steps.items()
        if steps
    }
    return render_template(
        "impact/training.html",
        found=found,
        axis=axis_for(ends, size=260),
        pictures=pictures,
        caveats=caveats(
            [*([found.whole.finding] if found.whole is not None else []), *found.findings]
        ),
        check_words=CHECK_WORDS,
        happening_kinds=HAPPENINGS,
        reasons=REASONS,
        limits=LIMITS,
        told=found.told,
        questions=AFTER_COURSE,
    )


@impact.get("/hitung")
def calculator() -> str:
    """What a planned course could show before it is bought."""
    officers = request.args.get("petugas", "8")
    horizon = request.args.get("bulan", str(HORIZON))
    dates = request.args.get("tanggal", "1")
    values: dict[str, Any] = {
        "dates": int(dates) if dates in map(str, DATES) else 1,
        "officers": small_number(officers) or 0,
        "horizon": int(horizon) if horizon in map(str, HORIZONS) else HORIZON,
        "counters": request.args.getlist("loket"),
    }
    fault = found = None
    is_asked = bool(request.args.keys() & {"petugas", "loket"})
    if not is_asked:
        pass  # nothing is worked out before somebody asks
    elif not 1 <= values["officers"] <= MOST_OFFICERS:
        fault = _("Jumlah petugas harus bilangan bulat mulai dari 1.")
    else:
        try:
            found = impact_detectable.detectable(site(), viewer(), **values)
        except NoDataError:
            fault = _("Belum ada penilaian yang menyebut petugas dalam bulan yang sudah selesai.")
    return render_template(
        "impact/calculator.html",
        found=found,
        fault=fault,
        is_waiting=is_asked and found is None and fault is None,
        dates=DATES,
        before=_said_before(found),
        typed=officers,
        values=values,
        horizons=HORIZONS,
        counters=impact_detectable.counters_with_scores(site(), viewer()),
        item_name=item_name,
    )


def _said_before(found: impact_detectable.Detectable | None) -> Words | None:
    """What these seats over their dates will show, beside what one date would."""
    if found is None or found.dates == 1:
        return None
    known = [value for value in found.by_item.values() if value is not None]
    smallest = sum(known) / len(known) if known else float("nan")
    in_one = found.in_one if found.in_one is not None else float("nan")
    return said_before(found.sent, dates=found.dates, smallest=smallest, in_one=in_one)


@impact.get("/laporan.html")
def report() -> Response:
    """The report that stands alone."""
    study_id, page = impact_pages.report_page(
        site(), viewer(), study_id=number_in_address("studi"), language=language()
    )
    return download(page.encode(), "text/html; charset=utf-8", f"dampak-pelatihan-{study_id}.html")


@impact.get("/unduh.<ending>")
def matrix_file(ending: str) -> Response:
    """Every estimate as a table."""
    found = study_files.estimates_files(site(), viewer(), study_id=number_in_address("studi"))
    name = f"dampak-pelatihan-{found.study_id}"
    if ending == "csv":  # for programs: full digits, decimal points
        return download(found.csv.encode(), CSV, f"{name}.csv")
    return sheets(found.sheets, name=name, ending=ending, about=found.about)
