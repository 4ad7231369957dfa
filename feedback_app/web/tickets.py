"""A visitor with a ticket: from its code to the counter's form. The code travels in bodies only."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from feedback_app.services.citizen import arriving, openings, receipts, ways_in
from feedback_app.services.citizen import place as places
from feedback_app.services.citizen.code_guesses import TooManyGuessesError
from feedback_app.services.citizen.place import RetiredPlaceError, UnknownPlaceError
from feedback_app.services.citizen.visit_codes import is_visit_code
from feedback_app.services.codes import tickets as service
from feedback_app.services.codes.tickets import Ticket, TicketCounter
from feedback_app.services.site import Site
from feedback_app.web import citizen_page, headers
from feedback_app.web.access import site
from feedback_app.web.citizen_form import CitizenForm
from feedback_app.web.language import language

tickets = Blueprint("tickets", __name__)

LONGEST_CODE = 60
# A ticket's address is not led to: its code travels in bodies only.
LEADS_TO = {"q": "citizen.form", "d": "display.scan", "r": "citizen.receipt"}
NEXT_MINUTE = "60"  # seconds: wrong guesses are counted by the minute


@tickets.get("/v/<code>")
def scanned(code: str) -> Response:
    """The QR code of a ticket: the form at once where the counter is known."""
    return _answer(service.scanned_ticket, code, counter=None)


@tickets.get("/v")
def ask() -> str:
    """Where a ticket's code can be typed; also where a reloaded page ends up."""
    return render_template("citizen/ticket_code.html", code="")


@tickets.post("/v")
def choose() -> Response:
    """A code that was typed or carried on, and perhaps the counter of the visit."""
    given = request.form.getlist("visit")
    code = given[0] if len(given) == 1 else ""
    counter = request.form.get("counter", "") if "step" in request.form else None
    return _answer(_given, code, counter=counter)


@tickets.post("/kode")
def typed() -> AnyResponse:
    """What was typed on the front page: a code, an address, or a counter's name."""
    text = request.form.get("kode", "").strip()
    if len(text) > ways_in.LONGEST_TYPED or "\x00" in text:
        return _unknown()
    kind, code = ways_in.in_address(text)
    if kind in LEADS_TO:
        return redirect(url_for(LEADS_TO[kind], code=code, lang=_lang()), 303)
    if is_visit_code(code):
        receipt = receipts.receipt_of(site(), code.upper().replace(" ", ""))
        if receipt is not None:
            return redirect(url_for("citizen.receipt", code=receipt.code, lang=_lang()), 303)
        return _answer(_given, code, counter=None)
    named = ways_in.counters_named(site(), code)
    if len(named) > 1:
        return make_response(render_template("citizen/which_counter.html", found=named))
    if named:
        return redirect(url_for("citizen.form", code=named[0][1].code, lang=_lang()), 303)
    if not code or len(code) > LONGEST_CODE or "/" in code or "\\" in code:
        return _unknown()
    return redirect(url_for("citizen.form", code=code, lang=_lang()), 303)


def _unknown() -> Response:
    return make_response(render_template("citizen/unknown_place.html"), 404)


def _given(site: Site, code: str) -> Ticket:
    return service.given_ticket(site, code, network=request.remote_addr or "")


def _answer(look_up: Callable[[Site, str], Ticket], code: str, *, counter: str | None) -> Response:
    """`counter` is None while nobody was asked, '' when no counter was chosen."""
    try:
        ticket = look_up(site(), code)
    except service.NoSuchCodeError:
        return make_response(render_template("citizen/ticket_mistyped.html"), 404)
    except service.SpentCodeError:
        was_restored = service.some_were_lost(site())
        page = render_template("citizen/ticket_gone.html", was_restored=was_restored)
        return make_response(page, 410)
    except service.NotYetValidError as later:
        page = render_template("citizen/ticket_early.html", valid_from=later.valid_from)
        return make_response(page, 404)
    except TooManyGuessesError:
        page = render_template("citizen/ticket_wait.html")
        return make_response(page, 429, {"Retry-After": NEXT_MINUTE})
    if counter is None and ticket.here is not None:
        return _form(ticket, ticket.here)
    if not ticket.counters:
        return make_response(render_template("citizen/ticket_gone.html"), 410)
    chosen = next((one for one in ticket.counters if one.code == counter), None)
    if chosen is not None:
        return _form(ticket, chosen)
    return _choice(ticket, counter)


def _choice(ticket: Ticket, counter: str | None) -> Response:
    is_forgotten = counter is not None and request.form.get("step") == "chosen"
    page = render_template("citizen/ticket_choice.html", ticket=ticket, is_forgotten=is_forgotten)
    return make_response(page, 422 if is_forgotten else 200)


def _form(ticket: Ticket, counter: TicketCounter) -> Response:
    """The counter's form with the code in it; never one of the kept pages."""
    try:
        place = places.open_place(site(), counter.place, ticket_day=ticket.day)
    except (UnknownPlaceError, RetiredPlaceError):  # closed between two questions
        return make_response(render_template("citizen/ticket_gone.html"), 410)
    form = CitizenForm(place_code=counter.place)
    form.visit.data = ticket.code
    form.ticket_day.data = ticket.day.isoformat()
    form.service.data = str(ticket.service_id or "")
    form.token.data = arriving.open_form(site(), place)
    openings.count(site(), place.counter_id)
    headers.allow_inline_style(citizen_page.whole_style())
    return make_response(citizen_page.render_again(place, form, look="phone"))


def _lang() -> str | None:
    return None if language() == "id" else language()
