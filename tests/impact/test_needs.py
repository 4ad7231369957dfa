"""The model of needs against dense algebra, statsmodels and closed forms; and odd panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from feedback_app.impact.needs.equations import FLAT, Variances, data_of, reduce, solve
from feedback_app.impact.needs.find import find_needs
from feedback_app.impact.needs.gaps import inflation, officer_gaps, place_contrasts, place_gaps
from feedback_app.impact.needs.panel import Design, NeedsPanel, designs, needs_panel
from feedback_app.impact.needs.rows import Found
from feedback_app.impact.needs.variances import MEDIANS, fit
from tests.rigs.needs_worlds import BAD_COUNTER, BAD_OFFICER, Office, draw_office

V = Variances(answer=0.5, cell=0.002, spell=0.003, officer=0.006, counter=0.005, service=0.004)
GAP = Office("gap", officer_gap=0.4)


def small(seed: int = 1) -> Design:
    office = Office("small", officers=7, counters=3, months=5, answers=20)
    return only_design(draw_office(office, seed))


def only_design(panel: NeedsPanel) -> Design:
    ((_item, design),) = designs(panel)
    return design


def dense(design: Design, v: Variances) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean and covariance of (officers, rest), and −2 log restricted likelihood, by hand."""
    n, officers = len(design.y), len(design.officers)
    person = np.eye(officers)[design.officer]
    w = np.hstack([person, design.fixed.toarray()])
    same = design.spell[:, None] == design.spell[None, :]
    r = np.diag(v.answer / design.n + v.cell) + v.spell * same
    rest = design.services.stop
    prior = np.full(rest, FLAT)
    prior[design.counters], prior[design.services] = v.counter, v.service
    g = np.concatenate([np.full(officers, v.officer), prior])
    x = w[:, officers : officers + design.months]
    z = np.delete(w, np.s_[officers : officers + design.months], axis=1)
    gz = np.delete(g, np.s_[officers : officers + design.months])
    total = r + (z * gz) @ z.T
    inverse = np.linalg.inv(total)
    xvx = x.T @ inverse @ x
    left = design.y - x @ np.linalg.solve(xvx, x.T @ inverse @ design.y)
    restricted = np.linalg.slogdet(total)[1] + np.linalg.slogdet(xvx)[1] + left @ inverse @ left
    cov = np.linalg.inv(w.T @ np.linalg.solve(r, w) + np.diag(1 / g))
    assert cov.shape == (officers + rest, officers + rest)
    assert n == len(left)
    return cov @ w.T @ np.linalg.solve(r, design.y), cov, float(restricted)


def test_the_posterior_is_that_of_the_dense_equations() -> None:
    design = small()
    found, officers = solve(design, V), len(design.officers)
    mean, cov, _restricted = dense(design, V)
    assert found.officers == pytest.approx(mean[:officers], abs=1e-8)
    assert found.rest == pytest.approx(mean[officers:], abs=1e-8)
    assert found.cov == pytest.approx(cov[officers:, officers:], abs=1e-9)
    own = np.diag(1 / found.own) + found.lead @ found.cov @ found.lead.T
    assert own == pytest.approx(cov[:officers, :officers], abs=1e-9)
    crossed = -found.lead @ found.cov
    assert crossed == pytest.approx(cov[:officers, officers:], abs=1e-9)


def test_differences_of_the_restricted_likelihood_are_those_of_dense_algebra() -> None:
    design = small()
    other = replace(V, answer=0.3, spell=0.001, officer=0.02, service=0.001)
    ours = [reduce(design, v, data_of(design, v)).objective for v in (V, other)]
    theirs = [dense(design, v)[2] for v in (V, other)]
    # Months have a prior of variance 10,000 here and none there: 1e-4 of their own precision.
    assert ours[0] - ours[1] == pytest.approx(theirs[0] - theirs[1], abs=0.02)


def test_gaps_and_their_variances_are_contrasts_of_the_joint_posterior() -> None:
    design = small()
    found, officers = solve(design, V), len(design.officers)
    mean, cov, _restricted = dense(design, V)
    among = np.eye(officers) - 1 / officers
    gaps = officer_gaps(found, V)
    assert gaps.gap == pytest.approx(among @ mean[:officers], abs=1e-8)
    own = among @ cov[:officers, :officers] @ among.T
    assert gaps.variance == pytest.approx(np.diag(own), abs=1e-9)
    prior = V.officer * (1 - 1 / officers)
    assert gaps.reliability == pytest.approx(1 - np.diag(own) / prior, abs=1e-6)
    places, contrasts = place_gaps(design, found, V), place_contrasts(design)
    assert places.gap == pytest.approx(contrasts @ mean[officers:], abs=1e-8)
    placed = contrasts @ cov[officers:, officers:] @ contrasts.T
    assert places.variance == pytest.approx(np.diag(placed), abs=1e-9)


