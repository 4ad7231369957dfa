"""Officers over all counters of a unit: who is shown, as what, and that no sum opens few forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure import Answers, Band, Withheld
from feedback_app.domain.disclosure.groups import Counts
from feedback_app.domain.disclosure.officers import (
    Column,
    OfficerPart,
    OfficerSums,
    complete_parts,
    early_parts,
    opens_hidden,
    remainders,
    showable_officers,
)
from feedback_app.domain.disclosure.parts import REST, Row
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.interval import Mean, mean_of_counts, mean_of_sums
from feedback_app.domain.skm import TooFew
from tests.domain.brute_force import least_isolated

sizes = st.integers(0, 14)
sizes_rows = st.tuples(sizes, sizes)


def told(
    sizes: Mapping[int, Row], whole: Row, taken: Mapping[tuple[int, int], Row] | None = None
) -> Column:
    """One item, whose every block is told."""
    return Column(sizes, whole, taken or {}, told=(True,) * len(whole))


def test_weeks_in_which_only_one_officer_served_do_not_open_the_unnamed() -> None:
    """Sari in the first block, Andi in the second, four visitors who named nobody."""
    sizes_of = {1: (20, 0), 2: (0, 20)}
    assert showable_officers([told(sizes_of, (24, 24))]) == frozenset()
    assert showable_officers([told(sizes_of, (31, 31))]) == {1, 2}
    assert showable_officers([told(sizes_of, (20, 20))]) == {1, 2}  # the blocks' own sums
    assert showable_officers([told({1: (20, 0), 2: (0, 9)}, (35, 35))]) == {1}


def test_every_item_must_leave_ten_or_nobody() -> None:
    official = told({1: (20, 20)}, (35, 35))
    own = told({1: (20, 20)}, (20, 24))  # four others answered the item outside the index
    assert showable_officers([official]) == {1}
    assert showable_officers([official, own]) == frozenset()


WHOLE = (40, 40, 40)


@pytest.mark.parametrize(
    ("left", "taken", "shown"),
    [
        ({1: (12, 12, 12)}, {}, {1}),
        ({1: (12, 12, 2)}, {(1, 5): (0, 0, 10)}, {1}),  # ten taken: told, and nobody opened
        ({1: (12, 12, 3)}, {(1, 5): (0, 0, 9)}, set()),  # nine would be known by subtraction
        ({1: (9, 0, 0)}, {(1, 5): (3, 12, 12)}, set()),  # nine are left
        ({}, {(1, 5): (12, 12, 12)}, set()),  # all were taken: nothing is left to show
        ({1: (12, 2, 2)}, {(1, 5): (0, 5, 5), (1, 6): (0, 5, 5)}, {1}),
        ({1: (12, 2, 6)}, {(1, 5): (0, 5, 5), (1, 6): (0, 5, 1)}, set()),  # the second is small
        ({1: (24, 0, 0)}, {(1, 5): (0, 35, 0)}, set()),  # nearly a block: five are left over
    ],
)
def test_what_an_appeal_took_is_a_part_of_its_own(
    left: dict[int, tuple[int, ...]], taken: dict[tuple[int, int], tuple[int, ...]], shown: set[int]
) -> None:
    assert showable_officers([told(left, WHOLE, taken)]) == shown


def test_an_appeal_of_one_officer_hides_no_other() -> None:
    column = told({1: (12, 12, 3), 2: (11, 12, 13)}, WHOLE, {(1, 5): (0, 0, 9)})
    assert showable_officers([column]) == {2}


@pytest.mark.parametrize("small", [1, 2])
def test_of_two_who_appealed_only_the_one_from_whom_few_were_taken_is_hidden(small: int) -> None:
    large = 3 - small
    left = {small: (12, 12, 3), large: (12, 12, 2)}
    taken = {(small, 5): (0, 0, 9), (large, 6): (0, 0, 10)}
    assert showable_officers([told(left, (60, 60, 60), taken)]) == {large}
    both = {(1, 5): (0, 0, 9), (2, 6): (0, 0, 8)}
    assert showable_officers([told(left, (60, 60, 60), both)]) == frozenset()


def test_an_appeal_makes_nobody_shown_who_was_not() -> None:
    """The eight who named nobody would grow by ten that are known from before."""
    whole = (34, 34)
    assert showable_officers([told({1: (20, 10), 2: (10, 20)}, whole)]) == {2}
    left = {1: (14, 6), 2: (10, 20)}
    assert showable_officers([told(left, whole, {(1, 5): (6, 4)})]) == {2}
    assert showable_officers([told(left, whole)]) == {1, 2}


@pytest.mark.proof
@settings(max_examples=60, deadline=None)
@given(sizes_rows, sizes_rows, sizes_rows, sizes_rows)
def test_looks_before_and_after_an_appeal_isolate_ten_or_nobody(
    left: tuple[int, ...], taken: tuple[int, ...], other: tuple[int, ...], rest: tuple[int, ...]
) -> None:
    """By brute force over every combination of what was seen before, of what is seen now."""
    parts = {(1,): left, (1, 5): taken, (2,): other, (REST,): rest}
    whole = tuple(sum(column) for column in zip(*parts.values(), strict=True))
    assume(all(n == 0 or n >= 10 for n in whole))  # a block holds ten
    now = {number: row for number, row in ((1, left), (2, other)) if any(row)}
    appeals = {(1, 5): taken} if any(taken) else {}
    had = {1: tuple(map(sum, zip(left, taken, strict=True))), 2: other}
    before = showable_officers([told({k: r for k, r in had.items() if any(r)}, whole)])
    after = showable_officers([told(now, whole, appeals)])
    assert after <= before
    seen = [{(1,), (1, 5)}] * (1 in before) + [{(1,)}] * (1 in after)
    seen += [{(2,)}] * bool({2} & (before | after))
    found = least_isolated(parts, seen=seen)
    assert found is None or found >= 10


def test_an_officer_whom_nobody_rated_on_an_item_leaves_all_of_it_to_the_rest() -> None:
    official = told({1: (20, 20)}, (40, 40))
    assert showable_officers([official, told({}, (30, 30))]) == {1}


MIXED: Counts = (2, 5, 20, 15)
ALIKE: Counts = (0, 0, 0, 42)


def officer(items: dict[str, Counts]) -> OfficerSums:
    n = sum(items["perilaku"])
    total = sum(v * c for counts in items.values() for v, c in enumerate(counts, start=1))
    return OfficerSums(items=items, n=n, total=total, squares=total * total // n + 90, by_poster=3)


def four(counts: Counts, **changed: Counts) -> dict[str, Counts]:
    return dict.fromkeys(OFFICER_KEYS, counts) | changed


def lines_of(
    *own: dict[str, Counts],
    rest: dict[str, Counts],
    is_open: bool = False,
    taken: Sequence[dict[str, Counts]] = (),
) -> list[OfficerPart]:
    sums = {number: officer(items) for number, items in enumerate(own, start=1)}
    groups = [*own, rest, *taken]
    found = complete_parts(sums, shown=frozenset(sums), groups=groups, is_open=is_open)
    assert all(isinstance(line, OfficerPart) for line in found.values())
    return [line for line in found.values() if isinstance(line, OfficerPart)]


def exact_items(line: OfficerPart) -> bool:
    return all(isinstance(item, Answers) for item in line.items.values())


def test_officers_are_told_by_their_four_items() -> None:
    (line,) = lines_of(four(MIXED), rest=four((1, 3, 9, 4)))
    assert exact_items(line)
    assert isinstance(line.mean, Mean)
    assert line.mean.mean == pytest.approx((2 + 10 + 60 + 60) / 42)
    assert (line.n, line.by_poster) == (42, 3)


def test_where_all_answered_all_four_the_interval_is_that_of_their_totals() -> None:
    """People who differ less in the sum of the four than in each are known more closely."""
    (line,) = lines_of(four(MIXED), rest=four((1, 3, 9, 4)))
    own = officer(four(MIXED))
    expected = mean_of_sums(own.n, own.total, own.squares, items=4, at_least=1)
    one = mean_of_counts(MIXED, at_least=1)
    assert line.mean == expected
    assert isinstance(line.mean, Mean)
    assert isinstance(one, Mean)
    assert one.low < line.mean.low < line.mean.high < one.high


def test_where_some_left_an_item_out_the_interval_is_the_mean_of_the_items_own() -> None:
    fewer: Counts = (1, 4, 18, 12)
    (line,) = lines_of(four(MIXED, perilaku=fewer), rest=four((1, 3, 9, 4)))
    found = [mean_of_counts(counts, at_least=1) for counts in (fewer, MIXED, MIXED, MIXED)]
    means = [mean for mean in found if isinstance(mean, Mean)]
    assert isinstance(line.mean, Mean)
    assert (line.n, line.mean.n) == (42, 42)
    for name in ("mean", "low", "high"):
        expected = sum(getattr(mean, name) for mean in means) / 4
        assert getattr(line.mean, name) == pytest.approx(expected)


@pytest.mark.parametrize("who", ["one officer", "the other", "the rest"])
def test_one_telling_item_hides_everybodys_items(who: str) -> None:
    """Else the hidden one is the whole minus the others."""
    telling = four(MIXED, perilaku=ALIKE)
    groups = [telling if who == name else four(MIXED) for name in ("one officer", "the other")]
    rest = telling if who == "the rest" else four((1, 3, 9, 4))
    lines = lines_of(*groups, rest=rest)
    assert not any(exact_items(line) for line in lines)
    assert all(isinstance(line.mean, Mean) for line in lines)


def test_where_all_four_items_tell_the_means_are_bands_too() -> None:
    lines = lines_of(four(MIXED), four(ALIKE), rest=four((1, 3, 9, 4)))
    assert all(isinstance(line.mean, Band) for line in lines)
    assert lines[1].mean == Band(n=42, value=4, low=3.5, high=4)


def test_what_an_appeal_took_hides_items_when_it_tells_them() -> None:
    """Whoever saw the figures before knows what was taken; were all of it alike, everybody's."""
    rest = plain = four((1, 3, 9, 4))
    assert exact_items(lines_of(four(MIXED), rest=rest, taken=[plain])[0])
    alike = four((1, 3, 9, 4), perilaku=(0, 0, 0, 12))
    (line,) = lines_of(four(MIXED), rest=rest, taken=[alike])
    assert not exact_items(line)
    assert isinstance(line.mean, Mean)
    (line,) = lines_of(four(MIXED), rest=rest, taken=[four((0, 0, 0, 12))])
    assert isinstance(line.mean, Band)


