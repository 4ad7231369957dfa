"""Twenty agencies in one database: nobody of one meets a word, a number or an id of another.

The nineteen others are copies of the first, so that a query that crosses agencies changes a figure
of the first as well: its pages are compared before and after.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from feedback_app.domain.roles import Role
from feedback_app.domain.survey import Span
from feedback_app.services.site import Site
from feedback_app.services.survey import closing, periods
from feedback_app.web import route_lines, route_table
from tests.conftest import Browser
from tests.ground.lots import add_course
from tests.ground.need_rows import add_need
from tests.ground.office import Office, add_ratings
from tests.ground.paper import viewer_of
from tests.guard.test_access import CAST, FILLED
from tests.rigs.agencies import (
    APART,
    add_agencies,
    canary,
    code_of,
    references_across,
    rows_of_others,
)

pytestmark = [pytest.mark.proof]

AGENCIES = 20
CANARY = re.compile(canary(0)[:-2] + r"\d\d")
CHANGING = re.compile(r'(name="(?:csrf_token|token)" value=")[^"]*|nonce="[^"]*"|\d{2}[.:]\d{2}')
# What the walk itself writes down is on these.
LOGS = {"audit.entries", "inspectorate.home", "own.sessions"}
# The regency's own: all agencies of a site stand there side by side, as published.
SHARED = {"static"}


def fill(site: Site, office: Office) -> None:
    """Some of everything that has an address."""
    add_ratings(site, office, 24, day=date(2026, 7, 2), waktu=2)
    add_ratings(site, office, 12, day=date(2026, 11, 20))
    add_ratings(site, office, 1, state="held")
    add_course(site, office)
    add_need(site, office, nature="process")
    alice = viewer_of(site, "alice")
    span = Span(date(2026, 7, 1), date(2026, 9, 30))
    chosen = periods.Settings(office.unit["A"], span, "1/9", "sarana_8", "period", 100)
    survey_id = periods.open_survey(site, alice, chosen)
    closing.close_survey(site, alice, survey_id)


def filled(rule: Any, *, foreign: bool, code: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: FILLED[name] for name in rule.arguments}
    for name in rule.arguments:
        if name.endswith("_id"):
            values[name] = 1 + APART * foreign
    if "code" in values:
        values["code"] = code_of(code, 1) if foreign else code
    return values


def readable(answer: Any) -> str:
    """A page's or a table's text; of a packed file what is in it."""
    data = answer.get_data()
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            data = b"\n".join(packed.read(name) for name in packed.namelist())
    return data.decode("utf-8", "replace")


def addresses(app: Flask, role: Role, *, foreign: bool) -> Iterator[tuple[str, str]]:
    """(endpoint, path) of each page that the role may open; the log-out would end the walk."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        allowed = route_table.ROUTES[rule.endpoint]
        is_open = allowed is not route_lines.EVERYBODY and role in allowed
        if not is_open or "GET" not in (rule.methods or ()) or (foreign and not rule.arguments):
            continue
        codes = ("A1", "komunikasi") if "code" in rule.arguments else ("",)
        for code in codes:
            values = filled(rule, foreign=foreign, code=code)
            yield rule.endpoint, adapter.build(rule.endpoint, values)


def told_to(browsers: dict[Role, Browser], app: Flask) -> dict[tuple[str, str], str]:
    """What each role reads at each of its own addresses."""
    found = {}
    for role, browser in browsers.items():
        for endpoint, path in addresses(app, role, foreign=False):
            if endpoint not in LOGS:
                with browser.client.get(path) as answer:
                    found[role, path] = f"{answer.status_code} {readable(answer)}"
    return {key: CHANGING.sub("…", page) for key, page in found.items()}


def test_no_page_and_no_address_of_one_agency_meets_another(
    app: Flask, site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    fill(site, office)
    browsers = {role: browse().log_in(name) for role, name in CAST.items()}
    told_to(browsers, app)  # what a first look writes down or works out is there by now
    before = told_to(browsers, app)
    add_agencies(site, range(1, AGENCIES))
    others = rows_of_others(site, office.agency_id)
    after = told_to(browsers, app)
    changed = [key[1] for key in before if before[key] != after[key]]
    assert changed == []
    assert [key for key, page in after.items() if CANARY.search(page)] == []
    for role, browser in browsers.items():
        for endpoint, path in addresses(app, role, foreign=True):
            with browser.client.get(path) as answer:
                told = (endpoint, path, answer.status_code)
                assert not CANARY.search(readable(answer).replace(path, "")), told
                assert answer.status_code >= 400, told
    assert rows_of_others(site, office.agency_id) == others
    assert references_across(site) == []
