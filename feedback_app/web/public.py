"""What everybody may see: front page, privacy, health."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.services.citizen import ways_in
from feedback_app.services.citizen.place import kept
from feedback_app.services.upkeep import schema
from feedback_app.web.access import site
from feedback_app.web.language import language

log = logging.getLogger(__name__)

public = Blueprint("public", __name__)


@public.get("/")
def home() -> str:
    """The front page: what this is, where to type a code, every counter by name."""
    counters = kept(site(), ("front page", language()), _counters)
    return render_template("public/home.html", counters=counters)


def _counters() -> Markup:
    page = render_template("public/counters.html", offices=ways_in.offices(site()))
    return Markup(page)  # noqa: S704 (a template's)


@public.get("/privasi")
def privacy() -> str:
    """What is kept, for how long, and what is never asked."""
    return render_template("public/privacy.html")


@public.get("/healthz")
def health() -> Response:
    """`ok` as long as an answer can be saved; 503 when none can, never for a short lock."""
    if said := schema.fault_of_saving(site()):
        log.error("no answer can be saved: %s", said)
        abort(503)
    return Response("ok", mimetype="text/plain")


@public.get("/favicon.ico")
def favicon() -> AnyResponse:
    """The icon that browsers ask for by themselves."""
    return redirect(url_for("static", filename="icon.svg"))


@public.get("/robots.txt")
def robots() -> Response:
    """Forms and staff pages are not for search engines."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/q/", "/r/", "/v", "/staf/"))
    text = f"User-agent: *\n{closed}Allow: /hasil/\n"
    text += f"Sitemap: {site().settings.base_url}/sitemap.xml\n"
    return Response(text, mimetype="text/plain")
