"""Somebody who has only something to report can send it: a comment or a tick without a rating."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedback_app.domain.codes import place_code
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.notes import MOST_IN_A_DAY, MOST_IN_HALF_AN_HOUR, MOST_OF_A_DEVICE
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.cases import decisions
from feedback_app.services.site import Site
from feedback_app.services.upkeep import retention
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Case, Comment, Note, Rating, Tally
from tests.conftest import Browser, SteppedClock
from tests.ground.codes import codes
from tests.ground.devices import device, token_in
from tests.ground.office import Office
from tests.web.test_citizen import opened, stored
from tests.web.test_tickets import filled

pytestmark = pytest.mark.both_engines

WORDS = "Saya dimintai lima puluh ribu di loket ini, padahal layanannya gratis menurut papan."


def blank(citizen: Browser, place: str) -> dict[str, str]:
    """An opened form of which no question is answered."""
    form = opened(citizen, place)
    return {"token": form["token"]}


def send(citizen: Browser, place: str, **said: str) -> str:
    """Send a note; return its receipt's code."""
    answer = citizen.post(f"/q/{place}", data=blank(citizen, place) | said)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location.rsplit("/", 1)[1].partition("?")[0]


def comments(site: Site) -> list[tuple[str, str]]:
    """(text, state) of every comment."""
    with site.db.read() as session:
        return [tuple(row) for row in session.execute(select(Comment.text, Comment.state))]


def signs(site: Site) -> dict[str, tuple[int, int]]:
    """(signs, those that came as a flood) by kind."""
    with site.db.read() as session:
        found = session.scalars(select(Case).where(Case.kind.in_(("pressed", "fee"))))
        return {case.kind: (case.size, case.detail.get("flood", 0)) for case in found}


def count(site: Site, model: type) -> int:
    with site.db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def receipt(citizen: Browser, code: str) -> str:
    return citizen.get(f"/r/{code}").get_data(as_text=True)


def phone(app_browse: Callable[[], Browser], number: int) -> Browser:
    """A phone unlike the others."""
    one = app_browse()
    one.client.environ_base["HTTP_USER_AGENT"] = f"Phone {number}"
    return one


@pytest.mark.parametrize(
    ("said", "kept", "told"),
    [
        ({"comment": WORDS}, [(WORDS, "counted")], {}),
        ({"pressed": "1"}, [], {"pressed": (1, 0)}),
        ({"charged": "1"}, [], {"fee": (1, 0)}),
        (
            {"comment": "Tolong.", "pressed": "1", "charged": "1"},
            [("Tolong.", "counted")],
            {"pressed": (1, 0), "fee": (1, 0)},
        ),
    ],
)
def test_a_comment_or_a_tick_alone_is_taken_and_is_no_rating(
    citizen: Browser,
    place: str,
    site: Site,
    said: dict[str, str],
    kept: list[tuple[str, str]],
    told: dict[str, tuple[int, int]],
) -> None:
    code = send(citizen, place, **said)
    page = receipt(citizen, code)
    assert "Diterima. Terima kasih." in page
    assert "Ini belum penilaian. Anda masih dapat menilai" in page
    assert "dihitung" not in page.split("Untuk apa kode ini")[0]
    assert comments(site) == kept
    assert signs(site) == told
    assert (stored(site), count(site, Tally)) == ([], 0)
    assert tally_differences(site) == 0
    english = citizen.get(f"/r/{code}?lang=en").get_data(as_text=True)
    assert "This is not a rating yet" in english


@pytest.mark.parametrize("said", [{}, {"comment": "  \u202e "}, {"pressed": ""}])
def test_a_form_with_nothing_in_it_is_still_refused(
    citizen: Browser, place: str, site: Site, said: dict[str, str]
) -> None:
    page = citizen.post(f"/q/{place}", data=blank(citizen, place) | said)
    assert page.status_code == 422
    assert count(site, Note) == 0


def test_a_note_with_some_answers_is_a_rating_as_before(
    citizen: Browser, place: str, site: Site
) -> None:
    form = blank(citizen, place) | {"comment": "Baik.", "waktu": "3"}
    assert citizen.post(f"/q/{place}", data=form).status_code == 422
    assert citizen.post(f"/q/{place}", data=form | {"as_is": "1"}).status_code == 303
    assert len(stored(site)) == 1
    assert count(site, Note) == 0


def test_the_same_note_sent_again_is_one_and_another_under_its_form_is_refused(
    citizen: Browser, place: str, site: Site, clock: SteppedClock
) -> None:
    form = blank(citizen, place) | {"comment": "Antre lama.", "pressed": "1"}
    first, second = (citizen.post(f"/q/{place}", data=form).location for _ in range(2))
    assert first == second
    assert citizen.post(f"/q/{place}", data=form | {"comment": "Lain."}).status_code == 409
    without_tick = {name: value for name, value in form.items() if name != "pressed"}
    assert citizen.post(f"/q/{place}", data=without_tick).status_code == 409
    clock.at += timedelta(days=3)  # the form is long too old, the note is there
    assert citizen.post(f"/q/{place}", data=form).location == first
    assert comments(site) == [("Antre lama.", "counted")]
    assert signs(site) == {"pressed": (1, 0)}


