"""What screening gathers about a counter, and the signs that go to the inspectorate; both engines."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import delete, select, update

from feedback_app.domain.codes import place_code
from feedback_app.domain.local_time import local_day, local_instant
from feedback_app.domain.rating import NewRating, ScreeningMarks
from feedback_app.domain.roster import UNKNOWN
from feedback_app.domain.screening import Arrival, Circumstances
from feedback_app.services.citizen import holding, screening
from feedback_app.services.citizen.daily_key import keyed_mark, mark_of_yesterday
from feedback_app.services.citizen.place import Place, duty_in_unit, open_place
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Case, CounterService, Service
from feedback_app.storage.prepared import of_session
from feedback_app.storage.queries.place_material import UnitDuty
from feedback_app.storage.queries.screening import OfSession
from feedback_app.storage.ratings import add_rating
from tests.conftest import SteppedClock
from tests.ground.office import TODAY, Office

LONG = 20  # minutes that an identity card takes here; a family card takes 5


@pytest.fixture
def at_a1(office: Office) -> str:
    """Of A1, whose shifts are today's, 08:00 to 16:00."""
    return place_code(office.number["A1"], 1, key=b"p" * 32)


def met(
    site: Site,
    place: str,
    at: datetime,
    *,
    waited: timedelta,
    service_id: int | None = None,
    says_today: bool = False,
) -> tuple[str, ...]:
    """The rules that an answer with a visit code meets; the code holds since `waited`."""
    found = open_place(site, place)
    arrival = Arrival("new", found.counter_id, "visit", at, at, "a phone", None, False)
    about = Circumstances(says_today, False, False, False, at - waited, None, False, None)
    with site.db.read() as session:
        return screening.screen_arrival(
            OfSession(session),
            found,
            arrival,
            about,
            roster=on_roster(site, found, at),
            service_id=service_id,
        ).rules


def on_roster(site: Site, found: Place, at: datetime) -> UnitDuty:
    """Who is on duty in the counter's unit."""
    return duty_in_unit(site, found.unit_id, day=local_day(at))


def test_a_service_has_its_own_pace_and_the_shortest_counts_when_none_is_named(
    site: Site, office: Office, at_a1: str, clock: SteppedClock
) -> None:
    with site.db.transaction() as tx:
        long = update(Service).where(Service.code == "ktp").values(minutes=LONG)
        tx.execute(long)
    card, family = office.service["ktp"], office.service["kk"]
    early, late = timedelta(minutes=6), timedelta(minutes=11)
    assert met(site, at_a1, clock.at, waited=early, service_id=card) == ("too_soon",)
    assert met(site, at_a1, clock.at, waited=late, service_id=card) == ()
    assert met(site, at_a1, clock.at, waited=early, service_id=family) == ()
    assert met(site, at_a1, clock.at, waited=early) == ()  # the shortest, of 5 minutes
    assert met(site, at_a1, clock.at, waited=timedelta(minutes=2)) == ("too_soon",)
    elsewhere = 9_999  # a code of a service that this counter does not offer
    assert met(site, at_a1, clock.at, waited=early, service_id=elsewhere) == ()


def test_a_counter_without_services_is_taken_to_need_a_minute(
    site: Site, office: Office, at_a1: str, clock: SteppedClock
) -> None:
    with site.db.transaction() as tx:
        tx.execute(delete(CounterService).where(CounterService.counter_id == office.counter["A1"]))
    assert met(site, at_a1, clock.at, waited=timedelta(seconds=29)) == ("too_soon",)
    assert met(site, at_a1, clock.at, waited=timedelta(seconds=31)) == ()


@pytest.mark.parametrize(
    ("days", "hour", "expected"),
    [
        (0, 7, ("outside_hours",)),
        (0, 17, ()),
        (0, 22, ()),  # "today" may be said at home in the evening
        (3, 10, ("outside_hours",)),  # a closed day of a counter that keeps a roster
        (6, 22, ("outside_hours",)),
        (8, 10, ()),  # no roster for a week: its hours are not known
    ],
)
def test_hours_are_known_as_long_as_a_roster_was_kept_within_a_week(
    site: Site,
    office: Office,
    at_a1: str,
    clock: SteppedClock,
    days: int,
    hour: int,
    expected: tuple[str, ...],
) -> None:
    clock.at = local_instant(TODAY + timedelta(days=days), time(hour))
    an_hour = timedelta(hours=1)
    assert met(site, at_a1, clock.at, waited=an_hour, says_today=True) == expected
    assert met(site, at_a1, clock.at, waited=an_hour, says_today=False) == ()


POSTER = Circumstances(False, False, False, False, None, None, False, None)


def sent(site: Site, place: str, office: Office, at: datetime, **told: object) -> tuple[str, ...]:
    """Screen one poster answer and keep its marks, as saving it would; return its rules."""
    found = open_place(site, place)
    name = secrets.token_hex(16)
    roster = on_roster(site, found, at)
    arrival = replace(Arrival(name, found.counter_id, "poster", at, at, name, None, False), **told)  # type: ignore[arg-type]
    with site.db.transaction() as tx:
        rules = screening.screen_arrival(
            OfSession(tx), found, arrival, POSTER, roster=roster, service_id=None
        ).rules
        row = replace(rated(office), id=name, counter_id=found.counter_id)
        add_rating(of_session(tx), row, ScreeningMarks(arrival, "", "", rules), comment="")
    return rules


def after(minutes: float) -> datetime:
    """After the last shift at A1 is over."""
    return local_instant(TODAY, time(16)) + timedelta(minutes=minutes)


