"""Saving a rating where two transactions stand in each other's way, and other edges of its path."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from feedback_app.services.site import Site
from feedback_app.services.upkeep import tally_differences
from tests.conftest import Browser
from tests.web.test_citizen import opened, stored

# PostgreSQL lets one of two give way when it likes; here each commit is refused as it would be.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class DeadlockError(Exception):
    """As PostgreSQL's driver raises it."""

    sqlstate = "40P01"


@pytest.fixture
def giving_way(citizen: Browser) -> Callable[[int], None]:
    """Refuse the next commits, that many times."""
    left = 0

    def refuse(_connection: Connection) -> None:
        nonlocal left
        if left:
            left -= 1
            raise OperationalError("COMMIT", {}, DeadlockError())

    def times(number: int) -> None:
        nonlocal left
        left = number

    event.listen(citizen.client.application.extensions["site"].db.engine, "commit", refuse)
    return times


def test_a_rating_that_must_give_way_three_times_is_saved_once(
    citizen: Browser, place: str, site: Site, giving_way: Callable[[int], None]
) -> None:
    form = opened(citizen, place)
    giving_way(3)
    assert citizen.post(f"/q/{place}", data=form).status_code == 303
    assert len(stored(site)) == 1
    assert tally_differences(site) == 0


def test_at_the_fourth_time_it_is_asked_for_again_and_nothing_is_kept(
    citizen: Browser, place: str, site: Site, giving_way: Callable[[int], None]
) -> None:
    form = opened(citizen, place) | {"comment": "Kursi kurang"}
    giving_way(4)
    page = citizen.post(f"/q/{place}", data=form)
    assert page.status_code == 503
    assert "Kursi kurang" in page.get_data(as_text=True)
    assert stored(site) == []
    assert citizen.post(f"/q/{place}", data=form).status_code == 303
    assert len(stored(site)) == 1