def test_an_old_form_is_opened_again_with_what_was_said(
    citizen: Browser, place: str, site: Site, clock: SteppedClock
) -> None:
    form = blank(citizen, place) | {"comment": "Antre lama."}
    clock.at += timedelta(days=3)
    page = citizen.post(f"/q/{place}", data=form)
    assert page.status_code == 422
    assert "Antre lama." in page.get_data(as_text=True)
    assert comments(site) == []


def test_who_sent_something_alone_can_still_rate_and_says_nothing_twice(
    citizen: Browser, place: str, site: Site
) -> None:
    form = blank(citizen, place) | {"comment": WORDS, "charged": "1"}
    alone = citizen.post(f"/q/{place}", data=form)
    rated = form | dict.fromkeys(ALL_KEYS, "2") | {"pressed": "1"}  # back, and the same form again
    answer = citizen.post(f"/q/{place}", data=rated)
    assert answer.status_code == 303
    assert answer.location != alone.location
    assert len(stored(site)) == 1
    assert comments(site) == [(WORDS, "counted")]
    assert signs(site) == {"pressed": (1, 0), "fee": (1, 0)}
    assert citizen.post(f"/q/{place}", data=rated).location == answer.location
    assert tally_differences(site) == 0


def test_another_comment_with_the_rating_is_kept_too(
    citizen: Browser, place: str, site: Site
) -> None:
    form = blank(citizen, place) | {"comment": "Antre lama."}
    citizen.post(f"/q/{place}", data=form)
    rated = form | dict.fromkeys(ALL_KEYS, "2") | {"comment": "Dan kursinya kurang."}
    assert citizen.post(f"/q/{place}", data=rated).status_code == 303
    assert sorted(comments(site)) == [
        ("Antre lama.", "counted"),
        ("Dan kursinya kurang.", "counted"),
    ]


def test_a_form_that_was_rated_takes_no_note_afterwards(
    citizen: Browser, place: str, site: Site
) -> None:
    rated = opened(citizen, place)
    citizen.post(f"/q/{place}", data=rated)
    note = {"token": rated["token"], "comment": "Baru ingat."}
    assert citizen.post(f"/q/{place}", data=note).status_code == 409
    assert comments(site) == []


def test_a_ticket_is_not_spent_by_a_note(citizen: Browser, site: Site, office: Office) -> None:
    (code,) = codes(site, office, service="kk")
    page = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    action = re.search(r' action="(/q/[^"]+)"', page)
    assert action
    full = filled(page)
    note = {name: value for name, value in full.items() if name not in ALL_KEYS}
    assert citizen.post(action[1], data=note | {"comment": "Antre."}).status_code == 303
    again = filled(citizen.get(f"/v/{code.long}").get_data(as_text=True))
    assert citizen.post(action[1], data=again).status_code == 303
    (rating,) = stored(site)
    assert (rating.tier, rating.state) == ("visit", "counted")


