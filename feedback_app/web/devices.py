"""The admin's room for displays and kiosks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from feedback_app.services.devices import register as device_room
from feedback_app.services.faults import FieldFaultError
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import NEEDED, labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

devices = Blueprint("devices", __name__, url_prefix="/staf/admin/perangkat")

KINDS = {
    "display": (
        "Layar: menampilkan kode QR yang berganti",
        "Display: shows a QR code that changes",
    ),
    "kiosk": ("Kios: tablet untuk mengisi di loket", "Kiosk: a tablet to fill in at the counter"),
}


class DeviceForm(FlaskForm):  # type: ignore[misc]
    """A new display or kiosk."""

    counter = SelectField("Loket")
    kind = RadioField("Jenis", default="display")
    name = StringField(
        "Nama perangkat",
        [
            InputRequired(NEEDED),
            Length(max=80, message="Isi nama perangkat, paling banyak 80 huruf."),
        ],
    )


@devices.get("/")
def overview() -> str:
    """Every display and kiosk, and a form for a new one."""
    return _overview(_form())


@devices.post("/")
def register() -> str | tuple[str, int]:
    """Register one and show its pairing code once."""
    form = _form()
    if form.validate_on_submit():
        try:
            pairing = device_room.register_device(
                site(),
                viewer(),
                counter_code=form.counter.data,
                kind=form.kind.data,
                name=form.name.data,
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            return _code_page(pairing)
    translate_errors(form)
    return _overview(form), 422


@devices.get("/<int:device_id>")
def show(device_id: int) -> str:
    """One device: a new pairing code, or end it, each asked for by name."""
    line = device_room.device_line(site(), viewer(), device_id)
    return render_template("devices/device.html", line=line)


@devices.post("/<int:device_id>/kode")
def new_code(device_id: int) -> str:
    """Make another pairing code, shown once."""
    pairing = device_room.give_new_pairing(site(), viewer(), device_id)
    return _code_page(pairing)


@devices.get("/<int:device_id>/cabut")
def confirm_revoking(device_id: int) -> str:
    """Ask first: a revoked device stays revoked."""
    line = device_room.device_line(site(), viewer(), device_id)
    return render_template("devices/revoke.html", line=line)


@devices.post("/<int:device_id>/cabut")
def revoke(device_id: int) -> Response:
    """End a device at once."""
    gave_back = device_room.revoke_device(site(), viewer(), device_id)
    flash(_("Perangkat dicabut dan berhenti berlaku."))
    if gave_back:
        flash(_("Penilaian lewat kartu QR di loket itu dihitung lagi untuk nilai petugas."))
    return redirect(url_for("devices.overview"))


def _code_page(pairing: device_room.NewPairing) -> str:
    address = site().settings.base_url + url_for("pairing.ask")
    return render_template("devices/code.html", pairing=pairing, address=address)


def _form() -> DeviceForm:
    form = labelled(DeviceForm())
    form.counter.choices = [
        (code, f"{code} · {name}") for code, name in device_room.counter_choices(site(), viewer())
    ]
    form.kind.choices = [(kind, say(words)) for kind, words in KINDS.items()]
    return form


def _overview(form: DeviceForm) -> str:
    page = request.args.get("hal", 1, type=int)
    found = device_room.device_page(site(), viewer(), page=page)
    return render_template("devices/overview.html", form=form, found=found)
