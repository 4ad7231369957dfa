"""Closed blocks: ten forms each, never changed by what comes later, never all alike."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, combinations_with_replacement

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure import (
    MIN_GROUP,
    DayForms,
    Grid,
    Score,
    Stretch,
    by_stretch,
    closed_months,
    closed_quarters,
    counter_to_shorten,
    ending_within,
    grid_of,
    grid_start,
    months_of,
    score_of,
    tells_total,
    without_end_of,
)
from feedback_app.domain.disclosure.blocks import months_later, quarter_start
from feedback_app.domain.periods import PERIOD_KEYS, period
from feedback_app.domain.skm import TooFew

START = date(2026, 10, 1)


def day(number: int, totals: list[int]) -> DayForms:
    squares = sum(total * total for total in totals)
    return DayForms(START + timedelta(days=number), len(totals), sum(totals), squares)


def mixed(number: int, n: int) -> DayForms:
    return day(number, [27 + (i % 3) for i in range(n)])


def test_days_are_merged_until_ten_and_the_newest_block_waits_for_one_behind_it() -> None:
    days = [mixed(0, 4), mixed(1, 5), mixed(3, 3), mixed(4, 12), mixed(5, 2)]
    grid = grid_of(days, today=START + timedelta(days=6))
    assert [(b.first, b.last, b.n) for b in grid.blocks] == [
        (date(2026, 10, 1), date(2026, 10, 4), 12),
    ]
    assert (grid.waiting, grid.open_from) == (14, date(2026, 10, 5))
    open_day = grid_of(days[:4], today=START + timedelta(days=4))
    assert (open_day.blocks, open_day.waiting, open_day.open_from) == ((), 24, START.replace(day=4))
    assert score_of((), grid=open_day) == TooFew(n=24, needed=2 * MIN_GROUP)
    unfilled = grid_of(days[:2], today=START + timedelta(days=4))
    assert (unfilled.waiting, unfilled.open_from) == (9, date(2026, 10, 5))


def test_a_quarter_that_is_over_is_filled_to_its_last_day() -> None:
    days = [mixed(1, 12), mixed(60, 10), mixed(70, 11), mixed(90, 9)]
    running = grid_of(days, today=date(2026, 12, 31))
    assert [b.last for b in running.blocks] == [days[0].day, days[1].day]
    over = grid_of(days, today=date(2027, 1, 1))
    assert over.blocks[:2] == running.blocks
    assert [(b.first, b.last, b.n) for b in over.blocks[2:]] == [
        (date(2026, 12, 1), date(2026, 12, 31), 20)
    ]
    assert (over.waiting, over.open_from) == (0, date(2027, 1, 1))


def test_a_quarter_begins_anew_and_nine_forms_of_one_are_never_shown() -> None:
    days = [
        DayForms(date(2026, 12, 31), 9, 243, 6563),
        DayForms(date(2027, 1, 4), 9, 243, 6563),
        DayForms(date(2027, 1, 5), 1, 20, 400),
    ]
    assert grid_of(days[:1], today=date(2027, 1, 1)) == Grid((), 0, date(2027, 1, 1))
    grid = grid_of(days, today=date(2027, 4, 1))
    assert [(b.first, b.last, b.n) for b in grid.blocks] == [
        (date(2027, 1, 1), date(2027, 3, 31), 10)
    ]


def test_ten_forms_that_are_all_but_one_alike_wait_for_more() -> None:
    nine_best, over = day(0, [36] * 9 + [9]), date(2027, 1, 1)
    assert grid_of([nine_best], today=over).blocks == ()
    assert grid_of([day(0, [27] * 10)], today=over).blocks == ()
    (block,) = grid_of([nine_best, day(1, [30])], today=over).blocks
    assert block.n == 11
    # nor does such a block let the one before it be shown
    (shown,) = grid_of([mixed(0, 10), day(1, [27] * 10)], today=over).blocks
    assert shown.n == 20
    assert grid_of([mixed(0, 10), day(1, [27] * 10)], today=date(2026, 11, 1)).blocks == ()


def test_what_two_sums_tell_of_totals() -> None:
    for totals, told in (
        ([36] * 10, True),
        ([36] * 9 + [9], True),
        ([9] * 9 + [20], True),
        ([27] * 10, True),
        ([36] * 8 + [35, 35], False),
        ([20, 21] * 5, False),
    ):
        n, total, squares = len(totals), sum(totals), sum(t * t for t in totals)
        assert tells_total(n, total, squares, items=9) is told


def test_two_sums_tell_just_when_at_most_one_form_differs_from_an_end_or_all_are_alike() -> None:
    """Every choice of up to five totals of two items: 2 to 8 points."""
    for n in range(1, 6):
        for totals in combinations_with_replacement(range(2, 9), n):
            apart = [sum(total != end for total in totals) for end in (2, 8)]
            told = min(apart) <= 1 or len(set(totals)) == 1
            sums = (sum(totals), sum(t * t for t in totals))
            assert tells_total(n, *sums, items=2) is told, totals


def test_blocks_hold_all_forms_of_their_days_and_nothing_else() -> None:
    """Over two years and many blocks, sums and squares too."""
    days = [mixed(number, 3 + number % 7) for number in range(182)]
    grid = grid_of(days, today=date(2027, 4, 1))
    assert len(grid.blocks) > 20
    for block in grid.blocks:
        inside = [forms for forms in days if block.first <= forms.day <= block.last]
        for name in ("n", "total", "squares"):
            assert getattr(block, name) == sum(getattr(forms, name) for forms in inside)
    for one, other in zip(grid.blocks, grid.blocks[1:], strict=False):
        assert other.first == one.last + timedelta(days=1)
    assert (grid.blocks[0].first, grid.blocks[-1].last) == (START, date(2027, 3, 31))


def test_a_block_belongs_to_the_days_on_which_it_ends_both_ends_included() -> None:
    days = [mixed(number, 12) for number in range(5)]
    blocks = grid_of(days, today=date(2026, 11, 1)).blocks
    within = ending_within(blocks, first=days[1].day, last=days[2].day)
    assert [block.last for block in within] == [days[1].day, days[2].day]


def test_without_a_form_nothing_waits() -> None:
    assert grid_of([], today=START) == Grid((), 0, START)


def test_a_grid_begins_with_its_quarter() -> None:
    assert grid_start(date(2026, 5, 3)) == date(2026, 4, 1)
    assert grid_start(date(2026, 1, 1)) == date(2026, 1, 1)


def test_calendar_months_and_quarters() -> None:
    starts = [quarter_start(date(2026, month, 17)) for month in range(1, 13)]
    assert starts == [date(2026, 3 * (month // 3) + 1, 1) for month in range(12)]
    months = [date(year, month, 1) for year in (2025, 2026, 2027) for month in range(1, 13)]
    for place, month in enumerate(months):
        for other in range(36):
            assert months_later(month, other - place) == months[other]


forms = st.lists(st.lists(st.integers(9, 36), max_size=4), min_size=1, max_size=130)


@given(forms)
def test_no_two_looks_nor_a_survey_differ_by_fewer_than_ten(totals: list[list[int]]) -> None:
    """Every period and closed month on every day of a third of a year, and each quarter's survey."""
    days = [day(number, of_day) for number, of_day in enumerate(totals)]
    end = START + timedelta(days=len(days))
    whole = grid_of(days, today=months_later(quarter_start(end), 3))
    looks: set[frozenset[date]] = set()
    months: dict[date, Stretch] = {}
    for number in range(len(days) + 1):
        today = START + timedelta(days=number)
        grid = grid_of(days[: number + 1], today=today)
        assert set(grid.blocks) <= set(whole.blocks)
        for key in PERIOD_KEYS:
            asked = period(key, today=today)
            seen = ending_within(grid.blocks, first=asked.first, last=asked.last)
            looks.add(frozenset(block.last for block in seen))
        for month in closed_months(grid):
            assert months.setdefault(month.starts, month) == month
    for starts in (START, date(2027, 1, 1)):  # what the official survey counts
        inside = [b for b in whole.blocks if quarter_start(b.last) == starts]
        n = sum(one.n for one in days if quarter_start(one.day) == starts)
        assert not inside or sum(block.n for block in inside) == n
        looks.add(frozenset(block.last for block in inside))
    sizes = {block.last: block.n for block in whole.blocks}
    for one, other in combinations(looks, 2):
        for part in (one - other, other - one):
            assert not part or sum(sizes[end] for end in part) >= MIN_GROUP


