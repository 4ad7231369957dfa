"""Parts: no combination of blocks and parts isolates one to nine forms; telling cells are bands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure import Answers, Band, Withheld, elements_of, hidden_elements
from feedback_app.domain.disclosure.gate import band_of
from feedback_app.domain.disclosure.groups import Counts, tells
from feedback_app.domain.disclosure.parts import (
    REST,
    SERVICE_KEYS,
    Column,
    OfficerPart,
    OfficerSums,
    merged_services,
    narrow_split,
    officer_parts,
    service_parts,
    showable_officers,
    shown_part,
)
from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS
from feedback_app.domain.interval import Mean, mean_of_counts, mean_of_sums
from feedback_app.domain.skm import TooFew

Table = dict[tuple[int, ...], tuple[int, ...]]


def least_isolated(
    table: Table, *, seen: Sequence[Collection[tuple[int, ...]]] | None = None
) -> int | None:
    """By brute force: the fewest forms on which any combination of row and column sums is not 0.

    `seen` are the sets of parts whose sums are shown; every part alone when it is left out.

    A combination that is 0 on the cells Z and not on all exists just when Z's columns of the
    matrix of sums have a lower rank than all columns.
    """
    cells = [(part, block) for part in table for block in range(len(next(iter(table.values()))))]
    cells = [cell for cell in cells if table[cell[0]][cell[1]]]
    told = [{part} for part in table] if seen is None else seen
    sums = [[int(cell[0] in parts) for cell in cells] for parts in told]
    sums += [[int(cell[1] == block) for cell in cells] for block in {c[1] for c in cells}]
    matrix = np.array(sums)
    rank = np.linalg.matrix_rank(matrix)
    weights = [table[part][block] for part, block in cells]
    found = []
    for size in range(1, len(cells) + 1):
        for left in combinations(range(len(cells)), size):
            zero = [place for place in range(len(cells)) if place not in left]
            if not zero or np.linalg.matrix_rank(matrix[:, zero]) < rank:
                found.append(sum(weights[place] for place in left))
    return min(found, default=None)


sizes = st.integers(0, 14)
sizes_rows = st.tuples(sizes, sizes)
tables = st.lists(st.tuples(sizes, sizes, sizes), min_size=2, max_size=3)


@pytest.mark.proof
@settings(max_examples=60, deadline=None)
@given(tables)
def test_the_least_cut_is_what_brute_force_finds(rows: list[tuple[int, int, int]]) -> None:
    table: Table = {(key,): row for key, row in enumerate(rows) if any(row)}
    whole = [sum(column) for column in zip(*rows, strict=True)]
    if len(table) < 2 or any(0 < n < 10 for n in whole):
        return  # the grid never makes such blocks
    least = least_isolated(table)
    assert least is not None
    assert bool(narrow_split(table)) == (least < 10)


@given(st.lists(st.tuples(sizes, sizes, sizes, sizes), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_merged_services_leave_nothing_narrow(rows: list[tuple[int, ...]]) -> None:
    classes = merged_services(dict(enumerate(rows)))
    assert sorted(one for members in classes for one in members) == [
        key for key, row in enumerate(rows) if any(row)
    ]
    table = {
        members: tuple(sum(rows[one][block] for one in members) for block in range(4))
        for members in classes
    }
    assert len(table) < 2 or not narrow_split(table)


def test_weeks_in_which_only_one_officer_served_do_not_open_the_unnamed() -> None:
    """Sari in the first block, Andi in the second, four visitors who named nobody."""
    sizes_of = {1: (20, 0), 2: (0, 20)}
    assert showable_officers([Column(sizes_of, (24, 24), {})]) == frozenset()
    assert showable_officers([Column(sizes_of, (31, 31), {})]) == {1, 2}
    assert showable_officers([Column(sizes_of, (20, 20), {})]) == {1, 2}  # the blocks' own sums
    assert showable_officers([Column({1: (20, 0), 2: (0, 9)}, (35, 35), {})]) == {1}


def test_every_item_must_leave_ten_or_nobody() -> None:
    official = Column({1: (20, 20)}, (35, 35), {})
    own = Column({1: (20, 20)}, (20, 24), {})  # four others answered the item outside the index
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
    assert showable_officers([Column(left, WHOLE, taken)]) == shown


def test_an_appeal_of_one_officer_hides_no_other() -> None:
    column = Column({1: (12, 12, 3), 2: (11, 12, 13)}, WHOLE, {(1, 5): (0, 0, 9)})
    assert showable_officers([column]) == {2}


@pytest.mark.parametrize("small", [1, 2])
def test_of_two_who_appealed_only_the_one_from_whom_few_were_taken_is_hidden(small: int) -> None:
    large = 3 - small
    left = {small: (12, 12, 3), large: (12, 12, 2)}
    taken = {(small, 5): (0, 0, 9), (large, 6): (0, 0, 10)}
    assert showable_officers([Column(left, (60, 60, 60), taken)]) == {large}
    both = {(1, 5): (0, 0, 9), (2, 6): (0, 0, 8)}
    assert showable_officers([Column(left, (60, 60, 60), both)]) == frozenset()


def test_an_appeal_makes_nobody_shown_who_was_not() -> None:
    """The eight who named nobody would grow by ten that are known from before."""
    whole = (34, 34)
    assert showable_officers([Column({1: (20, 10), 2: (10, 20)}, whole, {})]) == {2}
    left = {1: (14, 6), 2: (10, 20)}
    assert showable_officers([Column(left, whole, {(1, 5): (6, 4)})]) == {2}
    assert showable_officers([Column(left, whole, {})]) == {1, 2}


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
    before = showable_officers([Column({k: r for k, r in had.items() if any(r)}, whole, {})])
    after = showable_officers([Column(now, whole, appeals)])
    assert after <= before
    seen = [{(1,), (1, 5)}] * (1 in before) + [{(1,)}] * (1 in after)
    seen += [{(2,)}] * bool({2} & (before | after))
    found = least_isolated(parts, seen=seen)
    assert found is None or found >= 10


def test_a_service_that_lives_in_its_own_weeks_is_merged() -> None:
    rows = {7: (30, 30, 1), 8: (0, 0, 40), REST: (3, 0, 2)}
    assert merged_services(rows) == [(0, 7, 8)]
    assert merged_services(rows | {REST: (3, 0, 12)}) == [(0, 7), (8,)]
    assert merged_services({7: (30, 30, 12), 8: (0, 11, 40)}) == [(7,), (8,)]


def test_one_to_nine_answers_apart_are_narrow_and_none_or_ten_are_not() -> None:
    for apart, is_narrow in ((0, False), (1, True), (9, True), (10, False)):
        table = {(1,): (30, apart), (2,): (0, 30)}
        assert narrow_split(table) == (frozenset({(2,)}) if is_narrow else frozenset()), apart
    assert narrow_split({}) == narrow_split({(1,): (30, 30)}) == frozenset()


def test_a_part_joins_one_from_outside_the_narrow_set() -> None:
    """Two and three together are nearly the first block; each alone with one is not."""
    assert merged_services({1: (0, 40), 2: (20, 1), 3: (20, 2)}) == [(1, 2), (3,)]


def test_at_most_eight_parts_are_told_apart_the_largest() -> None:
    many = {number: (20 + number, 50) for number in range(1, 11)}
    whole = [sum(column) + 40 for column in zip(*many.values(), strict=True)]
    assert showable_officers([Column(many, whole, {})]) == frozenset(range(3, 11))
    assert len(merged_services(many)) == 8
    eight = {number: many[number] for number in range(1, 9)}
    assert merged_services(eight) == [(number,) for number in range(1, 9)]


def test_an_officer_whom_nobody_rated_on_an_item_leaves_all_of_it_to_the_rest() -> None:
    official = Column({1: (20, 20)}, (40, 40), {})
    assert showable_officers([official, Column({}, (30, 30), {})]) == {1}


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
    hidden: frozenset[str] = frozenset(),
    taken: Sequence[tuple[int, dict[str, Counts]]] = (),
) -> list[OfficerPart]:
    groups = [*own, rest, *(items for _who, items in taken)]
    whole = {
        key: tuple(sum(group[key][v] for group in groups) for v in range(4)) for key in OFFICER_KEYS
    }
    sums = {number: officer(items) for number, items in enumerate(own, start=1)}
    found = officer_parts(
        sums,
        shown=frozenset(sums),
        taken=taken,
        whole=whole,  # type: ignore[arg-type]
        hidden=hidden,
    )
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


def test_a_part_of_too_few_is_never_shown_by_mistake() -> None:
    with pytest.raises(ValueError, match="ten answers"):
        shown_part(TooFew(n=9, needed=10))


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
    plain, alike = (1, four((1, 3, 9, 4))), (1, four((1, 3, 9, 4), perilaku=(0, 0, 0, 12)))
    rest = four((1, 3, 9, 4))
    assert exact_items(lines_of(four(MIXED), rest=rest, taken=[plain])[0])
    (line,) = lines_of(four(MIXED), rest=rest, taken=[alike])
    assert not exact_items(line)
    assert isinstance(line.mean, Mean)
    (line,) = lines_of(four(MIXED), rest=rest, taken=[(1, four((0, 0, 0, 12)))])
    assert isinstance(line.mean, Band)


def test_a_month_that_hides_an_item_hides_it_for_officers() -> None:
    hidden = frozenset({"perilaku", "biaya"})
    nobody: dict[str, Counts] = four((0, 0, 0, 0))
    assert isinstance(lines_of(four(MIXED), rest=four(MIXED), hidden=hidden)[0].mean, Mean)
    assert isinstance(lines_of(four(MIXED), rest=nobody, hidden=hidden)[0].mean, Band)
    assert not exact_items(lines_of(four(MIXED), rest=four(MIXED), hidden=hidden)[0])


def test_who_is_not_shown_keeps_no_number_about_answers() -> None:
    sums = {1: officer(four(MIXED)), 2: officer(four((0, 0, 5, 4)))}
    sums[3] = officer(four((0, 0, 5, 5)))
    whole = four((5, 12, 60, 50))
    found = officer_parts(sums, shown=frozenset(), taken=(), whole=whole, hidden=frozenset())
    assert found == {1: Withheld(42), 2: TooFew(n=9, needed=10), 3: Withheld(10)}


def test_a_telling_service_makes_the_element_a_band_for_every_service() -> None:
    plain: dict[str, Counts] = dict.fromkeys(SERVICE_KEYS, MIXED)
    sums = {7: plain, 8: plain | {"biaya": ALIKE}}
    rows = {7: (20, 22), 8: (21, 21)}
    one, other = service_parts(sums, sizes=rows, hidden=frozenset({"sarana"}))
    for part in (one, other):
        bands = {key for key, shown in part.elements.items() if isinstance(shown, Band)}
        assert bands == {"biaya", "sarana"}
        assert not set(part.elements) & set(OFFICER_KEYS)
    assert service_parts({7: plain}, sizes={7: (20, 22)}, hidden=frozenset()) == []


def month(**changed: Counts) -> dict[str, Counts]:
    return dict.fromkeys(ALL_KEYS, MIXED) | changed


def test_a_hidden_element_never_hides_alone() -> None:
    """The index is exact: with eight elements beside it the ninth would be known."""
    assert hidden_elements(month()) == frozenset()
    hidden = hidden_elements(month(biaya=ALIKE, waktu=(0, 2, 3, 37)))
    assert hidden == {"biaya", "waktu"}
    assert hidden_elements(month(informasi=ALIKE)) == {"informasi"}  # not in the index


def test_what_one_month_hides_no_sum_of_months_shows() -> None:
    shown = elements_of([month(), month(biaya=ALIKE, waktu=(0, 2, 3, 37)), month()])
    assert isinstance(shown["biaya"], Band)
    assert isinstance(shown["waktu"], Band)
    assert isinstance(shown["sarana"], Answers)
    assert shown["sarana"].counts == (6, 15, 60, 45)


def test_a_month_in_which_few_answered_is_left_out_of_an_own_item() -> None:
    shown = elements_of([month(), month(kepercayaan=(0, 0, 3, 4))])
    assert isinstance(shown["kepercayaan"], Answers)
    assert shown["kepercayaan"].counts == MIXED
    assert isinstance(elements_of([month(kepercayaan=(0, 0, 3, 4))])["kepercayaan"], TooFew)


def test_nobody_is_told_where_nobody_answered() -> None:
    assert not tells((0, 0, 0, 0))
    assert tells((0, 1, 0, 0))


def test_no_cell_that_is_shown_exactly_tells_a_single_answer() -> None:
    """All counts of ten to twelve answers: exact only when two people differ from the rest."""
    for n in (10, 11, 12):
        for one, two, three in product(range(n + 1), repeat=3):
            four_ = n - one - two - three
            if four_ < 0:
                continue
            counts = (one, two, three, four_)
            mean = (one + 2 * two + 3 * three + 4 * four_) / n
            near_an_end = min(mean - 1, 4 - mean) <= 1 / n + 1e-9
            assert tells(counts) or not near_an_end
            assert tells(counts) == (max(counts) >= n - 1)
            band = band_of(counts)
            assert isinstance(band, Band)
            assert band.low <= mean <= band.high
            assert (band.high - band.low) * n >= 5  # five points or more stay unknown
