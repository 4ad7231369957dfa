"""What queue machines call: JSON in, JSON out, a unit's key in the Authorization header."""

from __future__ import annotations

from typing import Any, TypeGuard

from flask import Blueprint, Response, make_response, request

from feedback_app.domain.local_time import local_zone
from feedback_app.services.codes import queue as service
from feedback_app.services.codes.queue import MOST_AT_ONCE, Machine, QueueFaultError
from feedback_app.web.access import site
from feedback_app.web.errors import machine_error
from feedback_app.web.language import gettext as _

queue_api = Blueprint("queue_api", __name__, url_prefix="/api/antrean")

LONGEST_TEXT = 200


@queue_api.post("/kode")
def issue() -> Response:
    """Codes for tickets, by the machine's key: {"layanan": code or null, "jumlah": 1 to 50}."""
    machine = _machine()
    sent = _body()
    service_code, count = sent.get("layanan"), sent.get("jumlah")
    if service_code is not None and not _is_text(service_code):
        raise QueueFaultError(400, "Isi layanan dengan kode layanan, atau null.")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_AT_ONCE:
        raise QueueFaultError(400, "Isi jumlah dengan bilangan bulat 1 sampai 50.")
    found = service.issue_codes(site(), machine, service_code=service_code, count=count)
    codes = [
        {
            "alamat": code.address,
            "kode": code.typed,
            "berlaku_sampai": code.ends_at.astimezone(local_zone()).isoformat(timespec="seconds"),
        }
        for code in found
    ]
    return make_response({"kode": codes}, 201)


@queue_api.post("/panggil")
def call() -> Response:
    """A visitor is called: {"kode": typed code, long code or address, "loket": counter's code}."""
    machine = _machine()
    sent = _body()
    code, counter = sent.get("kode"), sent.get("loket")
    if not _is_text(code) or not _is_text(counter):
        raise QueueFaultError(400, "Isi kode dan loket dengan teks.")
    called = service.tell_call(site(), machine, code=code, counter_code=counter)
    return make_response(
        {
            "loket": called.counter,
            "dipanggil": called.called_at.astimezone(local_zone()).isoformat(timespec="seconds"),
            "baru": called.is_first,
        },
        200,
    )


@queue_api.errorhandler(QueueFaultError)
def refuse(fault: QueueFaultError) -> Response:
    """Why the machine cannot have it."""
    response = machine_error(fault.status, _(fault.text))
    if fault.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _machine() -> Machine:
    scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
    is_key = scheme.lower() == "bearer" and 0 < len(key) <= LONGEST_TEXT
    machine = service.machine_of(site(), key.strip()) if is_key else None
    if machine is None:
        raise QueueFaultError(401, "Kunci tidak dikenal atau sudah dicabut.")
    return machine


def _body() -> dict[str, Any]:
    """The JSON object that was sent; werkzeug answers 415 and 400 for what is none."""
    try:
        sent = request.get_json()
    except RecursionError:  # brackets nested by the thousand
        sent = None
    if not isinstance(sent, dict):
        raise QueueFaultError(400, "Kirim satu objek JSON.")
    return sent


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
