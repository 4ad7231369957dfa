"""P19 in small: the bot gets nobody, and finds what is planted. `make differencing` is the rig."""

from __future__ import annotations

from pathlib import Path

from tests.rigs.differencing import (
    appeals_unseen,
    live_sliding_figures,
    parts_of_ten,
    quarters_left_open,
    run,
)
from tests.rigs.subtraction import isolated

# 1 October, when September is over, 8 October, when the quarter's parts come out, and 9 October,
# when two appeals of officers are upheld.
DAYS = (3, 10, 11)


def test_the_bot_recovers_nobody(tmp_path: Path) -> None:
    result = run(tmp_path, days=DAYS, seed=0)
    assert result.claims > 60, result.line()
    assert (result.groups, result.answers, result.unplaced) == (0, 0, 0), result.line()
    assert result.smallest >= 10


def test_the_bot_finds_live_sliding_figures(tmp_path: Path) -> None:
    with live_sliding_figures():
        result = run(tmp_path, days=(1, 2), seed=0)
    assert result.groups > 0, result.line()
    assert result.smallest < 10


def test_the_bot_finds_a_survey_beside_blocks_that_do_not_fill_its_quarter(tmp_path: Path) -> None:
    with quarters_left_open():
        result = run(tmp_path, days=(3,), seed=0)
    assert result.groups > 0, result.line()


def test_the_bot_finds_parts_that_blocks_nearly_equal(tmp_path: Path) -> None:
    with parts_of_ten():
        result = run(tmp_path, days=(10,), seed=0)
    assert result.groups > 0, result.line()


def test_the_bot_finds_what_an_appeal_took(tmp_path: Path) -> None:
    with appeals_unseen():
        result = run(tmp_path, days=(10, 11), seed=0)
    assert result.groups > 0, result.line()


def test_elimination_finds_what_no_pair_of_sums_shows() -> None:
    """Whole minus three parts leaves four people; no two sums differ by fewer than ten."""
    parts = [frozenset(f"{part}{i}" for i in range(12)) for part in "abc"]
    few = frozenset(f"few{i}" for i in range(4))
    whole = few.union(*parts)
    assert isolated({whole, *parts}, seed=1).smallest == 4
    assert isolated({whole, *parts[:2]}, seed=1).smallest == 12
