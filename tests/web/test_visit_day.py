"""The day of the visit chooses the officer; without a known day nothing counts for one."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from feedback_app.domain.local_time import local_instant
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Rating, Tally
from tests.conftest import Browser, SteppedClock
from tests.ground.codes import codes
from tests.ground.office import TODAY, Office
from tests.web.test_citizen import opened, stored
from tests.web.test_tickets import filled

pytestmark = pytest.mark.both_engines

YESTERDAY = TODAY - timedelta(days=1)


def on_duty(site: Site, office: Office, officer: str, day: date) -> None:
    """A whole day at counter A1."""
    shift = {
        "agency_id": office.agency_id,
        "officer_id": office.officer[officer],
        "counter_id": office.counter["A1"],
        "starts_at": local_instant(day, time(8)),
        "ends_at": local_instant(day, time(16)),
        "recorded_at": site.now(),
        "withdrawn_at": None,
    }
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "shift", [shift])


def choices(page: str) -> list[tuple[str, str]]:
    """(value, words) of the choice of who served, in the order of the page."""
    return re.findall(r'name="served_by" value="([^"]*)"[^>]*>([^<]*)<', page)


def rating_of(site: Site) -> Rating:
    (rating,) = stored(site)
    return rating


def test_the_form_names_both_days_apart(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    on_duty(site, office, "Dewi", YESTERDAY)
    page = citizen.get(f"/q/{place}").get_data(as_text=True)
    sari, andi, dewi = (office.officer[name] for name in ("Sari", "Andi", "Dewi"))
    assert choices(page) == [
        (f"o{sari}", "Ibu Sari"),
        (f"o{andi}", "Ibu Andi"),
        ("another", "Petugas lain"),
        ("not_today", "Bukan hari ini"),
        ("not_sure", "Tidak tahu"),
        (f"y{dewi}", "Ibu Dewi"),
        ("older", "Lebih lama"),
    ]
    assert "Kemarin, 23 November 2026:" in page


@pytest.mark.parametrize(
    ("choice", "officer", "visit_day"),
    [
        ("oSari", "Sari", TODAY),
        ("yDewi", "Dewi", YESTERDAY),
        ("oDewi", None, TODAY),  # she was not there today
        ("ySari", None, YESTERDAY),  # nor was Sari yesterday
        ("another", None, TODAY),
        ("not_today", None, None),
        ("older", None, None),
        ("not_sure", None, None),
        ("", None, None),
    ],
)
def test_the_day_that_is_told_decides_who_it_can_be(
    citizen: Browser,
    place: str,
    site: Site,
    office: Office,
    choice: str,
    officer: str | None,
    visit_day: date | None,
) -> None:
    on_duty(site, office, "Dewi", YESTERDAY)
    served_by = (
        choice[:1] + str(office.officer[choice[1:]]) if choice[1:] in office.officer else choice
    )
    answer = citizen.post(f"/q/{place}", data=opened(citizen, place) | {"served_by": served_by})
    assert answer.status_code == 303
    rating = rating_of(site)
    assert rating.officer_id == (office.officer[officer] if officer else None)
    assert rating.for_officer is (officer is not None)
    assert (rating.day, rating.visit_day) == (TODAY, visit_day)


def test_today_is_the_day_on_which_the_form_was_opened(
    citizen: Browser, place: str, site: Site, office: Office, clock: SteppedClock
) -> None:
    clock.at = local_instant(TODAY, time(23, 50))
    answers = opened(citizen, place) | {"served_by": f"o{office.officer['Sari']}"}
    clock.at += timedelta(minutes=20)
    citizen.post(f"/q/{place}", data=answers)
    rating = rating_of(site)
    assert (rating.officer_id, rating.visit_day) == (office.officer["Sari"], TODAY)
    assert rating.day == TODAY + timedelta(days=1)


@pytest.mark.parametrize(("hours", "counts"), [(12, True), (12.1, False)])
def test_long_after_its_opening_a_told_day_counts_for_the_unit_only(
    citizen: Browser,
    place: str,
    site: Site,
    office: Office,
    clock: SteppedClock,
    hours: float,
    counts: bool,
) -> None:
    """Nobody can tell any more which day was meant; only a ticket's own date can."""
    clock.at = local_instant(TODAY, time(9))
    sent = opened(citizen, place) | {"served_by": f"o{office.officer['Sari']}"}
    clock.at += timedelta(hours=hours)
    answer = citizen.post(f"/q/{place}", data=sent)
    rating = rating_of(site)
    assert (rating.officer_id, rating.visit_day) == (office.officer["Sari"], TODAY)
    assert (rating.state, rating.for_officer) == ("counted", counts)
    told = citizen.get(answer.location).get_data(as_text=True)
    assert ("Nilai petugas tidak memakainya" in told) is not counts


