"""Two different people who hold the same decide; nobody decides for the own unit."""

from __future__ import annotations

import pytest

from feedback_app.domain.cases import Opinion, agreed, may_decide, standing_of
from feedback_app.domain.tiers import (
    UNTIL_SET,
    checked_choice,
    counts_for_officer,
    with_stronger,
)


@pytest.mark.parametrize(
    ("opinions", "expected"),
    [
        ([], None),
        ([(1, "aside")], None),
        ([(1, "aside"), (1, "aside")], None),
        ([(1, "aside"), (2, "counted")], None),
        ([(1, "aside"), (2, "aside")], "aside"),
        ([(1, "aside"), (2, "counted"), (3, "counted")], "counted"),
        ([(1, "aside"), (1, "counted"), (2, "aside")], None),  # the later one holds
        ([(1, "aside"), (2, "counted"), (1, "counted")], "counted"),
    ],
)
def test_two_who_agree_decide(opinions: list[tuple[int, str]], expected: str | None) -> None:
    assert agreed([Opinion(*opinion) for opinion in opinions]) == expected


def test_nobody_decides_for_the_own_unit() -> None:
    assert may_decide(1, own_units=(), own_officer=False)
    assert may_decide(1, own_units=(2, 3), own_officer=False)
    assert not may_decide(1, own_units=(1, 2), own_officer=False)
    assert not may_decide(1, own_units=(), own_officer=True)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("counted", ("counted", True)),
        ("unit_only", ("counted", False)),
        ("aside", ("aside", True)),
        ("upheld", ("counted", False)),
        ("expired", ("counted", False)),
        ("rejected", None),
        ("followed_up", None),
    ],
)
def test_what_follows_from_an_outcome(outcome: str, expected: tuple[str, bool] | None) -> None:
    assert standing_of(outcome, for_officer=True, had_counted=False) == expected


@pytest.mark.parametrize(
    ("outcome", "had_counted", "expected"),
    [
        ("expired", True, ("counted", True)),  # nobody decided: it counts as before
        ("expired", False, ("counted", False)),
        ("rest_aside", True, ("counted", True)),
        ("rest_aside", False, ("aside", True)),
        ("aside", True, ("aside", True)),
    ],
)
def test_what_had_counted_before_it_was_held_is_told_apart(
    outcome: str, had_counted: bool, expected: tuple[str, bool]
) -> None:
    assert standing_of(outcome, for_officer=True, had_counted=had_counted) == expected
    if outcome == "expired":
        assert standing_of(outcome, for_officer=False, had_counted=True) == ("counted", False)


def test_the_poster_counts_for_officers_only_while_it_stands_alone() -> None:
    assert counts_for_officer("poster", allowed=UNTIL_SET)
    assert not counts_for_officer("poster", allowed=with_stronger(UNTIL_SET))
    assert counts_for_officer("visit", allowed=with_stronger(UNTIL_SET))
    assert not counts_for_officer("paper", allowed={"paper"})  # only with a code, and then visit
    assert checked_choice(["poster", "visit", "else"]) == {"visit"}
    assert checked_choice(["poster"]) == {"poster"}
    assert checked_choice([]) == frozenset()
