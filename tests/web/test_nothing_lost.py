"""What was typed stays typed: another language, a wrong counter, a database that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.faults import NotSavedError
from feedback_app.services.citizen import place as places
from feedback_app.services.site import Site
from feedback_app.storage.db import Base
from tests.conftest import Browser
from tests.ground.codes import codes
from tests.ground.office import Office
from tests.web.test_citizen import opened, stored
from tests.web.test_tickets import filled

pytestmark = pytest.mark.both_engines

TYPED = {"comment": "Antre lama, tetapi ramah.\nTerima kasih.", "sex": "female", "pressed": "1"}


def fields_of(page: str) -> dict[str, str]:
    """What the form of a page would send."""
    form = page.split('<form id="rating"')[1].split("</form>", maxsplit=1)[0]
    found = dict(
        re.findall(
            r'<input type="(?:radio|checkbox)" name="([^"]+)" value="([^"]*)"[^>]* checked', form
        )
    )
    found |= dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    chosen = re.search(r'name="sex".*?<option value="([^"]*)" selected', form, re.DOTALL)
    found |= {"sex": chosen[1]} if chosen else {}
    comment = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)
    return found | {"comment": comment[1] if comment else ""}


def test_another_language_keeps_every_answer(citizen: Browser, place: str, site: Site) -> None:
    answers = opened(citizen, place) | TYPED
    del answers["waktu"]  # half-way
    page = citizen.post(f"/q/{place}?lang=en", data=answers | {"language": "en"})
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "Send rating" in text
    assert "There is a problem" not in text
    assert fields_of(text) == answers
    back = citizen.post(f"/q/{place}?lang=id", data=fields_of(text) | {"language": "id"})
    assert fields_of(back.get_data(as_text=True)) == answers
    assert stored(site) == []


def test_a_tickets_form_keeps_its_code_and_day_in_another_language(
    citizen: Browser, site: Site, office: Office
) -> None:
    (code,) = codes(site, office, service="kk")
    page = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    action = re.search(r' action="(/q/[^"]+)"', page)
    assert action
    sent = filled(page) | {"ticket_day": "2026-11-24", "language": "en"}
    english = citizen.post(f"{action[1]}?lang=en", data=sent).get_data(as_text=True)
    assert code.long in english
    assert 'name="ticket_day" value="2026-11-24"' in english
    assert "Wrong counter?" in english


def test_no_link_of_the_form_leads_away_from_it(citizen: Browser, place: str) -> None:
    page = citizen.get(f"/q/{place}").get_data(as_text=True)
    links = re.findall(r"<a [^>]*>", page)
    assert links
    within = ('target="_blank"', 'href="#')
    assert [link for link in links if not any(mark in link for mark in within)] == []


def test_enter_sends_the_form_and_changes_no_language(citizen: Browser, place: str) -> None:
    """A browser presses the form's first button; the one for the language comes later."""
    page = citizen.get(f"/q/{place}").get_data(as_text=True)
    first = re.search(r"<button[^>]*>", page)
    assert first
    assert first[0] == '<button form="rating" hidden>'


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_cannot_be_read_gives_the_answers_back_to_send_again(
    app: Flask,
    browse: Callable[[], Browser],
    place: str,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    citizen = browse()
    answers = opened(citizen, place) | TYPED

    def locked(*_args: Any, **_options: Any) -> None:
        raise NotSavedError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(places, "place_at", locked)
        patch.setattr("feedback_app.services.citizen.rating.place_and_duty", locked)
        page = citizen.post(f"/q/{place}", data=answers)
        assert page.status_code == 503
        assert page.headers["Retry-After"]
    kept = fields_of(page.get_data(as_text=True))
    assert {key: kept[key] for key in (*ALL_KEYS, "token", "sex", "comment")} == {
        key: answers[key] for key in (*ALL_KEYS, "token", "sex", "comment")
    }
    assert citizen.post(f"/q/{place}", data=kept).status_code == 303
    (rating,) = stored(site)
    assert rating.sex == "female"


@pytest.mark.engine_alike
def test_two_hundred_forms_opened_and_none_sent_write_nothing_and_hold_nobody(
    citizen: Browser, place: str, site: Site
) -> None:
    before = rows_of(site)
    forms = [opened(citizen, place) for _ in range(200)]
    assert rows_of(site) == before
    answer = citizen.post(f"/q/{place}", data=forms[100])
    assert answer.status_code == 303
    assert [rating.state for rating in stored(site)] == ["counted"]


def rows_of(site: Site) -> dict[str, int]:
    with site.db.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
