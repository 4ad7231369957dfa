"""Make a screen or tablet a counter's display or kiosk, by typing its pairing code."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField

from feedback_app.services.citizen import paired_device
from feedback_app.services.citizen.code_guesses import TooManyGuessesError
from feedback_app.services.devices import pairing as device_pairing
from feedback_app.web.access import site
from feedback_app.web.device_cookie import device_secret, keep_secret
from feedback_app.web.forms import labelled
from feedback_app.web.language import gettext as _
from feedback_app.web.staff_browser import is_staff_browser

pairing = Blueprint("pairing", __name__)

START_PAGES = {"display": "display.face", "kiosk": "kiosk.form"}


class PairingForm(FlaskForm):  # type: ignore[misc]
    """The code that the admin was shown."""

    code = StringField("Kode pasang")


@pairing.get("/perangkat")
def ask() -> str:
    """Ask for the pairing code; say so when this browser is a device already."""
    return render_template("devices/pair.html", form=labelled(PairingForm()), known=_known())


@pairing.post("/perangkat")
def take() -> Response:
    """Take the code and send the device to its own page."""
    form = labelled(PairingForm())
    form.validate_on_submit()
    try:
        paired = device_pairing.pair(
            site(),
            form.code.data or "",
            from_staff_browser=is_staff_browser(),
            network=request.remote_addr or "",
        )
    except device_pairing.WrongPairingCodeError:
        return _refuse(form, _("Kode pasang salah, sudah dipakai, atau lewat waktu."), 422)
    except device_pairing.StaffBrowserError:
        return _refuse(
            form,
            _(
                "Peramban ini pernah dipakai petugas untuk masuk, jadi penilaian darinya ditahan. "
                "Pakai peramban lain, atau hapus data peramban ini, lalu ketik kodenya."
            ),
            422,
        )
    except TooManyGuessesError:
        return _refuse(form, _("Terlalu banyak kode salah. Coba lagi semenit lagi."), 429)
    response = redirect(url_for(START_PAGES[paired.kind]), 303)
    keep_secret(response, paired.secret)
    return response


def _refuse(form: PairingForm, reason: str, status: int) -> Response:
    form.code.errors = [reason]
    page = render_template("devices/pair.html", form=form, known=None)
    response = make_response(page, status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _known() -> tuple[str, str] | None:
    """(page, counter) of a browser that is a device in use."""
    if request.method != "GET":
        return None
    try:
        tablet = paired_device.tablet_with(site(), device_secret())
    except (paired_device.NotPairedError, paired_device.RevokedError):
        return None
    return START_PAGES[tablet.kind], tablet.place.counter
