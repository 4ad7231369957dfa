"""Published results: pages for everybody, the waiting hall's screen, posters, open data."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, g, make_response, render_template, url_for
from markupsafe import Markup

from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.follow_up import STATUSES, UNFINISHED
from feedback_app.domain.published import Published
from feedback_app.domain.respondent import BANDS
from feedback_app.domain.screening import RULES
from feedback_app.domain.skm import BANDS as LETTERS
from feedback_app.services.exports.tables import csv_file
from feedback_app.services.public import open_data, posters, strictness
from feedback_app.services.public import regency as regencies
from feedback_app.services.public import results as service
from feedback_app.services.public.kept import kept
from feedback_app.services.public.results import UnitResults
from feedback_app.web.access import site
from feedback_app.web.downloads import CSV, JSON, PDF, PNG, download
from feedback_app.web.language import language

results = Blueprint("results", __name__)

# Results of closed periods change rarely; a page with a logged-in menu is never kept.
KEPT_SECONDS = 300
ELEMENT_NAMES = {item.key: (item.unsur, item.unsur_en) for item in ELEMENTS}
CHOICES = {
    (band.key, key): (words, english) for band in BANDS for key, words, english in band.choices
}


@results.get("/hasil/")
def regency() -> Response:
    """All units together, and each unit's newest result."""
    found = regencies.regency(site())
    words = {"found": found, **_words()}
    units = kept(
        site(),
        ("units", language()),
        lambda: Markup(render_template("results/units.html", **words)),  # noqa: S704 (a template's)
    )
    return _kept(render_template("results/regency.html", units=units, **words))


@results.get("/hasil/<agency>/<unit>")
def unit(agency: str, unit: str) -> Response:
    """A unit's newest result."""
    return _unit_page(service.unit_results(site(), agency, unit, ""))


@results.get("/hasil/<agency>/<unit>/<period>")
def period(agency: str, unit: str, period: str) -> Response:
    """A unit's result of one period."""
    return _unit_page(service.unit_results(site(), agency, unit, period))


@results.get("/hasil/<agency>/<unit>/<period>/poster-<shape>.<ending>")
def poster(agency: str, unit: str, period: str, shape: str, ending: str) -> Response:
    """The poster to share; without the signature block of the wall's."""
    if not posters.is_offered(shape, ending):
        abort(404)
    found = service.unit_results(site(), agency, unit, period)
    content = posters.public_poster(site(), found, shape=shape, ending=ending)
    response = Response(content, content_type=PNG if ending == "png" else PDF)
    return _public(response)


@results.get("/hasil/data.<ending>")
def all_data(ending: str) -> Response:
    """Every published result as JSON or CSV."""
    question = ("everything", ending)
    content = kept(site(), question, lambda: _content(open_data.rows_of_site(site()), ending))
    return _file(content, "hasil-skm", ending)


@results.get("/hasil/<agency>/<unit>/data.<ending>")
def unit_data(agency: str, unit: str, ending: str) -> Response:
    """One unit's results as JSON or CSV."""
    content = _content(open_data.rows_of_unit(site(), agency, unit), ending)
    return _file(content, f"hasil-skm-{unit}", ending)


@results.get("/hasil/<agency>/<unit>/<period>/data.<ending>")
def period_data(agency: str, unit: str, period: str, ending: str) -> Response:
    """One result as JSON or CSV."""
    content = _content(open_data.row_of_period(site(), agency, unit, period), ending)
    return _file(content, f"hasil-skm-{unit}-{period}", ending)


@results.get("/hasil/kamus")
def codebook() -> Response:
    """What each field of the open data means."""
    return _kept(render_template("results/codebook.html", fields=open_data.FIELDS))


@results.get("/hasil/kamus.csv")
def codebook_file() -> Response:
    """The codebook as a table."""
    content = csv_file(open_data.codebook_sheet())
    return _public(download(content, CSV, "kamus-hasil-skm.csv"))


@results.get("/hasil/kepercayaan")
def trust() -> Response:
    """What was held, set aside, decided in time and appealed against, in totals."""
    page = strictness.trust_page(site())
    return _kept(render_template("results/trust.html", page=page, rules=RULES))


@results.get("/hasil/kepercayaan.json")
def trust_data() -> Response:
    """The totals of screening and appeals as JSON."""
    document = strictness.as_document(strictness.trust_page(site()))
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _public(Response(text, content_type=JSON))


@results.get("/layar/<agency>/<unit>")
def screen(agency: str, unit: str) -> Response:
    """The waiting hall's screen: dark, large, and it refreshes itself."""
    found = service.unit_results(site(), agency, unit, "")
    running = [plan for plan in found.plans if plan.status in UNFINISHED]
    done = [plan for plan in found.plans if plan.status == "done"]
    page = render_template(
        "results/screen.html", found=found, running=running, done=done, **_words()
    )
    return make_response(page)


@results.get("/sitemap.xml")
def sitemap() -> Response:
    """Where search engines find the results."""
    text = kept(site(), "sitemap", _sitemap)
    return Response(text, content_type="application/xml; charset=utf-8")


def _sitemap() -> str:
    base = site().settings.base_url
    paths = [url_for("results.regency")]
    for agency, unit, found in regencies.all_results(site()):
        paths += [url_for("results.unit", agency=agency.code, unit=unit.code)]
        paths += [
            url_for("results.period", agency=agency.code, unit=unit.code, period=result.slug)
            for result in found
        ]
    places = "".join(f"<url><loc>{escape(base + path)}</loc></url>" for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    )


def _unit_page(found: UnitResults) -> Response:
    result = found.result
    url = service.result_url(site(), found.agency, found.unit, result) if result else ""
    page = render_template("results/unit.html", found=found, address=url, **_words())
    return _kept(page)


def _words() -> dict[str, Any]:
    return {
        "element_names": ELEMENT_NAMES,
        "choice_names": CHOICES,
        "bands": BANDS,
        "letters": LETTERS,
        "statuses": STATUSES,
        "is_published": lambda what: isinstance(what, Published),
    }


def _content(rows: list[dict[str, Any]], ending: str) -> bytes:
    if ending == "json":
        document = open_data.as_document(site(), rows)
        return json.dumps(document, ensure_ascii=False, indent=1).encode()
    return csv_file(open_data.as_sheet(rows)) if ending == "csv" else abort(404)


def _file(content: bytes, name: str, ending: str) -> Response:
    if ending == "json":
        return _public(Response(content, content_type=JSON))
    return _public(download(content, CSV, f"{name}.csv"))


def _kept(page: str) -> Response:
    """A page that may be kept for some minutes, unless it shows somebody's menu."""
    return _public(make_response(page))


def _public(response: Response) -> Response:
    if g.get("viewer") is None:
        response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        response.headers["Vary"] = "Cookie"
    response.headers["Content-Language"] = language()
    return response
