"""How much a list of rows in some order tells to who knows in which order the visitors came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, sqrt

CERTAIN = 0.9999  # of chance alone, so that 30 routes raise no false alarm in 300 runs
TELLING = 4.0  # deviations of Kendall's sum from 0; beyond it once in 16,000 by chance


@dataclass(frozen=True, slots=True)
class Found:
    """What one way of reading the copy gave.

    `matched` of `visitors` were put to the right answer by their rank; by chance it is one a group.
    `deviations` says how far the whole order is from chance (Kendall's sum in its deviations).
    """

    route: str
    groups: int
    visitors: int
    matched: int
    deviations: float

    @property
    def recovered(self) -> int:
        """Visitors matched beyond what chance gives in 9,999 of 10,000 cases."""
        return max(0, self.matched - most_by_chance(self.groups))

    @property
    def tells(self) -> bool:
        """Whether anything was learnt by this route."""
        return self.recovered > 0 or abs(self.deviations) > TELLING


def compare(route: str, groups: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Found:
    """Each group: ids as the copy orders them, and as their visitors came.

    Ids that were not found are left out on both sides; the copy is read in both directions, for
    its reader does not know which one is right, and the better one counts.
    """
    matched = turned = visitors = count = total = 0
    variance = 0.0
    for seen, came in groups:
        rank = {one: place for place, one in enumerate(x for x in came if x in set(seen))}
        order = [rank[one] for one in seen if one in rank]
        size = len(order)
        if size < 2:
            continue
        count += 1
        visitors += size
        matched += sum(place == one for place, one in enumerate(order))
        turned += sum(size - 1 - place == one for place, one in enumerate(order))
        total += sum(1 if a < b else -1 for a, b in combinations(order, 2))
        variance += size * (size - 1) * (2 * size + 5) / 18
    deviations = total / sqrt(variance) if variance else 0.0
    return Found(route, count, visitors, max(matched, turned), deviations)


def most_by_chance(groups: int) -> int:
    """Right ranks in so many shuffled groups, hardly ever more: a Poisson number of mean 1 each.

    Doubled groups, as both directions are tried.
    """
    mean = 2.0 * groups
    term, whole, most = exp(-mean), exp(-mean), 0
    while whole < CERTAIN:
        most += 1
        term *= mean / most
        whole += term
    return most


def table(found: Sequence[Found]) -> str:
    """The numbers, one route a line."""
    lines = [
        "| route | visitors | matched | by chance | deviations | recovered |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.route} | {f.visitors} | {f.matched} | {f.groups} | {f.deviations:+.1f} | {f.recovered} |"
        for f in found
    ]
    return "\n".join(lines)
