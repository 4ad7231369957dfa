"""P13: safe headers on every answer, tokens on every staff POST, no foreign Host, no foreign target.

The corpus is every route of the URL map as every role, static files and error pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from feedback_app.services.site import Site
from feedback_app.web import route_lines, route_table
from feedback_app.web.targets import safe_target
from feedback_app.wiring import NO_SESSION
from tests.conftest import Browser
from tests.ground.office import PASSWORD, Office, app_code, as_if_unused
from tests.ground.staff import first_step, second_step
from tests.guard import test_access
from tests.guard.test_access import CAST, AnswersTo, routes

ROLES = ("", *CAST.values())
answers_to = test_access.answers_to
MAY_BE_KEPT = {"static", "public.favicon"}
# Published results are the same for everybody; a proxy may keep them as long as this.
PUBLISHED = "public, max-age=300"
# What citizens open; none of it sets a cookie.
FOR_CITIZENS = re.compile(r"^(citizen|public|results)\.|^static$")
STYLE = re.compile(r"style-src 'self'( 'sha256-[A-Za-z0-9+/=]+')?$")


def faults_of_headers(headers: Headers, endpoint: str | None) -> list[str]:
    """What is missing or loose in the headers of one answer."""
    faults = []
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in headers.get("Content-Security-Policy", "").split(";")
    )
    for name, value in (
        ("default-src", "'none'"),
        ("script-src", "'self'"),
        ("frame-ancestors", "'none'"),
        ("base-uri", "'none'"),
        ("form-action", "'self'"),
    ):
        if policy.get(name) != value:
            faults.append(f"{name} {policy.get(name)}")
    if not STYLE.match(f"style-src {policy.get('style-src')}"):
        faults.append(f"style-src {policy.get('style-src')}")
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
    ):
        if headers.get(name) != value:
            faults.append(f"{name} {headers.get(name)}")
    kept = headers.get("Cache-Control")
    is_published = (endpoint or "").startswith("results.") and kept == PUBLISHED
    if endpoint not in MAY_BE_KEPT and kept != "no-store" and not is_published:
        faults.append(f"Cache-Control {kept}")
    if is_published and "Set-Cookie" in headers:
        faults.append("a cookie on what a proxy may keep")
    return faults


@pytest.mark.parametrize("username", ROLES, ids=[name or "citizen" for name in ROLES])
def test_every_route_answers_every_role_with_safe_headers(
    answers_to: AnswersTo, username: str
) -> None:
    answers = answers_to(username)
    for one in answers:
        told = (one.endpoint, one.method, one.asked)
        assert faults_of_headers(one.header, one.endpoint) == [], told
        assert one.status < 500, told
        if not username and FOR_CITIZENS.match(one.endpoint):
            assert "Set-Cookie" not in one.header, told
    print(f"P13: {len(answers)} answers to {username or 'citizen'} with safe headers")
    assert len(answers) > 100


def error_answers(app: Flask, browser: Browser) -> dict[str, TestResponse]:
    client = browser.client
    return {
        "404": client.get("/no-such-page"),
        "404 static": client.get("/static/no-such-file.css"),
        "404 below static": client.get("/static/../../etc/passwd"),
        "405": client.put("/masuk"),
        "400 host": client.get("/", headers={"Host": "evil.example"}),
        "400 NUL": client.get("/masuk?next=%00"),
        "413": client.post("/masuk", data={"username": "x" * 400_000}),
        "400 token": client.post("/masuk", data={"username": "alice", "password": "x"}),
        "400 wrong token": client.post("/masuk", data={"csrf_token": "x"}),
        "403": browser.client.post("/keluar", data={"csrf_token": browser.csrf("/masuk")}),
        "options": client.options("/masuk"),
        "head": client.head("/"),
    }


def test_error_pages_have_safe_headers_too(app: Flask, browse: Callable[[], Browser]) -> None:
    answers = error_answers(app, browse())
    expected = {"404": 404, "404 static": 404, "405": 405, "400 host": 400, "400 NUL": 400}
    expected |= {"413": 413, "400 token": 400, "400 wrong token": 400, "403": 403}
    for name, answer in answers.items():
        endpoint = "static" if "static" in name else None
        assert faults_of_headers(answer.headers, endpoint) == [], name
        assert answer.status_code == expected.get(name, answer.status_code), name
        answer.close()


def test_a_fault_inside_the_program_has_safe_headers_too(app: Flask, citizen: Browser) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["public.privacy"] = lambda: 1 / 0
    answer = citizen.client.get("/privasi")
    assert answer.status_code == 500
    assert faults_of_headers(answer.headers, "public.privacy") == []
    assert "ZeroDivisionError" not in answer.get_data(as_text=True)


def test_the_check_finds_a_planted_header(app: Flask, citizen: Browser) -> None:
    answer = citizen.client.get("/")
    assert faults_of_headers(answer.headers, "public.home") == []
    for name, value in (
        ("Content-Security-Policy", "default-src *"),
        ("Cache-Control", "public"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "origin"),
        ("X-Content-Type-Options", ""),
    ):
        kept = answer.headers[name]
        answer.headers[name] = value
        assert faults_of_headers(answer.headers, "public.home"), name
        answer.headers[name] = kept


@pytest.mark.parametrize("username", list(CAST.values()))
def test_no_staff_post_works_without_its_token(
    app: Flask, browse: Callable[[], Browser], username: str
) -> None:
    """Without are only forms of people and machines that have no session (`NO_SESSION`)."""
    browser = browse().log_in(username)
    other = browse().log_in(username).csrf("/staf/akun/sesi")
    refused = 0
    for endpoint, method, path in routes(app):
        allowed = route_table.ROUTES[endpoint]
        if method != "POST" or _has_no_session(app, endpoint):
            continue
        if allowed is not route_lines.EVERYBODY and CAST_ROLE[username] not in allowed:
            continue
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": other}):
            assert browser.client.post(path, data=token).status_code == 400, (endpoint, token)
            refused += 1
    print(f"P13: {refused} posts of {username} without a good token refused")
    assert browser.get("/staf/akun/").status_code == 200  # no log-out went through either


def _has_no_session(app: Flask, endpoint: str) -> bool:
    view = app.view_functions[endpoint]
    return f"{view.__module__}.{view.__name__}" in NO_SESSION


CAST_ROLE = {name: role for role, name in CAST.items()}

HOSTS = ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "evil.example:8000")


@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_refused_on_every_route(app: Flask, citizen: Browser, host: str) -> None:
    for endpoint, method, path in routes(app):
        answer = citizen.client.open(path, method=method, headers={"Host": host})
        assert answer.status_code == 400, endpoint
        assert "evil" not in answer.get_data(as_text=True), endpoint
        assert "evil" not in str(answer.headers), endpoint


# Where an open redirect would lead: every way of writing another site that browsers understand.
ELSEWHERE = (
    *("https://evil.example", "http://evil.example/", "HTTPS://EVIL.EXAMPLE", "//evil.example"),
    *("///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example"),
    *("/\\/evil.example", "//\\evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example"),
    *("\t//evil.example", " //evil.example", "\x00//evil.example", "/\x0b/evil.example", "/\x1f/evil"),
    *("javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,x"),
    *("vbscript:x", "file:///etc/passwd", "ftp://evil.example", "mailto:x@evil.example", "tel:1"),
    *("evil.example", "www.evil.example/x", "@evil.example", ".evil.example", ":80", "?x", "#x"),
    *("http:evil.example", "http:/evil.example", "https:///evil.example", "http:\\\\evil.example"),
    *("//evil.example/..", "//evil.example:80", "//user@evil.example", "//[::1]/", "//[", "/\\[::1"),
    *("//127.0.0.1.evil.example", "//evil。example", "／／evil.example", "/／evil.example\u2028", ""),
    *("/\u202eelpmaxe.live", "/\u200b/evil.example", "/\u00a0/evil.example", "/\u2029/evil.example"),
)  # fmt: skip


def leads_elsewhere(target: str) -> bool:
    """Where a browser goes: it drops tabs and line breaks and reads backslashes as slashes."""
    here = "http://127.0.0.1:8000/masuk"
    read = re.sub(r"[\t\n\r]", "", target.strip()).replace("\\", "/")
    return urlsplit(urljoin(here, read)).netloc != "127.0.0.1:8000"


def test_the_corpus_is_large_and_knows_other_sites() -> None:
    assert len(set(ELSEWHERE)) >= 50
    assert sum(leads_elsewhere(t) for t in ELSEWHERE if "[" not in t) >= 25


@pytest.mark.parametrize("target", ELSEWHERE, ids=ascii)
def test_no_target_leads_to_another_site(app: Flask, target: str) -> None:
    with app.test_request_context("/"):
        assert safe_target(target) == "/staf/"


@pytest.mark.parametrize(
    "target", ["/staf/akun/", "/staf/loket/A1?periode=7&jalur=kiosk", "/q/ABC"]
)
def test_own_paths_are_kept(app: Flask, target: str) -> None:
    with app.test_request_context("/"):
        assert safe_target(target) == target


def test_no_step_of_logging_in_leads_to_another_site(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    """Through the real pages: password, code, and what the pages between carry along."""
    for target in ("//evil.example", "/\\evil.example", "https://evil.example/", "\\\\evil", "//["):
        alice = browse()
        alice.get("/masuk", query_string={"next": target})
        assert first_step(alice, "alice", PASSWORD, target).location == "/staf/"
        as_if_unused(site, "dina")
        dina = browse()
        location = first_step(dina, "dina", PASSWORD, target).location
        assert location == "/masuk/kode?next=/staf/"
        dina.get(f"/masuk/kode?{urlencode({'next': target})}")
        assert second_step(dina, app_code(site, "dina"), target).location == "/staf/"
