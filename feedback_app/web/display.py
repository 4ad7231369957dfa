"""A counter's display, and what a scan of it opens."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.services.citizen import openings, paired_device
from feedback_app.services.citizen.place import Place, RetiredPlaceError
from feedback_app.services.devices import display as display_service
from feedback_app.web import citizen_page, headers
from feedback_app.web.access import site
from feedback_app.web.device_cookie import device_secret
from feedback_app.web.language import language

display = Blueprint("display", __name__)

# Programs that fetch a link to show what is behind it, as they name themselves.
PREVIEWS = re.compile(
    r"bot\b|crawl|spider|preview|facebookexternalhit|^whatsapp|slurp|embedly|curl|wget", re.I
)
PREFETCH_STATUS = 503  # a browser throws such an answer away and asks again when it is needed


@display.get("/perangkat/layar")
def face() -> AnyResponse:
    """The counter's code of this minute, large; the device's cookie opens it."""
    try:
        tablet = paired_device.tablet_with(site(), device_secret())
        if tablet.kind != "display":
            return redirect(url_for("kiosk.form"))
        shown = display_service.face_of(site(), tablet)
    except paired_device.NotPairedError:
        return redirect(url_for("pairing.ask"))
    except paired_device.RevokedError:
        return make_response(render_template("devices/revoked.html"), 410)
    except RetiredPlaceError:
        return make_response(render_template("devices/closed_counter.html"), 410)
    # Written in percents, an SVG in an address holds no sign that HTML or the policy minds.
    picture = "data:image/svg+xml," + quote(shown.picture, safe=",")
    return make_response(render_template("display/face.html", face=shown, picture=picture))


@display.get("/d/<code>")
def scan(code: str) -> Response:
    """The form, opened by the code on a display: its token is good for one answer."""
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        return Response(status=PREFETCH_STATUS)
    try:
        scanned = display_service.read_scanned(site(), code)
        if not _is_somebody():
            return make_response(render_template("display/preview.html", code=code))
        token = display_service.open_scanned(site(), scanned)
    except display_service.UnknownCodeError:
        return make_response(render_template("display/unknown.html"), 404)
    except RetiredPlaceError:
        return make_response(render_template("citizen/retired_place.html"), 410)
    except display_service.ClosedCodeError as closed:
        return _closed(closed.reason, closed.place, status=410)
    except display_service.TooManyFormsError as full:
        response = _closed("full", full.place, status=429)
        response.headers["Retry-After"] = str(full.wait)
        return response
    page = citizen_page.kept_page(scanned.place, language(), "phone", site().settings.base_url)
    headers.allow_inline_style(citizen_page.style())
    openings.count(site(), scanned.place.counter_id)
    return citizen_page.answer_with(page, token)


def _is_somebody() -> bool:
    """Whether a person opens the page, as far as the request tells; a preview costs no form."""
    if request.method == "HEAD":
        return False
    if request.args.get("buka"):
        return True
    is_visit = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return is_visit and not PREVIEWS.search(request.user_agent.string)


def _closed(reason: str, place: Place, *, status: int) -> Response:
    page = render_template("display/closed_code.html", reason=reason, place=place)
    return make_response(page, status)
