"""The one-time page of an office's first start, where nobody sits at a terminal.

A program of its own, which ends when it was used: the site itself never has this page. It keeps no
cookie; the code opens it, and the ticket in its form is what another site cannot send.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, Form, SelectField, StringField

from feedback_app.config import ROOT
from feedback_app.domain.first_start import FIELDS, ZONES, Answers, read_address, read_answers
from feedback_app.domain.texts import Text
from feedback_app.services.access.links import IssuedLink
from feedback_app.services.office.first_start import AlreadyBegunError, begin_office
from feedback_app.services.site import Site
from feedback_app.version import VERSION
from feedback_app.web import formats, headers, language, static_files
from feedback_app.web.language import gettext as _

AnyForm = TypeVar("AnyForm", bound=Form)

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
CODE_LENGTH = 12  # of 31 letters each: 59 bits
TRIES = 10  # wrong ones; then another code counts, after a wait
WAIT_S = 60
BODY_BYTES = 64 * 1024


class CodeForm(Form):  # type: ignore[misc]
    """The code that the program wrote where only its owner reads."""

    code = StringField("Kode", render_kw={"autocomplete": "off", "class": "code"})


class QuestionsForm(Form):  # type: ignore[misc]
    """The four questions; the last has two fields."""

    office_name = StringField("Nama kantor", render_kw={"autocomplete": "organization"})
    address = StringField("Alamat situs", render_kw={"autocomplete": "off", "inputmode": "url"})
    plain_http = BooleanField("Ini uji coba tanpa enkripsi di dalam satu jaringan kantor")
    time_zone = SelectField("Zona waktu")
    admin_name = StringField("Nama lengkap admin pertama", render_kw={"autocomplete": "off"})
    admin_username = StringField("Nama penggunanya", render_kw={"autocomplete": "off"})


class Lock:
    """The page's lock: its code, how often it was guessed at, and the one ticket that is open."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        """Draw a code and announce it where only the server's owner reads."""
        self._announce = announce
        self._ticket = ""
        self._closed_until = 0.0
        self._turn = threading.Lock()
        self._draw()

    def _draw(self) -> None:
        self._code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        self._tries = 0
        parts = (self._code[at : at + 4] for at in range(0, CODE_LENGTH, 4))
        self._announce("-".join(parts))

    def ticket_for(self, typed: str) -> str | Text:
        """A ticket for the right code, which ends the one before; else what to say."""
        with self._turn:
            if time.monotonic() < self._closed_until:
                return Text("Terlalu banyak kode salah. Tunggu satu menit, lalu pakai kode baru.")
            plain = "".join(letter for letter in typed.upper() if letter.isalnum())
            if hmac.compare_digest(plain.encode(), self._code.encode()):
                self._ticket = secrets.token_urlsafe(32)
                return self._ticket
            self._tries += 1
            if self._tries >= TRIES:
                self._closed_until = time.monotonic() + WAIT_S
                self._draw()
            return Text("Kode tidak cocok. Salin lagi dari layar atau catatan program.")

    def is_open(self, ticket: str) -> bool:
        """Whether this ticket is the one that counts now."""
        with self._turn:
            return bool(self._ticket) and hmac.compare_digest(
                ticket.encode(), self._ticket.encode()
            )

    def shut(self) -> None:
        """Nothing opens it any more."""
        with self._turn:
            self._ticket = ""
            self._closed_until = float("inf")


class OneTimePage:
    """What the page does; `when_used` is called once, after its last answer was sent."""

    def __init__(
        self,
        site: Site,
        lock: Lock,
        *,
        environ: Mapping[str, str],
        known: Mapping[str, str],
        when_used: Callable[[], None],
    ) -> None:
        """Keep what it needs; `known` is shown in the empty form."""
        self.site, self.lock, self.environ = site, lock, environ
        self.known, self.when_used = known, when_used
        self._one_answer = threading.Lock()

    def show(self) -> AnyResponse:
        """Ask for the code."""
        return _code_page(CodeForm(), 200)

    def take(self) -> AnyResponse:
        """Look at the code, or at the answers that came with a ticket."""
        ticket = request.form.get("ticket", "")
        if not ticket:
            return self._opened()
        with self._one_answer:
            if not self.lock.is_open(ticket):
                form = CodeForm()
                form.form_errors.append(
                    _("Halaman ini sudah dibuka lagi dengan kode. Yang terakhir yang berlaku.")
                )
                return _code_page(form, 409)
            return self._answered(ticket)

    def _opened(self) -> AnyResponse:
        form = CodeForm(request.form)
        found = self.lock.ticket_for(request.form.get("code", ""))
        if isinstance(found, Text):
            form.code.errors = [_(found)]
            return _code_page(form, 422)
        return self._questions(QuestionsForm(MultiDict(self.known)), found, 200)

    def _answered(self, ticket: str) -> AnyResponse:
        form = QuestionsForm(request.form)
        typed = {name: request.form.get(name, "") for name in FIELDS}
        found = read_answers(typed, plain_is_fine=bool(form.plain_http.data))
        if not isinstance(found, Answers):
            for name, fault in found.items():
                form[name].errors = [_(fault)]
            return self._questions(form, ticket, 422)
        try:
            issued = begin_office(self.site, found, environ=self.environ)
        except AlreadyBegunError:
            self.lock.shut()
            return redirect("/")
        self.lock.shut()
        return self._ended(found, issued)

    def _ended(self, answers: Answers, issued: IssuedLink) -> AnyResponse:
        page = render_template(
            "first_start/done.html",
            issued=issued,
            address=answers.address,
            has_address=bool(answers.address),
        )
        response = make_response(page)
        response.call_on_close(self.when_used)
        return response

    def _questions(self, form: QuestionsForm, ticket: str, status: int) -> AnyResponse:
        typed = form.address.data or ""
        is_plain = read_address(typed.strip(), plain_is_fine=False) != read_address(
            typed.strip(), plain_is_fine=True
        )
        page = render_template(
            "first_start/questions.html",
            form=_labelled(form),
            ticket=ticket,
            asks_for_plain=is_plain,
        )
        return make_response(page, status)


def create_page(page: OneTimePage) -> Flask:
    """The program that serves the page, and nothing else, at every address."""
    app = Flask("feedback_app", template_folder=str(ROOT / "templates"), static_folder=None)
    static_files.serve_static_files(app)
    app.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, MAX_FORM_PARTS=20)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(formats.FILTERS)
    templates: dict[str, Any] = {"_": _, "language": language.language, "version": VERSION}
    app.jinja_env.globals.update(templates)
    app.add_url_rule("/", "show", page.show, methods=["GET"])
    app.add_url_rule("/", "take", page.take, methods=["POST"])
    app.add_url_rule("/healthz", "health", lambda: Response("ok", mimetype="text/plain"))
    app.register_error_handler(NotFound, lambda _error: redirect("/"))
    headers.send_safe_headers(app)
    return app


def _code_page(form: CodeForm, status: int) -> AnyResponse:
    return make_response(render_template("first_start/code.html", form=_labelled(form)), status)


def _labelled(form: AnyForm) -> AnyForm:
    """Labels in the reader's language, and what can be chosen."""
    for field in form:
        field.label.text = _(field.label.text)
        if isinstance(field, SelectField):
            field.choices = [(zone, zone) for zone in ZONES]
    return form
