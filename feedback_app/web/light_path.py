"""The light path: an ordinary citizen's form, fetched and sent, without Flask around it.

Flask and Werkzeug take 0.8 ms of CPU a request, all the rest of a form's GET 0.2 (ADR 23).
Ordinary is what nearly everybody does: no cookie, a host we know, the address as cards print it, a
form drawn before, every question answered once. Any doubt goes on to Flask, and so does every
refusal, which `citizen.py` tells with a page. What is answered here is byte for byte what Flask
would answer (tests/web/test_light_path.py).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.utils import redirect

from feedback_app.domain.codes import ALPHABET, PLACE_LENGTH
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.texts import LANGUAGES
from feedback_app.services.citizen import arriving, openings, rating
from feedback_app.services.citizen.place import RetiredPlaceError, UnknownPlaceError, open_place
from feedback_app.services.site import Site
from feedback_app.web import citizen_page, headers, patience
from feedback_app.web.citizen_form import device_text
from feedback_app.web.quick_form import Sent, ordinary_submission

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

Environ = dict[str, Any]
Answer = tuple[str, list[tuple[str, str]], bytes]  # status, headers, body

REFUSAL = "feedback_app.refusal"  # in the environ: the error because of which nothing was saved
PATH = "/q/"
LETTERS = frozenset(ALPHABET)
LANGUAGE_OF = {"": "id"} | {f"lang={one}": one for one in LANGUAGES}  # by the query
FORM = "application/x-www-form-urlencoded"
LONGEST_BODY = 16 * 1024  # a comment of 1,000 letters, each nine figures long, and all the rest
LONGEST_HEADER = 200  # of those whose reading is kept by their text
HTML = ("Content-Type", "text/html; charset=utf-8")
NO_STORE = ("Cache-Control", "no-store")
# Werkzeug's own page of a redirect, cut where the address stands in it.
_AWAY = "/r/AWAY"
_REDIRECT_PAGE = redirect(_AWAY, 303).get_data(as_text=True)


@dataclass(frozen=True, slots=True)
class LightPath:
    """A WSGI program in front of Flask's."""

    site: Site
    flask: WSGIApplication

    def __call__(self, asked: Environ, start_response: StartResponse, /) -> Iterable[bytes]:
        """Answer here what is ordinary; hand on everything else."""
        sent = _sent(asked, self.site.settings.trusted_hosts)
        if sent is None:
            return self.flask(asked, start_response)
        patience.start_for_citizen(self.site, asked)
        try:
            answer = self._answer(asked, sent)
        except BaseException:
            self.site.db.wait_as_script()
            raise
        if answer is None:
            return self.flask(asked, start_response)  # within the same patience, which it ends
        self.site.db.wait_as_script()
        status, lines, body = answer
        start_response(status, lines)
        return [body]

    def _answer(self, asked: Environ, sent: Sent) -> Answer | None:
        is_secure = asked["wsgi.url_scheme"] == "https"
        if asked["REQUEST_METHOD"] == "GET":
            accepted = asked.get("HTTP_ACCEPT_ENCODING", "")
            return self._form(sent, accepted, is_secure=is_secure)
        body = _body(asked)
        submission = body and ordinary_submission(sent, body)
        if not submission:
            return None
        try:
            received = rating.submit_rating(self.site, submission)
        except Exception as refusal:  # told by citizen.py, whatever it is
            asked[REFUSAL] = refusal
            return None
        return _to_receipt(received, sent.language, is_secure=is_secure)

    def _form(self, sent: Sent, accepted: str, *, is_secure: bool) -> Answer | None:
        site = self.site
        try:
            place = open_place(site, sent.place_code)
        except (UnknownPlaceError, RetiredPlaceError, NotSavedError):
            return None
        page = citizen_page.page_if_kept(place, sent.language, site.settings.base_url)
        if page is None or len(accepted) > LONGEST_HEADER:
            return None
        openings.count(site, place.counter_id)
        token = arriving.open_form(site, place)
        if _takes_gzip(accepted):
            body, encoding = page.compressed_with(token), [("Content-Encoding", "gzip")]
        else:
            body, encoding = page.with_token(token), []
        lines = [
            HTML,
            ("Content-Length", str(len(body))),
            *encoding,
            ("Vary", "Accept-Encoding, Cookie"),
            ("Content-Security-Policy", headers.policy(headers.digest(citizen_page.style()))),
            *headers.always(is_secure=is_secure),
            NO_STORE,
        ]
        return "200 OK", lines, body


def _sent(asked: Environ, trusted_hosts: tuple[str, ...]) -> Sent | None:
    """Whose form it is about; None for whatever is not ordinary."""
    path, code = asked["PATH_INFO"], asked["PATH_INFO"][len(PATH) :]
    language = LANGUAGE_OF.get(asked.get("QUERY_STRING", ""))
    if (
        not path.startswith(PATH)
        or len(code) != PLACE_LENGTH
        or not LETTERS.issuperset(code)
        or language is None
        or asked["REQUEST_METHOD"] not in ("GET", "POST")
        or "HTTP_COOKIE" in asked
        or asked.get("SCRIPT_NAME")
        or not _is_known(asked.get("HTTP_HOST", ""), trusted_hosts)
    ):
        return None
    device = device_text(asked.get("HTTP_USER_AGENT", ""), asked.get("HTTP_ACCEPT_LANGUAGE", ""))
    return Sent(code, language, device, asked.get("REMOTE_ADDR") or "")


def _is_known(host: str, trusted_hosts: tuple[str, ...]) -> bool:
    return len(host) <= LONGEST_HEADER and _is_trusted(host, trusted_hosts)


@lru_cache(maxsize=256)
def _is_trusted(host: str, trusted_hosts: tuple[str, ...]) -> bool:
    return host_is_trusted(host, trusted_hosts)


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return bool(parse_accept_header(accepted, Accept)["gzip"])


def _body(asked: Environ) -> bytes | None:
    """A small body of the form's type, which Flask can still read; None for any other."""
    length = asked.get("CONTENT_LENGTH", "")
    if asked.get("CONTENT_TYPE") != FORM or not (length.isascii() and length.isdigit()):
        return None
    if len(length) > len(str(LONGEST_BODY)) or int(length) > LONGEST_BODY:
        return None
    body: bytes = asked["wsgi.input"].read(int(length))
    asked["wsgi.input"] = io.BytesIO(body)
    return body if len(body) == int(length) else None


def _to_receipt(received: arriving.Received, language: str, *, is_secure: bool) -> Answer:
    address = f"/r/{received.receipt}" + (f"?lang={language}" if language != "id" else "")
    body = _REDIRECT_PAGE.replace(_AWAY, address).encode()
    lines = [
        HTML,
        ("Content-Length", str(len(body))),
        ("Location", address),
        ("Content-Security-Policy", headers.policy()),
        *headers.always(is_secure=is_secure),
        NO_STORE,
        ("Vary", "Cookie"),
    ]
    return "303 SEE OTHER", lines, body
