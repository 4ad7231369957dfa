"""The citizen's path over HTTP, on both engines."""

from __future__ import annotations

import gzip
import logging
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, event, select

from feedback_app.config import Settings
from feedback_app.domain.codes import place_code, receipt_is_well_formed
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.site import Site
from feedback_app.services.upkeep.retention import do_daily_work
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Comment, Rating, Screening
from feedback_app.storage.verdicts import Change, append_verdicts
from tests.conftest import Browser, SteppedClock
from tests.ground.office import Office
from tests.web.test_surveys import open_survey

pytestmark = pytest.mark.both_engines


def opened(citizen: Browser, place: str) -> dict[str, Any]:
    """Open the form and answer 3 to everything."""
    page = citizen.get(f"/q/{place}").get_data(as_text=True)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    return dict.fromkeys(ALL_KEYS, "3") | {"token": token[1]}


def stored(site: Site) -> list[Rating]:
    with site.db.read() as session:
        return list(session.scalars(select(Rating)))


def test_a_rating_is_saved_tallied_and_acknowledged(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    answers = opened(citizen, place)
    answers |= {"service": str(office.service["kk"]), "served_by": f"o{office.officer['Sari']}"}
    answers |= {"age_band": "25_39", "comment": "Ramah.", "visit_purpose": "apply"}
    answer = citizen.post(f"/q/{place}", data=answers)
    assert answer.status_code == 303
    receipt = citizen.get(answer.location)
    assert receipt.status_code == 200
    assert "Diterima" in receipt.get_data(as_text=True)
    assert receipt_is_well_formed(answer.location.rsplit("/", 1)[1])
    (rating,) = stored(site)
    assert (rating.service_id, rating.officer_id) == (office.service["kk"], office.officer["Sari"])
    assert (rating.attribution, rating.tier, rating.state) == ("chosen", "poster", "counted")
    assert (rating.perilaku, rating.age_band, rating.visit_purpose) == (3, "25_39", "apply")
    assert tally_differences(site) == 0


def test_the_receipt_tells_nothing_of_the_answers_and_nothing_is_kept(
    citizen: Browser, place: str
) -> None:
    answers = opened(citizen, place) | {"comment": "kenari-unik-4711"}
    answer = citizen.post(f"/q/{place}", data=answers)
    receipt = citizen.get(answer.location)
    assert "kenari" not in receipt.get_data(as_text=True)
    for page in (citizen.get(f"/q/{place}"), receipt):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in page.headers


def test_the_receipt_says_where_it_was_what_its_code_is_for_and_when_results_come(
    browse: Callable[[], Browser],
    citizen: Browser,
    place: str,
    site: Site,
    office: Office,
    clock: SteppedClock,
) -> None:
    address = citizen.post(f"/q/{place}", data=opened(citizen, place)).location
    page = citizen.get(address).get_data(as_text=True)
    assert "Loket A1 · Unit A" in page
    assert 'href="/hasil/dukcapil/A"' in page
    assert "Selama 14 hari" in page
    assert "berakhir pada" not in page  # no open survey: the code cannot know
    open_survey(browse().log_in("alice"), office, period="2026-t4")
    page = citizen.get(address).get_data(as_text=True)
    assert "Periode survei Triwulan IV 2026 berakhir pada 31 Desember 2026." in page
    assert not re.search(r"\d\d[.:]\d\d", page)  # no hour
    english = citizen.get(f"{address}?lang=en").get_data(as_text=True)
    assert "The survey period Quarter 4, 2026 ends on 31 December 2026." in english
    clock.at += timedelta(days=13)
    assert "berakhir pada" in citizen.get(address).get_data(as_text=True)


def test_the_receipt_of_an_answer_that_was_set_aside_does_not_say_that_it_counts(
    citizen: Browser, place: str, site: Site
) -> None:
    address = citizen.post(f"/q/{place}", data=opened(citizen, place)).location
    (rating,) = stored(site)
    with site.db.transaction() as tx:
        aside = Change(rating.id, "aside", for_officer=False, counted_on=rating.day)
        append_verdicts(tx, [aside], reason="perkara", at=site.now(), case_id=None)
    page = citizen.get(address).get_data(as_text=True)
    assert "tidak dihitung setelah diperiksa dua orang" in page
    assert "sudah dihitung" not in page


def test_the_same_form_again_gives_the_same_receipt_and_another_body_is_refused(
    citizen: Browser, place: str, site: Site
) -> None:
    answers = opened(citizen, place)
    first = citizen.post(f"/q/{place}", data=answers)
    again = citizen.post(f"/q/{place}", data=answers)
    assert (again.status_code, again.location) == (303, first.location)
    changed = citizen.post(f"/q/{place}", data=answers | {"biaya": "1"})
    assert changed.status_code == 409
    assert [rating.biaya for rating in stored(site)] == [3]


@pytest.mark.parametrize("value", ["", "0", "5", "²", "3.0", "-1", "\x00", "🙂", "tiga", "\u202e3"])
def test_a_bad_value_is_asked_for_again_and_everything_typed_is_kept(
    citizen: Browser, place: str, site: Site, value: str
) -> None:
    answers = opened(citizen, place) | {"perilaku": value, "comment": "Kursi <kurang> & panas"}
    answers |= {"sex": "female"}
    page = citizen.post(f"/q/{place}", data=answers)
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "Pertanyaan 1: pilih satu jawaban." in text
    assert 'href="#perilaku"' in text
    assert "Kursi &lt;kurang&gt; &amp; panas" in text
    assert 'value="female" selected' in text
    assert text.count(" checked>") == len(ALL_KEYS) - 1
    assert answers["token"] in text
    assert stored(site) == []
    assert citizen.post(f"/q/{place}", data=answers | {"perilaku": "4"}).status_code == 303


def test_a_partial_form_can_be_sent_as_it_is(citizen: Browser, place: str, site: Site) -> None:
    answers = opened(citizen, place)
    del answers["sarana"]
    assert citizen.post(f"/q/{place}", data=answers).status_code == 422
    assert citizen.post(f"/q/{place}", data=answers | {"as_is": "1"}).status_code == 303
    assert [rating.sarana for rating in stored(site)] == [None]
    assert tally_differences(site) == 0


def test_an_answer_sent_twice_in_one_form_is_no_answer(citizen: Browser, place: str) -> None:
    answers = opened(citizen, place) | {"perilaku": ["1", "4"]}
    assert citizen.post(f"/q/{place}", data=answers).status_code == 422


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "²", "🙂" * 20])
def test_a_lost_token_shows_the_form_again_with_a_fresh_one(
    citizen: Browser, place: str, site: Site, token: str
) -> None:
    answers = opened(citizen, place) | {"token": token}
    page = citizen.post(f"/q/{place}", data=answers)
    assert page.status_code == 422
    fresh = re.search(r'name="token" value="([^"]+)"', page.get_data(as_text=True))
    assert fresh
    assert citizen.post(f"/q/{place}", data=answers | {"token": fresh[1]}).status_code == 303
    assert len(stored(site)) == 1


