"""The one place that turns errors into pages."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from feedback_app.domain.faults import NotMadeError, NotSavedError
from feedback_app.services.access.people import DemoIsLocalError
from feedback_app.services.faults import LoopbackAddressError, NothingToShowError, NotThereError
from feedback_app.web.access import SessionOverError, is_session_over, recognise
from feedback_app.web.language import gettext as _

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = "30"
MACHINES = "/api/"  # below it programs read the answers, not people
# Fields of several lines in the staff's forms: what somebody would not like to write again.
LONG_TEXTS = ("text", "words", "reason", "cause", "action", "note", "comment")


def show_errors_as_pages(app: Flask) -> None:
    """Register a page for each kind of error."""
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(SecurityError, _show_untrusted_host)
    app.register_error_handler(CSRFError, _show_csrf_error)
    app.register_error_handler(SessionOverError, _show_session_over)
    app.register_error_handler(NotThereError, _show_not_there)
    app.register_error_handler(LoopbackAddressError, _show_loopback_address)
    app.register_error_handler(DemoIsLocalError, _show_demo_is_local)
    app.register_error_handler(NothingToShowError, _show_too_few)
    app.register_error_handler(NotSavedError, _show_not_saved)
    app.register_error_handler(NotMadeError, _show_not_made)
    app.register_error_handler(Exception, _show_fault)


def error_page(status: int, heading: str, advice: str) -> Response:
    """A page that says where you are and what to do."""
    body = render_template("errors/error.html", heading=heading, advice=advice, status=status)
    return make_response(body, status)


def machine_error(status: int, message: str) -> Response:
    """The same for a program: JSON with what is wrong and what to do."""
    return make_response({"galat": message}, status)


def _show_untrusted_host(_error: SecurityError) -> Response:
    """Without a trusted host no address can be written, so this is no full page."""
    return Response("400: unknown host\n", 400, mimetype="text/plain")


def _show_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    heading, advice = _explain(status)
    if request.path.startswith(MACHINES):
        return machine_error(status, f"{heading}. {advice}")
    response = error_page(status, heading, advice)
    if status == 405 and error.get_headers():
        response.headers.extend(h for h in error.get_headers() if h[0] == "Allow")
    if error.response is not None and error.response.location:  # a redirect raised as an error
        return make_response(error.response)
    return response


def _explain(status: int) -> tuple[str, str]:
    known = {
        400: (
            _("Permintaan tidak dapat dibaca"),
            _("Kembali ke halaman sebelumnya, lalu coba lagi."),
        ),
        403: (_("Halaman ini tidak dapat dibuka"), _("Masuk kembali, lalu coba lagi.")),
        404: (_("Halaman tidak ditemukan"), _advice_on_absence()),
        405: (_("Cara ini tidak didukung"), _("Buka halaman dari tautan atau kode QR.")),
        415: (
            _("Jenis kiriman tidak dikenal"),
            _("Kirim sebagai JSON dengan Content-Type: application/json."),
        ),
        413: (
            _("Kiriman terlalu besar"),
            _("Perkecil berkas atau persingkat tulisan, lalu kirim lagi."),
        ),
        429: (_("Terlalu sering mencoba"), _("Tunggu beberapa menit, lalu coba lagi.")),
    }
    fallback = (_("Permintaan tidak dapat diproses"), _("Coba lagi beberapa saat lagi."))
    return known.get(status, fallback)


def _advice_on_absence() -> str:
    if g.get("viewer"):
        return _("Halaman ini tidak ada, atau tidak termasuk wewenang Anda.")
    return _("Periksa alamatnya, atau pindai kembali kode QR di loket.")


def _show_not_there(_error: NotThereError) -> Response:
    return error_page(404, *_explain(404))


def _show_loopback_address(error: LoopbackAddressError) -> Response:
    if request.path.startswith(MACHINES):
        return machine_error(409, _(error.text))
    return error_page(409, _("Belum dapat dicetak atau dikirim"), _(error.text))


def _show_demo_is_local(_error: DemoIsLocalError) -> Response:
    return error_page(
        403,
        _("Akun contoh hanya untuk komputer ini"),
        _(
            "Kata sandinya diketahui umum, jadi akun contoh tidak dapat dipakai di server yang "
            "dapat dijangkau orang lain. Jalankan python3 run.py --demo tanpa HOST, BASE_URL, dan "
            "PROXY_HOPS di komputer sendiri."
        ),
    )


def _show_too_few(_error: NothingToShowError) -> Response:
    return error_page(
        404,
        _("Belum cukup formulir"),
        _("Berkas ini dibuat bila ada sedikitnya 10 formulir lengkap dalam periode yang ditutup."),
    )


def _show_csrf_error(_error: CSRFError) -> Response:
    try:
        recognise()
    except NotSavedError as error:
        return _show_not_saved(error)
    if is_session_over():
        return _session_over_page(400)
    return error_page(
        400,
        _("Halaman sudah terlalu lama terbuka"),
        _("Belum ada yang tersimpan. Kembali ke halaman sebelumnya, muat ulang, lalu kirim lagi."),
    )


def _show_session_over(_error: SessionOverError) -> Response:
    return _session_over_page(403)


def _session_over_page(status: int) -> Response:
    """Give back what was written, in this answer only, and lead back to the form by the log-in."""
    body = render_template(
        "errors/session_over.html", texts=_written_texts(), next=_page_of_the_form()
    )
    return make_response(body, status)


def _written_texts() -> list[str]:
    # another site could send a text of its own to be shown here; browsers say where it came from
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return []
    texts = (text for name in LONG_TEXTS for text in request.form.getlist(name))
    return [text for text in texts if text.strip()]


def _page_of_the_form() -> str | None:
    """The page at the form's address, else the nearest one above it."""
    pages = current_app.create_url_adapter(request)
    path = request.path
    if pages is None or pages.test(path, "GET"):
        return request.full_path.rstrip("?")
    while path := path.rpartition("/")[0]:
        if pages.test(path, "GET"):
            return path
    return None


def _show_not_saved(error: NotSavedError) -> Response:
    log.error("not saved: %s", error)
    advice = _("Penyimpanan sedang tidak dapat menerima. Coba lagi beberapa saat lagi.")
    if request.method == "GET" and not request.path.startswith(MACHINES):
        return _show_not_opened()
    if request.path.startswith(MACHINES):
        response = machine_error(503, advice)
    else:
        response = error_page(503, _("Belum tersimpan"), advice)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _show_not_made(error: NotMadeError) -> Response:
    log.error("not made: %s", error)
    response = error_page(
        503,
        _("Berkas belum dapat dibuat"),
        _("Server sedang sibuk membuat berkas lain. Coba lagi beberapa saat lagi."),
    )
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _show_not_opened() -> Response:
    """Nothing was sent, so nothing is lost; the same address is the way on."""
    again = request.full_path.rstrip("?")
    body = render_template("errors/not_opened.html", again=again)
    return make_response(body, 503, {"Retry-After": RETRY_AFTER_SECONDS})


def _show_fault(error: Exception) -> Response:
    log.exception("fault while answering", exc_info=error)
    advice = _("Kesalahan ini sudah dicatat. Coba lagi beberapa saat lagi.")
    if request.path.startswith(MACHINES):
        return machine_error(500, advice)
    return error_page(500, _("Terjadi kesalahan pada sistem"), advice)
