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
from tests.guard.test_pages import MACHINE
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
LOGS = ("/staf/catatan", "/staf/akun/sesi")
HEALTH = "/staf/admin/"  # how far PostgreSQL's clock is from the test's: another minute each time
OF_A_FILE = "docProps/core.xml"  # when it was made


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
    """A page's or a table's text; of a packed file what is in it, of a PDF nothing."""
    data = answer.get_data()
    if data[:4] == b"%PDF":
        return ""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [name for name in packed.namelist() if name != OF_A_FILE]
            data = b"\n".join(packed.read(name) for name in names)
    return data.decode("utf-8", "replace")


def addresses(app: Flask, role: Role, *, foreign: bool) -> Iterator[str]:
    """Each page that the role may open; `foreign` are those that name a thing of agency 1."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        allowed = route_table.ROUTES[rule.endpoint]
        is_open = allowed is not route_lines.EVERYBODY and role in allowed
        names_a_thing = any(name.endswith("_id") or name == "code" for name in rule.arguments)
        if not is_open or "GET" not in (rule.methods or ()) or (foreign and not names_a_thing):
            continue
        codes = ("A1", "komunikasi") if "code" in rule.arguments else ("",)
        for code in codes:
            values = filled(rule, foreign=foreign, code=code)
            yield adapter.build(rule.endpoint, values)


def told_to(browsers: dict[Role, Browser], app: Flask) -> dict[tuple[str, str], str]:
    """What each role reads at each of its own addresses."""
    found = {}
    for role, browser in browsers.items():
        for path in addresses(app, role, foreign=False):
            if not path.startswith(LOGS):
                with browser.client.get(path) as answer:
                    found[role, path] = f"{answer.status_code} {readable(answer)}"
    return {key: MACHINE.sub("…", CHANGING.sub("…", page)) for key, page in found.items()}


def opens_nothing(browser: Browser, app: Flask, role: Role) -> int:
    """How many addresses of things of another agency were refused, without a word of it."""
    asked = 0
    for path in addresses(app, role, foreign=True):
        with browser.client.get(path) as answer:
            assert not CANARY.search(readable(answer).replace(path, "")), path
            assert answer.status_code >= 400, (path, answer.status_code)
        asked += 1
    return asked


@pytest.mark.long
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
    changed = {path for role, path in before if before[role, path] != after[role, path]}
    assert changed <= {HEALTH}
    assert [key for key, page in after.items() if CANARY.search(page)] == []
    assert sum(opens_nothing(browser, app, role) for role, browser in browsers.items()) > 90
    assert rows_of_others(site, office.agency_id) == others
    assert references_across(site) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_supervisors_addresses_of_another_agency_open_nothing(
    app: Flask, site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    """The small form of the test above; the control is the other agency's own people."""
    add_ratings(site, office, 12, day=date(2026, 11, 20))
    add_agencies(site, [1])
    alice = browse().log_in("alice")
    assert opens_nothing(alice, app, Role.SUPERVISOR) > 20
    there = browse().log_in(f"alice-{canary(1)}")
    assert CANARY.search(there.get("/staf/loket/").get_data(as_text=True))
    own = code_of("A1", 1)
    assert there.get(f"/staf/loket/{own}").status_code == 200
