"""What one survey found: counts that can be added, kept as they were when it was closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback_app.domain.elements import ALL_KEYS, OFFICIAL_KEYS

Counts = tuple[int, int, int, int]
UNTOLD = ""  # a respondent who did not say


@dataclass(frozen=True, slots=True)
class Group:
    """Complete forms that go together.

    `counts` holds the answers 1, 2, 3, 4 of all elements; `total` and `squares` are the sum
    and the sum of squares of each form's nine official values, which an interval needs.
    """

    n: int
    counts: Mapping[str, Counts]
    total: int
    squares: int


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """One service's complete forms; `code` is '' for forms that name no service."""

    code: str
    name: str
    group: Group


@dataclass(frozen=True, slots=True)
class Figures:
    """A survey's findings. `profile` counts respondents by band and choice, UNTOLD included.

    `partial` forms miss an official element; `held` wait for a verdict, `aside` were set aside;
    `visits` come from the office's books, None when it keeps none.
    """

    whole: Group
    services: tuple[ServiceFigures, ...]
    tiers: Mapping[str, Group]
    profile: Mapping[str, Mapping[str, int]]
    partial: int
    held: int
    aside: int
    visits: int | None


def group_of(forms: Iterable[Mapping[str, int | None]]) -> Group:
    """Count complete forms; each maps element to value, own elements may be None."""
    counts = {key: [0, 0, 0, 0] for key in ALL_KEYS}
    n = total = squares = 0
    for form in forms:
        nine = sum(form[key] or 0 for key in OFFICIAL_KEYS)
        n, total, squares = n + 1, total + nine, squares + nine * nine
        for key in ALL_KEYS:
            value = form[key]
            if value is not None:
                counts[key][value - 1] += 1
    return Group(n, {key: _four(values) for key, values in counts.items()}, total, squares)


def add_groups(groups: Iterable[Group]) -> Group:
    """Several groups as one; the order never matters."""
    counts = {key: [0, 0, 0, 0] for key in ALL_KEYS}
    n = total = squares = 0
    for group in groups:
        n, total, squares = n + group.n, total + group.total, squares + group.squares
        for key in ALL_KEYS:
            counts[key] = [a + b for a, b in zip(counts[key], group.counts[key], strict=True)]
    return Group(n, {key: _four(values) for key, values in counts.items()}, total, squares)


def add_figures(parts: Sequence[Figures]) -> Figures:
    """Several surveys as one: a year of its quarters, a regency of its units."""
    names = {line.code: line.name for part in parts for line in part.services}
    services = tuple(
        ServiceFigures(
            code,
            name,
            add_groups(s.group for part in parts for s in part.services if s.code == code),
        )
        for code, name in names.items()
    )
    tiers = {tier: None for part in parts for tier in part.tiers}
    profile: dict[str, dict[str, int]] = {}
    for part in parts:
        for band, choices in part.profile.items():
            kept = profile.setdefault(band, {})
            for choice, count in choices.items():
                kept[choice] = kept.get(choice, 0) + count
    visits = [part.visits for part in parts if part.visits is not None]
    return Figures(
        whole=add_groups(part.whole for part in parts),
        services=services,
        tiers={t: add_groups(part.tiers[t] for part in parts if t in part.tiers) for t in tiers},
        profile=profile,
        partial=sum(part.partial for part in parts),
        held=sum(part.held for part in parts),
        aside=sum(part.aside for part in parts),
        visits=sum(visits) if len(visits) == len(parts) and parts else None,
    )


def as_json(figures: Figures) -> dict[str, Any]:
    """As it is kept in the database; the opposite of `from_json`."""
    return {
        "whole": _group_json(figures.whole),
        "services": [[s.code, s.name, _group_json(s.group)] for s in figures.services],
        "tiers": {tier: _group_json(group) for tier, group in figures.tiers.items()},
        "profile": {band: dict(choices) for band, choices in figures.profile.items()},
        "partial": figures.partial,
        "held": figures.held,
        "aside": figures.aside,
        "visits": figures.visits,
    }


def from_json(kept: Mapping[str, Any]) -> Figures:
    """Figures as they were kept."""
    return Figures(
        whole=_group_from(kept["whole"]),
        services=tuple(
            ServiceFigures(code, name, _group_from(group)) for code, name, group in kept["services"]
        ),
        tiers={tier: _group_from(group) for tier, group in kept["tiers"].items()},
        profile=kept["profile"],
        partial=kept["partial"],
        held=kept["held"],
        aside=kept["aside"],
        visits=kept["visits"],
    )


def _group_json(group: Group) -> dict[str, Any]:
    counts = {key: list(values) for key, values in group.counts.items()}
    return {"n": group.n, "counts": counts, "total": group.total, "squares": group.squares}


def _group_from(kept: Mapping[str, Any]) -> Group:
    counts = {key: _four(values) for key, values in kept["counts"].items()}
    return Group(kept["n"], counts, kept["total"], kept["squares"])


def _four(values: Sequence[int]) -> Counts:
    one, two, three, four = values
    return one, two, three, four
