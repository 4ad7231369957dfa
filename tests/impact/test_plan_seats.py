"""What a plan fixes of each run: whoever the lot draws, nobody's rules and no floor is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product

import pytest

from feedback_app.domain.plan_rules import broken
from feedback_app.domain.training_plan import Office, Officer, Pair, Run, money_of
from feedback_app.impact.plan.seats import Seats, seats_of, staffing
from feedback_app.impact.plan.solve import solve
from tests.ground.plan_office import office_of_a_year

TUESDAY = date(2027, 2, 9)


def draws(seats: tuple[Seats, ...]) -> Iterator[tuple[Pair, ...]]:
    """Every outcome of every lot; dates of one training do not seat a person twice."""
    each = [
        [tuple((name, one.run) for name in some) for some in combinations(one.officers, one.bought)]
        for one in seats
    ]
    for outcome in product(*each):
        yield tuple(pair for part in outcome for pair in part)


@pytest.mark.parametrize("seed", range(12))
def test_no_draw_breaks_a_persons_rules_the_seats_or_the_money(seed: int) -> None:
    office = office_of_a_year(seed, officers=6, runs=5, days=40)
    plan = solve(office)
    seats = seats_of(office, plan)
    assert {one.run for one in seats} == {run for _officer, run in plan.chosen}
    for one in seats:
        assert {name for name, run in plan.chosen if run == one.run} <= set(one.officers)
    at_risk = {(left.counter, day) for left in staffing(office, seats) for day in left.at_risk}
    kinds = {run.code: run.kind for run in office.runs}
    seen = 0
    for chosen in draws(seats):
        twice = [(name, kinds[run]) for name, run in chosen]
        if len(twice) != len(set(twice)):
            continue  # who is drawn for one date is out of the draw for the next
        seen += 1
        faults = broken(office, chosen)
        assert [fault for fault in faults if fault.rule != "floor"] == []
        assert {fault.where for fault in faults} <= at_risk  # no day at risk: floors hold
        assert money_of(office, chosen) == plan.money
    assert seen


def person(code: str, **other: object) -> Officer:
    """Somebody who lacks 20 JP."""
    return replace(Officer(code, "PNS", 0.0, 1), **other)  # type: ignore[arg-type]


def run(code: str, *, day: int = 9, seats: int = 1, fee: int = 1, kind: str = "T") -> Run:
    """A day of a training in February."""
    on = date(2027, 2, day)
    prices = {"fee": fee, "travel": 0, "daily": 0}
    return Run(code, kind, kind, on, on, seats, prices, 4.0, {"perilaku": 0.1})


def office_with(*runs: Run, fee: int | None = None) -> Office:
    """Four people who all need it, two at each counter, on two days."""
    names = "ABCD"
    return Office(
        officers=tuple(person(name) for name in names),
        runs=runs,
        needs={(name, "perilaku"): 1.0 for name in names},
        roster=tuple(
            (name, "L" if name in "AB" else "M", on)
            for name in names
            for on in (TUESDAY, date(2027, 2, 16))
        ),
        floors={"L": 1, "M": 1},
        limits={"fee": fee, "travel": None, "daily": None},
    )


def test_two_dates_of_a_training_are_one_lot() -> None:
    office = office_with(run("R1", day=9), run("R2", day=16), fee=2)
    one, two = seats_of(office, solve(office))
    assert one.officers == two.officers == tuple("ABCD")
    assert (one.bought, two.bought, one.is_by_lot) == (1, 1, True)
    assert all(not left.at_risk for left in staffing(office, (one, two)))


def test_as_many_as_there_are_seats_sit_without_a_lot() -> None:
    office = office_with(run("R1", seats=4), fee=2)
    needs = {key: weight for key, weight in office.needs.items() if key[0] in "AC"}
    officers = tuple(person(one.code, employment="PPPK") for one in office.officers)
    town = replace(office, needs=needs, officers=officers)
    (seats,) = seats_of(town, solve(town))
    assert (seats.officers, seats.is_by_lot) == (("A", "C"), False)


def test_nobody_is_drawn_where_seats_cost_nothing_and_stay_free() -> None:
    office = office_with(run("R1", seats=4, fee=0))
    (seats,) = seats_of(office, solve(office))
    assert seats.bought == len(seats.officers) == 2  # one of each counter may leave
    assert not seats.is_by_lot


def test_a_draw_that_could_empty_a_counter_is_named_before() -> None:
    office = office_with(run("R1", seats=2), fee=2)
    (seats,) = seats_of(office, solve(office))
    assert seats.is_by_lot
    found = {left.counter: left for left in staffing(office, (seats,))}
    assert found["L"].at_risk == found["M"].at_risk == ("2027-02-09",)
    assert (found["L"].floor, found["L"].least) == (1, 0)


def test_who_took_a_training_not_long_ago_is_not_sent_again() -> None:
    office = replace(office_with(run("R1", seats=4)), had=frozenset({("A", "T"), ("B", "T")}))
    plan = solve(office)
    assert plan.chosen == (("C", "R1"),)
    assert solve(office, forced=[("A", "R1")]).collides[0].startswith("had A R1")
