"""Verdicts, shrinkage and cost: what may be said of a number, and what it costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_app.domain.effect_warnings import CHECK_WORDS, WARNING_WORDS
from feedback_app.domain.effect_words import (
    VERDICT_WORDS,
    Effect,
    people,
    points,
    sentence,
)
from feedback_app.domain.findings import Finding, caveats, summary
from feedback_app.impact.events import Event
from feedback_app.impact.results import CODES, VERDICTS, Estimate, verdict
from feedback_app.impact.summary import cost_per_point, training_matrix

BASE = Estimate(
    "a", "perilaku", "ancova", "trained officers, months 1–4", 0.2, 0.05, 0.1, 0.3, 0.01, 0.02, 0.03,
    8, 16, 24, "officer", 900, 0.0, 0.5, 0.19, 0.2, 0.14, 0.1, -0.02, "improved", (), 1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "warnings", "said"),
    [
        (0.01, 0.3, (), "improved"),
        (0.01, 0.3, ("DIP", "FEW_TRAINED"), "improved"),
        (0.01, 0.3, ("PRETREND",), "cannot tell"),
        (0.01, 0.3, ("ESTIMATORS_DISAGREE",), "cannot tell"),
        (-0.3, -0.01, (), "worse"),
        (-0.3, -0.01, ("PRETREND",), "cannot tell"),
        (0.01, 0.3, ("RESPONSE_SHIFT",), "cannot tell"),
        (-0.3, -0.01, ("RESPONSE_SHIFT",), "cannot tell"),
        (0.01, 0.3, ("OVERLAP",), "cannot tell"),
        (-0.3, -0.01, ("OVERLAP",), "cannot tell"),
        (0.01, 0.3, ("MANY_TESTS",), "cannot tell"),
        (0.01, 0.3, ("OVERLAP", "INSEPARABLE"), "cannot be told apart"),
        (None, None, ("INSEPARABLE",), "cannot be told apart"),
        (0.001, 0.009, (), "too small to matter"),
        (-0.009, -0.001, (), "too small to matter"),
        (0.001, 0.009, ("CEILING",), "cannot tell"),
        (0.01, 0.3, ("CEILING",), "improved"),
        (-0.04, 0.05, (), "too small to matter"),
        (-0.06, 0.05, (), "cannot tell"),
        (-0.2, 0.4, (), "cannot tell"),
        (None, None, ("TOO_FEW_TRAINED",), "cannot tell"),
    ],
)
def test_verdicts_follow_the_interval(
    low: float | None, high: float | None, warnings: tuple[str, ...], said: str
) -> None:
    assert verdict(low, high, warnings) == said


def test_every_code_verdict_and_check_has_words_in_both_languages() -> None:
    assert set(WARNING_WORDS) == set(CODES)
    assert set(VERDICT_WORDS) == set(VERDICTS)
    for table in (WARNING_WORDS, VERDICT_WORDS, CHECK_WORDS):
        assert all(len(words) == 2 and all(words) for words in table.values())


def test_large_noisy_estimates_shrink_most() -> None:
    sizes = [(0.3, 0.15), (0.3, 0.03), (0.0, 0.05), (0.1, 0.05), (-0.1, 0.05)]
    estimates = [replace(BASE, estimate=value, se=se) for value, se in sizes]
    cells = training_matrix([*estimates, replace(BASE, estimate=None, se=None)])
    noisy, sure = cells[0].shrunk, cells[1].shrunk
    assert noisy is not None
    assert sure is not None
    assert noisy < sure < 0.3
    assert cells[-1].shrunk is None
    alone = training_matrix([BASE])[0].shrunk
    assert alone is not None
    assert 0 < alone < 0.2  # one study is shrunk too, towards what courses usually do
    both_ways = training_matrix([replace(BASE, estimate=v, se=0.1) for v in (-0.1, 0.1)])
    assert sum(cell.shrunk or 0 for cell in both_ways) == pytest.approx(0)


def test_many_sure_trainings_outweigh_what_courses_usually_do() -> None:
    many = [replace(BASE, training=str(i), estimate=0.3, se=0.01) for i in range(40)]
    shown = training_matrix(many)[0].shrunk
    assert shown == pytest.approx(0.3, abs=0.01)


def test_a_cost_is_told_only_of_what_was_found() -> None:
    events = [Event("1", "a", 5, "lot", "officer", 6e6), Event("2", "a", 5, "lot", "officer", 2e6)]
    (sure,) = cost_per_point([BASE], events)
    assert (sure.cost, sure.point, sure.low, sure.high) == pytest.approx(
        (4e6, 4e6 / 0.2, 4e6 / 0.3, 4e6 / 0.1)
    )
    unsure = replace(BASE, ci_lo=-0.1, verdict="cannot tell")
    (at_best,) = cost_per_point([unsure], events)
    assert (at_best.is_sure, at_best.point, at_best.high) == (False, None, None)
    assert at_best.low == pytest.approx(4e6 / 0.3)
    (nothing,) = cost_per_point([replace(unsure, ci_hi=-0.01)], events)
    assert nothing.low is None
    assert cost_per_point([BASE], [replace(events[0], cost=float("nan"))]) == []


def effect(**changes: object) -> Effect:
    start = Effect("perilaku", 0.2, 0.1, 0.3, 0.14, 8, 16, "improved", 0.03)
    return replace(start, **changes)  # type: ignore[arg-type]


def test_sentences_never_say_no_effect_and_never_blame_one_person() -> None:
    for said in VERDICTS:
        for words in (
            sentence(effect(verdict=said)),
            sentence(effect(estimate=None, verdict=said)),
        ):
            for text in words:
                assert "no effect" not in text
                assert "tidak ada pengaruh" not in text
    rise = sentence(effect(expected=0.16))
    assert (
        "Yang dapat diharapkan: 16 dari 100 pengunjung menjawab satu tingkat lebih tinggi"
        in rise[0]
    )
    assert "What to expect: 16 of 100 visitors answer one step higher" in rise[1]
    assert "+0,20 poin (antara +0,10 dan +0,30)" in rise[0]
    assert "+0.20 points (between +0.10 and +0.30)" in rise[1]
    assert "0,14" not in rise[0]  # what can be seen is no business of what was seen
    unsure = sentence(effect(verdict="cannot tell", low=-0.1))
    assert unsure[0].startswith("Perilaku Pelaksana: belum dapat disimpulkan.")
    assert "0,14 poin" in unsure[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": "cannot be told apart"}, "cannot be told apart from another training"),
        ({"low": -0.1, "warnings": ("CEILING",)}, "Nearly all answers are 4 already"),
        ({"warnings": ("OVERLAP",)}, "another cause that is possible"),
        ({"low": None, "mde": None, "warnings": ("CLUSTERED",)}, "No change, however large"),
        ({"low": None, "warnings": ("TOO_FEW_TRAINED",)}, "at least three trained officers"),
        ({"low": None, "mde": None}, "cannot be computed yet"),
    ],
)
def test_what_cannot_be_concluded_says_why(changes: dict[str, object], said: str) -> None:
    assert said in sentence(effect(**{"verdict": "cannot tell", **changes}))[1]


def test_an_effect_in_people() -> None:
    assert people(0.26)[0] == "26 dari 100 pengunjung menjawab satu tingkat lebih tinggi"
    assert people(-0.26)[1] == "26 of 100 visitors answer one step lower"
    assert people(0.001)[1] == "fewer than one of 100 visitors changed"


def test_points_are_written_with_a_true_sign() -> None:
    assert points(0.004, language="id") == "+0,00"
    assert points(-0.254, language="en") == "−0.25"
    assert points(0, language="id") == "0,00"


def test_a_find_among_many_tests_is_told_to_be_doubtful() -> None:
    strong = Finding("a", "A", effect(q=0.03), ("DIP",))
    weak = Finding("b", "B", effect(q=0.3), ())
    unsure = Finding("c", "C", effect(q=0.3, verdict="cannot tell"), ())
    assert len(caveats([strong, unsure])) == 1
    assert len(caveats([strong, weak])) == 2
    assert "q 0,03" in strong.among_many[0]
    assert "weak evidence" in weak.among_many[1]
    assert (
        summary([strong, weak, unsure])[0]
        == "Dari 3 pelatihan: 2 nilainya naik, 1 belum dapat disimpulkan."
    )
    assert "Belum ada pelatihan" in summary([])[0]