def test_a_ticket_counts_for_its_officer_however_late_its_form_is_sent(
    citizen: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    (code,) = codes(site, office, service="kk")
    page = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    place = re.search(r'action="(/q/[^"]+)"', page)
    assert place
    clock.at += timedelta(hours=20)
    sent = filled(page) | {"served_by": f"o{office.officer['Sari']}"}
    assert citizen.post(place[1], data=sent).status_code == 303
    assert (rating_of(site).tier, rating_of(site).for_officer) == ("visit", True)


def test_a_ticket_of_yesterday_names_yesterdays_officers_and_counts_for_them(
    citizen: Browser, site: Site, office: Office, clock: SteppedClock
) -> None:
    (code,) = codes(site, office, service="kk")  # offered at A1 only
    on_duty(site, office, "Dewi", TODAY + timedelta(days=1))
    clock.at += timedelta(hours=20)
    page = citizen.get(f"/v/{code.long}").get_data(as_text=True)
    named = [words for value, words in choices(page) if value.startswith("o")]
    assert sorted(named) == ["Ibu Andi", "Ibu Sari"]
    assert "Siapa yang melayani Anda pada 24 November 2026?" in page
    assert 'value="not_today"' not in page
    ticket_day = re.search(r'name="ticket_day" value="([^"]+)"', page)
    assert ticket_day
    sent = filled(page) | {"ticket_day": ticket_day[1]}
    place = re.search(r' action="(/q/[^"]+)"', page)
    assert place
    half = {key: value for key, value in sent.items() if key != "waktu"}
    again = citizen.post(place[1], data=half).get_data(as_text=True)
    assert [words for value, words in choices(again) if value.startswith("o")] == named
    sent |= {"served_by": f"o{office.officer['Sari']}"}
    assert citizen.post(place[1], data=sent).status_code == 303
    rating = rating_of(site)
    assert (rating.officer_id, rating.visit_day) == (office.officer["Sari"], TODAY)
    assert (rating.tier, rating.for_officer) == ("visit", True)


def test_the_tickets_own_day_is_stronger_than_what_the_form_offered(
    citizen: Browser, place: str, site: Site, office: Office, clock: SteppedClock
) -> None:
    """A code of yesterday typed into the form of the card, whose names are today's."""
    (code,) = codes(site, office)
    tomorrow = TODAY + timedelta(days=1)
    on_duty(site, office, "Dewi", tomorrow)
    clock.at += timedelta(days=1)
    for officer in ("Dewi", "Sari"):
        sent = opened(citizen, place) | {"served_by": f"o{office.officer[officer]}"}
        citizen.post(f"/q/{place}", data=sent | {"visit": code.long if officer == "Dewi" else ""})
    found = {(r.tier, r.officer_id, r.visit_day) for r in stored(site)}
    assert found == {("visit", None, TODAY), ("poster", None, tomorrow)}


def test_a_forged_day_of_a_ticket_names_nobody(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    on_duty(site, office, "Dewi", YESTERDAY)
    for day in (YESTERDAY.isoformat(), "2026-13-45", "x" * 500):
        sent = opened(citizen, place) | {"ticket_day": day}
        citizen.post(f"/q/{place}", data=sent | {"served_by": f"o{office.officer['Dewi']}"})
    assert {(r.officer_id, r.visit_day) for r in stored(site)} == {(None, None)}


@pytest.mark.parametrize(("served_by", "counted"), [("another", 1), ("not_today", 0), ("older", 0)])
def test_another_officer_raises_the_rate_only_where_names_were_there_to_choose(
    citizen: Browser, place: str, site: Site, served_by: str, counted: int
) -> None:
    citizen.post(f"/q/{place}", data=opened(citizen, place) | {"served_by": served_by})
    with site.db.read() as session:
        assert session.scalars(select(Tally.c.n_another)).one() == counted


def test_another_officer_of_a_day_without_a_roster_blames_nobody(
    citizen: Browser, place: str, site: Site, clock: SteppedClock
) -> None:
    clock.at += timedelta(days=7)
    citizen.post(f"/q/{place}", data=opened(citizen, place) | {"served_by": "another"})
    with site.db.read() as session:
        assert session.scalars(select(Tally.c.n_another)).one() == 0


def test_a_pressed_answer_is_stored_as_one_that_was_not_sure(
    citizen: Browser, place: str, site: Site, office: Office
) -> None:
    """Nobody who reads the table may find those who told of pressure."""
    named = {"served_by": f"o{office.officer['Sari']}", "pressed": "1"}
    citizen.post(f"/q/{place}", data=opened(citizen, place) | named)
    citizen.post(f"/q/{place}", data=opened(citizen, place) | {"served_by": "not_sure"})
    with site.db.read() as session:
        rows = [dict(row) for row in session.execute(select(Rating.__table__)).mappings()]
    for row in rows:
        del row["id"]
    assert rows[0] == rows[1]
