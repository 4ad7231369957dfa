"""A small run of the bad-network rig (`make bad-network` is the long one), on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_app.services.site import Site
from tests.conftest import DemoOn
from tests.ground.browser import running_server
from tests.rigs.bad_network import BadNetwork, Outcome, rate_through, running

pytestmark = pytest.mark.proof

CUTS, VISITORS = 40, 12


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, demo_on: DemoOn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, int]]:
    """The demo office on each engine behind a server; its port."""
    folder: Path = tmp_path_factory.mktemp(f"bad-network-{request.param}")
    with demo_on(request.param, folder) as (site, environment):
        port = int(environment["PORT"])
        with running_server(environment, port):
            yield site, port


def outcome_of(served: tuple[Site, int], *, makes_new_token: bool) -> Outcome:
    site, port = served
    with running(BadNetwork(port, seed=7, delay=0.02, silence=0.5)) as network:
        return rate_through(
            site, network, cuts=CUTS, visitors=VISITORS, makes_new_token=makes_new_token
        )


def test_pressing_again_on_a_bad_network_loses_and_doubles_nothing(
    served: tuple[Site, int],
) -> None:
    outcome = outcome_of(served, makes_new_token=False)
    assert outcome.cuts_going + outcome.cuts_coming >= CUTS
    assert outcome.cuts_coming >= CUTS // 4
    assert outcome.connections_lost > 0
    assert outcome.presses > outcome.acknowledged  # it was a bad network
    assert outcome.faults() == 0, outcome


def test_the_rig_sees_doubles_where_each_press_is_a_new_form(served: tuple[Site, int]) -> None:
    outcome = outcome_of(served, makes_new_token=True)
    assert outcome.doubled > 0
    assert outcome.lost == 0
