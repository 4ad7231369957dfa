"""What a process keeps of days that are over is worked out anew when these days change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from feedback_app.services.needs.span import verified_days
from feedback_app.services.office.setup import progress
from feedback_app.services.public.strictness import trust_page
from feedback_app.services.site import Site
from feedback_app.storage.queries import tallies
from tests.conftest import SteppedClock
from tests.ground.office import TODAY, Office
from tests.ground.paper import batch, entry, key, viewer_of

LAST_MONTH = TODAY.replace(day=1) - timedelta(days=3)


@pytest.fixture
def printed(site: Site, office: Office, clock: SteppedClock) -> int:
    """A batch of sheets, printed two months ago."""
    now, clock.at = clock.at, clock.at - timedelta(days=60)
    made = batch(site, office, viewer_of(site, "alice"))
    clock.at = now
    return made


def test_a_sheet_of_last_month_shows_at_once(site: Site, office: Office, printed: int) -> None:
    alice = viewer_of(site, "alice")

    def seen() -> tuple[int, int]:
        ratings = progress(site, viewer_of(site, "dina"))["ratings"]
        return ratings, sum(one.received for one in trust_page(site).agencies)

    assert seen() == (0, 0)
    key(site, alice, printed, 1, entry(office, day=LAST_MONTH))
    assert seen() == (1, 1)
    key(site, alice, printed, 2, entry(office, day=LAST_MONTH))
    assert seen() == (2, 2)


def test_no_verified_day_is_remembered_once_there_is_one(
    site: Site, office: Office, printed: int
) -> None:
    alice = viewer_of(site, "alice")

    def seen() -> tuple[date, date] | None:
        with site.db.read() as session:
            return verified_days(site, session, office.agency_id)

    assert seen() is None
    key(site, alice, printed, 1, entry(office, officer="Sari", day=LAST_MONTH))
    with site.db.transaction() as tx:  # as once its batch has been checked
        tx.execute(
            text(
                "UPDATE tally SET state = 'counted', for_officer = 1, tier = 'visit', "
                "officer_id = :sari"
            ),
            {"sari": office.officer["Sari"]},
        )
    assert seen() == (LAST_MONTH, LAST_MONTH)


def test_answers_that_take_each_others_place_change_the_sums(
    site: Site, office: Office, printed: int
) -> None:
    alice = viewer_of(site, "alice")
    for number in (1, 2):
        key(site, alice, printed, number, entry(office, day=TODAY - timedelta(days=number)))
    with site.db.transaction() as tx:
        tx.execute(text("UPDATE tally SET state = 'counted'"))
        counter = [office.counter["A1"]]
        since, until = TODAY - timedelta(days=9), TODAY
        before = tallies.complete_sums_by_counter(tx, counter, since=since, until=until)
        moved = {"day": TODAY - timedelta(days=5), "old": TODAY - timedelta(days=1)}
        tx.execute(text("UPDATE tally SET day = :day WHERE day = :old"), moved)
        after = tallies.complete_sums_by_counter(tx, counter, since=since, until=until)
        one, other = before[counter[0]], after[counter[0]]
        assert one[:3] == other[:3]
        assert one != other
