"""Screening rules one by one: what each holds, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedback_app.domain.pace import MINUTE, Pace
from feedback_app.domain.roster import Shift
from feedback_app.domain.screening import (
    ROW,
    RULES,
    Around,
    Arrival,
    Circumstances,
    Screened,
    as_strong,
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
    mark_of_yesterday=None,
)
# Within 5, 9, 30 minutes one, one, six are served: 3, 3, 8 phones, and two answers more.
PACE = Pace(minutes=5, own=5, officers=1, unit_officers=1, officers_at_opening=1, most_a_day=None)
NOBODY = replace(PACE, officers=0, unit_officers=0, officers_at_opening=0)


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
    elsewhere: tuple[Arrival, ...] = (),
    today: int = 0,
    about: Circumstances = PLAIN,
    pace: Pace = PACE,
    same_text: tuple[str, ...] = (),
    shifts: tuple[Shift, ...] = (SHIFT,),
    keeps_roster: bool = True,
) -> Screened:
    """Look at one as the service would: stronger tiers only, the device's own over the unit."""
    here = [other for other in earlier if other.tier in as_strong(one.tier)]
    marks = (one.device, about.mark_of_yesterday)
    around = Around(
        here=here,
        own=[other for other in (*elsewhere, *here) if other.device in marks],
        opened=[o for o in here if abs(o.opened_at - one.opened_at) <= 15 * MINUTE],
        today=today,
        same_text=same_text,
    )
    return screen(
        one,
        around,
        circumstances=about,
        pace=pace,
        shifts=shifts,
        keeps_roster=keeps_roster,
    )


def test_an_ordinary_answer_meets_no_rule() -> None:
    assert look(arrival("a")) == Screened((), frozenset())


def row(number: int, *, every: float, device: str = "phone", **told: object) -> list[Arrival]:
    """Answers of one device, one sent each `every` seconds."""
    return [arrival(f"{n}", after=n * every, takes=0, device=device, **told) for n in range(number)]


def held_of(answers: list[Arrival], **told: object) -> set[str]:
    """Which of them are held in the end, each looked at when it comes."""
    held: set[str] = set()
    for number, one in enumerate(answers):
        found = look(one, *answers[:number], **told)  # type: ignore[arg-type]
        if found.rules:
            held |= {one.rating_id, *found.also}
    return held


def test_a_family_of_four_with_one_phone_is_not_held() -> None:
    assert held_of(row(4, every=90)) == set()
    assert held_of(row(4, every=30), pace=NOBODY) == set()  # at home in the evening


def test_fifty_of_one_phone_are_held_whatever_the_order_of_opening() -> None:
    """All but the first: who sent it may have been another visitor, just before."""
    for every in (4, 60, 120, 170):
        sent = row(50, every=every, tier="visit")
        assert len(held_of(sent)) == 49, every
        early = [replace(one, opened_at=NOW) for one in sent]
        assert len(held_of(early)) >= 49, every


def test_six_quick_ones_take_no_earlier_one_along() -> None:
    """Three honest ones before, from a phone that looks the same, or on the very kiosk."""
    honest = [arrival(f"h{n}", after=400 * n, takes=0, device="phone") for n in range(3)]
    quick = [replace(one, rating_id=f"q{n}") for n, one in enumerate(row(6, every=20))]
    quick = [later(one, seconds=810) for one in quick]
    for tier in ("poster", "kiosk"):
        held = held_of([replace(one, tier=tier) for one in (*honest, *quick)])
        assert held
        assert not held & {"h0", "h1", "h2"}


def later(one: Arrival, *, seconds: float) -> Arrival:
    by = timedelta(seconds=seconds)
    return replace(one, opened_at=one.opened_at + by, received_at=one.received_at + by)


