"""The citizen's path: scan, rate, receipt. No cookie, no script needed."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.local_time import local_day
from feedback_app.services.citizen import arriving, note, openings, rating, receipts
from feedback_app.services.citizen import place as places
from feedback_app.services.citizen.code_guesses import TooManyGuessesError
from feedback_app.services.citizen.place import Place, RetiredPlaceError, UnknownPlaceError
from feedback_app.services.citizen.visit_codes import is_visit_code
from feedback_app.web import citizen_page, headers
from feedback_app.web.access import site
from feedback_app.web.citizen_form import CitizenForm
from feedback_app.web.device_cookie import device_secret, kiosk_here, lead_back
from feedback_app.web.errors import RETRY_AFTER_SECONDS
from feedback_app.web.language import gettext as _
from feedback_app.web.language import language
from feedback_app.web.light_path import REFUSAL

log = logging.getLogger(__name__)

# What the sender must be told with a page of its own.
TO_BE_TOLD = (
    UnknownPlaceError,
    arriving.StaleFormError,
    arriving.DifferentAnswerError,
    arriving.FaultyError,
    TooManyGuessesError,
    NotSavedError,
)

citizen = Blueprint("citizen", __name__)
citizen.after_request(lead_back)


@citizen.get("/q/<code>", strict_slashes=False)
def form(code: str) -> Response:
    """The form of the counter on the card."""
    try:
        place = places.open_place(site(), code.strip(" .,"))  # as chats cut an address out of text
    except UnknownPlaceError:
        return _unknown_place()
    except RetiredPlaceError as gone:
        return _retired_place(gone.successor)
    page = citizen_page.kept_page(place, language(), "phone", site().settings.base_url)
    headers.allow_inline_style(citizen_page.style())
    openings.count(site(), place.counter_id)
    return citizen_page.answer_with(page, arriving.open_form(site(), place))


@citizen.post("/q/<code>", strict_slashes=False)
def submit(code: str) -> AnyResponse:
    """Save the rating; on any fault show the form again with everything still in it."""
    sent = CitizenForm(place_code=code)
    try:
        if refusal := request.environ.get(REFUSAL):
            raise refusal
        if sent.is_for_another_counter():
            return _other_counters(_place(code, sent), sent)
        if sent.is_moved():
            sent.take_over()
        if sent.is_for_another_language() or sent.is_moved():
            return _again(_place(code, sent), sent, status=200)
        if not sent.validate():
            return _again(_place(code, sent), sent, status=422)
        save = note.submit_note if sent.is_note() else rating.submit_rating
        return _to_receipt(save(site(), sent.submission()))
    except TO_BE_TOLD as refusal:
        return _told(code, sent, refusal)


def _told(code: str, sent: CitizenForm, refusal: Exception) -> Response:
    """Why it was not saved, with the form where sending it again helps."""
    match refusal:
        case UnknownPlaceError():
            return _unknown_place()
        case arriving.StaleFormError():
            return _open_again(code, sent)
        case arriving.DifferentAnswerError():
            return make_response(render_template("citizen/already.html"), 409)
        case TooManyGuessesError():
            sent.say(
                _("Terlalu banyak kode kunjungan salah. Kirim lagi semenit lagi, atau tanpa kode.")
            )
            return _later(code, sent, status=429)
        case NotSavedError():
            log.error("rating not saved: %s", refusal)
        case _:  # a fault of ours, but what was typed need not be lost with it
            log.exception("fault while saving a rating")
    return _not_saved(code, sent)


def _to_receipt(received: arriving.Received) -> AnyResponse:
    lang = None if language() == "id" else language()
    is_on_kiosk = bool(received.was_at and device_secret())
    page = "kiosk.thanks" if is_on_kiosk else "citizen.receipt"
    return redirect(url_for(page, code=received.receipt, lang=lang), 303)


@citizen.get("/r/<code>")
def receipt(code: str) -> Response:
    """Received: the receipt and what happens next, never the answers."""
    found = receipts.receipt_of(site(), code)
    if found is None:
        return make_response(render_template("citizen/no_receipt.html"), 404)
    headers.allow_inline_style(citizen_page.whole_style())
    page = render_template("citizen/receipt.html", receipt=found, style=citizen_page.whole_style())
    return make_response(page)


@citizen.get("/lupakan.css")
def forget() -> Response:
    """An empty sheet that makes the browser forget the pages before it.

    Chromium keeps left pages alive for its back button, `no-store` or not, with what was chosen in
    them. It forgets them at this header, but not when the page that replaces them carries it: they
    are put aside only after it. So the receipt asks for this sheet.
    """
    response = Response("", mimetype="text/css")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@citizen.get("/kode")
def typed_code() -> AnyResponse:
    """A code typed by hand on the front page."""
    code = request.args.get("kode", "").strip()
    if is_visit_code(code):
        return make_response(render_template("citizen/ticket_code.html", code=code))
    if not code or len(code) > 40 or "/" in code or "\\" in code:
        return _unknown_place()
    return redirect(url_for("citizen.form", code=code, lang=request.args.get("lang")))


def _place(code: str, sent: CitizenForm) -> Place:
    """The place as the form is shown again: a ticket's keeps the names of its own day."""
    now = site().now()
    return places.place_at(site(), code, at=now, ticket_day=sent.day_of_ticket(local_day(now)))


