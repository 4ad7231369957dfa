"""Between trainings: no course takes the credit or the blame of another (small runs of the rig)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from feedback_app.impact import others
from feedback_app.impact.estimates import estimates_of
from feedback_app.impact.measure import measure_impact
from feedback_app.impact.panel import in_own_order
from feedback_app.impact.results import Aim, Plan
from feedback_app.impact.stack import outcome
from feedback_app.impact.study import covariates, prepare
from tests.rigs import truth_several
from tests.rigs.several import SMALL, Course, Office, draw_office, offices, pair

BY_NAME = {office.name: office for office in offices()}
PLAN = Plan(draws=199)


@pytest.mark.parametrize("months", [-2, 0, 1, 3, 6])
def test_the_same_people_in_two_courses_cannot_be_told_apart(months: int) -> None:
    history = draw_office(pair("p", (15 - months, 0.25), (15, 0.0), "same:A"), 3)
    found = measure_impact(history.panel, history.events, PLAN)
    late = [e for e in found.estimates if e.training == "B"]
    assert {e.verdict for e in late} == {"cannot be told apart"}
    assert all("OVERLAP" in e.warnings for e in late)
    assert next(o for o in found.overall if o.estimate.training == "B").partners == ("A",)


def test_both_are_warned_when_another_course_went_to_the_comparison() -> None:
    history = draw_office(pair("p", (15, 0.25), (15, 0.0), "not:A"), 3)
    found = measure_impact(history.panel, history.events, PLAN)
    assert all("OVERLAP" in e.warnings for e in found.estimates)
    assert {e.verdict for e in found.estimates} <= {"cannot tell", "cannot be told apart"}


def test_three_groups_that_take_one_course_each_cannot_be_told_apart() -> None:
    thirds = (Course("A", 15, 0.2), Course("B", 15, 0.0, who="not:A"))
    history = draw_office(Office("t", thirds), 3)
    went = {event.officer for event in history.events}
    last = replace(history.events[0], training="C")
    events = [
        *history.events,
        *(replace(last, officer=name) for name in history.panel.officers if name not in went),
    ]
    found = measure_impact(history.panel, events, PLAN)
    assert {e.verdict for e in found.estimates} == {"cannot be told apart"}


def test_one_month_of_another_course_does_not_cost_the_contrast() -> None:
    history = draw_office(pair("p", (18, 0.0), (15, 0.2), "not:A"), 3)
    own = [event for event in history.events if event.training == "B"]
    study = prepare(history.panel, own, history.events, PLAN)
    assert study.others.left > 0.7
    assert study.others.partners == ()


def test_a_course_long_ago_starts_the_past_anew() -> None:
    history = draw_office(pair("p", (8, 0.25), (20, 0.0), "same:A"), 3)
    own = [event for event in history.events if event.training == "B"]
    study = prepare(history.panel, own, history.events, PLAN)
    assert study.stack.since is not None
    assert set(study.stack.since[study.stack.trained]) == {9}
    assert set(study.stack.since[~study.stack.trained]) == {0}
    assert study.others.columns.shape[1] == 0


def test_a_panel_under_other_names_gives_the_same_numbers() -> None:
    history = draw_office(BY_NAME["six lots in a year"], 5)
    rng = np.random.default_rng(2)
    size = len(history.panel.officers)
    order = rng.permutation(size)
    names = [f"P{i:03d}" for i in rng.permutation(size)]
    renamed = replace(
        history.panel,
        officers=tuple(names),
        score=history.panel.score[:, order],
        n=history.panel.n[:, order],
        unit=history.panel.unit[order],
    )
    known = {history.panel.officers[old]: names[new] for new, old in enumerate(order)}
    events = [replace(event, officer=known[event.officer]) for event in history.events]
    here = measure_impact(in_own_order(history.panel), history.events, PLAN)
    there = measure_impact(in_own_order(renamed), events, PLAN)
    assert there == here


def test_a_verdict_is_of_what_was_fixed_and_other_months_are_exploration() -> None:
    base = replace(SMALL, items=4)
    history = draw_office(Office("a", (Course("A", 15, 0.3),), base=base, all_items=True), 4)
    aim = Aim(("item0", "item1"), 6, "2025-01-02")
    found = measure_impact(history.panel, history.events, PLAN, aims={"A": aim})
    (one,) = found.overall
    assert (one.items, one.horizon, one.fixed_on) == (("item0", "item1"), 6, "2025-01-02")
    assert one.estimate.item == "mean"
    assert "1–6" in one.estimate.estimand
    assert {e.estimand for e in found.estimates} == {"trained officers, months 1–4"}
    assert one.expected is not None
    assert one.estimate.estimate is not None
    assert 0 < one.expected < one.estimate.estimate
    assert one.placebo_before is not None
    assert one.placebo_elements is not None
    unknown = measure_impact(
        history.panel, history.events, PLAN, aims={"A": Aim(("no such item",))}
    )
    assert unknown.overall[0].items == history.panel.items  # an item unknown: all of them


def test_many_rows_take_one_column_a_training_and_say_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history = draw_office(pair("p", (12, 0.25), (15, 0.1), "not:A"), 3)
    own = [event for event in history.events if event.training == "B"]
    three = estimates_of(prepare(history.panel, own, history.events, PLAN)).estimates[0]
    monkeypatch.setattr(others, "MANY_ROWS", 0)
    study = prepare(history.panel, own, history.events, PLAN)
    assert study.others.columns.shape[1] == 1
    one = estimates_of(study).estimates[0]
    assert one.verdict == three.verdict
    assert one.estimate == pytest.approx(three.estimate, abs=0.02)


def test_a_single_element_aimed_at_is_not_withheld_as_one_of_many() -> None:
    base = replace(SMALL, items=4)
    history = draw_office(Office("a", (Course("A", 15, 0.35),), base=base), 4)
    found = measure_impact(history.panel, history.events, PLAN, aims={"A": Aim(("item0",))})
    (one,) = found.overall
    assert one.items == ("item0",)
    same = next(e for e in found.estimates if e.item == "item0")
    assert replace(same, q_bh=None) == replace(one.estimate, q_bh=None)
    assert "MANY_TESTS" not in same.warnings


def test_adjusting_equals_plain_least_squares_with_the_same_penalty() -> None:
    """The held covariates are a ridge: rows of zeros with the root of the penalty below them."""
    history = draw_office(pair("p", (12, 0.25), (15, 0.1), "not:A"), 3)
    own = [event for event in history.events if event.training == "B"]
    study = prepare(history.panel, own, history.events, PLAN)
    stack = study.stack
    y = outcome(stack, history.panel.score[0], history.panel.n[0])
    columns = np.column_stack([stack.trained, covariates(study, y)]).astype(float)
    columns = columns - columns.mean(axis=0)
    count = study.others.columns.shape[1]
    held = np.zeros((count, columns.shape[1]))
    held[:, -count:] = np.eye(count) * np.sqrt(others.HELD)
    target = np.concatenate([y.after - y.after.mean(), np.zeros(count)])
    slopes = np.linalg.lstsq(np.vstack([columns, held]), target, rcond=None)[0]
    assert estimates_of(study).estimates[0].estimate == pytest.approx(slopes[0], abs=1e-9)


@pytest.mark.long
@pytest.mark.proof
@pytest.mark.parametrize(
    "name",
    ["same 8, A three months before", "A for 8 others, same month", "six lots in a year"],
)
def test_the_bars_between_trainings(name: str) -> None:
    row = truth_several.credit(BY_NAME[name], repetitions=40, seed=5, slack=3.0)
    assert row.broken == ()


@pytest.mark.proof
def test_one_or_two_whole_counters_of_eight_say_nothing() -> None:
    for sent in (1, 2):
        assert truth_several.of_counters(sent, repetitions=5, seed=1, slack=3.0) == ""


@pytest.mark.proof
def test_without_the_other_courses_in_the_model_the_harness_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planted fault: studies of before, which knew of one training at a time."""
    real = truth_several.prepare
    monkeypatch.setattr(
        truth_several, "prepare", lambda panel, own, _every, plan: real(panel, own, own, plan)
    )
    row = truth_several.credit(
        BY_NAME["same 8, A one month before"], repetitions=30, seed=5, slack=3.0
    )
    assert any("false verdicts" in fault for fault in row.broken)