def test_a_form_may_be_finished_within_two_days_but_not_later(
    citizen: Browser, place: str, site: Site, clock: SteppedClock
) -> None:
    answers = opened(citizen, place)
    clock.at += timedelta(hours=47)
    assert citizen.post(f"/q/{place}", data=answers).status_code == 303
    late = opened(citizen, place)
    clock.at += timedelta(hours=49)
    assert citizen.post(f"/q/{place}", data=late).status_code == 422
    assert len(stored(site)) == 1


def test_a_tampered_or_unknown_code_is_a_clear_page(citizen: Browser, place: str) -> None:
    changed = place[:-1] + ("0" if place[-1] != "0" else "1")
    answers = opened(citizen, place)
    assert citizen.post(f"/q/{changed}", data=answers).status_code == 404
    for code in (changed, "x", "²²", "🙂", "A" * 5000, "..%2f..", "%00"):
        assert citizen.get(f"/q/{code}").status_code == 404, code
        assert citizen.post(f"/q/{code}", data={}).status_code == 404, code
    assert citizen.get(f"/q/{place.lower()}").status_code == 200
    assert citizen.get(f"/kode?kode={place[:4]}+{place[4:]}").status_code == 302
    assert citizen.get("/kode?kode=").status_code == 404


def test_a_replaced_card_is_refused_but_a_form_opened_before_is_not_lost(
    browse: Any, citizen: Browser, place: str, site: Site, office: Office
) -> None:
    answers = opened(citizen, place)
    admin = browse().log_in("dina")
    token = admin.csrf("/staf/admin/kartu/A1/ganti")
    done = admin.post("/staf/admin/kartu/A1/ganti", data={"csrf_token": token})
    assert done.status_code == 302
    assert citizen.get(f"/q/{place}").status_code == 410
    assert citizen.post(f"/q/{place}", data=answers).status_code == 303
    assert len(stored(site)) == 1
    fresh = place_code(office.number["A1"], 2, key=b"p" * 32)
    assert citizen.get(f"/q/{fresh}").status_code == 200