def test_without_priors_the_variances_are_those_of_statsmodels() -> None:
    """REML with crossed effects; equal answers a cell, so that the error has one variance."""
    frame = balanced(np.random.default_rng(3))
    design = only_design(needs_panel(frame))
    ours = fit(design, widths=np.array([1e3] * 3 + [1e3] * 3))
    frame["everybody"] = 1
    model = smf.mixedlm(
        "score ~ 0 + C(month)",
        frame,
        groups="everybody",
        vc_formula={"counter": "0 + C(counter)", "officer": "0 + C(officer)"},
    )
    theirs = model.fit(reml=True, method=["bfgs", "lbfgs"])
    parts = dict(zip(model.exog_vc.names, theirs.vcomp, strict=True))
    assert ours.officer == pytest.approx(parts["officer"], rel=0.02)
    assert ours.counter == pytest.approx(parts["counter"], rel=0.02)
    assert ours.answer / 40 + ours.shock == pytest.approx(theirs.scale, rel=0.02)
    blups = theirs.random_effects[1]
    found = solve(design, ours)
    named = [blups[f"officer[C(officer)[o{place}]]"] for place in range(10)]
    assert officer_gaps(found, ours).gap == pytest.approx(named - np.mean(named), abs=2e-3)


def balanced(rng: np.random.Generator) -> pd.DataFrame:
    people, places = rng.normal(0, 0.15, 10), rng.normal(0, 0.2, 5)
    rows = [
        (f"o{o}", f"L{(o + t) % 5}", "s", f"2025-{t + 1:02d}", "kompetensi")
        for o in range(10)
        for t in range(12)
    ]
    frame = pd.DataFrame(rows, columns=["officer", "counter", "service", "month", "item"])
    levels = people[frame["officer"].str[1:].astype(int)]
    levels += places[frame["counter"].str[1:].astype(int)]
    return frame.assign(score=3 + levels + rng.normal(0, 0.13, len(frame)), n=40)


def test_priors_decide_where_data_are_silent_and_hardly_where_they_speak() -> None:
    told = fit(only_design(draw_office(Office("many", officers=60, officer_sd=0.15), 4)))
    assert told.officer == pytest.approx(0.15**2, rel=0.4)  # 60 officers: 2 × sqrt(2/60) = .37
    silent = fit(small())
    assert silent.counter == pytest.approx(MEDIANS.counter, rel=0.9)


def test_the_bad_officer_and_the_bad_counter_are_told_from_each_other() -> None:
    office = Office("both", officer_gap=0.4, counter_fault=0.3)
    rows = by_ref(find_needs(draw_office(office, 5)))
    officer, counter = rows["officer", f"o{BAD_OFFICER}"], rows["counter", f"L{BAD_COUNTER}"]
    assert officer.nature == "training"
    assert officer.ci_lo < -0.36 < officer.ci_hi or abs(officer.gap + 0.36) < 0.08
    assert counter.nature == "process"
    assert counter.gap == pytest.approx(-0.27, abs=0.1)  # 7/8 of the fault, shrunken
    assert officer.peer_expected == pytest.approx(3.1, abs=0.25)
    assert officer.answers_needed is None


def by_ref(rows: Sequence[Found]) -> dict[tuple[str, str], Found]:
    return {(row.level, row.ref): row for row in rows}


def natures(rows: Sequence[Found], level: str) -> set[str | None]:
    return {row.nature for row in rows if row.level == level}


def test_the_peer_of_an_officer_is_what_others_reach_in_the_same_places() -> None:
    """Two counters, one a point better; officer a serves the good one more often, e is weak."""
    rows = [
        (o, c, "s", f"2025-{t + 1:02d}", "kompetensi", 2.5 + (c == "good") - 0.4 * (o == "e"), n)
        for t in range(12)
        for o, often in (("a", 90), ("b", 10), ("c", 50), ("d", 50), ("e", 50))
        for c, n in (("good", often), ("poor", 100 - often))
    ]
    found = by_ref(find_needs(needs_panel(frame_of(rows))))
    # "The others" are all five, e too, whose .4 is a mean of .08 less.
    assert found["officer", "a"].peer_expected == pytest.approx(3.32, abs=0.02)
    assert found["officer", "b"].peer_expected == pytest.approx(2.52, abs=0.02)
    assert found["officer", "e"].peer_expected == pytest.approx(2.92, abs=0.02)
    assert found["officer", "e"].gap == pytest.approx(-0.32, abs=0.02)
    assert found["officer", "e"].nature == "ask"  # half of e's answers come from the poor counter
    assert found["officer", "a"].gap == pytest.approx(0.08, abs=0.02)
    assert found["counter", "poor"].gap == pytest.approx(-0.5, abs=0.02)
    assert found["counter", "poor"].nature == "process"


