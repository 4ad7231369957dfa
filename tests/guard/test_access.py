"""Who may open what: the matrix comes from the URL map, so a new route cannot slip past it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from feedback_app.domain.roles import Role
from feedback_app.web import access, route_lines, route_table
from tests.conftest import Browser
from tests.ground.walk import Answered, walked

CAST = {
    Role.SUPERVISOR: "alice",
    Role.ADMIN: "dina",
    Role.HR: "hana",
    Role.INSPECTORATE: "ina",
    Role.OFFICER: "oki",
}
FILLED = {
    "code": "A1",
    "ending": "csv",
    "kind": "officers",
    "filename": "site.css",
    "account_id": 999_999,
    "session_id": 999_999,
    "token": "no-such-link",
    "device_id": 999_999,
    "attendance_id": 999_999,
    "officer_id": 999_999,
    "survey_id": 999_999,
    "item_id": 999_999,
    "case_id": 999_999,
    "batch_id": 999_999,
    "sheet_id": 999_999,
    "key_id": 999_999,
    "agency": "dukcapil",
    "unit": "A",
    "period": "2026-t3",
    "key": "2026-t3",
    "shape": "a4",
    "month": "2026-10",
    "day": "2026-11-24",
    "act": "ganti",
    "change_id": 999_999,
    "proposal_id": 999_999,
    "entry_id": 999_999,
    "happening_id": 999_999,
    "need_id": 999_999,
    "partner_id": 999_999,
    "run_id": 999_999,
    "join_id": 999_999,
    "place_id": 999_999,
    "word": "unit",
    "year": 2027,
    "number": 1,
    "floor_id": 999_999,
    "lot_id": 999_999,
    "certificate_id": 999_999,
    "check_code": "NONE",
}


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, path) of every rule."""
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values: dict[str, Any] = {name: FILLED[name] for name in rule.arguments}
        path = adapter.build(rule.endpoint, values)
        methods = (rule.methods or set()) & {"GET", "POST"}
        found += [(rule.endpoint, method, path) for method in sorted(methods)]
    return found


AnswersTo = Callable[[str], list[Answered]]


@pytest.fixture
def answers_to(app: Flask, browse: Callable[[], Browser], place: str, shared: Path) -> AnswersTo:
    """What every route answers to one of the cast, or to a citizen (""); test_p13_headers asks too.

    Whom the table refuses does not depend on the engine: on PostgreSQL only what is open is opened.
    """
    is_sqlite = app.extensions["site"].settings.database_url.startswith("sqlite")
    role_of = {name: role for role, name in CAST.items()}

    def walk(username: str) -> list[Answered]:
        browser = browse().log_in(username) if username else browse()
        app.config["WTF_CSRF_ENABLED"] = False  # so that a refusal is the access check's own
        found = []
        for endpoint, method, path in routes(app):
            allowed = route_table.ROUTES[endpoint]
            is_open = allowed is route_lines.EVERYBODY or role_of.get(username) in allowed
            if endpoint == "staff.logout" or not (is_sqlite or is_open):
                continue  # a log-out would end the walk; it has its own tests
            real = path.replace("A1", place) if endpoint.startswith("citizen.") else path
            for asked in sorted({path, real}):
                with browser.client.open(asked, method=method) as answer:
                    headers = answer.headers.to_wsgi_list()
                    found.append(Answered(endpoint, method, asked, answer.status_code, headers))
        return found

    return lambda username: walked(shared, app, username, partial(walk, username))


@pytest.mark.engine_alike  # the next test opens every page on the second one
def test_every_role_opens_its_routes_and_no_other(answers_to: AnswersTo) -> None:
    for role, username in CAST.items():
        opened = 0
        for answer in answers_to(username):
            allowed = route_table.ROUTES[answer.endpoint]
            if allowed is route_lines.EVERYBODY:
                continue
            told = (answer.endpoint, role, answer.status)
            if role not in allowed:
                assert answer.status == 404, told
            elif answer.endpoint.startswith("supervisor."):
                assert answer.status == 200, told
            else:
                assert answer.status < 500, told
            opened += role in allowed
        assert opened > 5


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_page_is_answered_to_one_who_may_open_it(
    app: Flask, browse: Callable[[], Browser], place: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    browsers = {role: browse().log_in(username) for role, username in CAST.items()}
    for endpoint, method, path in routes(app):
        allowed = route_table.ROUTES[endpoint] or ()
        role = next((role for role in CAST if role in allowed), None)
        browser = browsers[role] if role else browse()
        asked = path.replace("A1", place) if endpoint.startswith("citizen.") else path
        if endpoint != "staff.logout":
            with browser.client.open(asked, method=method) as answer:
                assert answer.status_code < 500, (endpoint, method)


def test_a_stranger_is_sent_to_log_in_and_posts_are_refused(
    app: Flask, browse: Callable[[], Browser]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    stranger = browse()
    for endpoint, method, path in routes(app):
        if route_table.ROUTES[endpoint] is route_lines.EVERYBODY:
            continue
        answer = stranger.client.open(path, method=method)
        if method == "GET":
            assert answer.status_code == 302, endpoint
            assert answer.location.startswith("/masuk?next="), endpoint
        else:
            assert answer.status_code == 403, endpoint


def test_nothing_of_the_staff_is_open_to_everybody(app: Flask) -> None:
    """Whatever the table says: two roles that share no page must not open it to the street."""
    open_to_all = {
        path
        for endpoint, _method, path in routes(app)
        if route_table.ROUTES[endpoint] is route_lines.EVERYBODY
    }
    assert not [path for path in open_to_all if path.startswith("/staf/")]
    assert open_to_all  # the citizens' own pages are


def test_an_undeclared_route_stops_the_program() -> None:
    app = Flask("planted")
    app.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(access.UndeclaredRouteError, match="secret"):
        access.protect(app)


def test_every_line_of_the_table_has_a_route(app: Flask) -> None:
    assert route_table.ROUTES.keys() == {rule.endpoint for rule in app.url_map.iter_rules()}