def test_where_a_hidden_month_would_follow_everything_is_a_band() -> None:
    (line,) = lines_of(four(MIXED), rest=four((1, 3, 9, 4)), is_open=True)
    assert not exact_items(line)
    assert isinstance(line.mean, Band)


def test_who_is_not_shown_keeps_no_number_about_answers() -> None:
    sums = {1: officer(four(MIXED)), 2: officer(four((0, 0, 5, 4)))}
    sums[3] = officer(four((0, 0, 5, 5)))
    found = complete_parts(sums, shown=frozenset(), groups=[], is_open=False)
    assert found == {1: Withheld(42), 2: TooFew(n=9, needed=10), 3: Withheld(10)}
    assert early_parts(sums, shown=frozenset(), taken=[]) == found


def test_who_rotates_is_shown_over_all_counters_together() -> None:
    """Four at each of three counters: too few anywhere, and enough over the unit."""
    sizes = {1: (4, 4, 4), 2: (12, 12, 12)}
    assert showable_officers([told(sizes, (30, 30, 30))]) == {1, 2}
    assert showable_officers([told({1: (4,), 2: (12,)}, (30,))]) == {2}


def test_a_counter_of_nine_forms_is_no_block_and_still_counts() -> None:
    """Nine forms that no block tells: of one officer they stand beside the officer's others."""
    alone = Column({1: (20, 9), 2: (15, 0)}, (60, 9), {}, told=(True, False))
    assert showable_officers([alone]) == {1, 2}
    nearly_all = Column({1: (60, 9)}, (60, 9), {}, told=(True, False))
    assert showable_officers([nearly_all]) == frozenset()  # the block taken away leaves the nine
    beside = Column({1: (60, 12)}, (60, 12), {}, told=(True, False))
    assert showable_officers([beside]) == {1}


