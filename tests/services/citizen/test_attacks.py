"""Cheating in small (P20); `make attacks` runs it in full and prints the rates."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_app.domain.screening import Screened
from feedback_app.services.citizen import screening
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.queries import tallies
from feedback_app.storage.queries.tallies import Days
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office, add_ratings
from tests.rigs import attacks
from tests.web.test_citizen import opened

pytestmark = pytest.mark.proof


def test_each_attack_is_found_and_honest_answers_are_not_held(tmp_path: Path) -> None:
    found = attacks.simulate(
        tmp_path, days=2, seed=5, attacks=(attacks.leftover_codes, attacks.activists)
    )
    assert all(held >= 0.95 * sent for sent, held in found.attacks.values()), found.attacks
    sent, held = found.honest
    assert sent > 80
    assert held <= 0.05 * sent  # of a hundred: the rate itself is measured by the rig
    assert found.differences == 0


def test_without_screening_nothing_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what the rig finds is found by the rules."""
    nothing = Screened((), frozenset())
    monkeypatch.setattr(screening, "screen_arrival", lambda *_a, **_k: nothing)
    found = attacks.simulate(tmp_path, days=0, seed=5, attacks=(attacks.activists,))
    assert found.attacks == {"sixty phones in ten minutes": (60, 0)}


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
            days = Days(office.counter["A1"], TODAY, TODAY)
            return tallies.complete_sums_by_officer(session, days)

    before = score()
    for _ in range(200):
        form = opened(citizen, place) | {"served_by": f"o{office.officer['Sari']}"}
        assert citizen.client.post(f"/q/{place}", data=form | {"perilaku": "4"}).status_code == 303
    assert score() == before
