"""Places in memory: any change that a form is drawn from draws the stamp anew, for all processes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text, update

from feedback_app.config import Settings
from feedback_app.domain.local_time import local_instant
from feedback_app.services.cache import Stamped
from feedback_app.services.citizen.place import duty_in_unit, open_place, place_at
from feedback_app.services.site import Site, open_site
from feedback_app.storage import bulk
from feedback_app.storage.models import Counter, Officer, Shift
from feedback_app.storage.models.place_stamp import RESULT_STAMPED, STAMPED
from feedback_app.storage.prepared import Prepared
from feedback_app.storage.queries.place_material import RESULT_STAMP, STAMP
from tests.conftest import SteppedClock
from tests.ground.office import TODAY, Office

CHANGES = {
    "agency": "UPDATE agency SET name = 'x'",
    "unit": "UPDATE unit SET name = 'x'",
    "counter": "UPDATE counter SET card_serial = 2",
    "service": "UPDATE service SET name = 'x'",
    "counter_service": "DELETE FROM counter_service",
    "counter_tiers": "INSERT INTO counter_tiers (agency_id, counter_id, tiers, from_at) "
    "SELECT agency_id, id, 'visit', '2026-01-01 00:00:00' FROM counter",
    "officer": "UPDATE officer SET display_name = 'x'",
    "shift": "UPDATE shift SET withdrawn_at = '2026-11-24 06:00:00'",
    "code_batch": "INSERT INTO code_batch (agency_id, unit_id, valid_on, size, way, made_at) "
    "SELECT agency_id, id, '2026-11-24', 1, 'csv', '2026-11-24 06:00:00' FROM unit",
    "follow_up": "INSERT INTO follow_up (agency_id, unit_id, element, cause, action, due, "
    "responsible, status, note, changed_at) SELECT agency_id, id, 'waktu', '', 'Kursi', "
    "'2026-12-01', 'Alice', 'done', '', '2026-11-24 06:00:00' FROM unit",
    "survey": "INSERT INTO survey (agency_id, unit_id, first_day, last_day, weight, element_order, "
    "form_rule, instrument_version, population_meaning, population, target, targets, signer, "
    "opened_at) SELECT agency_id, id, '2026-07-01', '2026-09-30', '1/9', '[]', 'sarana_8', 'x', "
    "'period', 1, 1, '{}', '{}', '2026-11-24 06:00:00' FROM unit",
    "survey_revision": "INSERT INTO survey_revision (agency_id, survey_id, number, made_at, "
    "reason, figures, answers, digest, changed) SELECT agency_id, id, 2, '2026-11-24 06:00:00', "
    "'', '{}', '', '', 0 FROM survey",
    "past_result": "INSERT INTO past_result (agency_id, unit_id, first_day, last_day, respondents, "
    "nrr, weight) SELECT agency_id, id, '2024-01-01', '2024-12-31', 10, '{}', '1/9' FROM unit",
    "happening": "INSERT INTO happening (agency_id, unit_id, kind, first_day, words, recorded_at) "
    "SELECT agency_id, id, 'outage', '2026-11-24', '', '2026-11-24 06:00:00' FROM unit",
}


def stamp(site: Site, which: Prepared = STAMP) -> Any:
    with site.db.glance() as statements:
        return statements.rows(which, {})[0][0]


DRAWN = [("places", STAMP, table) for table in STAMPED]
DRAWN += [("results", RESULT_STAMP, table) for table in RESULT_STAMPED]


@pytest.mark.parametrize(
    ("which", "table"),
    [pytest.param(which, table, id=f"{name}-{table}") for name, which, table in DRAWN],
)
def test_a_change_of_each_table_draws_the_stamp_anew(
    site: Site, office: Office, which: Prepared, table: str
) -> None:
    with site.db.transaction() as tx:
        tx.execute(text(CHANGES["survey"].replace("2026-07", "2026-04")))  # to have a revision
    before = stamp(site, which)
    with site.db.transaction() as tx:
        tx.execute(text(CHANGES[table]))
        assert stamp(site, which) == before  # not before it is committed
    assert stamp(site, which) != before


@pytest.mark.parametrize("table", ["shift", "officer", "code_batch"])
def test_a_change_of_the_roster_leaves_published_results_in_memory(
    site: Site, office: Office, table: str
) -> None:
    before = stamp(site, RESULT_STAMP)
    with site.db.transaction() as tx:
        tx.execute(text(CHANGES[table]))
    assert stamp(site, RESULT_STAMP) == before


def test_a_ticket_of_the_queue_leaves_it_alone(site: Site, office: Office) -> None:
    with site.db.transaction() as tx:
        tx.execute(text(CHANGES["code_batch"]))
    before = stamp(site)
    with site.db.transaction() as tx:
        tx.execute(text("UPDATE code_batch SET size = size + 1"))
    assert stamp(site) == before


@pytest.mark.engine_alike
def test_nothing_is_read_for_a_form_that_no_stamp_answers_for(
    site: Site, place: str, clock: SteppedClock
) -> None:
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(site.db.engine, "before_cursor_execute", hear)
    found = open_place(site, place)
    duty_in_unit(site, found.unit_id, day=TODAY)
    event.remove(site.db.engine, "before_cursor_execute", hear)
    tables = set(re.findall(r"(?:FROM|JOIN) (\w+)", " ".join(asked)))
    assert len(tables) > 6
    assert tables - {"place_stamp"} <= set(STAMPED)


@pytest.fixture
def second(settings: Settings, clock: SteppedClock) -> Iterator[Site]:
    """The same office in another process."""
    site = open_site(settings, clock=clock)
    yield site
    site.db.close()


def test_another_process_shows_a_change_at_once(
    site: Site, second: Site, office: Office, place: str
) -> None:
    assert open_place(second, place).counter == "Loket A1"
    assert [name for _id, name in open_place(second, place).officers] == ["Ibu Sari", "Ibu Andi"]
    with site.db.transaction() as tx:
        tx.execute(update(Counter).values(name="Loket baru"))
        tx.execute(
            update(Officer)
            .where(Officer.id == office.officer["Sari"])
            .values(display_name="Bu Sari")
        )
    shown = open_place(second, place)
    assert shown.counter == "Loket baru"
    assert [name for _id, name in shown.officers] == ["Bu Sari", "Ibu Andi"]


@pytest.mark.engine_alike
def test_between_two_turns_of_a_day_memory_says_what_the_tables_say(
    site: Site, office: Office, place: str, clock: SteppedClock
) -> None:
    """Half-minutes around each turn, and every quarter of an hour: services, shifts, changes."""
    own = {"agency_id": office.agency_id, "officer_id": office.officer["Dewi"]}
    noon = local_instant(TODAY, time(12))
    shift = {"starts_at": noon, "ends_at": noon + timedelta(hours=2), "recorded_at": noon}
    with site.db.transaction() as tx:
        bulk.add_rows(
            tx, "shift", [own | shift | {"counter_id": office.counter["A1"], "withdrawn_at": None}]
        )
        tx.execute(
            update(Shift)
            .where(Shift.officer_id == office.officer["Sari"])
            .values(withdrawn_at=noon + timedelta(minutes=10))
        )
        tx.execute(text("UPDATE counter_service SET opens_at = '08:30:00.000000'"))
    clock.at = local_instant(TODAY, time(20))
    forgetful = replace(site, places=Stamped(most=1))
    for at in _instants(TODAY):
        kept = place_at(site, place, at=at)
        forgetful.places._kept = (None, {})
        fresh = place_at(forgetful, place, at=at)
        assert (kept, kept.shifts, kept.minutes) == (fresh, fresh.shifts, fresh.minutes), at


def _instants(day: date) -> list[datetime]:
    return [
        local_instant(day, time(hour, minute)) + timedelta(seconds=off)
        for hour in range(7, 18)
        for minute in (0, 10, 30)
        for off in (-30, 0, 30)
    ]