untold_rows = st.lists(st.tuples(sizes, sizes, sizes), min_size=3, max_size=3)


@pytest.mark.proof
@settings(max_examples=60, deadline=None)
@given(untold_rows)
def test_with_blocks_that_nobody_knows_no_sum_isolates_few(rows: list[tuple[int, ...]]) -> None:
    """By brute force: two officers, who named nobody, two blocks told and one that is not."""
    rest, *named = rows
    whole = tuple(sum(column) for column in zip(*rows, strict=True))
    assume(all(n == 0 or n >= 10 for n in whole[:2]))
    own = {number: row for number, row in enumerate(named, start=1) if any(row)}
    shown = showable_officers([Column(own, whole, {}, told=(True, True, False))])
    parts = {(number,): row for number, row in own.items()} | {(REST,): rest}
    found = least_isolated(parts, seen=[{(number,)} for number in shown], untold=[2])
    assert found is None or found >= 10


def test_of_two_hundred_blocks_and_forty_officers_the_one_few_are_found() -> None:
    """As large as a unit gets; eight parts were the most that trying all sets could do."""
    sizes = {who: tuple(1 if (who + block) % 4 else 2 for block in range(200)) for who in range(40)}
    sizes = {who + 1: row for who, row in sizes.items()}
    whole = tuple(sum(column) + 12 for column in zip(*sizes.values(), strict=True))
    assert showable_officers([told(sizes, whole)]) == set(sizes)
    alone = (0,) * 200 + (20,)
    wider = {who: (*row, 0) for who, row in sizes.items()} | {99: alone}
    assert showable_officers([told(wider, (*whole, 24))]) == set(sizes)
    assert showable_officers([told(wider, (*whole, 30))]) == {*sizes, 99}


