"""What the light path answers is byte for byte what Flask answers, and nothing odd is answered."""

from __future__ import annotations

import io
import random
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from werkzeug.test import create_environ

from feedback_app import create_app
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.citizen import arriving, rating
from feedback_app.services.citizen.place import open_place
from feedback_app.services.site import Site
from feedback_app.storage.models import CounterService, Rating
from feedback_app.web.light_path import LightPath
from tests.conftest import SteppedClock
from tests.ground.office import Office

Answer = tuple[str, list[tuple[str, str]], bytes]

# Each first value is the ordinary one; None leaves the header out.
PATHS = ("/q/{code}", "/q/{code}/", "/q/{lower}", "/q/{code}.", "/q/{code}\x00", "/q/{forged}")
PATHS += ("/q//{code}", "/Q/{code}", "/q/", "/q/{half}", "/r/{code}", "/d/{code}")
QUERIES = ("", "lang=en", "lang=id", "lang=xx", "lang=", "lang=en&lang=id", "x=\xff", "Lang=en")
HOSTS = ("localhost", "localhost:8000", "127.0.0.1", "LOCALHOST", "evil.example", "", None, "a b")
COOKIES = (None, "", "sl=x", "sl_device=x", "other=1")
ENCODINGS = ("gzip, deflate", None, "", "gzip;q=0", "br, gzip;q=0.5", "*", "GZIP", "x" * 300)
SCHEMES = ("http", "https")
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT")
AGENTS = ("Mozilla/5.0 (Linux; Android 14)", None, "", "\xe9" * 3)
TYPES = ("application/x-www-form-urlencoded", None, "multipart/form-data; boundary=x")
TYPES += ("application/x-www-form-urlencoded; charset=utf-8", "APPLICATION/x-www-form-urlencoded")
LENGTHS = ("right", "short", "long", None, "x", "-1", "\u0663", "")
BODIES: tuple[dict[str, str], ...] = (
    {},
    {"comment": "Cepat & ramah: 100%"},
    {"comment": "\u00e9\U0001f600\n" * 20},
    {"comment": "x" * 1001},
    {"comment": "a\x00b"},
    {"served_by": "another", "service": "1"},
    {"pressed": "1", "charged": "1"},
    {"biaya": ""},
    {"biaya": "5"},
    {"token": ""},
    {"token": "x" * 48},
    {"visit": "ABCD-2345"},
    {"language": "en"},
    {"elsewhere": "1"},
    {"as_is": "1"},
    {"comment": "x" * 20_000},
)
PARTS: dict[str, tuple[Any, ...]] = {
    "path": PATHS,
    "query": QUERIES,
    "host": HOSTS,
    "cookie": COOKIES,
    "encoding": ENCODINGS,
    "scheme": SCHEMES,
    "method": METHODS,
    "agent": AGENTS,
    "type": TYPES,
    "length": LENGTHS,
    "body": BODIES,
}
PAIRS = 250  # requests that are odd in two or three ways


@dataclass
class BothWays:
    """A site, asked with the light path in front and without."""

    app: Flask
    code: str

    def __post_init__(self) -> None:
        """Take Flask's own program from behind the light path."""
        self.light = self.app.wsgi_app
        assert isinstance(self.light, LightPath)
        self.site: Site = self.app.extensions["site"]

    def environ(self, asked: dict[str, Any], token: str) -> dict[str, Any]:
        """A request as a server hands it on."""
        fields = dict.fromkeys(ALL_KEYS, "3") | {"token": token} | asked["body"]
        body = urlencode(fields).encode() if asked["method"] in ("POST", "PUT") else b""
        path = asked["path"].format(
            code=self.code,
            lower=self.code.lower(),
            half=self.code[:8],
            forged=self.code[:-1] + ("0" if self.code[-1] != "0" else "1"),
        )
        found = create_environ("/", method=asked["method"], input_stream=io.BytesIO(body))
        lengths = {"right": len(body), "short": len(body) - 5, "long": len(body) + 5}
        length = str(lengths.get(asked["length"], asked["length"]))
        headers = {
            "HTTP_HOST": asked["host"],
            "HTTP_COOKIE": asked["cookie"],
            "HTTP_ACCEPT_ENCODING": asked["encoding"],
            "HTTP_USER_AGENT": asked["agent"],
            "CONTENT_TYPE": asked["type"] if body else None,
            "CONTENT_LENGTH": length if body and asked["length"] is not None else None,
        }
        for name, value in headers.items():
            found.pop(name, None)
            if value is not None:
                found[name] = value
        return found | {
            "PATH_INFO": path,
            "QUERY_STRING": asked["query"],
            "wsgi.url_scheme": asked["scheme"],
            "REMOTE_ADDR": "127.0.0.1",
        }