def test_a_long_flood_takes_along_its_own_row_only() -> None:
    honest = arrival("h", after=0, takes=0, device="phone")
    flood = [
        replace(later(one, seconds=20), rating_id=f"q{one.rating_id}") for one in row(20, every=20)
    ]
    assert held_of([honest, *flood]) == {one.rating_id for one in flood}
    pause = [later(one, seconds=200) for one in flood]  # longer than the flood's rhythm
    assert held_of([honest, *pause]) == {one.rating_id for one in pause[1:]}


def test_a_row_shorter_than_two_families_takes_none_along() -> None:
    seven, eight = row(ROW - 1, every=20), row(ROW, every=20)
    assert look(seven[-1], *seven[:-1]) == Screened(("same_device",), frozenset())
    assert look(eight[-1], *eight[:-1]).also == {str(n) for n in range(1, ROW - 1)}


def test_a_weak_tier_takes_no_strong_one_along() -> None:
    mixed = row(12, every=10)
    mixed[5] = replace(mixed[5], tier="visit")
    assert "5" not in look(mixed[-1], *mixed[:-1]).also
    strong = replace(mixed[-1], tier="visit")
    assert look(strong, *mixed[:-1]).rules == ()  # posters use up no pace of codes


@pytest.mark.parametrize("tier", ["kiosk", "paper"])
def test_a_device_for_everybody_is_no_one_device(tier: str) -> None:
    answers = row(20, every=30, tier=tier)
    rules = look(answers[-1], *answers[:-1]).rules
    assert rules == (("burst",) if tier == "kiosk" else ())


def test_the_mark_of_before_midnight_is_the_same_device() -> None:
    yesterday = row(5, every=20, device="old mark")
    sixth = arrival("n", after=110, takes=0, device="new mark")
    assert look(sixth, *yesterday).rules == ()
    about = replace(PLAIN, mark_of_yesterday="old mark")
    assert look(sixth, *yesterday, about=about).rules == ("same_device",)


def test_one_phone_at_all_counters_of_a_unit() -> None:
    """More than the unit serves: with one officer five in five minutes, with eight twelve."""
    elsewhere = tuple(replace(one, counter_id=2) for one in row(12, every=10))
    here = arrival("z", after=121, takes=0, device="phone")
    assert look(here, elsewhere=elsewhere).rules == ("same_device",)
    many = replace(PACE, unit_officers=8)
    assert look(here, elsewhere=elsewhere, pace=many).rules == ("same_device",)
    assert look(here, elsewhere=elsewhere[:11], pace=many).rules == ()
    assert look(here, elsewhere=elsewhere).also == frozenset()  # a case is of one counter


def test_at_night_one_phone_sends_five_in_the_whole_unit() -> None:
    elsewhere = tuple(replace(one, counter_id=2) for one in row(5, every=3600))
    here = arrival("z", after=5 * 3600, takes=0, device="phone")
    assert look(here, elsewhere=elsewhere, pace=NOBODY).rules == ("same_device",)
    assert look(here, elsewhere=elsewhere[:4], pace=NOBODY).rules == ()


def crowd(number: int, tier: str = "poster", *, every: int = 220) -> list[Arrival]:
    """Answers of ever other phones."""
    return [arrival(f"c{n}", after=n * every, tier=tier) for n in range(number)]


@pytest.mark.parametrize(("every", "free"), [(10, 3), (130, 3), (220, 8), (250, 26)])
def test_more_phones_than_the_counter_serves_are_a_burst(every: int, free: int) -> None:
    """Each span finds its own; the earlier ones stay as they are."""
    many = crowd(free + 1, every=every)
    assert held_of(many[:-1]) == set()
    assert look(many[-1], *many[:-1]) == Screened(("burst",), frozenset())


def test_a_family_among_others_is_no_burst() -> None:
    others, family = crowd(3, every=250), row(4, every=80)
    answers = [
        *others,
        *(replace(later(one, seconds=700), rating_id=f"f{one.rating_id}") for one in family),
    ]
    assert held_of(answers) == set()


