"""Cheating in small (P20); `make attacks` runs it in full and prints the rates."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.queries import unit_officers
from feedback_app.storage.queries.unit_officers import UnitDays
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office, add_ratings
from tests.rigs import attacks
from tests.rigs.cheating.attacks import ATTACKS, Attack
from tests.rigs.cheating.honest import KINDS
from tests.rigs.cheating.measure import Flood, attacked, honest, suppressed
from tests.web.test_citizen import opened

pytestmark = pytest.mark.proof

SMALL = (
    "leftover codes, opened first, sent in 200 s",
    "leftover codes, the same at 22:00 from home",
    "sixty phones in ten minutes",
    "thirty taps on the kiosk",
)


def attack(name: str) -> Attack:
    (found,) = [one for one in ATTACKS if one.name == name]
    return found


def test_attacks_faster_than_people_are_held_and_those_beside_them_are_not(tmp_path: Path) -> None:
    found, differences = attacked(tmp_path, [attack(name) for name in SMALL], seed=5)
    shares = {one.attack.name: one.share for one in found}
    assert all(share.rate >= attacks.HELD for share in shares.values()), shares
    assert differences == 0


def test_without_screening_nothing_would_be_found(tmp_path: Path) -> None:
    """The control: what the rig finds is found by the rules."""
    with attacks.without_screening():
        ((one,), _differences) = attacked(tmp_path, [attack(SMALL[0])], seed=5)
    assert (one.share.held, one.share.sent, one.for_officer) == (0, 50, 50)


@pytest.mark.parametrize(
    "name",
    [
        "families of four, one phone",
        pytest.param("busy Monday in that hall", marks=pytest.mark.long),
        pytest.param("evening raters", marks=pytest.mark.long),
    ],
)
def test_honest_visitors_are_seldom_held(tmp_path: Path, name: str) -> None:
    """Of some sixty answers: the rate itself is measured by the rig."""
    (kind,) = [one for one in KINDS if one.name == name]
    found = honest(tmp_path, kind, least=60, seed=5)
    assert found.share.rate <= 2 * kind.bar, found


@pytest.mark.parametrize("way", ["poster", "kiosk"])
@pytest.mark.parametrize("number", [6, pytest.param(30, marks=pytest.mark.long)])
def test_quick_answers_take_no_honest_one_from_an_officer(
    tmp_path: Path, way: Literal["poster", "kiosk"], number: int
) -> None:
    flood = Flood(way, number, pause=60, looks_alike=False)
    assert suppressed(tmp_path, flood) == (0, 0)


@pytest.mark.engine_alike
def test_two_hundred_faked_poster_answers_move_the_officer_by_exactly_nothing(
    citizen: Browser, place: str, site: Site, office: Office, clock: SteppedClock
) -> None:
    """Once a stronger way in is switched on at the counter, whatever screening thinks."""
    tiers = {"agency_id": office.agency_id, "counter_id": office.counter["A1"]}
    tiers |= {"tiers": "visit,display,kiosk", "from_at": site.now(), "set_by": None}
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "counter_tiers", [tiers])
    add_ratings(site, office, 12, tier="visit")

    def score() -> object:
        with site.db.read() as session:
            days = UnitDays((office.counter["A1"],), TODAY, TODAY)
            return unit_officers.sums_by_officer(session, days)

    before = score()
    for _ in range(200):
        form = opened(citizen, place) | {"served_by": f"o{office.officer['Sari']}"}
        sent = form | {"perilaku": "4"}
        answers = (citizen.client.post(f"/q/{place}", data=sent).status_code for _ in range(5))
        assert next(status for status in answers if status != 503) == 303  # busy: press again
    assert score() == before
