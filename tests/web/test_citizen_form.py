"""What the citizen's form takes, what it leaves open, and what it asks for again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feedback_app.domain.elements import ALL_KEYS, FORM_ORDER, OFFICIAL_KEYS
from feedback_app.services.site import Site
from feedback_app.storage.models import Comment, Rating
from feedback_app.web.citizen_form import clean_text
from tests.conftest import Browser
from tests.ground.office import Office
from tests.web.test_citizen import opened, stored


@pytest.fixture
def database_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """What a form is read as does not depend on the engine: one is enough."""
    shutil.copy(migrated_sqlite, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


def sent(citizen: Browser, place: str, **changes: Any) -> int:
    return citizen.post(f"/q/{place}", data=opened(citizen, place) | changes).status_code


def only(site: Site) -> Rating:
    (rating,) = stored(site)
    return rating


def test_nothing_but_line_breaks_and_tabs_controls_a_comment() -> None:
    odd = [*range(0x20), 0x7F, *range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    odd += [0xD800, 0xDFFF]
    for number in odd:
        cleaned = clean_text(f"a{chr(number)}b")
        expected = {0x09: "a\tb", 0x0A: "a\nb", 0x0D: "a\nb"}.get(number, "ab")
        assert cleaned == expected, hex(number)
    for number in (0x2029, 0x202F, 0x2065, 0x206A, 0x20, 0x7E, 0xA1, 0x1F642):
        assert clean_text(f"a{chr(number)}b") == f"a{chr(number)}b", hex(number)
    assert clean_text("  a\r\n\r\nb \n") == "a\n\nb"


def test_a_thousand_letters_of_comment_are_taken(citizen: Browser, place: str, site: Site) -> None:
    assert sent(citizen, place, comment="a" * 1000) == 303
    with site.db.read() as session:
        assert session.scalars(select(Comment.text)).one() == "a" * 1000


def test_a_form_without_any_answer_is_asked_for_one(
    citizen: Browser, place: str, site: Site
) -> None:
    empty = opened(citizen, place) | dict.fromkeys(ALL_KEYS, "") | {"as_is": "1"}
    page = citizen.post(f"/q/{place}", data=empty)
    assert page.status_code == 422
    assert "Pilih sedikitnya satu jawaban." in page.get_data(as_text=True)
    assert citizen.post(f"/q/{place}", data=empty | {"sarana": "1"}).status_code == 303
    assert [getattr(only(site), key) for key in ALL_KEYS if key != "sarana"] == [None] * 11
    assert only(site).sarana == 1


def test_an_answer_given_twice_is_none_even_when_sent_as_it_is(
    citizen: Browser, place: str, site: Site
) -> None:
    assert sent(citizen, place, perilaku=["1", "4"], waktu=["2", "2"], biaya="9", as_is="1") == 303
    rating = only(site)
    assert (rating.perilaku, rating.waktu, rating.biaya, rating.sarana) == (None, None, None, 3)


def listed_of(page: str) -> str:
    """The summary of what to mend."""
    return page.split('id="errors"')[1].split("<form", maxsplit=1)[0]


def test_what_is_missing_is_named_in_the_readers_language_in_the_order_of_the_page(
    citizen: Browser, place: str
) -> None:
    data = opened(citizen, place) | {"perilaku": "", "sarana": ""}
    data |= {"comment": "a" * 1001, "visit": "ABCD"}
    for lang, names in (
        ("id", ("Pertanyaan 1:", "Pertanyaan 10:", "salah ketik", "1.000")),
        ("en", ("Question 1:", "Question 10:", "mistyped", "1,000")),
    ):
        page = citizen.post(f"/q/{place}?lang={lang}", data=data).get_data(as_text=True)
        listed = page.split('id="errors"')[1].split("</ul>")[0]
        assert listed.count("<li>") == 4
        places = [listed.find(name) for name in names]
        assert -1 not in places, listed
        assert places[2] < places[3]
        assert max(places[:2]) < places[2]
        assert 'name="as_is"' in listed_of(page)
    whole = data | {"perilaku": "3", "sarana": "3"}
    page = citizen.post(f"/q/{place}", data=whole).get_data(as_text=True)
    assert 'name="as_is"' not in listed_of(page)  # no answer is open: nothing to send as it is


def test_many_open_questions_are_one_line_that_leads_to_the_first(
    citizen: Browser, place: str
) -> None:
    data = opened(citizen, place) | dict.fromkeys(FORM_ORDER[2:6], "") | {"visit": "ABCD"}
    page = citizen.post(f"/q/{place}", data=data).get_data(as_text=True)
    listed = page.split('id="errors"')[1].split("</ul>")[0]
    assert listed.count("<li>") == 2  # the mistyped code stays a line of its own
    line = "Masih ada 4 pertanyaan. Lanjutkan dari pertanyaan 3, atau kirim yang sudah dijawab."
    assert f'<a href="#{FORM_ORDER[2]}">{line}</a>' in listed
    assert page.count('<fieldset class="q wrong" role="radiogroup" aria-invalid="true"') == 4
    assert "<title>Loket A1 · Kesalahan: " in page
    data |= {FORM_ORDER[2]: "3"}
    page = citizen.post(f"/q/{place}", data=data).get_data(as_text=True)
    assert [f"Pertanyaan {n}: pilih satu jawaban." in page for n in (3, 4, 5, 6)] == [
        False,
        True,
        True,
        True,
    ]


def test_sending_only_what_is_answered_is_offered_above_and_below_once_something_is(
    citizen: Browser, place: str
) -> None:
    empty = opened(citizen, place) | dict.fromkeys(ALL_KEYS, "")
    page = citizen.post(f"/q/{place}", data=empty).get_data(as_text=True)
    assert "Belum ada pertanyaan yang dijawab. Mulai dari pertanyaan 1." in page
    assert 'name="as_is"' not in listed_of(page)
    page = citizen.post(f"/q/{place}", data=empty | {"sarana": "1"}).get_data(as_text=True)
    summary, form = page.split('id="errors"')[1].split("<form ")
    assert 'name="as_is" value="1" form="rating"' in summary
    # Enter presses a form's first button: it must not be the one that leaves answers out.
    assert page.index('<button form="rating" hidden>') < page.index('name="as_is"')
    assert 'name="as_is" value="1">' in form.split("fork")[1]  # and below, at its end
    assert 'name="as_is" value="1">' in form.split('class="send"')[1]


def test_what_may_be_skipped_says_so_and_stays_closed_on_another_fault(
    citizen: Browser, place: str
) -> None:
    for lang, may_skip in (("id", "(boleh dilewati)"), ("en", "(you may skip this)")):
        page = citizen.get(f"/q/{place}?lang={lang}").get_data(as_text=True)
        for name in ("service", "visit_purpose"):
            legend = page.split(f'name="{name}"')[0].rsplit("<legend>", 1)[1]
            assert f"{may_skip}<br></legend>" in legend, (
                name
            )  # a line of its own for a text browser
        for key in FORM_ORDER:
            legend = page.split(f'name="{key}"')[0].rsplit("<legend>", 1)[1]
            assert may_skip not in legend, key
    data = opened(citizen, place) | {"perilaku": ""}
    page = citizen.post(f"/q/{place}", data=data).get_data(as_text=True)
    assert re.search(r"<details>\s*<summary>Tentang Anda", page)


def test_the_first_view_is_small(citizen: Browser, place: str) -> None:
    """DESIGN: markup, sheet and drawings of the first view in one response of 6 kB on the wire."""
    for lang in ("id", "en"):
        path, asked = f"/q/{place}?lang={lang}", {"Accept-Encoding": "gzip"}
        page = citizen.client.get(path, headers=asked)
        assert page.headers["Content-Encoding"] == "gzip"
        assert len(page.data) <= 6_000


@pytest.mark.parametrize("number", ["²", "-1", "1" * 10, "99999", "x", "o", "", "other"])
def test_an_odd_number_of_a_service_or_an_officer_is_nobodys(
    citizen: Browser, place: str, site: Site, number: str
) -> None:
    assert sent(citizen, place, service=number, served_by=f"o{number}") == 303
    rating = only(site)
    assert (rating.service_id, rating.officer_id, rating.attribution) == (None, None, "unknown")


def test_an_officers_number_counts_only_as_the_form_gives_it(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    assert sent(citizen, place, served_by=str(office.officer["Sari"])) == 303
    assert only(site).served_by == "not_sure"


def test_a_choice_that_was_not_offered_counts_as_not_made(
    citizen: Browser, place: str, site: Site
) -> None:
    assert sent(citizen, place, sex="x", education="senior", visit_purpose="spy") == 303
    rating = only(site)
    assert (rating.sex, rating.education, rating.visit_purpose) == (None, "senior", None)


def test_every_official_element_can_be_left_open_alone(
    citizen: Browser, place: str, site: Site
) -> None:
    for key in OFFICIAL_KEYS:
        answers = opened(citizen, place)
        del answers[key]
        assert citizen.post(f"/q/{place}", data=answers).status_code == 422, key
    assert stored(site) == []
