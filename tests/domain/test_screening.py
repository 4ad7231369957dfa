"""Screening rules one by one: what each holds, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedback_app.domain.roster import Shift
from feedback_app.domain.screening import (
    RULES,
    Arrival,
    Circumstances,
    Pace,
    Screened,
    comparable_text,
    is_hasty,
    screen,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SHIFT = Shift(1, 1, 1, NOW - timedelta(hours=2), NOW + timedelta(hours=2))
PLAIN = Circumstances(
    says_today=True,
    from_staff_browser=False,
    bad_code=False,
    revoked_device=False,
    code_from=None,
    called_at=None,
    queue_calls=False,
)
PACE = Pace(minutes=5, officers=1, own=5)  # six services in half an hour, and two of slack


def arrival(name: str, *, after: float = 0, takes: float = 60, **told: object) -> Arrival:
    """An answer opened `after` seconds from NOW."""
    opened = NOW + timedelta(seconds=after)
    base = Arrival(
        name, 1, "poster", opened, opened + timedelta(seconds=takes), f"d{name}", None, False
    )
    return replace(base, **told)  # type: ignore[arg-type]


def look(
    one: Arrival,
    *earlier: Arrival,
    about: Circumstances = PLAIN,
    pace: Pace = PACE,
    same_text: tuple[str, ...] = (),
    shifts: tuple[Shift, ...] = (SHIFT,),
    keeps_roster: bool = True,
) -> Screened:
    return screen(
        one,
        earlier=earlier,
        same_text=same_text,
        circumstances=about,
        pace=pace,
        shifts=shifts,
        keeps_roster=keeps_roster,
    )


def test_an_ordinary_answer_meets_no_rule() -> None:
    assert look(arrival("a")) == Screened((), frozenset())


def in_a_row(gaps: list[float], device: str = "phone") -> list[Arrival]:
    """Answers of one device; each opens `gap` seconds after the one before was sent."""
    found = [arrival("0", device=device)]
    for number, gap in enumerate(gaps, start=1):
        after = (found[-1].received_at - NOW).total_seconds() + gap
        found.append(arrival(str(number), after=after, device=device))
    return found


def test_three_in_a_row_from_one_device_are_held_together() -> None:
    first, second, third = in_a_row([-1, 90])  # a token tells whole seconds only
    assert look(second, first).rules == ()  # two may be a couple with one phone
    assert look(third, first, second) == Screened(("same_device",), frozenset("01"))


@pytest.mark.parametrize("gap", [90.1, -1.1])
def test_a_pause_or_an_overlap_breaks_the_row(gap: float) -> None:
    first, second, third = in_a_row([10, gap])
    assert look(third, first, second).rules == ()


def test_people_beside_each_other_with_the_same_phone_are_no_row() -> None:
    beside = [arrival(str(n), after=5 * n, device="the same model") for n in range(5)]
    assert look(beside[-1], *beside[:-1]).rules == ()


def test_another_device_in_between_does_not_break_the_row() -> None:
    first, second, third = in_a_row([10, 10])
    other = arrival("x", after=40)
    assert look(third, first, other, second).also == {"0", "1"}


@pytest.mark.parametrize("tier", ["kiosk", "paper"])
def test_a_device_for_everybody_makes_no_row(tier: str) -> None:
    row = [replace(one, tier=tier) for one in in_a_row([10, 10, 10])]
    assert "same_device" not in look(row[-1], *row[:-1]).rules


def crowd(number: int, tier: str = "poster", *, every: int = 100) -> list[Arrival]:
    return [arrival(f"c{n}", after=n * every, tier=tier) for n in range(number)]


def test_more_than_the_counter_serves_is_a_burst() -> None:
    eight, nine = crowd(8), crowd(9)
    assert look(eight[-1], *eight[:-1]).rules == ()
    held = look(nine[-1], *nine[:-1])
    assert held == Screened(("burst",), frozenset(one.rating_id for one in nine[:-1]))


def test_a_flood_through_the_poster_touches_no_stronger_tier() -> None:
    """Kiosk and display use up the counter's pace; a poster suspends nothing but posters."""
    mixed = [replace(one, tier="kiosk") for one in crowd(2)] + crowd(9)[2:]
    flood = look(mixed[-1], *mixed[:-1])
    assert flood == Screened(("burst",), frozenset(one.rating_id for one in mixed[2:-1]))
    kiosk = arrival("honest", after=900, tier="kiosk")
    assert look(kiosk, *mixed).rules == ()
    assert look(replace(kiosk, tier="display"), *mixed).rules == ()
    full = crowd(8, tier="display")
    assert look(arrival("p", after=800), *full) == Screened(("burst",), frozenset())
    assert look(arrival("k", after=800, tier="kiosk"), *full) == Screened(("burst",), frozenset())
    others = [replace(one, tier="kiosk") for one in full]
    assert look(arrival("d", after=800, tier="display"), *others).rules == ()


