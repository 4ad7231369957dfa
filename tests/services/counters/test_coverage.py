"""More answers than visits can well explain are a sign to the supervisor and the inspectorate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from feedback_app.services.counters.coverage import crowded_counters
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from tests.conftest import Browser
from tests.ground.office import TODAY, Office, add_ratings

WORDS = "lebih dari 60% dari kunjungan"


def books(site: Site, office: Office, visits: int, *, ago: int) -> None:
    row = {"agency_id": office.agency_id, "counter_id": office.counter["A1"], "visits": visits}
    row |= {"service_id": office.service["ktp"], "day": TODAY - timedelta(days=ago)}
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "visit_count", [row])


def crowded(site: Site, office: Office) -> set[int]:
    with site.db.read() as session:
        return crowded_counters(session, list(office.counter.values()), TODAY)


@pytest.mark.parametrize(
    ("visits", "answers", "expected"), [(40, 24, False), (40, 25, True), (39, 39, False)]
)
def test_more_than_60_of_100_visits(
    site: Site, office: Office, visits: int, answers: int, expected: bool
) -> None:
    books(site, office, visits, ago=2)
    add_ratings(site, office, answers, day=TODAY - timedelta(days=2))
    add_ratings(site, office, 50, day=TODAY - timedelta(days=3))  # no books of that day
    assert crowded(site, office) == ({office.counter["A1"]} if expected else set())


def test_both_who_should_look_are_told(
    site: Site, office: Office, browse: Callable[[], Browser]
) -> None:
    pages = (("alice", "/staf/loket/"), ("ina", "/staf/perkara/"))
    before = [browse().log_in(name).get(path).get_data(as_text=True) for name, path in pages]
    assert not any(WORDS in page for page in before)
    books(site, office, 40, ago=2)
    add_ratings(site, office, 30, day=TODAY - timedelta(days=2))
    for name, path in pages:
        assert WORDS in browse().log_in(name).get(path).get_data(as_text=True)