def test_months_and_quarters_are_the_blocks_that_end_in_them() -> None:
    days = [mixed(number, 6) for number in range(0, 60)]
    grid = grid_of(days, today=date(2026, 12, 20))
    (october,) = closed_months(grid)  # November's last block waits for one behind it
    assert (october.starts, october.first, october.last) == (
        date(2026, 10, 1),
        date(2026, 10, 1),
        date(2026, 10, 30),
    )
    assert closed_quarters(grid.blocks, today=date(2027, 1, 7)) == []
    over = grid_of(days, today=date(2027, 1, 8))
    (quarter,) = closed_quarters(over.blocks, today=date(2027, 1, 8))
    assert quarter.blocks == over.blocks
    assert sum(block.n for block in quarter.blocks) == 60 * 6
    by_day = [(forms.day, forms.n) for forms in days]
    same, november, _december = months_of(over.blocks)
    assert (same, november.first) == (october, date(2026, 10, 31))
    assert by_stretch(by_day, months_of(over.blocks)) == (180, 168, 12)
    ends = [(october.first, 1), (october.last, 2), (november.first, 4), (november.last, 8)]
    assert by_stretch(ends, [october, november]) == (3, 12)


def test_a_month_is_closed_when_no_other_block_can_end_in_it() -> None:
    """A block that came to a month later would be known alone, and ten are often of one mind."""
    days = [mixed(number, 10) for number in range(31)]
    assert closed_months(grid_of(days, today=date(2026, 11, 1))) == []
    more = [*days, mixed(31, 9)]
    assert closed_months(grid_of(more, today=date(2026, 11, 3))) == []
    full = [*more, mixed(33, 1)]
    (october,) = closed_months(grid_of(full, today=date(2026, 11, 4)))
    assert sum(block.n for block in october.blocks) == 310


