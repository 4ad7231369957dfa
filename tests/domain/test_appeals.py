"""Classes that may be appealed against, until when, and what must be hidden afterwards."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.appeals import (
    AppealClass,
    Cell,
    Made,
    apart_from_open,
    deadline,
    holds,
    is_corrected,
    may_open,
    may_review,
    offered,
    offers,
)
from feedback_app.domain.form_sets import COMPLETE, EARLY
from feedback_app.domain.survey import Span

SPAN = Span(date(2026, 7, 1), date(2026, 9, 30))
DAY = date(2026, 9, 10)


def cell(day: date, counter: int, tier: str, n: int, *, unit: int = 0) -> Cell:
    """Complete forms; a unit of one counter where no other is said."""
    return Cell(day, unit or counter, counter, tier, COMPLETE, n)


def keys(cells: list[Cell], *, present: set[date]) -> list[tuple[str, str, int | None]]:
    return [(one.what.kind, one.what.value, one.n) for one in offers(SPAN, cells, present=present)]


def test_a_class_holds_ten_and_leaves_ten() -> None:
    cells = [cell(DAY, 1, "poster", 12), cell(DAY, 2, "visit", 9), cell(DAY, 2, "kiosk", 3)]
    assert keys(cells, present={DAY}) == [
        ("batch", "", 24),
        ("tier", "poster", 12),
        ("counter", "1", 12),
        ("counter", "2", 12),
    ]


def test_a_unit_that_shows_nobody_apart_does_not_stand_in_the_way() -> None:
    cells = [cell(DAY, 1, "poster", 14), cell(DAY, 2, "poster", 3), cell(DAY, 1, "visit", 10)]
    assert keys(cells, present={DAY}) == [
        ("batch", "", 27),
        ("tier", "poster", 17),
        ("tier", "visit", 10),
        ("counter", "1", 24),
    ]


def test_who_rotates_appeals_against_one_way_in_over_all_counters() -> None:
    """Four at each counter: too few there, and enough in the unit."""
    cells = [cell(DAY, n, tier, 4, unit=7) for n in (1, 2, 3) for tier in ("poster", "visit")]
    found = keys(cells, present={DAY})
    assert [value for kind, value, _n in found if kind == "tier"] == ["poster", "visit"]
    early = [replace(one, form_set=EARLY) for one in cells[:2]]
    assert keys(cells + early, present={DAY})[0] == ("batch", "", 32)


def test_a_class_that_takes_few_in_a_unit_is_not_offered() -> None:
    cells = [cell(DAY, 1, "poster", 14), cell(DAY, 2, "poster", 3), cell(DAY, 2, "visit", 20)]
    assert [value for kind, value, _n in keys(cells, present={DAY}) if kind == "tier"] == []


def test_what_is_the_whole_batch_is_not_offered_twice() -> None:
    assert keys([cell(DAY, 1, "poster", 12)], present={DAY}) == [("batch", "", 12)]


def test_a_class_that_would_leave_few_is_not_offered() -> None:
    cells = [cell(DAY, 1, "poster", 15), cell(DAY, 1, "visit", 9)]
    assert [kind for kind, _value, _n in keys(cells, present={DAY})] == ["batch"]


def test_a_day_of_absence_is_offered_without_its_size() -> None:
    away = date(2026, 9, 11)
    cells = [cell(DAY, 1, "poster", 12), cell(away, 1, "poster", 2)]
    assert keys(cells, present={DAY})[-1] == ("day", "2026-09-11", None)
    assert keys(cells, present=set()) == [("batch", "", 14)]  # no roster was kept


@given(
    st.lists(
        st.builds(
            Cell,
            day=st.sampled_from([DAY, date(2026, 9, 11)]),
            unit_id=st.integers(1, 2),
            form_set=st.sampled_from([COMPLETE, EARLY]),
            counter_id=st.integers(1, 3),
            tier=st.sampled_from(["visit", "poster", "kiosk"]),
            n=st.integers(1, 15),
        ),
        max_size=12,
    )
)
def test_no_offer_takes_or_leaves_one_to_nine_where_an_officer_is_shown(
    cells: list[Cell],
) -> None:
    for one in offers(SPAN, cells, present={DAY, date(2026, 9, 11)}):
        assert one.n is not None
        assert one.n >= 10
        for unit_id in (1, 2):
            here = [c for c in cells if c.unit_id == unit_id and c.form_set == COMPLETE]
            total = sum(cell.n for cell in here)
            taken = sum(cell.n for cell in here if holds(one.what, cell))
            if total >= 10:
                assert taken == 0 or taken >= 10
                assert total - taken == 0 or total - taken >= 10 or taken == 0


def test_what_waits_keeps_away_what_shares_answers_with_it() -> None:
    cells = [cell(DAY, 1, "poster", 14), cell(DAY, 1, "visit", 12), cell(DAY, 1, "kiosk", 11)]
    found = offers(SPAN, cells, present={DAY})
    waiting = made(AppealClass(SPAN, "tier", "poster"))
    left = [one.what.value for one in apart_from_open(found, [waiting], cells)]
    assert left == ["kiosk", "visit"]
    decided = made(AppealClass(SPAN, "tier", "poster"), outcome="rejected")
    assert len(apart_from_open(found, [decided], cells)) == len(found)


WHOLE = AppealClass(SPAN, "batch", "")


def made(what: AppealClass = WHOLE, **changes: object) -> Made:
    values = {"round": 1, "closed_on": None, "outcome": None, "removed": 0} | changes
    return Made(what=what, **values)  # type: ignore[arg-type]


def test_an_appeal_is_taken_for_fourteen_days_and_once() -> None:
    assert deadline(SPAN) == date(2026, 10, 22)
    assert may_open(WHOLE.key, [], span=SPAN, today=date(2026, 10, 22))
    assert not may_open(WHOLE.key, [], span=SPAN, today=date(2026, 10, 23))
    assert not may_open(WHOLE.key, [made()], span=SPAN, today=date(2026, 10, 10))
    other = AppealClass(SPAN, "tier", "poster")
    assert may_open(WHOLE.key, [made(other)], span=SPAN, today=date(2026, 10, 10))


def test_a_second_review_follows_a_rejection_once() -> None:
    closed, today = date(2026, 10, 20), date(2026, 11, 3)
    rejected = made(closed_on=closed, outcome="rejected")
    assert may_review(rejected, [rejected], today=today)
    assert not may_review(rejected, [rejected], today=date(2026, 11, 4))
    second = made(round=2, closed_on=closed, outcome="rejected")
    assert not may_review(rejected, [rejected, second], today=today)
    assert not may_review(second, [second], today=today)
    upheld = made(closed_on=closed, outcome="upheld")
    assert not may_review(upheld, [upheld], today=today)


def test_figures_are_hidden_where_a_difference_would_tell() -> None:
    day, tier = AppealClass(SPAN, "day", "2026-09-11"), AppealClass(SPAN, "tier", "poster")
    for what, removed, hidden in (
        (day, 3, True),
        (day, 30, True),  # its size is never told
        (tier, 12, False),
        (tier, 6, True),  # the others were taken for another reason meanwhile
    ):
        one = made(what, outcome="upheld", removed=removed)
        assert is_corrected(SPAN, [one]) is hidden, (what.kind, removed)
    assert not is_corrected(SPAN, [made(day, outcome="rejected")])
    elsewhere = Span(date(2026, 10, 1), date(2026, 12, 31))
    assert not is_corrected(elsewhere, [made(day, outcome="upheld", removed=3)])


def test_only_what_is_offered_is_found_by_its_key() -> None:
    found = offers(SPAN, [cell(DAY, 1, "poster", 12)], present={DAY})
    assert offered(found, "2026-t3:batch:") == WHOLE
    for key, value in itertools.product(("", "batch", "2026-t3:tier:"), ("", "x", "poster")):
        assert offered(found, key + value) is None
