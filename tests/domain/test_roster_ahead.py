"""Beyond the roster's end the last three months' weekdays stand in, and nothing else changes."""

from __future__ import annotations

from datetime import date, timedelta

from feedback_app.domain.roster_ahead import with_pattern

MONDAY = date(2027, 1, 4)


def weeks(count: int) -> list[tuple[str, str, date]]:
    """A and B at L1 each day, C at L2 on Mondays; D was at L1 in the first weeks only."""
    found = []
    for day in (MONDAY + timedelta(days=n) for n in range(7 * count)):
        if day.weekday() < 5:
            found += [("A", "L1", day), ("B", "L1", day)]
            found += [("C", "L2", day)] if day.weekday() == 0 else []
            found += [("D", "L1", day)] if day < MONDAY + timedelta(days=7) else []
    return found


def test_the_pattern_of_each_weekday_goes_on() -> None:
    roster = weeks(16)
    last = max(day for *_who, day in roster)  # a Friday
    found = set(with_pattern(roster, until=last + timedelta(days=7))) - set(roster)
    monday = last + timedelta(days=3)
    assert found == {
        *((who, "L1", monday + timedelta(days=n)) for who in "AB" for n in range(5)),
        ("C", "L2", monday),
    }


def test_closed_days_stay_closed_and_what_is_written_stays() -> None:
    roster = weeks(3)
    monday = MONDAY + timedelta(days=21)
    found = with_pattern(roster, until=monday, closed={monday})
    assert list(found) == roster
    assert with_pattern(roster, until=MONDAY) == tuple(roster)
    assert with_pattern([], until=monday) == ()


def test_who_rotates_is_at_one_counter_a_day_and_no_counter_has_more_than_usual() -> None:
    names = "ABCDEF"
    roster = [
        (names[n], f"L{(n + week) % 3}", MONDAY + timedelta(days=7 * week + day))
        for week in range(12) for day in range(5) for n in range(6)
    ]  # fmt: skip
    last = max(day for *_who, day in roster)
    found = [
        place for place in with_pattern(roster, until=last + timedelta(days=3)) if place[2] > last
    ]
    assert sorted(officer for officer, _counter, _day in found) == list(names)
    assert sorted(counter for _officer, counter, _day in found) == [
        "L0",
        "L0",
        "L1",
        "L1",
        "L2",
        "L2",
    ]
