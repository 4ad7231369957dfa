"""A kiosk at a counter: the same form for one visitor after the other, nothing left behind."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from feedback_app.services.citizen import arriving, paired_device, receipts
from feedback_app.web import citizen_page, headers
from feedback_app.web.access import site
from feedback_app.web.device_cookie import BACK_AFTER_SECONDS, device_secret
from feedback_app.web.language import language

kiosk = Blueprint("kiosk", __name__)


@kiosk.get("/perangkat/kios")
def form() -> Response:
    """An empty form of the kiosk's counter; the device's cookie opens it."""
    try:
        tablet = paired_device.tablet_with(site(), device_secret())
    except paired_device.NotPairedError:
        return redirect(url_for("pairing.ask"))
    except paired_device.RevokedError:
        return make_response(render_template("devices/revoked.html"), 410)
    if tablet.kind != "kiosk":
        return redirect(url_for("display.face"))
    if tablet.place.is_retired:
        return make_response(render_template("devices/closed_counter.html"), 410)
    page = citizen_page.kept_page(tablet.place, language(), "kiosk", site().settings.base_url)
    headers.allow_inline_style(citizen_page.style())
    token = arriving.open_form(site(), tablet.place, device_id=tablet.device_id)
    return citizen_page.answer_with(page, token)


@kiosk.get("/perangkat/kios/terima/<code>")
def thanks(code: str) -> Response:
    """Received; within seconds the address opens the empty form instead."""
    found = receipts.receipt_just_given(site(), code)
    if found is None:
        return redirect(url_for("kiosk.form"))
    page = render_template("kiosk/thanks.html", receipt=found, seconds=BACK_AFTER_SECONDS)
    return make_response(page)