def test_one_phone_that_floods_does_not_hold_the_others() -> None:
    """Of another device no more than a family counts."""
    flood = row(60, every=10)
    assert look(arrival("honest", after=600), *flood).rules == ()
    two = [replace(one, device=f"d{n % 3}") for n, one in enumerate(flood)]
    assert look(arrival("honest", after=600), *two).rules == ("burst",)


def test_a_flood_through_the_poster_touches_no_stronger_tier() -> None:
    """Kiosk and display use up the counter's pace; a poster suspends nothing but posters."""
    flood = crowd(60, every=10)
    for tier in ("kiosk", "display", "visit"):
        assert look(arrival("honest", after=600, tier=tier), *flood).rules == ()
    full = crowd(8, tier="display")
    assert look(arrival("p", after=1700), *full) == Screened(("burst",), frozenset())
    assert look(arrival("k", after=1700, tier="kiosk"), *full) == Screened(("burst",), frozenset())
    others = [replace(one, tier="kiosk") for one in full]
    assert look(arrival("d", after=1700, tier="display"), *others).rules == ()


def test_codes_are_not_spent_faster_than_the_counter_serves() -> None:
    many = crowd(9, tier="visit")
    assert look(many[-1], *many[:-1]).rules == ("burst",)


def test_the_counters_pace_is_that_of_its_shortest_service_whatever_was_rated() -> None:
    five = crowd(5)
    assert look(five[-1], *five[:-1], pace=replace(PACE, own=60)).rules == ()


def test_two_officers_serve_twice_as_many() -> None:
    many = crowd(14, every=120)
    assert held_of(many, pace=replace(PACE, officers=2)) == set()
    assert held_of(many)


def test_what_lies_longer_back_than_the_longest_span_is_no_burst() -> None:
    early = [replace(one, received_at=NOW - timedelta(hours=3)) for one in crowd(60)]
    assert look(arrival("z"), *early).rules == ()
    edge = arrival("edge", received_at=NOW - timedelta(minutes=9))
    at_edge = [replace(edge, rating_id=f"e{n}", device=f"e{n}") for n in range(3)]
    assert look(arrival("z", takes=0), *at_edge).rules == ("burst",)
    assert look(arrival("z", takes=1), *at_edge).rules == ()


def test_at_night_few_rate_from_home() -> None:
    two, three = crowd(2, every=60), crowd(3, every=60)
    assert held_of(two, pace=NOBODY) == set()
    assert held_of(three, pace=NOBODY) == {"c2"}
    assert held_of(crowd(4, every=190), pace=NOBODY) == {"c3"}
    assert held_of(crowd(16, every=400), pace=NOBODY) == set()
    assert held_of(crowd(17, every=400), pace=NOBODY) == {"c16"}


def ahead(number: int, *, devices: int, tier: str = "poster") -> list[Arrival]:
    """Forms all opened within a minute, sent one each five minutes, later."""
    return [
        arrival(f"{n}", tier=tier, device=f"d{n % devices}", opened_at=NOW + timedelta(seconds=n))
        for n in range(number)
    ]


def test_many_forms_opened_at_once_are_seen_when_they_are_sent() -> None:
    sent = [
        replace(one, received_at=NOW + timedelta(seconds=900 + 300 * n))
        for n, one in enumerate(ahead(40, devices=1))
    ]
    assert len(held_of(sent)) == 40  # the earlier ones are its own
    of_many = [replace(one, device=one.rating_id) for one in sent]
    assert len(held_of(of_many)) == 40 - 8
    codes = [replace(one, tier="visit") for one in sent]
    assert len(held_of(codes)) == 40
    queue = [replace(one, tier="visit") for one in of_many]
    assert held_of(queue) == set()  # tickets are scanned in the queue
    prompt = [replace(one, received_at=one.opened_at + timedelta(minutes=10)) for one in sent]
    assert all("opened_ahead" not in look(o, *prompt[:n]).rules for n, o in enumerate(prompt))