def test_the_counters_pace_is_that_of_its_shortest_service_whatever_was_rated() -> None:
    five = crowd(5)
    assert look(five[-1], *five[:-1], pace=Pace(minutes=5, officers=1, own=60)).rules == ()


def test_two_officers_serve_twice_as_many() -> None:
    many = crowd(14)
    assert look(many[-1], *many[:-1], pace=Pace(minutes=5, officers=2, own=5)).rules == ()
    assert look(many[-1], *many[:-1], pace=Pace(minutes=5, officers=1, own=5)).rules == ("burst",)


def test_what_lies_longer_back_than_half_an_hour_is_no_burst() -> None:
    early = [replace(one, received_at=NOW - timedelta(hours=1)) for one in crowd(20)]
    assert look(arrival("z"), *early).rules == ()
    edge = arrival("edge", received_at=NOW - timedelta(minutes=30))
    at_edge = [replace(edge, rating_id=f"e{n}") for n in range(8)]
    assert look(arrival("z", takes=0), *at_edge).rules == ("burst",)
    assert look(arrival("z", takes=1), *at_edge).rules == ()


@pytest.mark.parametrize(
    ("minutes", "officers", "most"),
    [(5, 1, 8), (5, 2, 14), (1, 1, 32), (0, 1, 32), (45, 1, 2), (5, 0, 2)],
)
def test_the_most_that_half_an_hour_can_bring(minutes: int, officers: int, most: int) -> None:
    """Its services and two of slack; a service that takes no time is taken as one of a minute."""
    assert Pace(minutes=minutes, officers=officers, own=5).most_in(timedelta(minutes=30)) == most


def test_a_visit_code_proves_its_visit_so_many_are_no_burst() -> None:
    many = crowd(300, tier="visit", every=2)
    assert look(many[-1], *many[:-1]).rules == ()


def test_when_nobody_is_on_duty_three_are_a_burst() -> None:
    few = crowd(3)
    nobody = Pace(minutes=5, officers=0, own=5)
    assert look(few[1], few[0], pace=nobody).rules == ()
    assert look(few[2], *few[:2], pace=nobody).rules == ("burst",)


@pytest.mark.parametrize("name", ["bad_code", "revoked_device"])
def test_a_claim_that_fails_is_held(name: str) -> None:
    assert look(arrival("a"), about=replace(PLAIN, **{name: True})).rules == (name,)


def test_a_browser_of_staff_is_held_unless_it_keys_in_paper() -> None:
    about = replace(PLAIN, from_staff_browser=True)
    assert look(arrival("a"), about=about).rules == ("staff_device",)
    assert look(arrival("a", tier="paper"), about=about).rules == ()


@pytest.mark.parametrize(
    ("minutes", "expected"), [(1, ("too_soon",)), (2.49, ("too_soon",)), (2.5, ()), (60, ())]
)
def test_a_code_used_before_the_service_can_have_ended(
    minutes: float, expected: tuple[str, ...]
) -> None:
    sent = arrival("a", tier="visit")
    began = sent.received_at - timedelta(minutes=minutes)
    assert look(sent, about=replace(PLAIN, code_from=began)).rules == expected
    called = replace(PLAIN, code_from=NOW - timedelta(days=1), called_at=began)
    assert look(sent, about=called).rules == expected
    assert look(replace(sent, tier="poster"), about=called).rules == ()


