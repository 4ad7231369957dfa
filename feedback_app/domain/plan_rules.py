"""Which hard rules a choice of officers and runs breaks: read from the office, not from a matrix.

The solver's answer is held against this before anybody sees it, so that a rule which never
reached the solver is found; and it says why somebody cannot go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from feedback_app.domain.training_plan import Office, Pair, Run

ROUNDING = 1e-9  # of sums of JP that are no whole numbers


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule and where it is broken: floor L3 2026-05-04, seats R2, money travel."""

    rule: str  # money, seats, kind, overlap, floor, jp, leave, had
    where: tuple[str, ...]
    told: str  # with its numbers, for an analyst

    def __str__(self) -> str:
        return f"{self.rule} {' '.join(self.where)}: {self.told}"


def broken(office: Office, chosen: Collection[Pair]) -> list[Broken]:
    """Every hard rule that this choice breaks; the empty one breaks those that nobody can keep."""
    runs = {run.code: run for run in office.runs}
    own: dict[str, list[Run]] = {}
    for officer, code in chosen:
        own.setdefault(officer, []).append(runs[code])
    return [
        *_money(office, [runs[code] for _officer, code in chosen]),
        *_seats(runs, chosen),
        *_of_officers(office, own),
        *_floors(office, own),
    ]


def _money(office: Office, attended: list[Run]) -> Iterator[Broken]:
    for kind, limit in office.limits.items():
        spent = sum(run.prices[kind] for run in attended)
        if limit is not None and spent > limit:
            yield Broken("money", (kind,), f"{spent} needed, {limit} there")


def _seats(runs: dict[str, Run], chosen: Collection[Pair]) -> Iterator[Broken]:
    for code, taken in sorted(Counter(code for _officer, code in chosen).items()):
        if taken > runs[code].seats:
            yield Broken("seats", (code,), f"{taken} needed, {runs[code].seats} there")


def _of_officers(office: Office, own: dict[str, list[Run]]) -> Iterator[Broken]:
    """One run of a kind, no two at once, the ceiling of JP, no course on leave."""
    for officer in office.officers:
        attended = own.get(officer.code, [])
        for first, second in combinations(attended, 2):
            codes = tuple(sorted((first.code, second.code)))
            if first.kind == second.kind:
                yield Broken("kind", (officer.code, *codes), f"both are {first.kind}")
            if first.meets(second):
                yield Broken("overlap", (officer.code, *codes), "on the same days")
        jp = sum(run.jp for run in attended)
        if officer.jp_left is not None and jp > officer.jp_left + ROUNDING:
            left = f"{jp:g} JP, {officer.jp_left:g} left of a PPPK's 24"
            yield Broken("jp", (officer.code,), left)
        for run in attended:
            if any((officer.code, day) in office.leave for day in run.days):
                yield Broken("leave", (officer.code, run.code), "on leave on its days")
            if (officer.code, run.kind) in office.had:
                yield Broken("had", (officer.code, run.code), f"took {run.kind} not long ago")


def _floors(office: Office, own: dict[str, list[Run]]) -> Iterator[Broken]:
    away = {(name, day) for name, attended in own.items() for run in attended for day in run.days}
    rostered = {(counter, day) for _officer, counter, day in office.roster}
    present: Counter[tuple[str, date]] = Counter(
        (counter, day)
        for officer, counter, day in office.roster
        if (officer, day) not in away and (officer, day) not in office.leave
    )
    short = [place for place in rostered if present[place] < office.floor(*place)]
    for counter, day in sorted(short):
        told = f"{present[counter, day]} left, {office.floor(counter, day)} must stay"
        yield Broken("floor", (counter, day.isoformat()), told)


def summed_up(faults: Collection[Broken]) -> tuple[str, ...]:
    """One line a counter or rule: a floor that is broken on 200 days is one rule that collides."""
    lines: dict[tuple[str, str], list[Broken]] = {}
    for fault in faults:
        lines.setdefault((fault.rule, fault.where[0]), []).append(fault)
    return tuple(
        str(same[0]) + (f" (and {len(same) - 1} more days)" if len(same) > 1 else "")
        if same[0].rule == "floor"
        else "; ".join(map(str, same))
        for same in lines.values()
    )
