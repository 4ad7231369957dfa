"""Who was drawn by lot is compared, and drawn again, within the list of that lot only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from feedback_app.impact.estimates import estimates_of
from feedback_app.impact.events import Event
from feedback_app.impact.measure import measure_impact
from feedback_app.impact.results import Plan
from feedback_app.impact.study import prepare
from tests.rigs.worlds import World, draw

PLAN = Plan(draws=199, seed=3)
LOT = World("lot", officers=24, counters=8, dates=(11, 15), a_date=4)


def with_list(events: list[Event], names: tuple[str, ...]) -> list[Event]:
    return [replace(event, drawn_from=tuple(sorted(names))) for event in events]


def test_rows_and_draws_are_those_of_the_list() -> None:
    drawn = draw(LOT, 5)
    went = {event.officer for event in drawn.events}
    others = [name for name in drawn.panel.officers if name not in went][:10]
    names = (*went, *others)
    study = prepare(drawn.panel, with_list(list(drawn.events), names), drawn.events, PLAN)
    listed = np.isin(drawn.panel.officers, names)
    assert listed[study.stack.officer].all()
    assert study.draws is not None
    assert study.draws.assigned is not None
    for place, (compared, sent) in enumerate(((18, 4), (14, 4))):
        rows = study.stack.date == place
        assert (rows.sum(), study.stack.trained[rows].sum()) == (compared, sent)
        assert set(study.draws.assigned[:, rows].sum(axis=1)) == {sent}


def test_a_list_of_everybody_is_the_study_of_before() -> None:
    drawn = draw(LOT, 6)
    before = measure_impact(drawn.panel, drawn.events, PLAN)
    everybody = with_list(list(drawn.events), drawn.panel.officers)
    assert measure_impact(drawn.panel, everybody, PLAN).estimates == before.estimates


def test_two_lots_of_one_month_and_who_went_otherwise_stand_apart() -> None:
    drawn = draw(replace(LOT, dates=(12,), a_date=6), 7)
    went = sorted(event.officer for event in drawn.events)
    rest = [name for name in drawn.panel.officers if name not in went]
    lists = {name: tuple(sorted((*went[:2], *rest[:9]))) for name in went[:2]}
    lists |= {name: tuple(sorted((*went[2:4], *rest[9:]))) for name in went[2:4]}
    own = [replace(event, drawn_from=lists.get(event.officer, ())) for event in drawn.events]
    stack = prepare(drawn.panel, own, own, PLAN).stack
    sizes = [int((stack.date == place).sum()) for place in range(len(stack.dates))]
    sent = [int(stack.trained[stack.date == place].sum()) for place in range(len(stack.dates))]
    assert (sorted(sizes), sent, len(set(stack.dates))) == ([11, 11, 20], [2, 2, 2], 1)


def test_a_list_of_the_weakest_gives_the_effect_that_the_lot_shows() -> None:
    """Twenty draws among the lower twelve of 24: the mean of estimates lies within its error."""
    found, errors = [], []
    for seed in range(20):
        quiet = draw(World("quiet", officers=24, counters=8, dates=()), seed)
        past = np.nanmean(quiet.panel.score[0][:, :12], axis=1)
        weak = np.argsort(past)[:16]
        rng = np.random.default_rng(seed)
        sent = rng.permutation(weak)[:6]
        score = quiet.panel.score.copy()
        score[0, sent, 13:] += 0.2
        names = [quiet.panel.officers[place] for place in weak]
        events = [
            Event(
                quiet.panel.officers[place], "T", quiet.panel.first_month + 12, "lot", "officer",
                float("nan"), tuple(sorted(names)),
            )
            for place in sent
        ]  # fmt: skip
        panel = replace(quiet.panel, score=score)
        one = estimates_of(prepare(panel, events, events, PLAN)).estimates[0]
        assert one.estimate is not None
        found.append(one.estimate)
        errors.append(0.2 - one.estimate)
    assert abs(np.mean(errors)) < 3 * np.std(found) / np.sqrt(len(found))
