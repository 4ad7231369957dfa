"""The nature of a gap, by table: each rule with the nearest case that does not meet it."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from feedback_app.domain.needs import (
    CounterFigures,
    More,
    OfficerFigures,
    UnitFigures,
    more_needed,
    nature_of_counter,
    nature_of_officer,
    nature_of_unit,
)

SHOWN = OfficerFigures(
    gap=-0.25,
    below=0.95,
    reliability=0.8,
    inflation=1.05,
    place_gap=-0.02,
    place_below=0.05,
    sharing=1,
    colleagues=24,
)


@pytest.mark.parametrize(
    ("change", "item", "nature"),
    [
        ({}, "kompetensi", "training"),
        ({"inflation": 2.01}, "kompetensi", "inseparable"),
        ({"inflation": 2.0}, "kompetensi", "training"),
        ({"inflation": inf, "gap": None, "reliability": None}, "kompetensi", "inseparable"),
        ({"gap": None, "reliability": None}, "kompetensi", "cannot_tell"),
        ({"reliability": 0.69}, "kompetensi", "cannot_tell"),
        ({"reliability": 0.7}, "kompetensi", "training"),
        ({"below": 0.89}, "kompetensi", "ask"),
        ({"below": 0.9}, "kompetensi", "training"),
        ({"below": 0.5}, "kompetensi", "ask"),
        ({"below": 0.49}, "kompetensi", None),
        ({}, "waktu", "process"),
        ({}, "sarana", "process"),
        ({}, "kecepatan", "training"),
        ({"cause": "process"}, "perilaku", "process"),
        ({"cause": "place"}, "perilaku", "process"),
        ({"cause": "officer"}, "perilaku", "training"),
        ({"sharing": 12}, "informasi", "process"),
        ({"sharing": 11}, "informasi", "training"),
        ({"sharing": 1, "colleagues": 2}, "informasi", "training"),
        ({"sharing": 2, "colleagues": 3}, "informasi", "process"),
        ({"place_gap": -0.26}, "kompetensi", "process"),
        ({"place_gap": -0.25}, "kompetensi", "training"),
        ({"place_below": 0.9}, "kompetensi", "process"),
        ({"place_below": 0.89}, "kompetensi", "ask"),
        ({"place_below": 0.5}, "kompetensi", "ask"),
        ({"place_below": 0.49}, "kompetensi", "training"),
        ({"place_below": 0.95, "below": 0.6}, "kompetensi", "ask"),
    ],
)
def test_nature_of_an_officers_gap(change: dict[str, object], item: str, nature: str) -> None:
    assert nature_of_officer(replace(SHOWN, **change), item) == nature


FAULT = CounterFigures(gap=-0.3, below=0.95, reliability=0.6, is_separable=True)


@pytest.mark.parametrize(
    ("change", "item", "nature"),
    [
        ({}, "kompetensi", "process"),
        ({"is_separable": False}, "kompetensi", "inseparable"),
        ({"gap": None, "reliability": None}, "kompetensi", "cannot_tell"),
        ({"below": 0.89}, "kompetensi", "cannot_tell"),
        ({"below": 0.89, "reliability": 0.7}, "kompetensi", "ask"),
        ({"below": 0.89, "reliability": 0.7}, "waktu", "process"),
        ({"below": 0.49, "reliability": 0.7}, "kompetensi", None),
        ({"below": 0.89, "reliability": 0.7, "cause": "place"}, "kompetensi", "process"),
    ],
)
def test_nature_of_a_counters_gap(change: dict[str, object], item: str, nature: str) -> None:
    assert nature_of_counter(replace(FAULT, **change), item) == nature


LOW = UnitFigures(
    gap=-0.3,
    below=0.95,
    place_gap=-0.01,
    officer_gap=-0.05,
    has_faulty_counter=False,
    sharing=0,
    colleagues=8,
)


@pytest.mark.parametrize(
    ("change", "item", "nature"),
    [
        ({}, "perilaku", "ask"),
        ({"gap": None}, "perilaku", "cannot_tell"),
        ({"below": 0.49}, "perilaku", None),
        ({"below": 0.89}, "biaya", "ask"),
        ({}, "biaya", "process"),
        ({"sharing": 4}, "perilaku", "process"),
        ({"sharing": 3}, "perilaku", "ask"),
        ({"has_faulty_counter": True}, "perilaku", "process"),
        ({"place_gap": -0.06}, "perilaku", "process"),
        ({"cause": "process"}, "perilaku", "process"),
    ],
)
def test_nature_of_a_units_gap(change: dict[str, object], item: str, nature: str) -> None:
    assert nature_of_unit(replace(LOW, **change), item) == nature


@pytest.mark.parametrize(("sd", "answers"), [(0.10, 131), (0.15, 58), (0.20, 33)])
def test_answers_for_the_bar_without_month_shocks_are_the_published_ones(
    sd: float, answers: int
) -> None:
    """131 / 58 / 33 answers at a sd of .10 / .15 / .20, one answer's variance .75²."""
    have, own = 10, 0.75**2
    reliability = sd**2 / (sd**2 + own / have)
    more = more_needed(
        reliability=reliability, between=sd**2, answers=have, months=3, per_answer=own, shock=0
    )
    assert more.answers is not None
    assert have + more.answers == pytest.approx(answers, abs=1)


def test_with_month_shocks_a_quarter_never_suffices_and_months_are_told() -> None:
    """sd .15, each month with a shock of .19: three of them leave .012, and the bar allows .0096."""
    between, shock, own, answers = 0.15**2, 0.19**2, 0.75**2, 300.0
    error = own / answers + shock / 3
    more = more_needed(
        reliability=between / (between + error),
        between=between,
        answers=answers,
        months=3,
        per_answer=own,
        shock=shock,
    )
    assert more.answers is None
    assert more.months is not None
    later = 3 + more.months
    assert between / (between + own / (answers / 3 * later) + shock / later) >= 0.7
    fewer = later - 1
    assert between / (between + own / (answers / 3 * fewer) + shock / fewer) < 0.7


def test_nothing_is_needed_at_the_bar_and_nothing_can_be_said_without_answers() -> None:
    told = {"between": 0.01, "months": 3, "per_answer": 0.5, "shock": 0.0}
    assert more_needed(reliability=0.7, answers=100, **told) == More(0, 0)
    assert more_needed(reliability=0.2, answers=0, **told) == More(None, None)
