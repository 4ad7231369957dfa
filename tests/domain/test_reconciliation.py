"""Signs of codes used that nobody should have had."""

from __future__ import annotations

from datetime import date, timedelta

from feedback_app.domain.reconciliation import DayUse, signs_by_day

MONDAY = date(2026, 11, 23)


def use(
    after: int, *, called: int = 0, redeemed: int = 0, visits: int | None = None, issued: int = 100
) -> DayUse:
    return DayUse(
        day=MONDAY + timedelta(days=after),
        issued=issued,
        called=called,
        redeemed=redeemed,
        expired=0,
        revoked=0,
        visits=visits,
    )


def signs(*uses: DayUse) -> list[tuple[str, ...]]:
    found = signs_by_day(reversed(uses))
    return [found[one.day] for one in uses]


def test_a_day_in_order_gives_no_sign() -> None:
    assert signs(use(0, called=60, redeemed=40, visits=62)) == [()]


def test_more_used_than_called_is_a_sign_of_that_day() -> None:
    assert signs(use(0, called=10, redeemed=11)) == [("more_than_called",)]


def test_some_codes_called_yesterday_may_be_used_today_but_not_on_the_third_day() -> None:
    assert signs(use(0, called=30, redeemed=10), use(1, called=5, redeemed=10)) == [(), ()]
    assert signs(use(0, called=30, redeemed=10), use(1, called=5, redeemed=11)) == [
        (),
        ("more_than_called",),
    ]
    assert signs(use(0, called=30, redeemed=10), use(3, called=5, redeemed=10)) == [
        (),
        ("more_than_called",),
    ]


def test_what_was_used_up_yesterday_is_not_there_today() -> None:
    found = signs(use(0, called=30, redeemed=30), use(1, called=5, redeemed=6))
    assert found == [(), ("more_than_called",)]
    three = signs(
        use(0, called=30, redeemed=10), use(1, called=5, redeemed=10), use(2, called=5, redeemed=6)
    )
    assert three == [(), (), ("more_than_called",)]


def test_a_queue_that_tells_no_calls_and_silent_books_give_no_sign() -> None:
    assert signs(use(0, redeemed=90)) == [()]
    assert signs(use(0, redeemed=90, visits=0)) == [()]


def test_more_used_than_visited_is_many_leftovers_beyond_a_slip() -> None:
    assert signs(use(0, redeemed=52, visits=50)) == [()]
    assert signs(use(0, redeemed=53, visits=50)) == [("more_than_visits",)]
    assert signs(use(0, redeemed=209, visits=200)) == [()]
    assert signs(use(0, redeemed=210, visits=200)) == [("more_than_visits",)]


def test_the_rate_of_nothing_issued_is_none() -> None:
    assert use(0, issued=0).rate is None
    assert use(0, redeemed=25).rate == 0.25