def test_forms_opened_ahead_take_the_others_along_from_two_families_on() -> None:
    eight = [
        replace(one, received_at=NOW + timedelta(seconds=900 + 300 * n))
        for n, one in enumerate(ahead(ROW, devices=1))
    ]
    seven = look(eight[-2], *eight[:-2])
    assert "opened_ahead" in seven.rules
    assert seven.also == frozenset()
    assert look(eight[-1], *eight[:-1]).also == {str(n) for n in range(ROW - 1)}


def test_who_opened_a_form_at_that_moment_and_sent_it_at_once_is_not_taken_along() -> None:
    prompt = arrival("prompt", after=20, takes=70, device="d0")
    sent = [
        replace(one, received_at=NOW + timedelta(seconds=900 + 300 * n))
        for n, one in enumerate(ahead(20, devices=1))
    ]
    assert "prompt" not in held_of([prompt, *sent])


def test_the_kiosk_is_never_opened_ahead() -> None:
    sent = [
        replace(one, tier="kiosk", received_at=NOW + timedelta(seconds=900 + 300 * n))
        for n, one in enumerate(ahead(20, devices=1))
    ]
    assert held_of(sent) == set()


def test_more_answers_in_a_day_than_visits() -> None:
    pace = replace(PACE, most_a_day=30)
    assert look(arrival("a"), today=29, pace=pace).rules == ()
    assert look(arrival("a"), today=30, pace=pace) == Screened(("over_visits",), frozenset())
    assert look(arrival("a"), today=3000).rules == ()  # nobody told how many there were


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


def test_the_same_long_text_is_held_from_the_second_on() -> None:
    held = look(arrival("a", text="t"), same_text=("x", "y"))
    assert held == Screened(("same_text",), frozenset())


def test_hasty_straight_lines_are_held_from_the_third_on() -> None:
    hasty = [arrival(f"h{n}", after=600 * n, takes=5, is_hasty=True) for n in range(3)]
    assert look(hasty[1], hasty[0]).rules == ()
    assert look(hasty[2], *hasty[:2]) == Screened(("fast_straight",), frozenset())
    assert look(replace(hasty[2], is_hasty=False), *hasty[:2]).rules == ()
    stronger = [replace(one, tier="visit") for one in hasty[:2]]
    assert look(hasty[2], *stronger).rules == ()
    far = [replace(one, received_at=NOW - timedelta(hours=2)) for one in hasty[:2]]
    assert look(hasty[2], *far).rules == ()


def all_at_once() -> tuple[str, ...]:
    """Every rule that an answer through the poster can meet, but one device or a crowd is told."""
    about = replace(PLAIN, bad_code=True, revoked_device=True, from_staff_browser=True)
    pace = replace(PACE, most_a_day=10)
    told = {"about": about, "pace": pace, "today": 10, "same_text": ("x",), "shifts": ()}
    first = [arrival(f"{n}", takes=700, device="one", is_hasty=True) for n in range(9)]
    return look(first[-1], *first[:-1], **told).rules  # type: ignore[arg-type]


def in_a_crowd() -> tuple[str, ...]:
    many = crowd(9)
    return look(many[-1], *many[:-1]).rules


def with_a_code_not_called() -> tuple[str, ...]:
    sent = arrival("a", tier="visit")
    began = sent.received_at - timedelta(minutes=1)
    return look(sent, about=replace(PLAIN, code_from=began, queue_calls=True)).rules


def test_several_rules_are_told_in_their_order() -> None:
    assert all_at_once() == (
        "bad_code",
        "revoked_device",
        "staff_device",
        "same_device",
        "opened_ahead",
        "over_visits",
        "outside_hours",
        "same_text",
        "fast_straight",
    )
    assert in_a_crowd() == ("burst",)
    assert with_a_code_not_called() == ("too_soon", "not_called")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_met_by_some_answer(rule: str) -> None:
    """A new rule needs an answer here that meets it."""
    assert rule in (*all_at_once(), *in_a_crowd(), *with_a_code_not_called())


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
