"""What is published about screening and appeals holds no small number."""

from __future__ import annotations

from datetime import date, timedelta

from feedback_app.domain.strictness import (
    AppealYear,
    Decided,
    Few,
    RuleCount,
    appeal_years,
    count,
    in_time,
    rule_counts,
)

DUE = date(2026, 6, 15)


def case(**changes: object) -> Decided:
    values = {
        "rules": "burst",
        "size": 6,
        "opened_on": date(2026, 6, 1),
        "due_on": DUE,
        "closed_on": None,
        "outcome": None,
    } | changes
    return Decided(**values)  # type: ignore[arg-type]


def test_a_small_count_is_not_told_but_none_is() -> None:
    assert [count(n) for n in (0, 1, 4, 5)] == [0, Few(), Few(), 5]


def test_rules_are_counted_in_their_order_each_for_itself() -> None:
    found = rule_counts([case(), case(rules="same_device,burst", size=3), case(rules="odd")])
    assert found == (RuleCount("same_device", Few()), RuleCount("burst", 9))


def test_in_time_means_decided_by_two_people_by_the_day_it_was_due() -> None:
    cases = [
        case(),
        case(closed_on=DUE, outcome="counted"),
        case(closed_on=date(2026, 6, 16), outcome="aside"),
        case(closed_on=DUE, outcome="expired"),
    ]
    assert in_time(cases) == (1, 3)


def test_the_share_upheld_is_told_from_five_decided_appeals_on() -> None:
    upheld, rejected = (
        case(rules="x", closed_on=DUE, outcome=name) for name in ("upheld", "rejected")
    )
    five = [upheld, *[rejected] * 4, case(rules="x")]
    assert appeal_years(five, as_of=DUE) == (AppealYear(2026, 6, 5, 0, 0.2),)
    few = AppealYear(2026, Few(), Few(), 0, None)
    assert appeal_years([upheld, rejected], as_of=DUE) == (few,)


def test_an_appeal_is_late_when_it_was_decided_late_or_still_waits() -> None:
    after = DUE + timedelta(days=1)
    late = [case(closed_on=after, outcome="upheld"), *[case()] * 4]
    good = case(closed_on=DUE, outcome="rejected")
    (year,) = appeal_years([*late, good], as_of=after)
    assert year.late == 5
    (year,) = appeal_years([*late, good], as_of=DUE)
    assert year.late == Few()