def test_early_forms_stand_by_themselves_from_ten_on() -> None:
    sums = {1: officer(four((0, 2, 5, 3))), 2: officer(four((0, 0, 0, 10)))}
    early = [Column({1: (10,), 2: (10,), 3: (9,)}, (29,), {}, told=(False,))]
    assert showable_officers(early) == {1, 2}
    found = early_parts(sums, shown=frozenset({1, 2}), taken=[])
    assert isinstance(found[1], OfficerPart)
    assert exact_items(found[1])  # a colleague's alike answers tell nothing of these
    assert isinstance(found[2], OfficerPart)
    assert isinstance(found[2].mean, Band)
    alike = [(1, four((0, 0, 0, 12)))]
    hidden = early_parts(sums, shown=frozenset({1, 2}), taken=alike)[1]
    assert isinstance(hidden, OfficerPart)
    assert isinstance(hidden.mean, Band)


@pytest.mark.parametrize(
    ("sizes", "rest", "is_open"),
    [
        ({1: (20, 30)}, (0, 0), True),  # served alone: the quarter without its other month
        ({1: (20, 30)}, (0, 10), False),  # ten who named nobody lie in the other month
        ({1: (20, 30)}, (10, 0), True),  # in the hidden month itself they do not help
        ({1: (20, 15), 2: (0, 15)}, (0, 10), False),  # a colleague ties them to the ten
        ({1: (20, 0), 2: (0, 30)}, (0, 10), True),  # served in the hidden month and nowhere else
    ],
)
def test_a_hidden_month_is_opened_only_by_who_is_tied_to_nobody_unnamed(
    sizes: dict[int, tuple[int, ...]], rest: tuple[int, ...], is_open: bool
) -> None:
    whole = tuple(map(sum, zip(rest, *sizes.values(), strict=True)))
    column = told(sizes, whole)
    assert opens_hidden(column, shown=set(sizes), hidden=[0]) == is_open
    assert not opens_hidden(column, shown=set(), hidden=[0])


def test_what_lies_outside_the_months_ties_too() -> None:
    column = Column({1: (20, 30, 5)}, (20, 30, 5), {}, told=(True, True, False))
    assert not opens_hidden(column, shown={1}, hidden=[0])


def test_what_officers_leave_of_a_counter_is_a_group_of_its_own() -> None:
    """Dewi serves at one counter only: its others follow, though the unit's are mixed."""
    whole = {1: four((5, 9, 30, 20)), 2: four((2, 5, 20, 27))}
    dewi, sari = four(MIXED), four((3, 5, 20, 10))
    named = {(1,): (dewi, {2}), (2,): (sari, {1, 2})}
    assert four((0, 0, 0, 12)) in remainders(whole, named)
    assert four((2, 4, 10, 22)) in remainders(whole, named)
    assert remainders(whole, {}) == []
