"""Whose the answers of a joined row are, by quarter."""

from __future__ import annotations

from datetime import date

from feedback_app.domain.joining import Join, owners_now, owners_on, rows_of

Q2, Q3, Q4 = date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)


def test_a_joining_holds_from_its_quarter_on_and_not_before() -> None:
    joins = [Join(1, 2, Q3, None)]
    assert owners_on(joins, Q2) == {}
    assert owners_on(joins, Q3) == owners_on(joins, Q4) == {1: 2}
    assert rows_of(joins, 2) == (2, 1)
    assert rows_of(joins, 1) == (1,)


def test_an_ended_joining_keeps_its_quarters() -> None:
    joins = [Join(1, 2, Q3, Q4)]
    assert owners_on(joins, Q3) == {1: 2}
    assert owners_on(joins, Q4) == {}
    assert owners_now(joins) == {}


def test_a_joining_ended_in_its_own_quarter_never_held() -> None:
    assert owners_on([Join(1, 2, Q3, Q3)], Q3) == {}


def test_chains_are_followed_to_their_end_and_circles_end() -> None:
    chain = [Join(1, 2, Q2, None), Join(2, 3, Q3, None)]
    assert owners_on(chain, Q2) == {1: 2}
    assert owners_on(chain, Q3) == {1: 3, 2: 3}
    assert rows_of(chain, 3) == (3, 1, 2)
    assert owners_on([Join(1, 2, Q2, None), Join(2, 1, Q2, None)], Q2)