def test_a_code_that_was_never_called_where_calls_are_told() -> None:
    sent = arrival("a", tier="visit")
    told = replace(PLAIN, code_from=NOW - timedelta(hours=3), queue_calls=True)
    assert look(sent, about=told).rules == ("not_called",)
    assert look(sent, about=replace(told, queue_calls=False)).rules == ()
    assert look(sent, about=replace(told, called_at=NOW - timedelta(hours=1))).rules == ()
    assert look(replace(sent, tier="poster"), about=told).rules == ()


@pytest.mark.parametrize(
    ("hours", "says", "expected"),
    [
        (0, True, ()),
        (9, True, ()),  # rated at home in the evening
        (-2, True, ()),  # the first second of the shift
        (-2.1, True, ("outside_hours",)),
        (-2.1, False, ()),  # who did not name this day is asked nothing
    ],
)
def test_today_is_said_before_anybody_served(
    hours: float, says: bool, expected: tuple[str, ...]
) -> None:
    late = arrival("a", after=hours * 3600)
    about = replace(PLAIN, says_today=says)
    assert look(late, about=about).rules == expected
    assert look(late, about=about, keeps_roster=False).rules == ()
    assert look(replace(late, tier="paper"), about=about).rules == ()


def test_a_day_without_a_shift_is_outside_hours_where_a_roster_is_kept() -> None:
    assert look(arrival("a"), shifts=()).rules == ("outside_hours",)


def test_the_same_long_text_holds_the_earlier_ones_too() -> None:
    held = look(arrival("a", text="t"), same_text=("x", "y"))
    assert held == Screened(("same_text",), frozenset("xy"))


def test_hasty_straight_lines_are_held_from_the_third_on() -> None:
    hasty = [arrival(f"h{n}", after=600 * n, takes=5, is_hasty=True) for n in range(3)]
    assert look(hasty[1], hasty[0]).rules == ()
    assert look(hasty[2], *hasty[:2]) == Screened(("fast_straight",), frozenset({"h0", "h1"}))
    assert look(replace(hasty[2], is_hasty=False), *hasty[:2]).rules == ()
    stronger = [replace(one, tier="visit") for one in hasty[:2]]
    assert look(hasty[2], *stronger).rules == ()
    far = [replace(one, received_at=NOW - timedelta(hours=2)) for one in hasty[:2]]
    assert look(hasty[2], *far).rules == ()


def all_at_once() -> Screened:
    """Every rule that an answer through the poster can meet; a visit code of its own meets the rest."""
    about = replace(PLAIN, bad_code=True, revoked_device=True, from_staff_browser=True)
    first = [arrival(f"{n}", after=n, takes=1, device="one", is_hasty=True) for n in range(9)]
    return look(first[-1], *first[:-1], about=about, same_text=("x",), shifts=())


def with_a_code_not_called() -> Screened:
    sent = arrival("a", tier="visit")
    began = sent.received_at - timedelta(minutes=1)
    return look(sent, about=replace(PLAIN, code_from=began, queue_calls=True))


def test_several_rules_are_told_in_their_order() -> None:
    assert all_at_once().rules == (
        "bad_code",
        "revoked_device",
        "staff_device",
        "same_device",
        "burst",
        "outside_hours",
        "same_text",
        "fast_straight",
    )
    assert with_a_code_not_called().rules == ("too_soon", "not_called")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_met_by_some_answer(rule: str) -> None:
    """A new rule needs an answer here that meets it."""
    assert rule in (*all_at_once().rules, *with_a_code_not_called().rules)


def test_what_counts_as_hasty() -> None:
    alike = [4] * 12
    assert is_hasty(alike, taken=timedelta(seconds=14))
    assert not is_hasty(alike, taken=timedelta(seconds=15))
    assert not is_hasty([4] * 11 + [3], taken=timedelta(seconds=1))
    assert not is_hasty([4] * 5 + [None] * 7, taken=timedelta(seconds=1))
    assert is_hasty([4] * 6 + [None] * 6, taken=timedelta(seconds=1))


def test_texts_are_compared_without_case_blanks_and_signs() -> None:
    long = "Petugas ramah, cepat, dan sabar menjelaskan syarat kepada ibu saya yang sudah tua."
    assert comparable_text(long) == comparable_text(long.upper().replace(", ", " ,  ") + "!!")
    assert comparable_text("Terima kasih, pelayanan baik.") == ""
    assert comparable_text("a" * 60)
    assert not comparable_text("a" * 59)