def test_the_swap_at_one_names_the_officer_the_citizen_names(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    """Rated at 13:05 about a service at 12:50, before the officers changed at 13:00."""
    page = citizen.get(f"/q/{place}").get_data(as_text=True)
    assert page.index("Ibu Sari") < page.index("Ibu Andi")  # who just left is named first
    answers = opened(citizen, place) | {"served_by": f"o{office.officer['Sari']}"}
    citizen.post(f"/q/{place}", data=answers)
    citizen.post(f"/q/{place}", data=opened(citizen, place) | {"served_by": "not_sure"})
    citizen.post(f"/q/{place}", data=opened(citizen, place) | {"served_by": "another"})
    forged = opened(citizen, place) | {"served_by": f"o{office.officer['Dewi']}"}
    citizen.post(f"/q/{place}", data=forged)
    found = sorted((r.served_by, r.attribution, r.officer_id or 0) for r in stored(site))
    assert found == [
        ("another", "unknown", 0),
        ("not_sure", "unknown", 0),  # both were there within half an hour: nobody is guessed
        ("officer", "chosen", office.officer["Sari"]),
        ("officer", "unknown", 0),  # an officer who was not offered
    ]
    assert tally_differences(site) == 0


def test_a_comment_is_cleaned_kept_apart_and_limited(
    citizen: Browser, place: str, site: Site
) -> None:
    long = opened(citizen, place) | {"comment": "a" * 1001}
    page = citizen.post(f"/q/{place}", data=long)
    assert page.status_code == 422
    assert "a" * 1001 in page.get_data(as_text=True)
    odd = opened(citizen, place) | {"comment": "=1+1\x00 \u202eterbalik\r\n🙂 عربي"}
    assert citizen.post(f"/q/{place}", data=odd).status_code == 303
    with site.db.read() as session:
        (comment,) = session.scalars(select(Comment))
    assert comment.text == "=1+1 terbalik\n🙂 عربي"


def test_huge_bodies_and_thousands_of_fields_are_refused_with_a_page(
    citizen: Browser, place: str, site: Site
) -> None:
    big = opened(citizen, place) | {"comment": "x" * 10_000_000}
    assert citizen.post(f"/q/{place}", data=big).status_code == 413
    many = {f"f{i}": "1" for i in range(5000)}
    assert citizen.post(f"/q/{place}", data=many).status_code == 422
    for method in ("put", "delete", "patch"):
        assert getattr(citizen.client, method)(f"/q/{place}").status_code == 405
    assert stored(site) == []


def test_the_compressed_page_is_the_plain_page_and_small(citizen: Browser, place: str) -> None:
    plain = citizen.get(f"/q/{place}")
    packed = citizen.client.get(f"/q/{place}", headers={"Accept-Encoding": "gzip"})
    unpacked = gzip.decompress(packed.data)
    pattern = re.compile(rb'value="[\w-]{48}"')
    assert pattern.sub(b"", unpacked) == pattern.sub(b"", plain.data)
    assert len(packed.data) <= 6 * 1024


def test_english_is_complete_on_the_form(citizen: Browser, place: str) -> None:
    page = citizen.get(f"/q/{place}?lang=en").get_data(as_text=True)
    assert 'lang="en"' in page
    assert "How <b>polite and friendly</b> was the officer?" in page
    assert "Send rating" in page
    assert "Kirim penilaian" not in page


def test_fine_times_and_marks_are_gone_after_fourteen_days(
    citizen: Browser, place: str, site: Site, clock: SteppedClock
) -> None:
    answer = citizen.post(f"/q/{place}", data=opened(citizen, place))
    assert citizen.get(answer.location).status_code == 200
    clock.at += timedelta(days=14)
    do_daily_work(site)
    assert citizen.get(answer.location).status_code == 200
    clock.at += timedelta(days=1)
    assert do_daily_work(site)["screening"] == 1
    assert citizen.get(answer.location).status_code == 404
    with site.db.read() as session:
        assert session.scalars(select(Screening)).all() == []
    assert len(stored(site)) == 1


# The page limit that makes a truly full database is SQLite's.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_says_not_saved_and_works_again_once_there_is_room(
    citizen: Browser, place: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = opened(citizen, place)
    web_site: Site = citizen.client.application.extensions["site"]

    def limit(pages: int) -> None:
        web_site.db.engine.dispose()
        web_site.db._group.close()

        def small(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count={pages}")

        event.listen(web_site.db.engine, "connect", small)

    limit(1)  # SQLite raises the limit to the pages in use: no page more
    big = answers | {"comment": "y" * 999}
    page = citizen.post(f"/q/{place}", data=big)
    statuses = [page.status_code]
    while statuses[-1] == 303:  # fill what is free in the pages that exist
        more = opened(citizen, place) | {"comment": "y" * 999}
        big = more
        page = citizen.post(f"/q/{place}", data=more)
        statuses.append(page.status_code)
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert "y" * 999 in page.get_data(as_text=True)
    saved = len(stored(site))
    limit(1_000_000)
    assert citizen.post(f"/q/{place}", data=big).status_code == 303
    assert len(stored(site)) == saved + 1
    assert tally_differences(site) == 0


BREAK_COMMENTS = {
    "unknown column": "ALTER TABLE comment RENAME COLUMN text TO words",
    # PostgreSQL adds a line that repeats the row; SQLite adds no constraint to a table that is there
    "refused row": "ALTER TABLE comment ADD CONSTRAINT nothing_fits CHECK (text = '')",
}


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("database_url", "fault"),
    [
        ("sqlite", "unknown column"),
        ("postgresql", "unknown column"),
        ("postgresql", "refused row"),
    ],
    indirect=["database_url"],
)
def test_a_fault_while_saving_keeps_the_form_and_its_log_holds_nothing_that_was_typed(
    citizen: Browser, place: str, site: Site, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    answers = opened(citizen, place) | {"comment": "kenari-unik-4711 dari Siti"}
    with site.db.engine.begin() as connection:
        connection.exec_driver_sql(BREAK_COMMENTS[fault])
    with caplog.at_level(logging.ERROR):
        page = citizen.post(f"/q/{place}", data=answers)
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert "kenari-unik-4711 dari Siti" in page.get_data(as_text=True)
    assert stored(site) == []
    assert "comment" in caplog.text
    assert "kenari" not in caplog.text
    assert "parameters: " not in caplog.text
    assert not re.search(r"[0-9a-f]{32}", caplog.text)  # the rating's id


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_only_reads_keeps_the_form_and_takes_it_later(
    citizen: Browser, place: str, site: Site, settings: Settings
) -> None:
    answers = opened(citizen, place) | {"comment": "Kursi kurang"}
    web_site: Site = citizen.client.application.extensions["site"]
    name = site.db.engine.url.database
    owner = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")

    def only_reads(is_so: str) -> None:  # as a standby to which the address was moved
        with owner.connect() as connection:
            connection.exec_driver_sql("SET default_transaction_read_only = off")
            connection.exec_driver_sql(
                f"ALTER DATABASE {name} SET default_transaction_read_only = {is_so}"
            )
        web_site.db.engine.dispose()

    only_reads("on")
    page = citizen.post(f"/q/{place}", data=answers)
    assert page.status_code == 503
    assert "Kursi kurang" in page.get_data(as_text=True)
    assert citizen.client.get("/masuk").status_code == 200
    token = citizen.csrf("/masuk")
    form = {"username": "alice", "password": "x", "csrf_token": token, "next": ""}
    assert citizen.post("/masuk", data=form).status_code == 503
    only_reads("off")
    owner.dispose()
    assert citizen.post(f"/q/{place}", data=answers).status_code == 303
    assert len(stored(site)) == 1


def test_a_receipt_asks_for_the_verdicts_of_its_own_answer_only(
    citizen: Browser, place: str, site: Site
) -> None:
    """Verdicts grow for ever, and anybody may open a receipt as often as they like."""
    answer = citizen.post(f"/q/{place}", data=opened(citizen, place))
    rating_id = stored(site)[0].id
    asked: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:
        _connection, _cursor, statement, parameters, *_rest = call
        asked.append((statement, parameters))

    engine = citizen.client.application.extensions["site"].db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert citizen.get(answer.location).status_code == 200
    about_verdicts = [(said, given) for said, given in asked if "verdict" in said]
    assert len(about_verdicts) == 1
    ((statement, parameters),) = about_verdicts
    values = parameters.values() if isinstance(parameters, dict) else parameters
    assert rating_id in values
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        assert not [row.detail for row in plan if "SCAN" in row.detail], plan


@pytest.mark.parametrize("hours", [-72, -25, -1, 47, 49, 24 * 20, 24 * 365])
def test_the_same_answer_is_never_saved_twice_whatever_the_clock_says(
    citizen: Browser, place: str, site: Site, clock: SteppedClock, hours: int
) -> None:
    """Saved, the reply lost, the clock stepped (or 48 hours gone), then sent again."""
    answers = opened(citizen, place)
    first = citizen.post(f"/q/{place}", data=answers)
    clock.at += timedelta(hours=hours)
    again = citizen.post(f"/q/{place}", data=answers)
    assert (again.status_code, again.location) == (303, first.location)
    do_daily_work(site)
    assert citizen.post(f"/q/{place}", data=answers).location == first.location
    assert len(stored(site)) == 1


def test_a_form_that_was_open_too_long_is_still_the_same_answer(
    citizen: Browser, place: str, site: Site, office: Office, clock: SteppedClock
) -> None:
    answers = opened(citizen, place) | {"served_by": f"o{office.officer['Sari']}"}
    clock.at += timedelta(hours=49)
    page = citizen.post(f"/q/{place}", data=answers)
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert f'value="o{office.officer["Sari"]}" checked' not in text  # whoever was there then
    token = re.search(r'name="token" value="([^"]+)"', text)
    assert token
    sent = citizen.post(f"/q/{place}", data=answers | {"token": token[1], "served_by": ""})
    assert sent.status_code == 303
    old = citizen.post(f"/q/{place}", data=answers | {"served_by": ""})  # the first page, sent late
    assert old.location == sent.location
    assert len(stored(site)) == 1