@pytest.mark.parametrize(("minutes", "held_from"), [(-5, 3), (29, 3), (31, 2)])
def test_half_an_hour_after_the_last_shift_its_pace_holds_and_then_that_of_nobody(
    site: Site, office: Office, at_a1: str, minutes: float, held_from: int
) -> None:
    found = [sent(site, at_a1, office, after(minutes)) for _ in range(held_from + 1)]
    assert found == [()] * held_from + [("burst",)]


def test_the_days_answers_do_not_count_against_the_evenings(
    site: Site, office: Office, at_a1: str
) -> None:
    for n in range(20):
        assert sent(site, at_a1, office, after(-400 + 18 * n)) == ()
    assert sent(site, at_a1, office, after(40)) == ()


def test_without_a_roster_one_officer_is_taken_to_be_there(
    site: Site, office: Office, at_a1: str, clock: SteppedClock
) -> None:
    clock.at = local_instant(TODAY + timedelta(days=20), time(10))
    found = [sent(site, at_a1, office, clock.at) for _ in range(4)]
    assert found == [(), (), (), ("burst",)]


def test_one_phone_is_seen_at_all_counters_of_its_unit(
    site: Site, office: Office, at_a1: str
) -> None:
    """At night five may come from it, wherever."""
    at_a2 = place_code(office.number["A2"], 1, key=b"p" * 32)
    at_b1 = place_code(office.number["B1"], 1, key=b"p" * 32)
    for n in range(5):
        place = (at_a1, at_a2)[n % 2]
        assert sent(site, place, office, after(60 + 12 * n), device="phone") == ()
    assert sent(site, at_b1, office, after(130), device="phone") == ()  # another unit
    assert sent(site, at_a1, office, after(130), device="phone") == ("same_device",)


def told(site: Site, office: Office, visits: list[int]) -> None:
    rows = [
        {
            "agency_id": office.agency_id,
            "counter_id": office.counter["A1"],
            "service_id": office.service["ktp"],
            "day": TODAY - timedelta(days=n),
            "visits": number,
        }
        for n, number in enumerate(visits, start=1)
    ]
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "visit_count", rows)


@pytest.mark.parametrize(
    ("visits", "most"),
    [
        ([12, 9, 8, 7, 6], 12 + 4),  # the busiest day of the books, and a family
        ([3, 3, 3, 3, 3], 10 + 4),  # ten are never too many
        ([12, 9, 8, 7], 24 + 4),  # too few days: what eight hours can serve
    ],
)
def test_a_day_has_no_more_answers_than_visits(
    site: Site, office: Office, at_a1: str, visits: list[int], most: int
) -> None:
    told(site, office, visits)
    with site.db.transaction() as tx:
        tx.execute(update(Service).values(minutes=LONG))
    every = 470 / (most + 2)
    begin = local_instant(TODAY, time(8, 1))
    found = [
        sent(site, at_a1, office, begin + timedelta(minutes=every * n)) for n in range(most + 1)
    ]
    assert ["over_visits" in rules for rules in found] == [False] * most + [True]


def test_the_mark_of_before_midnight_is_known_until_the_next(
    site: Site, clock: SteppedClock
) -> None:
    folder, day = site.settings.instance_dir, site.today()
    before = keyed_mark(folder, today=day, text="a phone")
    tomorrow = day + timedelta(days=1)
    assert mark_of_yesterday(folder, today=tomorrow, text="a phone") == before
    assert mark_of_yesterday(folder, today=tomorrow, text="another") != before
    assert mark_of_yesterday(folder, today=day, text="a phone") is None


def rated(office: Office, *, charge: int | None = 4, service: str = "ktp") -> NewRating:
    return NewRating(
        id=secrets.token_hex(16),
        agency_id=office.agency_id,
        counter_id=office.counter["A1"],
        service_id=office.service[service],
        attribution=UNKNOWN,
        served_by="not_sure",
        visit_day=TODAY,
        tier="poster",
        day=TODAY,
        answers={"biaya": charge},
        causes=(),
        visit_facts={},
        bands={},
        visit_purpose=None,
        language="id",
        state="counted",
        for_officer=False,
    )


@pytest.mark.parametrize(
    ("charge", "is_free", "counted"), [(1, True, 1), (3, True, 1), (4, True, 0), (None, True, 0),
                                       (1, False, 0)],
)  # fmt: skip
def test_any_charge_at_a_free_service_is_a_sign(
    site: Site, office: Office, charge: int | None, is_free: bool, counted: int
) -> None:
    card = office.service["ktp"]
    free = [card] if is_free else [office.service["kk"]]
    with site.db.transaction() as tx:
        rating = rated(office, charge=charge)
        holding.signal_charge(tx, site, rating, free_services=free, unit_id=office.unit["A"])
    with site.db.read() as session:
        assert [c.size for c in session.scalars(select(Case))] == [1] * counted


def test_signs_of_a_month_are_one_case_each_month_its_own(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    for month, day in ((11, 24), (11, 30), (12, 1)):
        clock.at = local_instant(TODAY.replace(month=month, day=day), time(10))
        with site.db.transaction() as tx:
            holding.signal(tx, site, rated(office), "fee", unit_id=office.unit["A"])
    with site.db.read() as session:
        cases = session.scalars(select(Case).order_by(Case.first_day)).all()
    found = [(c.size, c.first_day.isoformat(), c.last_day.isoformat()) for c in cases]
    assert found == [(2, "2026-11-01", "2026-11-30"), (1, "2026-12-01", "2026-12-31")]
    assert all(c.due_on == c.last_day + timedelta(days=14) for c in cases)
    begins = [local_instant(c.first_day, time.min) for c in cases]
    assert [c.opened_at for c in cases] == begins  # nothing tells on which day the first one came
