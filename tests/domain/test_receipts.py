"""A receipt says how its answer stands, and no more."""

from __future__ import annotations

import pytest

from feedback_app.domain.receipts import CAUSES, cause_of, standing_of
from feedback_app.domain.screening import RULES


@pytest.mark.parametrize(
    ("state", "official", "names", "for_officer", "expected"),
    [
        ("counted", 9, True, True, "counted"),
        ("counted", 9, False, False, "counted"),
        ("counted", 9, True, False, "unit_only"),
        ("counted", 8, True, True, "unfinished"),
        ("held", 9, True, True, "held"),
        ("held", 2, False, False, "held"),
        ("aside", 9, True, True, "aside"),
    ],
)
def test_how_an_answer_stands(
    state: str, official: int, names: bool, for_officer: bool, expected: str
) -> None:
    found = standing_of(state, official=official, names_officer=names, for_officer=for_officer)
    assert found == expected


def test_a_citizen_is_told_the_fact_behind_a_rule_not_its_threshold() -> None:
    assert cause_of("same_device,burst") == "one_device"
    assert cause_of("burst") == "crowd"
    assert cause_of("opened_ahead") == "opened_ahead"
    assert cause_of("over_visits") == "over_visits"
    assert cause_of("too_soon") == cause_of("") == "other"
    assert frozenset().union(*CAUSES.values()) <= RULES.keys()
