"""Every warning code is given for a history that calls for it, and for a plain one none is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from feedback_app.impact.estimates import estimates_of
from feedback_app.impact.events import Event
from feedback_app.impact.panel import Bools, Floats
from feedback_app.impact.results import CODES, Plan
from feedback_app.impact.study import prepare
from tests.rigs.worlds import Drawn, World, draw

PLAIN = World("by lot, two dates", dates=(13, 17), a_date=8)
LATE = PLAIN.months - 1
SEED = 1


def codes(drawn: Drawn, *others: Event) -> set[str]:
    """What a study of the course warns of; `others` are attendances of other trainings."""
    every = (*drawn.events, *others)
    study = prepare(drawn.panel, drawn.events, every, Plan(draws=499, seed=SEED))
    return set(estimates_of(study).estimates[0].warnings)


def of_world(**changes: object) -> set[str]:
    return codes(draw(replace(PLAIN, **changes), SEED))  # type: ignore[arg-type]


def of_events(change: Callable[[Event], Event], *, only: int = LATE) -> set[str]:
    drawn = draw(PLAIN, SEED)
    return codes(replace(drawn, events=tuple(change(event) for event in drawn.events[:only])))


def of_trained(change: Callable[[Floats, int], None], **changes: object) -> set[str]:
    """The scores of each officer who went, and the month of the course, are given to `change`."""
    drawn = draw(replace(PLAIN, **changes), SEED)  # type: ignore[arg-type]
    score = drawn.panel.score.copy()
    for event in drawn.events:
        change(score[0, int(event.officer)], event.month)
    return codes(replace(drawn, panel=replace(drawn.panel, score=score)))


def lower(score: Floats, _month: int) -> None:
    score -= 1.5


def climbing(score: Floats, month: int) -> None:
    score[month - 9 : month] += 0.1 * np.arange(9)


def once_much_lower(score: Floats, month: int) -> None:
    """Long before; what ANCOVA looks at, the last nine months, is as it was."""
    score[: month - 9] -= 0.8


def everybody_at_once() -> set[str]:
    drawn = draw(PLAIN, SEED)
    one = replace(drawn.events[0], month=13)
    went = tuple(replace(one, officer=name) for name in drawn.panel.officers)
    return codes(replace(drawn, events=went))


def with_few_answers() -> set[str]:
    drawn = draw(PLAIN, SEED)
    return codes(replace(drawn, panel=replace(drawn.panel, n=np.full_like(drawn.panel.n, 7))))


def with_another_training() -> set[str]:
    drawn = draw(PLAIN, SEED)
    other = (replace(event, training="other", month=event.month + 2) for event in drawn.events)
    return codes(drawn, *other)


def of_counters_that_all_sent_somebody() -> set[str]:
    """No counter is left that sent nobody: there is one assignment, and it says nothing."""
    drawn = draw(replace(PLAIN, officers=20, counters=4, dates=()), SEED)
    went = tuple(Event(str(i), "course", 14, "lot", "counter", 1.0) for i in range(4))
    return codes(replace(drawn, events=went))


def with_nearly_all_fours() -> set[str]:
    drawn = draw(PLAIN, SEED)
    score = 4 - (4 - drawn.panel.score) * 0.05
    return codes(replace(drawn, panel=replace(drawn.panel, score=score)))


def with_many_elements() -> set[str]:
    """A course of no use, on eight elements: some of forty such histories have a weak find."""
    found: set[str] = set()
    world = replace(PLAIN, items=8)
    for seed in range(40):
        drawn = draw(world, seed)
        study = prepare(drawn.panel, drawn.events, drawn.events, Plan(draws=99, seed=seed))
        found |= {w for e in estimates_of(study, most_p=0.05).estimates for w in e.warnings}
        if "MANY_TESTS" in found:
            break
    return found


def with_another_form(later: int) -> set[str]:
    """Other questions from so many months after the last course on."""
    drawn = draw(PLAIN, SEED)
    column = max(event.month for event in drawn.events) + later
    return codes(replace(drawn, panel=replace(drawn.panel, new_form=everybody_in(drawn, column))))


def everybody_in(drawn: Drawn, column: int) -> Bools:
    """(O, T): one month of every officer, none where it lies outside."""
    months = np.zeros(drawn.panel.unit.shape, dtype=bool)
    months[:, column : column + 1] = True
    return months


def with_a_happening(*, of: str) -> set[str]:
    """A broken machine a month after the last course at counters of these officers."""
    drawn = draw(PLAIN, SEED)
    months = everybody_in(drawn, max(event.month for event in drawn.events) + 1)
    went = {event.officer for event in drawn.events}
    if of == "trained":
        months[[name not in went for name in drawn.panel.officers]] = False
    return codes(replace(drawn, panel=replace(drawn.panel, happened=months)))


CALLS_FOR: dict[str, Callable[[], set[str]]] = {
    "TOO_FEW_TRAINED": lambda: of_events(lambda event: event, only=2),
    "FEW_TRAINED": lambda: of_world(dates=(15,), a_date=5),
    "NO_COMPARISON": everybody_at_once,
    "NO_OVERLAP": lambda: of_trained(lower, dates=(15,)),
    "DIP": lambda: of_world(selection="last_1"),
    "PRETREND": lambda: of_trained(climbing),
    "HIDDEN_SELECTION": lambda: of_events(lambda event: replace(event, reason="volunteer")),
    "SHORT_WINDOW": lambda: of_events(lambda event: replace(event, month=LATE)),
    "OVERLAP": with_another_training,
    "THIN_CELLS": with_few_answers,
    "RESPONSE_SHIFT": lambda: of_world(more_answers_when_trained=0.5),
    "CLUSTERED": lambda: of_world(counters=4, selection="counters", dates=(14,), a_date=1),
    "ESTIMATORS_DISAGREE": lambda: of_trained(once_much_lower),
    "INSEPARABLE": with_another_training,
    "NO_CONTRAST": of_counters_that_all_sent_somebody,
    "CEILING": with_nearly_all_fours,
    "MANY_TESTS": with_many_elements,
    "FORM_CHANGED": lambda: with_another_form(0),
    "HAPPENING": lambda: with_a_happening(of="everybody"),
    "HAPPENING_UNEVEN": lambda: with_a_happening(of="trained"),
}


def test_a_plain_history_is_warned_of_in_nothing() -> None:
    assert of_world() == set()


def test_a_form_that_changed_far_from_the_course_is_no_matter() -> None:
    assert "FORM_CHANGED" not in with_another_form(30)


def test_what_reached_both_sides_alike_is_told_and_withholds_nothing() -> None:
    assert with_a_happening(of="everybody") == {"HAPPENING"}


@pytest.mark.parametrize("code", CODES)
def test_each_code_is_given_where_it_is_called_for(code: str) -> None:
    """A new code without a history here fails by its name."""
    assert code in CALLS_FOR[code]()
