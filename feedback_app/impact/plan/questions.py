"""Questions to a plan, answered by solving again: budgets, rules, why not this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from feedback_app.domain.training_plan import MONEY, Office, Pair, Prices, YearPlan
from feedback_app.impact.plan.solve import solve

BUDGETS = 21


@dataclass(frozen=True, slots=True)
class Budget:
    """What a share of the money brings: 1 is the money that there is."""

    share: float
    limits: Mapping[str, int | None]
    plan: YearPlan


def frontier(office: Office, *, largest: float = 2.0) -> tuple[Budget, ...]:
    """Plans for 21 budgets from nothing to `largest` times the money, all three kinds alike."""
    found = []
    for step in range(BUDGETS):
        share = largest * step / (BUDGETS - 1)
        limits = {
            kind: None if limit is None else int(share * limit)
            for kind, limit in office.limits.items()
        }
        found.append(Budget(share, limits, solve(replace(office, limits=limits))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class RulePrice:
    """A rule and how much more the officers would gain without it, in gain × weight."""

    rule: str  # money, floor, jp, fairness, jp least
    where: str
    gained: float


def price_of_rules(office: Office) -> tuple[RulePrice, ...]:
    """Each rule left out in turn, dearest first; what the year gains, not what the rule is worth.

    No price is asked for seats, overlapping dates and one run of a kind: nobody can waive them.
    """
    with_all = gain_of(office, solve(office).chosen)
    prices = [
        RulePrice(rule, where, max(gain_of(office, solve(other).chosen) - with_all, 0.0))
        for rule, where, other in _without_each(office)
    ]
    return tuple(sorted(prices, key=lambda one: -one.gained))


def gain_of(office: Office, chosen: tuple[Pair, ...]) -> float:
    """Expected gain of a choice alone, without what soft rules cost."""
    runs = {run.code: run for run in office.runs}
    return sum(office.gain(officer, runs[run]) for officer, run in chosen)


def _without_each(office: Office) -> list[tuple[str, str, Office]]:
    found: list[tuple[str, str, Office]] = []
    for kind in MONEY:
        if office.limits.get(kind) is not None:
            free = replace(office, limits={**office.limits, kind: None})
            found.append(("money", kind, free))
    for counter, floor in office.floors.items():
        if floor:
            # Its peaks too; nobody is there to be spared where the floor is 0.
            peaks = {place: value for place, value in office.peaks.items() if place[0] != counter}
            bare = replace(office, floors={**office.floors, counter: 0}, peaks=peaks)
            found.append(("floor", counter, bare))
    if any(officer.jp_left is not None for officer in office.officers):
        # A PNS of 20 JP has neither ceiling nor floor.
        loose = tuple(
            one if one.jp_left is None else replace(one, employment="PNS", jp_done=20.0)
            for one in office.officers
        )
        found.append(("jp", "most", replace(office, officers=loose)))
    if office.prices.fairness:
        found.append(("fairness", "", replace(office, prices=Prices(0.0, office.prices.jp))))
    if office.prices.jp:
        found.append(("jp", "least", replace(office, prices=Prices(office.prices.fairness, 0.0))))
    return found


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What sending this officer to this run would mean.

    `forbidden`: the rules that it breaks; then nothing else is told. Otherwise what the year would
    lose, who would not go instead, and who would.
    """

    forbidden: tuple[str, ...]
    lost: float
    out: tuple[Pair, ...]
    instead: tuple[Pair, ...]


def why_not(office: Office, plan: YearPlan, pair: Pair) -> WhyNot:
    """Solve again with this pair in the plan. KeyError for an officer or run that is not there."""
    _known(office, pair)
    other = solve(office, forced=(pair,))
    if other.objective is None or plan.objective is None:
        return WhyNot(other.collides, 0.0, (), ())
    before, after = set(plan.chosen), set(other.chosen)
    return WhyNot(
        forbidden=(),
        lost=max(plan.objective - other.objective, 0.0),
        out=tuple(sorted(before - after)),
        instead=tuple(sorted(after - before)),
    )


def _known(office: Office, pair: Pair) -> None:
    officer, run = pair
    if officer not in {one.code for one in office.officers}:
        raise KeyError(officer)
    if run not in {one.code for one in office.runs}:
        raise KeyError(run)
