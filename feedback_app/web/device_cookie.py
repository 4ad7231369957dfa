"""The cookie of a registered display or kiosk; citizens' own phones never get it."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, g, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.services.citizen import paired_device
from feedback_app.services.citizen.place import Place
from feedback_app.web.access import site

DEVICE_COOKIE = "sl_device"
LIFETIME = timedelta(days=365)  # then a tablet is paired again (docs/runbook.md)
BACK_AFTER_SECONDS = 20  # of a kiosk's thanks, before the empty form comes back


def device_secret() -> str:
    """What this browser's cookie holds, '' on everybody's own phone."""
    return request.cookies.get(DEVICE_COOKIE, "")


def keep_secret(response: AnyResponse, secret: str) -> None:
    """Make this browser the device."""
    response.set_cookie(
        DEVICE_COOKIE,
        secret,
        max_age=LIFETIME,
        httponly=True,
        samesite="Lax",
        secure=site().settings.is_https,
    )


def kiosk_here(place: Place) -> int:
    """The number of the kiosk that this browser is at this counter; 0 for every other browser."""
    secret = device_secret()
    if not secret:
        return 0
    found = paired_device.kiosk_with(site(), secret, counter_id=place.counter_id)
    g.is_kiosk_form = bool(found)
    return found


def lead_back(response: Response) -> Response:
    """From an error's page a kiosk finds back to its form by itself."""
    if response.status_code >= 400 and device_secret() and not g.get("is_kiosk_form"):
        response.headers["Refresh"] = f"{BACK_AFTER_SECONDS}; url={url_for('kiosk.form')}"
    return response
