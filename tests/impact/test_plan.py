"""The plan is the best there is, keeps every rule, and says which one stands in the way."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.config import ROOT
from feedback_app.domain.plan_rules import broken
from feedback_app.domain.training_plan import Office, Officer, Pair, Prices, Run, YearPlan
from feedback_app.impact.plan import matrix as matrix_module
from feedback_app.impact.plan.arrays import arrays_of
from feedback_app.impact.plan.matrix import Matrix, build
from feedback_app.impact.plan.solve import DroppedRuleError, NotProvenError, solve
from tests.ground.plan_office import office_of_a_year

MONDAY = date(2027, 1, 4)
ITEMS = ("perilaku", "informasi")


def run(code: str, first: int = 0, last: int | None = None, **changed: object) -> Run:
    """A run of some days counted from MONDAY; each a kind of its own, one point a unit of need."""
    last = first if last is None else last
    given_by = {
        "training": code, "kind": code, "seats": 9, "prices": {"fee": 0, "travel": 0, "daily": 0},
        "jp": 4.0, "gains": {"perilaku": 0.1},
    } | changed  # fmt: skip
    days = (MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))
    return Run(code=code, start=days[0], end=days[1], **given_by)  # type: ignore[arg-type]


def office(*runs: Run, people: int = 2, **changed: object) -> Office:
    """Officers A, B, … who all need perilaku (1, 2, …), with money, floors and dates without end."""
    names = [chr(65 + n) for n in range(people)]
    given_by = {
        "officers": tuple(Officer(name, "PNS", 20, 1) for name in names),
        "needs": {(name, "perilaku"): n + 1.0 for n, name in enumerate(names)},
        "roster": (), "floors": {}, "limits": dict.fromkeys(("fee", "travel", "daily")),
    } | changed  # fmt: skip
    return Office(runs=runs, **given_by)  # type: ignore[arg-type]


def keeps(town: Office, chosen: tuple[Pair, ...]) -> bool:
    """The rules once more, as plainly as they can be said; shares nothing with the product."""
    runs = {one.code: one for one in town.runs}
    for money, limit in town.limits.items():
        if limit is not None and sum(runs[r].prices[money] for _o, r in chosen) > limit:
            return False
    if any(sum(r == code for _o, r in chosen) > one.seats for code, one in runs.items()):
        return False
    for officer in town.officers:
        own = [runs[r] for o, r in chosen if o == officer.code]
        if len({one.kind for one in own}) < len(own):
            return False
        days = [
            one.start + timedelta(days=n)
            for one in own
            for n in range((one.end - one.start).days + 1)
        ]
        if len(set(days)) < len(days) or any((officer.code, day) in town.leave for day in days):
            return False
        if (
            officer.employment == "PPPK"
            and own
            and officer.jp_done + sum(one.jp for one in own) > 24
        ):
            return False
    for counter, floor in town.floors.items():
        for day in {d for _o, c, d in town.roster if c == counter}:
            there = {
                o
                for o, c, d in town.roster
                if (c, d) == (counter, day) and (o, d) not in town.leave
            }
            gone = {o for o, r in chosen if runs[r].start <= day <= runs[r].end}
            if len(there - gone) < floor:
                return False
    return True


def worth_by_hand(town: Office, chosen: tuple[Pair, ...]) -> float:
    runs = {one.code: one for one in town.runs}
    total = 0.0
    for officer, code in chosen:
        for item, points in runs[code].gains.items():
            total += points * town.needs.get((officer, item), 0)
    for officer in town.officers:
        own = [runs[r] for o, r in chosen if o == officer.code]
        needy = any(weight > 0 for (o, _i), weight in town.needs.items() if o == officer.code)
        total -= town.prices.fairness * (
            max(len(own) - 1, 0) + (not own and not officer.turns and needy)
        )
        if officer.employment == "PNS":
            total -= town.prices.jp * max(20 - officer.jp_done - sum(one.jp for one in own), 0)
    return total


def best_by_trying(town: Office) -> float | None:
    """The highest worth over every choice of pairs with a gain (or JP that are missing)."""
    runs = town.runs
    pairs = [
        (o.code, r.code)
        for o in town.officers
        for r in runs
        if town.gain(o.code, r) > 0
        or (
            town.prices.jp
            and town.gain(o.code, r) == 0
            and o.employment == "PNS"
            and o.jp_done < 20
            and r.jp
        )
    ]
    best: list[float] = []

    def go_on(place: int, chosen: tuple[Pair, ...]) -> None:
        if not keeps(town, chosen):
            return  # no rule is mended by sending more
        if place == len(pairs):
            best.append(worth_by_hand(town, chosen))
            return
        go_on(place + 1, (*chosen, pairs[place]))
        go_on(place + 1, chosen)

    go_on(0, ())
    return max(best) if best else None


@st.composite
def small_offices(draw: st.DrawFn) -> Office:
    whole = lambda low, high: draw(st.integers(low, high))  # noqa: E731
    names = "ABC"[: whole(1, 3)]
    days = [MONDAY + timedelta(days=n) for n in range(5)]
    runs = []
    for n in range(whole(1, 4)):
        first = whole(0, 4)
        prices = {money: 10 * whole(0, 3) for money in ("fee", "travel", "daily")}
        gains = {item: whole(0, 3) / 10 for item in ITEMS if draw(st.booleans())}
        runs.append(
            run(f"R{n}", first, min(first + whole(0, 2), 4), kind=f"k{whole(0, 2)}", prices=prices,
                seats=whole(0, 2), jp=float(2 * whole(0, 5)), gains=gains)
        )  # fmt: skip
    roster = tuple((o, f"L{whole(0, 1)}", day) for day in days for o in names if whole(0, 9))
    return Office(
        officers=tuple(
            Officer(o, draw(st.sampled_from(["PNS", "PPPK"])), float(whole(8, 22)), whole(0, 1)) for o in names
        ),
        runs=tuple(runs),
        needs={(o, item): float(whole(0, 4)) for o in names for item in ITEMS},
        roster=roster,
        floors={counter: whole(0, 1) for counter in ("L0", "L1")},
        limits={money: draw(st.sampled_from([None, 0, 20, 40, 10**13])) for money in ("fee", "travel", "daily")},
        prices=Prices(whole(0, 2) / 10, whole(0, 2) / 100),
        leave=frozenset((o, day) for o in names for day in days if not whole(0, 12)),
    )  # fmt: skip


@pytest.mark.proof
@settings(max_examples=75, deadline=None)
@given(small_offices())
def test_the_plan_of_a_small_office_is_the_best_of_all_choices(town: Office) -> None:
    found, best = solve(town), best_by_trying(town)
    assert found.objective == (pytest.approx(best, abs=1e-6) if best is not None else None)
    assert (found.status == "infeasible") == (best is None) == bool(found.collides)
    assert keeps(town, found.chosen) or best is None
    assert best is None or broken(town, found.chosen) == []


FULL = {"fee": 10, "travel": 0, "daily": 0}
# Each office has exactly one rule in the way of sending everybody everywhere: (office, rule, best).
ONE_RULE: dict[str, tuple[Office, set[Pair]]] = {
    "money": (
        office(run("R", prices=FULL), limits={"fee": 15, "travel": None, "daily": None}),
        {("B", "R")},
    ),
    "seats": (office(run("R", seats=1)), {("B", "R")}),
    "kind": (
        office(run("R", kind="k"), run("S", 3, kind="k", gains={"perilaku": 0.2}), people=1),
        {("A", "S")},
    ),
    "overlap": (
        office(run("R", 0, 2), run("S", 2, 4, gains={"perilaku": 0.2}), people=1),
        {("A", "S")},
    ),
    "floor": (
        office(run("R"), roster=(("A", "L", MONDAY), ("B", "L", MONDAY)), floors={"L": 1}),
        {("B", "R")},
    ),
    "jp": (
        office(
            run("R", jp=6), run("S", 3, jp=6, gains={"perilaku": 0.2}),
            people=1, officers=(Officer("A", "PPPK", 16, 1),),
        ),
        {("A", "S")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", ONE_RULE)
def test_each_rule_decides_where_it_alone_is_in_the_way(rule: str) -> None:
    town, best = ONE_RULE[rule]
    assert set(solve(town).chosen) == best


def without(rule: str) -> Callable[..., Matrix]:
    """The planted fault: a matrix whose rows of one rule never reach the solver."""

    def planted(*given_to: object) -> Matrix:
        whole = build(*given_to)  # type: ignore[arg-type]
        rows = [row for row in whole.rows if row.rule != rule]
        assert len(rows) < len(whole.rows)
        return replace(whole, rows=tuple(rows))

    return planted


@pytest.mark.parametrize("rule", ONE_RULE)
def test_a_rule_that_is_dropped_on_the_way_to_the_solver_is_found(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_app.impact.plan.solve.build", without(rule))
    with pytest.raises(DroppedRuleError, match=rule):
        solve(ONE_RULE[rule][0])


@pytest.mark.proof
def test_every_row_of_a_random_matrix_holds_back_some_choice() -> None:
    """No row is empty show: for each there is a choice that it alone of its rule refuses."""
    town = office_of_a_year(3, officers=9, runs=12, days=60, prices=Prices())
    arrays, table = arrays_of(town), build(arrays_of(town))
    counts = len(table.officer)
    for row in table.rows:
        if row.rule in ("seats", "money"):
            continue  # over counts: their bounds are tested above
        own = row.columns[row.columns < counts]
        taken = own[np.argsort(-row.values[: len(own)], kind="stable")]
        needed = (
            int(np.searchsorted(np.cumsum(row.values[: len(own)]), row.upper, side="right")) + 1
        )
        sets = combinations(taken.tolist(), needed)
        assert any(
            any(f.rule == row.rule for f in broken(town, _pairs(arrays, table, choice)))
            for choice in sets
        ), row


def _pairs(arrays: matrix_module.Arrays, table: Matrix, choice: tuple[int, ...]) -> list[Pair]:
    return [
        (arrays.officers[table.officer[n]].code, arrays.runs[table.run[n]].code) for n in choice
    ]


def test_soft_rules_cost_what_they_say() -> None:
    two = (run("R"), run("S", 3))
    alone = office(*two, people=1)
    assert len(solve(replace(alone, prices=Prices(fairness=0.09))).chosen) == 2
    assert len(solve(replace(alone, prices=Prices(fairness=0.11))).chosen) == 1
    new = (Officer("A", "PNS", 20, 0), Officer("B", "PNS", 20, 1))
    one_seat = office(run("R", seats=1), officers=new)
    assert solve(one_seat).chosen == (("B", "R"),)  # the larger need
    assert solve(replace(one_seat, prices=Prices(fairness=0.11))).chosen == (("A", "R"),)
    short = office(run("R", jp=8, gains={}), people=1, officers=(Officer("A", "PNS", 6, 1),))
    found = solve(replace(short, prices=Prices(jp=0.01)))
    assert found.chosen == (("A", "R"),)
    assert found.objective == pytest.approx(-0.06)  # 6 JP are still missing
    assert solve(short).chosen == ()  # nobody goes for JP that have no price


def test_among_equals_the_cheaper_and_then_the_first_by_code() -> None:
    dear, cheap = (
        run("R", kind="k", prices={"fee": 11, "travel": 0, "daily": 0}),
        run("S", kind="k", prices=FULL),
    )
    assert solve(office(dear, cheap, people=1)).chosen == (("A", "S"),)
    same = [run(code, kind="k", prices=FULL) for code in ("R2", "R1", "R3")]
    assert solve(office(*same, people=1)).chosen == (("A", "R1"),)
    even = {("A", "perilaku"): 1.0, ("B", "perilaku"): 1.0}
    assert solve(office(run("R", seats=1), needs=even)).chosen == (("A", "R"),)


def test_an_officer_in_two_needs_and_on_leave_goes_to_what_the_leave_allows() -> None:
    needs = {("A", "perilaku"): 1.0, ("A", "informasi"): 2.0}
    both = (run("R"), run("S", 3, gains={"informasi": 0.1}))
    town = office(*both, people=1, needs=needs)
    assert solve(town).chosen == (("A", "R"), ("A", "S"))
    away = replace(town, leave=frozenset({("A", MONDAY + timedelta(days=3))}))
    assert solve(away).chosen == (("A", "R"),)
    assert solve(replace(away, leave=away.leave | {("A", MONDAY)})).chosen == ()


def test_jp_in_whole_courses_and_their_multiples_lose_no_plan() -> None:
    """23 JP that are left hold five courses of 4; 13 that are missing need four."""
    five = [run(f"R{n}", 2 * n) for n in range(7)]
    town = office(*five, people=1, officers=(Officer("A", "PPPK", 1, 1),))
    assert len(solve(town).chosen) == 5
    longer = [run(f"S{n}", 20 + 3 * n, 21 + 3 * n, jp=8.0) for n in range(3)]
    assert len(solve(replace(town, runs=(*five, *longer))).chosen) == 5
    short = office(*[replace(one, gains={}) for one in five], people=1,
                   officers=(Officer("A", "PNS", 7, 1),), prices=Prices(jp=0.01))  # fmt: skip
    assert len(solve(short).chosen) == 4


def test_the_order_of_files_changes_nothing() -> None:
    town = office_of_a_year(5, officers=9, runs=12, days=60)
    turned = replace(
        town,
        officers=town.officers[::-1],
        runs=town.runs[::-1],
        roster=town.roster[::-1],
        needs=dict(reversed(town.needs.items())),
    )
    assert solve(turned) == solve(town)


def test_a_floor_broken_by_the_roster_itself_is_named_once_a_counter() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(3)]
    found = solve(
        office(run("R"), roster=tuple(("A", "L3", day) for day in days), floors={"L3": 2})
    )
    assert (found.status, found.objective, found.chosen) == ("infeasible", None, ())
    assert found.collides == ("floor L3 2027-01-04: 1 left, 2 must stay (and 2 more days)",)


def test_who_is_above_the_ceiling_already_gets_no_more_and_stops_nobody() -> None:
    people = (Officer("A", "PPPK", 30, 1), Officer("B", "PPPK", 0, 1))
    assert solve(office(run("R"), officers=people)).chosen == (("B", "R"),)


def test_no_money_and_more_than_there_is() -> None:
    town = office(run("R", prices=FULL), run("S", 3))
    nothing = dict.fromkeys(("fee", "travel", "daily"), 0)
    assert {r for _o, r in solve(replace(town, limits=nothing)).chosen} == {"S"}
    much = dict.fromkeys(("fee", "travel", "daily"), 10**13)
    assert len(solve(replace(town, limits=much)).chosen) == 4
    assert solve(office()) == YearPlan("optimal", 0.0, (), nothing)


def test_a_peak_day_has_a_floor_of_its_own() -> None:
    roster = tuple((name, "L", MONDAY) for name in "AB")
    town = office(run("R"), roster=roster, floors={"L": 0})
    assert len(solve(town).chosen) == 2
    assert len(solve(replace(town, peaks={("L", MONDAY): 1})).chosen) == 1


def test_what_the_solver_leaves_on_standard_output_does_not_come_between() -> None:
    code = (
        "import ctypes; from feedback_app.impact.plan.solve import silent_stdout\n"
        "with silent_stdout(): ctypes.CDLL(None).printf(b'noise')\n"
        "print('[]')"
    )
    buffered = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=buffered, capture_output=True, check=True
    )
    assert done.stdout == b"[]\n"


def test_a_plan_that_is_not_proven_in_time_is_none() -> None:
    """Without limits of money all is HiGHS's, which has `longest`; a search ends by its nodes."""
    town = office_of_a_year(1, officers=12, runs=20, days=60)
    with pytest.raises(NotProvenError):
        solve(replace(town, limits=dict.fromkeys(town.limits)), longest=0.0)


def test_an_office_and_its_plan_come_whole_through_the_helper_process() -> None:
    town = office_of_a_year(1, officers=3, runs=3, days=10)
    assert pickle.loads(pickle.dumps((town, solve(town)))) == (town, solve(town))  # noqa: S301 (our own)