def _other_counters(place: Place, sent: CitizenForm) -> Response:
    """The unit's counters by name; what was filled in goes along to the one that is chosen."""
    page = render_template(
        "citizen/other_counter.html",
        place=place,
        counters=places.neighbours(site(), place),
        fields=sent.carried(),
    )
    return make_response(page)


def _open_again(code: str, sent: CitizenForm) -> Response:
    try:
        return _with_fresh_token(code, sent)
    except NotSavedError as error:
        log.error("form not opened again: %s", error)
        return _not_saved(code, sent)


def _with_fresh_token(code: str, sent: CitizenForm) -> Response:
    try:
        place = _place(code, sent)
    except UnknownPlaceError:
        return _unknown_place()
    if place.is_retired:
        return _retired_place()
    sent.say(_("Halaman terlalu lama terbuka. Periksa jawaban Anda, lalu kirim sekali lagi."))
    sent.token.data = arriving.open_again(
        site(), place, sent.token.data or "", device_id=kiosk_here(place)
    )
    sent.served_by.data = ""  # names belong to the day of the first opening: ask again
    return _again(place, sent, status=422)


def _not_saved(code: str, sent: CitizenForm) -> Response:
    sent.say(_("Belum tersimpan. Jawaban Anda masih ada di sini; kirim lagi sebentar lagi."))
    return _later(code, sent, status=503)


def _later(code: str, sent: CitizenForm, *, status: int) -> Response:
    try:
        response = _again(_place(code, sent), sent, status=status)
    except NotSavedError:  # the place cannot even be read: what was typed waits in a bare page
        headers.allow_inline_style(citizen_page.whole_style())
        response = make_response(citizen_page.render_unsaved(code, sent), status)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _again(place: Place, sent: CitizenForm, *, status: int) -> Response:
    headers.allow_inline_style(citizen_page.whole_style())
    kiosk_id = kiosk_here(place)
    if not sent.token.data:
        sent.token.data = arriving.open_form(site(), place, device_id=kiosk_id)
    look: citizen_page.Look = "kiosk" if kiosk_id else "phone"
    return make_response(citizen_page.render_again(place, sent, look=look), status)


def _unknown_place() -> Response:
    return make_response(render_template("citizen/unknown_place.html"), 404)


def _retired_place(successor: str = "") -> Response:
    page = render_template("citizen/retired_place.html", successor=successor)
    return make_response(page, 410)