def answer_of(program: Any, environ: dict[str, Any]) -> Answer:
    """Status, headers in their order, body."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> None:
        started[:] = [(status, headers)]

    parts: Iterable[bytes] = program(environ, start_response)
    body = b"".join(parts)
    getattr(parts, "close", lambda: None)()
    return *started[0], body


@pytest.fixture
def both(app: Flask, place: str, monkeypatch: pytest.MonkeyPatch) -> BothWays:
    """Opened forms carry the same token in both languages, so that pages can be compared."""
    monkeypatch.setattr(arriving, "open_form", lambda *_, **__: "t" * 48)
    found = BothWays(app, place)
    for query in ("", "lang=en"):  # drawn, as for all but the first visitor
        answer_of(app.wsgi_app, found.environ(ordinary() | {"query": query}, ""))
    return found


def ordinary() -> dict[str, Any]:
    """A request that nothing is odd about."""
    return {name: values[0] for name, values in PARTS.items()}


def requests() -> list[dict[str, Any]]:
    """Each oddity of GET and of POST alone, and some together."""
    chance = random.Random(18)
    found = [
        ordinary() | {"method": method, name: value}
        for method in ("GET", "POST")
        for name, values in PARTS.items()
        for value in values
    ]
    for _ in range(PAIRS):
        names = chance.sample(list(PARTS), k=chance.choice((2, 3)))
        odd = {name: chance.choice(PARTS[name]) for name in names}
        found.append(ordinary() | {"method": chance.choice(("GET", "POST"))} | odd)
    return found


def fresh_token(both: BothWays) -> str:
    """Of a form of its own."""
    place = open_place(both.site, both.code)
    return arriving._token(both.site, place, secrets.token_bytes(16), 0)


def test_both_ways_answer_alike(both: BothWays) -> None:
    told: list[str] = []
    flask = both.light.flask
    for number, asked in enumerate(requests()):
        token = fresh_token(both)
        ways = [("flask", flask), ("light", both.light)]
        both.site.openings.take(both.site.now())
        answers, opened = {}, {}
        for name, program in ways if number % 2 else ways[::-1]:  # each is the first to save
            before = sum(both.site.openings._counts.values())
            answers[name] = answer_of(program, both.environ(asked, token))
            opened[name] = sum(both.site.openings._counts.values()) - before
        assert answers["light"] == answers["flask"], asked
        assert opened["light"] == opened["flask"], asked
        told.append(answers["light"][0])
    assert {status[:3] for status in told} >= {"200", "303", "400", "404", "405", "422"}
    assert sum(status.startswith("303") for status in told) > 50


def ask_without_flask(both: BothWays, asked: dict[str, Any], token: str = "") -> Answer:
    """By the light path alone."""

    def refuse(_environ: Any, _start: Any) -> Iterable[bytes]:
        raise AssertionError("handed on to Flask")

    return answer_of(LightPath(both.site, refuse), both.environ(asked, token))


def test_what_is_ordinary_never_comes_to_flask(both: BothWays) -> None:
    assert ask_without_flask(both, ordinary())[0] == "200 OK"
    sent = ordinary() | {"method": "POST"}
    for query in ("", "lang=en"):
        answer = ask_without_flask(both, sent | {"query": query}, fresh_token(both))
        assert answer[0] == "303 SEE OTHER"
    with both.site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Rating)) == 2


@pytest.mark.parametrize(
    "odd",
    [
        {"cookie": "sl=x"},
        {"host": "evil.example"},
        {"path": "/q/{lower}"},
        {"query": "lang=xx"},
        {"method": "HEAD"},
        {"method": "POST", "type": "application/json"},
        {"method": "POST", "length": None},
        {"method": "POST", "length": "long"},
        {"method": "POST", "body": {"biaya": ""}},
        {"method": "POST", "body": {"comment": "x" * 20_000}},
    ],
)
def test_what_is_odd_is_handed_on(both: BothWays, odd: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="handed on"):
        ask_without_flask(both, ordinary() | odd, fresh_token(both))


def test_a_page_whose_place_has_changed_is_drawn_by_flask(both: BothWays, office: Office) -> None:
    with both.site.db.transaction() as tx:
        tx.execute(delete(CounterService))
    with pytest.raises(AssertionError, match="handed on"):
        ask_without_flask(both, ordinary())


def test_a_refusal_is_told_by_flask_and_nothing_is_tried_twice(
    both: BothWays, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refuse(_site: Site, sent: Any) -> None:
        tried.append(sent.token)
        raise NotSavedError("the disk is full")

    monkeypatch.setattr(rating, "submit_rating", refuse)
    sent = ordinary() | {"method": "POST", "body": {"comment": "tetap ada"}}
    status, lines, body = answer_of(both.light, both.environ(sent, fresh_token(both)))
    assert (status[:3], len(tried)) == ("503", 1)
    assert dict(lines)["Retry-After"]
    assert b"tetap ada" in body


def test_behind_a_proxy_the_visitor_is_read_and_not_the_proxy(
    both: BothWays, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a whole town would be one network, and no answer would ask for https again."""
    app = create_app(replace(both.site.settings, proxy_hops=1), clock=clock)
    seen: list[str] = []
    submit = rating.submit_rating

    def noted(site: Site, given: Any) -> Any:
        seen.append(given.network)
        return submit(site, given)

    monkeypatch.setattr(rating, "submit_rating", noted)
    proxied = {"HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": "https"}
    for asked in (ordinary(), ordinary() | {"method": "POST"}):
        found = answer_of(app.wsgi_app, both.environ(asked, fresh_token(both)) | proxied)
        assert "Strict-Transport-Security" in dict(found[1])
    app.extensions["site"].db.close()
    assert seen == ["203.0.113.9"]
