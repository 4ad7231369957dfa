"""Saving a rating where two transactions stand in each other's way, and other edges of its path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from feedback_app.domain.codes import place_code
from feedback_app.services.citizen import quick_rating
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import Screening
from tests.conftest import Browser, SteppedClock
from tests.ground.devices import device, token_in
from tests.ground.office import Office
from tests.web.test_citizen import opened, stored

# PostgreSQL lets one of two give way when it likes; here each commit is refused as it would be.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class DeadlockError(Exception):
    """As PostgreSQL's driver raises it."""

    sqlstate = "40P01"


@pytest.fixture
def giving_way(citizen: Browser, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Refuse the next commits, that many times; each answer has a transaction of its own."""
    left = 0
    monkeypatch.setattr(quick_rating, "is_ordinary", lambda _arriving: False)

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


def rules(site: Site) -> list[str]:
    with site.db.read() as session:
        return list(session.scalars(select(Screening.rules).order_by(Screening.received_at)))


def test_the_very_same_long_comment_is_held_when_it_comes_again(
    citizen: Browser, place: str, site: Site, clock: SteppedClock, office: Office
) -> None:
    long = "Petugas ramah, cepat, dan sabar menjelaskan syarat kepada ibu saya yang sudah tua."
    for comment in (long, long.upper() + "!", "Terima kasih.", "Terima kasih."):
        clock.at += timedelta(minutes=10)  # no row from one phone
        form = opened(citizen, place) | {"comment": comment}
        clock.at += timedelta(minutes=1)
        assert citizen.post(f"/q/{place}", data=form).status_code == 303
    clock.at += timedelta(minutes=10)
    elsewhere = place_code(office.number["B1"], 1, key=b"p" * 32)  # no case is of two counters
    form = opened(citizen, elsewhere) | {"comment": long}
    assert citizen.post(f"/q/{elsewhere}", data=form).status_code == 303
    assert rules(site) == ["", "same_text", "", "", ""]


@pytest.mark.parametrize(("seconds", "status"), [(0, 303), (1, 422)])
def test_a_kiosks_form_lies_open_for_half_an_hour(
    browse: Callable[[], Browser],
    place: str,
    site: Site,
    clock: SteppedClock,
    seconds: int,
    status: int,
) -> None:
    kiosk = device(browse, "kiosk")
    form = opened(kiosk, place)
    form["token"] = token_in(kiosk.get("/perangkat/kios").get_data(as_text=True))
    clock.at += timedelta(minutes=30, seconds=seconds)
    assert kiosk.post(f"/q/{place}", data=form).status_code == status
    assert len(stored(site)) == (1 if status == 303 else 0)
