"""Comments on a counter's page, month after month; both engines."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.counters import page as counter_page
from feedback_app.services.site import Site
from feedback_app.storage.models import Rating
from tests.conftest import SteppedClock
from tests.ground.office import Office, add_comment, add_ratings, rating_row

SAID = {date(2025, 11, 10): 4, date(2025, 12, 10): 1, date(2026, 1, 10): 5}


def add_comments(site: Site, office: Office) -> None:
    for day, count in SAID.items():
        add_ratings(site, office, count, day=day)
    with site.db.transaction() as tx:
        for rating in tx.scalars(select(Rating)).all():
            row = rating_row(office) | {"day": rating.day, "for_officer": True}
            add_comment(tx, row, f"{rating.day} {rating.id}")


def test_no_two_looks_at_a_years_comments_differ_by_fewer_than_five(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    """November's four leave with December's one, with which they were shown."""
    add_comments(site, office)
    unit = frozenset({office.unit["A"]})
    alice = Viewer(1, office.agency_id, "alice", "Alice", Role.SUPERVISOR, unit, None)
    looks = []
    for _tenth_day in range(14):
        _period, view = counter_page.counter_view(site, alice, "A1", period_key="30", quarter="")
        looks.append(frozenset(text for batch in view.batches for text in batch.texts))
        clock.at += timedelta(days=10)
    assert [len(look) for look in dict.fromkeys(looks)] == [10, 5, 0]
    assert all(len(one - other) in (0, 5, 10) for one in looks for other in looks)
