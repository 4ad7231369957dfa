"""A small run of the needs harness (`make needs-truth` is the long one): bars with room for chance."""

from __future__ import annotations

import pytest

from tests.rigs.needs_truth import FAULT, GAP, NEVER, NOTHING, SHOCKS, count_world, lines_of
from tests.rigs.needs_worlds import Office

pytestmark = pytest.mark.proof

REPETITIONS = 8
# A bar on offices may be missed by .25 (of 8 offices .85 are 6.8; fewer than 5 come in .01 of runs), one
# on officers (192 of them) by .03, two Monte Carlo errors; seeds are fixed.
ROOM = {"offices": 0.25, "officers": 0.03, "others": 0.03}


# Nothing wrong, and one officer behind the others; what else is wrong, and when nobody moves, is long.
@pytest.mark.parametrize(
    "office",
    [NOTHING, GAP, *(pytest.param(one, marks=pytest.mark.long) for one in (FAULT, NEVER, SHOCKS))],
    ids=lambda one: one.name,
)
def test_needs_keep_their_bars(office: Office) -> None:
    for line in lines_of(office, count_world(office, offices=REPETITIONS, seed=3)):
        assert line.bar.is_kept(line.share, slack=ROOM[line.bar.among]), line.cells()


def test_the_harness_catches_a_rule_that_is_wrong() -> None:
    """Every gap below 0 counts: many officers of an office with nothing wrong are sent."""
    counts = count_world(NOTHING, offices=3, seed=3, delta=0.0)
    broken = [line for line in lines_of(NOTHING, counts) if line.verdict == "FAIL"]
    assert any(line.bar.hits == "training" and line.share > 0.05 for line in broken)


def test_an_interval_is_wilsons() -> None:
    counts = {"training": 1, "others": 10, "process": 0, "hidden": 0, "offices": 10}
    line = lines_of(NOTHING, counts)[0]
    assert line.interval == pytest.approx((0.0179, 0.4042), abs=5e-4)  # 1 of 10, as tables print it
    assert (line.limit, line.verdict) == ("≤ 0.02", "FAIL")
