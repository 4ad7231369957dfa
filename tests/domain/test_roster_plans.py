"""Plans of the roster: what each act withdraws and adds, and what a working day is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from feedback_app.domain import roster_plans as plans
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_gaps import gaps, usual_hours
from feedback_app.domain.working_days import Calendar, Entry

DAY = date(2026, 11, 24)
SARI, ANDI, DEWI = 1, 2, 3


def shift(number: int, officer: int, counter: int, hours: str, day: date = DAY) -> Shift:
    """`hours` as "8-12"."""
    starts, ends = (int(hour) for hour in hours.split("-"))
    return Shift(number, officer, counter, at(starts, day=day), at(ends, day=day))


def at(hour: int, *, day: date = DAY) -> datetime:
    return local_instant(day, time(hour))


def told(shifts: tuple[Shift, ...]) -> list[tuple[int, int, str]]:
    return [(s.officer_id, s.counter_id, plans.hours_text(s)) for s in shifts]


def test_a_substitute_takes_the_rest_and_the_first_one_keeps_the_hours_before() -> None:
    plan = plans.substitute(shift(7, SARI, 1, "8-16"), officer_id=DEWI, since=at(11))
    assert told(plan.added) == [(SARI, 1, "08.00–11.00"), (DEWI, 1, "11.00–16.00")]
    whole = plans.substitute(shift(7, SARI, 1, "8-16"), officer_id=DEWI, since=at(8))
    assert told(whole.added) == [(DEWI, 1, "08.00–16.00")]


def test_a_swap_from_noon_leaves_both_mornings_as_they_were() -> None:
    plan = plans.swap(shift(7, SARI, 1, "8-16"), shift(8, DEWI, 2, "8-16"), since=at(12))
    assert sorted(told(plan.added)) == [
        (SARI, 1, "08.00–12.00"),
        (SARI, 2, "12.00–16.00"),
        (DEWI, 1, "12.00–16.00"),
        (DEWI, 2, "08.00–12.00"),
    ]


def test_a_swap_before_both_shifts_exchanges_them_whole() -> None:
    plan = plans.swap(shift(7, SARI, 1, "8-12"), shift(8, DEWI, 1, "12-16"), since=at(7))
    assert told(plan.added) == [(DEWI, 1, "08.00–12.00"), (SARI, 1, "12.00–16.00")]


def test_what_is_there_already_stays_and_other_cells_are_left_alone() -> None:
    kept, gone, elsewhere = (
        shift(1, SARI, 1, "8-12"),
        shift(2, ANDI, 1, "12-16"),
        shift(3, DEWI, 2, "8-16"),
    )
    wanted = [shift(0, SARI, 1, "8-12"), shift(0, DEWI, 1, "12-16")]
    plan = plans.replaced([kept, gone, elsewhere], wanted, cells={(1, DAY)})
    assert (plan.withdrawn, plan.added) == ((gone,), (wanted[1],))


def test_lines_pair_changed_hours_and_changed_officers() -> None:
    old = (shift(1, SARI, 1, "8-12"), shift(2, ANDI, 1, "12-16"), shift(3, DEWI, 2, "8-16"))
    new = (shift(0, SARI, 1, "8-10"), shift(0, DEWI, 1, "12-16"))
    found = plans.lines(plans.Plan(old, new))
    assert [(line.old, line.new) for line in found] == [
        (old[0], new[0]),
        (old[2], None),
        (old[1], new[1]),
    ]


def test_days_before_yesterday_are_parted_from_the_rest() -> None:
    old, yesterday = DAY - timedelta(days=2), DAY - timedelta(days=1)
    plan = plans.Plan((shift(1, SARI, 1, "8-12", old),), (shift(0, SARI, 1, "8-12", yesterday),))
    recent, older = plans.parted(plan, first_alone=plans.first_day_alone(DAY))
    assert (recent.added, older.withdrawn) == (plan.added, plan.withdrawn)
    assert (recent.withdrawn, older.added) == ((), ())


def test_nobody_is_put_at_two_counters_at_once() -> None:
    plan = plans.Plan((), (shift(0, SARI, 1, "8-12"), shift(0, ANDI, 1, "8-12")))
    kept, refused = plans.without_clashes(plan, [shift(9, SARI, 2, "11-13")])
    assert [s.officer_id for s in kept.added] == [ANDI]
    assert [(new.officer_id, other.shift_id) for new, other in refused] == [(SARI, 9)]


def test_a_week_repeats_on_its_weekdays() -> None:
    monday = date(2026, 11, 23)
    pattern = [shift(1, SARI, 1, "8-12", monday), shift(2, DEWI, 1, "8-12", monday + timedelta(4))]
    days = [monday + timedelta(days=7 + n) for n in range(14)]
    found = plans.repeated(pattern, monday=monday, days=days)
    assert [(s.officer_id, plans.day_of(s).isoformat()) for s in found] == [
        (SARI, "2026-11-30"),
        (DEWI, "2026-12-04"),
        (SARI, "2026-12-07"),
        (DEWI, "2026-12-11"),
    ]


@pytest.mark.parametrize(
    ("there", "empty"),
    [
        ("8-12", [(12, 16)]),
        ("8-16", []),
        ("9-16", [(8, 9)]),
        ("8-10 12-16", [(10, 12)]),
        ("8-13 12-17", []),
        ("", [(8, 16)]),
    ],
)
def test_gaps_of_the_usual_hours(there: str, empty: list[tuple[int, int]]) -> None:
    shifts = [shift(1, SARI, 1, hours) for hours in there.split()]
    found = gaps(shifts, usual=(time(8), time(16)))
    assert found == [(time(first), time(last)) for first, last in empty]


def test_usual_hours_are_those_of_most_days() -> None:
    days = [DAY + timedelta(days=n) for n in range(3)]
    shifts = [
        *(shift(1, SARI, 1, "8-12", day) for day in days),
        *(shift(2, ANDI, 1, "12-16", day) for day in days[:2]),
    ]
    assert usual_hours(shifts) == (time(8), time(16))
    assert usual_hours([]) is None


def test_a_day_is_worked_unless_weekend_holiday_or_own_entry_says_no() -> None:
    christmas, saturday = date(2026, 12, 25), date(2026, 12, 5)
    entries = [
        Entry(1, "closed", date(2026, 12, 1), date(2026, 12, 2), 5, None, "pindah gedung"),
        Entry(2, "open", christmas, christmas, 6, None, "buka"),
        Entry(3, "leave", DAY, DAY, None, SARI, ""),
    ]
    known = Calendar({christmas: "Hari Raya Natal"}, entries)

    def works(day: date, unit: int, usual: set[int]) -> bool:
        return known.works(day, unit_id=unit, usual_weekdays=usual)

    assert works(DAY, 5, set())
    assert not works(date(2026, 12, 2), 5, set())
    assert works(date(2026, 12, 2), 6, set())
    assert not works(christmas, 5, set())
    assert works(christmas, 6, set())
    assert not works(saturday, 5, set())
    assert works(saturday, 5, {5})  # an office that serves on Saturdays
    assert not works(christmas, 5, {4})  # but no weekday makes a holiday a working day
    assert known.is_away(SARI, DAY)
    assert not known.is_away(ANDI, DAY)