def quarter_days(n: int) -> list[DayForms]:
    """So many forms of one quarter, at most six a day."""
    return [mixed(number, min(6, n - 6 * number)) for number in range(-(-n // 6))]


counters = st.lists(st.integers(0, 60), min_size=1, max_size=4)


@given(counters)
def test_a_units_survey_leaves_nobody_beside_its_counters_blocks(sizes: list[int]) -> None:
    unit = {number: quarter_days(n) for number, n in enumerate(sizes, start=1)}
    grids = {one: grid_of(days, today=date(2027, 1, 1)) for one, days in unit.items()}
    shortened = counter_to_shorten(unit, starts=START)
    if shortened is not None:
        whole = grids[shortened].blocks
        grids[shortened] = without_end_of(grids[shortened], START)
        assert grids[shortened].blocks == whole[:-1]
    shown = sum(block.n for grid in grids.values() for block in grid.blocks)
    left = sum(sizes) - shown
    assert shown == 0 or left == 0 or left >= MIN_GROUP
    assert (shortened is None) == (
        sum(n for n in sizes if n < 10) == 0
        or max(sizes) < 10
        or sum(n for n in sizes if n < 10) >= 10
    )


def test_the_counter_with_the_smallest_last_block_is_shortened() -> None:
    unit = {3: quarter_days(27), 4: quarter_days(25), 5: quarter_days(9)}  # 15, 13 and none
    assert counter_to_shorten(unit, starts=START) == 4
    assert counter_to_shorten({3: unit[3], 4: unit[3], 5: unit[5]}, starts=START) == 3
    other = grid_of([*unit[4], DayForms(date(2027, 1, 9), 30, 810, 21900)], today=date(2027, 4, 1))
    assert [b.last for b in without_end_of(other, START).blocks][-1] == date(2027, 3, 31)


def test_a_score_is_the_index_of_its_blocks() -> None:
    days = [day(0, [27] * 5 + [36] * 5), day(1, [18] * 6 + [20] * 6)]
    grid = grid_of(days, today=date(2027, 1, 1))
    score = score_of(grid.blocks, grid=grid)
    assert isinstance(score, Score)
    total = 5 * 27 + 5 * 36 + 6 * 18 + 6 * 20
    assert float(score.ikm) == round(total / (22 * 9) * 25, 2)
    assert (score.n, score.blocks, score.mutu) == (22, 2, "C")
