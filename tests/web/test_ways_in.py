"""Without a camera, later or at the wrong counter: the right form, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from feedback_app.domain.elements import FORM_ORDER, OFFICER_KEYS, element
from feedback_app.domain.form_words import DIFFERS, HELP, parts
from feedback_app.domain.periods import quarter_start
from feedback_app.services.citizen import openings
from feedback_app.services.site import Site
from feedback_app.storage.models import Counter, FormOpening
from feedback_app.storage.queries import openings as queries
from tests.conftest import Browser, SteppedClock
from tests.ground.office import Office
from tests.web.test_citizen import opened, stored
from tests.web.test_nothing_lost import fields_of


def test_the_official_words_are_unchanged_and_only_what_differs_is_bold() -> None:
    for key in FORM_ORDER:
        item = element(key)
        for question, words in (
            (item.question, DIFFERS[key][0]),
            (item.question_en, DIFFERS[key][1]),
        ):
            found = parts(question, words)
            assert "".join(text for text, _bold in found) == question
            assert [text for text, is_bold in found if is_bold] == list(words)
    assert set(FORM_ORDER[:4]) == set(OFFICER_KEYS)
    assert HELP["pengaduan"][0].startswith("Apakah tersedia cara untuk mengadu")


@pytest.mark.engine_alike
def test_what_a_person_types_or_pastes_opens_the_right_form(
    citizen: Browser, place: str, site: Site
) -> None:
    for text in (
        f"https://suara.example.go.id/q/{place}",
        f"suara.example.go.id/q/{place}/",
        f" http://x/q/{place}?lang=en. ",
        f"{place}.",
        "A1",
        "a1",
        "loket  A1",
    ):
        to = citizen.post("/kode", data={"kode": text})
        assert to.status_code == 303, text
        assert to.location.endswith(f"/q/{place}"), text
    for end in ("/", ".", "%20", ",", "/?lang=en"):
        page = citizen.client.get(f"/q/{place}{end}", follow_redirects=True)
        assert 'name="token"' in page.get_data(as_text=True), end
    several = citizen.post("/kode", data={"kode": "Loket"})
    assert several.status_code == 200
    assert f"/q/{place}" in several.get_data(as_text=True)
    for odd in ("Loket Z9", "https://example.org/hasil/", "x" * 201, "(", "a" * 61):
        answer = citizen.post("/kode", data={"kode": odd})
        gone = answer.status_code == 404 or (
            answer.status_code == 303 and citizen.get(answer.location).status_code == 404
        )
        assert gone, odd


@pytest.mark.engine_alike
def test_the_front_page_lists_every_counter_by_name(citizen: Browser, place: str) -> None:
    page = citizen.get("/").get_data(as_text=True)
    assert f'href="/q/{place}"' in page
    assert len(re.findall(r'href="/q/\w+"', page)) >= 3


@pytest.mark.engine_alike
def test_the_wrong_counter_is_left_with_every_answer(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    answers = opened(citizen, place) | {
        "comment": "Antre.\nLama.",
        "served_by": f"o{office.officer['Sari']}",
    }
    page = citizen.post(f"/q/{place}", data=answers | {"elsewhere": "1"}).get_data(as_text=True)
    ways = dict(re.findall(r'formaction="/q/(\w+)">([^<]+)<', page))
    assert place not in ways
    other = next(code for code, name in ways.items() if "A2" in name)
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    moved = citizen.post(f"/q/{other}", data=carried | {"move": "1"})
    assert moved.status_code == 200
    kept = fields_of(moved.get_data(as_text=True))
    assert kept["comment"] == "Antre.\nLama."
    assert "served_by" not in kept  # another counter, other officers
    assert kept["token"] != answers["token"]
    assert citizen.post(f"/q/{other}", data=kept).status_code == 303
    (rating,) = stored(site)
    assert rating.counter_id == office.counter["A2"]


def test_openings_are_kept_with_the_next_answer_by_quarter_only(
    citizen: Browser, place: str, site: Site, office: Office, clock: SteppedClock
) -> None:
    app = citizen.client.application.extensions["site"]
    answers = opened(citizen, place)
    for _ in range(2):
        citizen.get(f"/q/{place}")
    openings.keep(site)  # another process has counted nothing
    sent = answers | dict.fromkeys([k for k in FORM_ORDER if k not in OFFICER_KEYS], "")
    assert citizen.post(f"/q/{place}", data=sent | {"as_is": "1"}).status_code == 303
    assert app.openings.take(clock.at + timedelta(hours=1)) == {}
    counter, quarter = office.counter["A1"], quarter_start(site.today())
    with site.db.read() as session:
        assert queries.opened_in(session, [counter], quarter) == {counter: 3}
        assert queries.sent_between(session, [counter], quarter, site.today()) == {counter: (1, 1)}
        assert {column.name for column in FormOpening.__table__.columns} == {
            "counter_id",
            "quarter",
            "opened",
        }
    app.openings.add({(counter, quarter): 4})
    openings.keep(app)
    with site.db.read() as session:
        assert queries.opened_in(session, [counter], quarter) == {counter: 7}


@pytest.mark.engine_alike
def test_a_counters_form_without_the_offer_to_stop(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    assert 'class="fork"' in citizen.get(f"/q/{place}").get_data(as_text=True)
    with site.db.transaction() as tx:
        tx.get_one(Counter, office.counter["A1"]).has_fork = False
    page = citizen.get(f"/q/{place}").get_data(as_text=True)
    assert 'class="fork"' not in page
    assert 'name="as_is"' not in page