def test_a_kiosk_shows_the_notes_receipt_and_forgets_it(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    kiosk = device(browse, "kiosk")
    page = kiosk.get("/perangkat/kios").get_data(as_text=True)
    place = place_code(office.number["A1"], 1, key=b"p" * 32)
    answer = kiosk.post(f"/q/{place}", data={"token": token_in(page), "comment": "Antre."})
    assert "/perangkat/kios/terima/" in answer.location
    thanks = kiosk.get(answer.location).get_data(as_text=True)
    assert "Ini belum penilaian" in thanks
    assert comments(site) == [("Antre.", "counted")]


def test_one_phone_that_sends_many_is_looked_at_and_others_are_not(
    browse: Callable[[], Browser], place: str, site: Site
) -> None:
    one = phone(browse, 1)
    last = [send(one, place, comment=f"Pungli {n}", charged="1") for n in range(9)][-1]
    held = [text for text, state in comments(site) if state == "held"]
    assert sorted(held) == [f"Pungli {n}" for n in range(MOST_OF_A_DEVICE, 9)]
    assert signs(site) == {"fee": (MOST_OF_A_DEVICE, 9 - MOST_OF_A_DEVICE)}
    page = receipt(one, last)
    assert "Beberapa kiriman datang dari satu telepon." in page
    assert "paling lama sampai 8 Desember 2026" in page
    tick = receipt(one, send(one, place, charged="1"))
    assert "Tanda Anda dicatat terpisah" in tick
    send(phone(browse, 2), place, comment="Antre lama.")
    assert ("Antre lama.", "counted") in comments(site)


def test_many_phones_in_half_an_hour_are_looked_at_and_the_next_day_is_free_again(
    browse: Callable[[], Browser], place: str, site: Site, clock: SteppedClock
) -> None:
    for n in range(MOST_IN_HALF_AN_HOUR + 2):
        send(phone(browse, n), place, comment=f"Sama {n}")
    assert [state for _text, state in comments(site)].count("held") == 2
    for n in range(40):  # spread over the day they are too many as well
        clock.at += timedelta(minutes=6)
        send(phone(browse, 100 + n), place, comment=f"Lagi {n}")
    counted = [state for _text, state in comments(site)].count("counted")
    assert counted == MOST_IN_A_DAY
    clock.at += timedelta(days=1)
    send(phone(browse, 999), place, comment="Esoknya")
    assert ("Esoknya", "counted") in comments(site)


def test_the_same_long_words_from_another_phone_are_looked_at(
    browse: Callable[[], Browser], place: str, site: Site
) -> None:
    send(phone(browse, 1), place, comment=WORDS)
    code = send(phone(browse, 2), place, comment=WORDS.upper())
    assert sorted(state for _text, state in comments(site)) == ["counted", "held"]
    assert "Dua orang dari luar kantor" in receipt(browse(), code)


def test_a_browser_of_the_staff_is_looked_at(
    browse: Callable[[], Browser], place: str, site: Site
) -> None:
    send(browse().log_in("alice"), place, comment="Loket ini terbaik.", pressed="1")
    assert comments(site) == [("Loket ini terbaik.", "held")]
    assert signs(site) == {"pressed": (0, 1)}


@pytest.mark.parametrize(
    ("outcome", "state", "told"),
    [
        ("admitted", "counted", "Saran dibaca kantor bersama saran lain"),
        ("aside", "aside", "Saran ini tidak ditampilkan"),
        (None, "counted", "Saran dibaca kantor bersama saran lain"),
    ],
)
def test_two_people_decide_about_a_flood_and_undecided_it_is_shown(
    browse: Callable[[], Browser],
    place: str,
    site: Site,
    clock: SteppedClock,
    outcome: str | None,
    state: str,
    told: str,
) -> None:
    one = phone(browse, 1)
    last = [send(one, place, comment=f"Pungli {n}", pressed="1") for n in range(7)][-1]
    with site.db.read() as session:
        (case_id,) = session.scalars(select(Case.id).where(Case.kind == "note"))
        (pressed,) = session.scalars(select(Case.id).where(Case.kind == "pressed"))
    page = browse().log_in("ina").get(f"/staf/perkara/{case_id}").get_data(as_text=True)
    assert "Saran tertahan" in page
    assert "Pungli" not in page
    signed = browse().log_in("ina").get(f"/staf/perkara/{pressed}").get_data(as_text=True)
    assert "3 tanda lain datang sekaligus tanpa penilaian" in signed
    if outcome is None:
        clock.at += timedelta(days=15)
        assert decisions.decide_overdue(site) == 1
    else:
        for account_id, name in ((6, "ina"), (5, "ira")):
            inside = frozenset[int]()
            viewer = Viewer(account_id, 1, name, name, Role.INSPECTORATE, inside, None)
            decisions.give_opinion(
                site, viewer, case_id, outcome=outcome, reason="Semua dari satu telepon."
            )
    with site.db.read() as session:
        case = session.get(Case, case_id)
        assert case is not None
        assert case.outcome == (outcome or "expired")
        assert case.size == 7 - MOST_OF_A_DEVICE
    states = dict(comments(site))
    assert {states[f"Pungli {n}"] for n in range(MOST_OF_A_DEVICE, 7)} == {state}
    assert {states[f"Pungli {n}"] for n in range(MOST_OF_A_DEVICE)} == {"counted"}
    assert told in receipt(browse(), last)


def test_after_a_fortnight_only_the_words_are_left(
    citizen: Browser, place: str, site: Site, clock: SteppedClock
) -> None:
    code = send(citizen, place, comment=WORDS, pressed="1")
    clock.at += timedelta(days=14)
    retention.run_daily(site)
    assert count(site, Note) == 1
    clock.at += timedelta(days=1)
    retention.run_daily(site)
    assert count(site, Note) == 0
    assert comments(site) == [(WORDS, "counted")]
    assert citizen.get(f"/r/{code}").status_code == 404


def test_a_note_is_shown_with_the_months_comments_and_counted_nowhere(
    browse: Callable[[], Browser], place: str, site: Site, clock: SteppedClock
) -> None:
    for n in range(5):
        send(phone(browse, n), place, comment=f"Kursi kurang {n}.")
        clock.at += timedelta(minutes=31)
    clock.at += timedelta(days=20)
    page = browse().log_in("alice").get("/staf/loket/A1").get_data(as_text=True)
    assert page.count("Kursi kurang") == 5
    assert count(site, Rating) == 0
    with site.db.read() as session:
        assert session.scalar(select(func.sum(Tally.c.n))) is None