def frame_of(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    names = ["officer", "counter", "service", "month", "item", "score", "n"]
    return pd.DataFrame(rows, columns=names)


def test_people_who_rotate_are_told_from_counters_and_those_who_never_move_are_not() -> None:
    rotating = inflation(only_design(draw_office(Office("r"), 1)), MEDIANS)
    assert rotating.max() < 1.1
    never = inflation(only_design(draw_office(Office("n", moves="never"), 1)), MEDIANS)
    assert np.isinf(never).all()
    seldom = inflation(only_design(draw_office(Office("s", moves="seldom"), 1)), MEDIANS)
    assert (seldom > 2).all()  # one of 24 helped out for a month


def test_the_inflation_of_two_officers_who_swap_once_is_the_closed_form() -> None:
    rows = [
        (o, home if t else away, "s", f"2025-{t + 1:02d}", "kompetensi", 3.0, 40)
        for t in range(10)
        for o, home, away in (("a", "A", "B"), ("b", "B", "A"))
    ]
    ratio = inflation(only_design(needs_panel(frame_of(rows))), MEDIANS)
    # The monthly difference is d + c in nine months and d − c in one (d: officers, c: counters), each
    # with a variance w. c known: Var(d) = w / 10. Unknown: d is half the sum of both means,
    # (w / 9 + w / 1) / 4.
    assert ratio == pytest.approx(np.full(2, (1 / 9 + 1) / 4 * 10), rel=1e-3)


def panel_without(panel: NeedsPanel, keep: np.ndarray) -> NeedsPanel:
    names = ("officer", "counter", "service", "unit", "item", "month", "score", "n")
    return replace(panel, **{name: getattr(panel, name)[keep] for name in names})


@pytest.mark.parametrize(
    ("what", "officers", "counters"),
    [
        ("one officer", {"cannot_tell"}, {"inseparable", "cannot_tell"}),
        ("one counter", {None, "training", "cannot_tell"}, {"cannot_tell"}),
        ("no overlap", {"inseparable"}, {"inseparable"}),
        ("a single month", {"cannot_tell", "inseparable"}, None),
        ("all answers 4", {None, "cannot_tell"}, {None, "cannot_tell"}),
        ("months missing", {None, "training", "cannot_tell", "ask"}, None),
        ("two answers a month", {"cannot_tell"}, {"cannot_tell", None}),
    ],
)
def test_odd_panels_get_an_answer_that_claims_nothing(
    what: str, officers: set[str | None], counters: set[str | None] | None
) -> None:
    panel = odd_panel(what)
    rows = find_needs(panel)
    assert natures(rows, "officer") <= officers
    assert counters is None or natures(rows, "counter") <= counters
    for row in rows:
        numbers = [value for value in asdict(row).values() if isinstance(value, float)]
        assert np.isfinite(numbers).all()
        assert row.peer_expected is None or 1 <= row.peer_expected <= 4


def odd_panel(what: str) -> NeedsPanel:
    panel = draw_office(GAP, 2)
    if what == "one officer":
        return panel_without(panel, panel.officer == 4)
    if what == "one counter":
        return panel_without(panel, panel.counter == 1)
    if what == "no overlap":
        return draw_office(replace(GAP, moves="alone", officers=8), 2)
    if what == "a single month":
        return panel_without(panel, panel.month == 3)
    if what == "all answers 4":
        return replace(panel, score=np.full_like(panel.score, 4.0))
    if what == "months missing":
        return panel_without(panel, ~np.isin(panel.month, [2, 3, 7]))
    return draw_office(replace(GAP, answers=2), 2)


def test_at_one_counter_officers_are_compared_and_the_counter_is_not() -> None:
    rows = [
        (f"o{o}", "A", "s", f"2025-{t + 1:02d}", "kompetensi", 2.6 if o == 0 else 3.2, 60)
        for t in range(12)
        for o in range(6)
    ]
    found = by_ref(find_needs(needs_panel(frame_of(rows))))
    assert found["officer", "o0"].nature == "training"
    assert found["counter", "A"].nature == "cannot_tell"
    assert found["counter", "A"].gap is None


def test_a_wider_delta_and_causes_of_the_place_turn_a_training_into_something_else() -> None:
    panel = draw_office(GAP, 5)
    key = ("officer", f"o{BAD_OFFICER}")
    assert by_ref(find_needs(panel))[key].nature == "training"
    assert by_ref(find_needs(panel, delta=0.6))[key].nature is None
    ticked = {("officer", f"o{BAD_OFFICER}", "kompetensi"): "process"}
    assert by_ref(find_needs(panel, causes=ticked))[key].nature == "process"
    assert by_ref(find_needs(replace(panel, items=("waktu",))))[key].nature == "process"


def test_a_unit_is_held_against_its_own_past_and_the_other_units() -> None:
    one = draw_office(Office("u", months=18), 7)
    drop = np.where(one.month >= 15, -0.3, 0.0)
    alone = by_ref(find_needs(replace(one, score=np.clip(one.score + drop, 1, 4))))
    assert alone["unit", "all"].gap == pytest.approx(-0.3, abs=0.12)
    assert alone["unit", "all"].nature in {"process", "ask"}
    young = panel_without(one, one.month < 6)
    assert by_ref(find_needs(young))["unit", "all"].nature == "cannot_tell"
    assert by_ref(find_needs(young))["unit", "all"].gap is None


def test_a_low_unit_is_told_beside_the_others() -> None:
    north, south = (draw_office(Office("u", officers=9, counters=3), seed) for seed in (1, 2))
    rows = [*named(north, "north", 0.0), *named(south, "south", -0.3)]
    names = ["officer", "counter", "service", "month", "item", "score", "n", "unit"]
    found = find_needs(needs_panel(pd.DataFrame(rows, columns=names)))
    units = {row.ref: row for row in found if row.level == "unit"}
    assert units["south"].gap == pytest.approx(-0.3, abs=0.12)
    assert units["south"].nature == "process"
    assert units["north"].nature is None
    assert "training" not in natures(found, "officer")


def test_what_happens_to_all_units_alike_is_no_units_gap() -> None:
    parts = [draw_office(Office("u", officers=9, counters=3, months=18), seed) for seed in (1, 2)]
    rows = [
        (*row[:3], f"{2025 + m // 12}-{m % 12 + 1:02d}", *row[4:])
        for panel, unit in zip(parts, ("north", "south"), strict=True)
        for row, m in zip(
            named(panel, unit, np.where(panel.month >= 15, -0.3, 0.0)), panel.month, strict=True
        )
    ]
    names = ["officer", "counter", "service", "month", "item", "score", "n", "unit"]
    found = find_needs(needs_panel(pd.DataFrame(rows, columns=names)))
    assert natures(found, "unit") == {None}


def test_an_officer_alone_in_a_unit_is_not_told_from_the_place() -> None:
    panel = draw_office(Office("u", officers=9, counters=3), 1)
    alone = panel_without(panel, (panel.officer == 1) & (panel.counter == 1))
    rows = [*named(panel, "north", 0.0), *named(alone, "south", -0.5)]
    names = ["officer", "counter", "service", "month", "item", "score", "n", "unit"]
    found = by_ref(find_needs(needs_panel(pd.DataFrame(rows, columns=names))))
    assert found["officer", "south1"].nature == "inseparable"
    assert found["counter", "south1"].nature == "inseparable"
    assert found["officer", "north1"].nature != "inseparable"


def named(panel: NeedsPanel, unit: str, shift: float | np.ndarray) -> list[tuple[object, ...]]:
    return [
        (f"{unit}{o}", f"{unit}{c}", f"s{s}", f"2025-{m + 1:02d}", "kompetensi", y, n, unit)
        for o, c, s, m, y, n in zip(
            panel.officer,
            panel.counter,
            panel.service,
            panel.month,
            np.clip(panel.score + shift, 1, 4),
            panel.n,
            strict=True,
        )
    ]


def test_the_order_of_rows_changes_nothing() -> None:
    panel = draw_office(GAP, 3)
    shuffled = panel_without(panel, np.random.default_rng(0).permutation(len(panel.n)))
    one, other = find_needs(panel), find_needs(shuffled)
    assert [(r.ref, r.nature) for r in one] == [(r.ref, r.nature) for r in other]
    gaps = [[r.gap or 0.0 for r in rows] for rows in (one, other)]
    assert gaps[0] == pytest.approx(gaps[1], abs=1e-5)
