"""No input gives a server error, and what comes at once is counted once (P11 and P17 in small)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import func, select

from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Rating
from tests.conftest import Browser
from tests.ground.office import Office
from tests.ground.scores import add_scores
from tests.rigs.fuzz import Walker
from tests.web.conftest import Crawled
from tests.web.test_citizen import opened

# Sent without a form of theirs: machines have none, and the others appear only in the middle of
# something (a second step, single sign-on, an appeal, a sheet that differs, a verdict after closing,
# a date in doubt, somebody who left or is entered twice, a place that ended, a second training).
NEEDS_MORE_THAN_THE_OFFICE_HOLDS = {
    "queue_api.issue", "queue_api.call", "second_step.check", "second_step.confirm", "links.use",
    "accounts.remove_second_factor", "accounts.name_for_single_sign_on", "people.invite",
    "people_acts.come_back", "people_acts.join_two", "people_acts.part", "places.keep", "training_merge.do_merge",
    "officer.ask_review", "officer.open_appeal", "paper.restore", "paper_checks.settle",
    "lots.draw", "lots.record_attendance", "certificates.issue",
    "paper_checks.check_one", "paper_checks.draw", "surveys.revise", "admin.confirm_date",
    "plan_runs.record",  # a run of the plan that has begun
}  # fmt: skip
# On each engine; `make fuzz` sends a million.
REQUESTS = [500, pytest.param(1_500, marks=pytest.mark.long)]


@pytest.fixture
def walker(crawled: Crawled) -> Walker:
    """Every role logged in, with what its pages speak of."""
    return Walker(crawled.app, crawled.start)


@pytest.mark.both_engines
@pytest.mark.proof
@pytest.mark.parametrize("requests", REQUESTS)
def test_no_odd_request_of_any_role_is_a_server_error(walker: Walker, requests: int) -> None:
    posts = {r.endpoint for r in walker.rules if "POST" in (r.methods or ())}
    met = {name for words in walker.words.values() for name in words.forms}
    assert posts - met <= NEEDS_MORE_THAN_THE_OFFICE_HOLDS  # else the walk could not find the form
    counted = walker.walk(range(requests), seed=11)
    assert [str(failure) for failure in counted.failures] == []
    assert counted.busy == 0
    assert sum(counted.statuses.values()) == requests
    # it gets behind the doors: 118 of 317 with 500 requests
    assert len(counted.reached) > len(walker.rules) / (2 if requests > 500 else 3)


@pytest.mark.proof
@pytest.mark.parametrize("crawled", ["sqlite"], indirect=True)
def test_the_walk_finds_a_planted_fault_and_finds_it_again(walker: Walker) -> None:
    app = walker.app

    def faulty(**_named: str) -> str:
        return str(int(request.args.get("lang", "1")))

    planted = {endpoint for endpoint in app.view_functions if endpoint.startswith("results.")}
    app.view_functions.update(dict.fromkeys(planted, faulty))
    tries = (walker.walk(range(n, n + 1), seed=11).failures for n in range(500))
    found = next(filter(None, tries))
    assert {failure.request.split()[0] for failure in found} <= planted
    assert "ValueError" in found[0].trace
    again = walker.walk(range(found[0].number, found[0].number + 1), seed=11).failures
    assert [failure.number for failure in again] == [found[0].number]


@pytest.mark.parametrize(
    "query", [b"lang=\xff", b"\xc3\xa9=\xc3\xa9", b"periode=\xed\xa0\x80", b"\xff=%ff&lang=en"]
)
def test_raw_bytes_in_a_query_are_read_as_encoded_ones(app: Flask, query: bytes) -> None:
    client = app.test_client()
    for path in ("/", "/hasil/", "/masuk", "/none", "/staf/loket/"):
        answer = client.get(path, environ_overrides={"QUERY_STRING": query.decode("latin-1")})
        assert answer.status_code in (200, 302, 404), path


@pytest.mark.parametrize("path", ["/", "/a%00b", "/staf/skm/99999999999", "/none"])
def test_an_unknown_host_is_refused_before_anything_else(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")


@pytest.mark.parametrize("number", ["9" * 400, "1_0", "²", "1e3", "-", "0x1"])
def test_a_number_that_is_none_is_asked_for_again(
    browse: Callable[[], Browser], number: str, site: Site, office: Office
) -> None:
    add_scores(site, office)
    hana = browse().log_in("hana")
    body = {"starts_on": "2026-11-24", "ends_on": "2026-11-24", "seats": number}
    body |= {"csrf_token": hana.csrf("/staf/pelatihan/sopan")}
    page = hana.post("/staf/pelatihan/sopan/jadwal", data=body)
    assert page.status_code == 422
    assert "Harus bilangan bulat" in page.get_data(as_text=True)


@pytest.mark.both_engines
def test_one_form_sent_from_many_places_at_once_counts_once(
    app: Flask, citizen: Browser, place: str, site: Site
) -> None:
    answers = opened(citizen, place)
    others = [opened(citizen, place) for _ in range(12)]

    def send(body: dict[str, Any]) -> int:
        return app.test_client().post(f"/q/{place}", data=body).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(send, [answers] * 24 + others))
    assert statuses == [303] * 36
    with site.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Rating)) == 13
    assert tally_differences(site) == 0
