"""Parts: no combination of blocks and parts isolates one to nine forms; telling cells are bands."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.disclosure import Answers, Band, elements_of, hidden_elements
from feedback_app.domain.disclosure.gate import band_of
from feedback_app.domain.disclosure.groups import Counts, tells
from feedback_app.domain.disclosure.parts import (
    REST,
    SERVICE_KEYS,
    merged_services,
    narrow_split,
    service_parts,
    shown_part,
)
from feedback_app.domain.elements import ALL_KEYS, OFFICER_KEYS
from feedback_app.domain.skm import TooFew
from tests.domain.brute_force import Table, least_isolated

sizes = st.integers(0, 14)
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
    assert bool(narrow_split(table, {})) == (least < 10)


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
    assert len(table) < 2 or not narrow_split(table, {})


def test_a_service_that_lives_in_its_own_weeks_is_merged() -> None:
    rows = {7: (30, 30, 1), 8: (0, 0, 40), REST: (3, 0, 2)}
    assert merged_services(rows) == [(0, 7, 8)]
    assert merged_services(rows | {REST: (3, 0, 12)}) == [(0, 7), (8,)]
    assert merged_services({7: (30, 30, 12), 8: (0, 11, 40)}) == [(7,), (8,)]


def test_one_to_nine_answers_apart_are_narrow_and_none_or_ten_are_not() -> None:
    for apart, is_narrow in ((0, False), (1, True), (9, True), (10, False)):
        table = {(1,): (30, apart), (2,): (0, 30)}
        assert narrow_split(table, {}) == (frozenset({(2,)}) if is_narrow else frozenset()), apart
    assert narrow_split({}, {}) == narrow_split({(1,): (30, 30)}, {}) == frozenset()


def test_a_part_joins_one_from_outside_the_narrow_set() -> None:
    """Two and three together are nearly the first block; each alone with one is not."""
    assert merged_services({1: (0, 40), 2: (20, 1), 3: (20, 2)}) == [(1, 2), (3,)]


def test_as_many_services_are_told_apart_as_are_large_enough() -> None:
    many = {number: (20 + number, 50) for number in range(1, 31)}
    assert merged_services(many) == [(number,) for number in range(1, 31)]
    assert len(merged_services(many | {31: (4, 5)})) == 30


MIXED: Counts = (2, 5, 20, 15)
ALIKE: Counts = (0, 0, 0, 42)


def test_a_part_of_too_few_is_never_shown_by_mistake() -> None:
    with pytest.raises(ValueError, match="ten answers"):
        shown_part(TooFew(n=9, needed=10))


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
