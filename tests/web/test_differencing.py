"""P19 in small: the bot gets nobody, and finds what is planted. `make differencing` is the rig."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.ground.once import made_once
from tests.rigs.differencing import (
    BUILT,
    build_town,
    first_find,
    forms_beside_blocks,
    run,
)
from tests.rigs.differencing_needs import exact_gaps
from tests.rigs.leaks import (
    LEFT_OPEN_SEED,
    a_total_of_both_sets,
    appeals_unseen,
    early_forms_of_few,
    joined_from_before,
    live_sliding_figures,
    months_of_few,
    nine_left_beside,
    officers_by_counter_too,
    parts_of_ten,
    quarters_left_open,
    shares_of_all_and_none,
)
from tests.rigs.subtraction import isolated

pytestmark = pytest.mark.proof

# 8 October, when the quarter's parts come out, and 10 October: in between two appeals of officers are
# upheld and two rows of one person joined.
DAYS = (10, 12)
# Of the periods that a page offers one of days and the longest; all are asked in the long walk.
KEYS = ("30", "semester")
# The same days, with 1 October, when September is over, and 9 October, between the appeals and the joining.
MORE_DAYS = (3, 10, 11, 12)


SEED = 0


@pytest.fixture(scope="session")
def built(shared: Path) -> Path:
    """The town up to the fortnight, to copy."""
    made = made_once(shared / "town", partial(build_town, seed=SEED))
    return made / BUILT


def test_the_bot_recovers_nobody(tmp_path: Path, built: Path) -> None:
    result = run(tmp_path, built=built, days=DAYS, seed=SEED, keys=KEYS)
    assert result.claims > 60, result.line()
    assert (result.groups, result.answers, result.unplaced) == (0, 0, 0), result.line()
    assert result.smallest >= 10


@pytest.mark.long
def test_the_bot_recovers_nobody_on_the_days_between_either(tmp_path: Path, built: Path) -> None:
    result = run(tmp_path, built=built, days=MORE_DAYS, seed=SEED)
    assert (result.groups, result.answers, result.unplaced) == (0, 0, 0), result.line()


def test_the_bot_finds_live_sliding_figures(tmp_path: Path, built: Path) -> None:
    with live_sliding_figures():
        result = first_find(tmp_path, built=built, days=(1, 2), seed=SEED)
    assert result.groups > 0, result.line()
    assert result.smallest < 10


@pytest.mark.long
def test_the_bot_finds_a_survey_beside_blocks_that_do_not_fill_its_quarter(
    tmp_path: Path,
) -> None:
    """The town is another one: in the usual one no counter is left with a part of a block."""
    made = tmp_path / "other"
    made.mkdir()
    build_town(made, seed=LEFT_OPEN_SEED)
    built = made / BUILT
    left = forms_beside_blocks(tmp_path, built=built, seed=LEFT_OPEN_SEED)
    assert any(0 < n < 10 for n in left.values()), f"no leak in this town: {left}; take another"
    with quarters_left_open():
        result = first_find(tmp_path, built=built, days=(3,), seed=LEFT_OPEN_SEED)
    assert result.groups > 0, result.line()


@pytest.mark.long
def test_the_bot_finds_parts_that_blocks_nearly_equal(tmp_path: Path, built: Path) -> None:
    with parts_of_ten():
        result = first_find(tmp_path, built=built, days=(10,), seed=SEED)
    assert result.groups > 0, result.line()


@pytest.mark.long
def test_the_bot_finds_what_an_appeal_took(tmp_path: Path, built: Path) -> None:
    with appeals_unseen():
        result = first_find(tmp_path, built=built, days=(10, 11), seed=SEED)
    assert result.groups > 0, result.line()


@pytest.mark.long
def test_the_bot_finds_a_joining_of_a_quarter_that_was_shown_apart(
    tmp_path: Path, built: Path
) -> None:
    with joined_from_before():
        result = first_find(tmp_path, built=built, days=(11, 12), seed=SEED)
    assert result.groups > 0, result.line()


def test_the_bot_finds_causes_of_months_with_few_low_answers(tmp_path: Path, built: Path) -> None:
    with months_of_few():
        result = first_find(tmp_path, built=built, days=(10,), seed=SEED)
    assert result.groups > 0, result.line()


OFFICERS_FAULTS = {
    "by counter beside the unit": officers_by_counter_too,
    "early forms of few": early_forms_of_few,
    "a total of both sets": a_total_of_both_sets,
}


@pytest.mark.long
@pytest.mark.parametrize("fault", OFFICERS_FAULTS)
def test_the_bot_finds_what_officers_figures_must_not_tell(
    fault: str, tmp_path: Path, built: Path
) -> None:
    with OFFICERS_FAULTS[fault]():
        result = first_find(tmp_path, built=built, days=(10,), seed=SEED)
    assert result.groups > 0, result.line()


@pytest.mark.long
def test_the_bot_finds_nine_forms_beside_the_blocks(tmp_path: Path, built: Path) -> None:
    with nine_left_beside():
        result = first_find(tmp_path, built=built, days=(3,), seed=SEED)
    assert result.groups > 0, result.line()


@pytest.mark.long
def test_the_bot_finds_a_share_that_says_all_or_none(tmp_path: Path, built: Path) -> None:
    with shares_of_all_and_none():
        result = first_find(tmp_path, built=built, days=(10,), seed=SEED)
    assert result.answers > 0, result.line()


@pytest.mark.long
def test_the_bot_finds_gaps_of_needs_with_all_their_decimals(tmp_path: Path, built: Path) -> None:
    with exact_gaps():
        result = first_find(tmp_path, built=built, days=(11,), seed=SEED)
    assert result.unplaced > 0, result.line()


def test_elimination_finds_what_no_pair_of_sums_shows() -> None:
    """Whole minus three parts leaves four people; no two sums differ by fewer than ten."""
    parts = [frozenset(f"{part}{i}" for i in range(12)) for part in "abc"]
    few = frozenset(f"few{i}" for i in range(4))
    whole = few.union(*parts)
    assert isolated({whole, *parts}, seed=1).smallest == 4
    assert isolated({whole, *parts[:2]}, seed=1).smallest == 12
