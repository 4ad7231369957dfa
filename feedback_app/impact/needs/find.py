"""Panel in, needs out: one row an officer, counter or unit, and item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from feedback_app.domain.needs import (
    DELTA,
    LIKELY,
    SURE,
    CauseLevel,
    CounterFigures,
    Level,
    More,
    Nature,
    OfficerFigures,
    UnitFigures,
    more_needed,
    nature_of_counter,
    nature_of_officer,
    nature_of_unit,
)
from feedback_app.impact.needs.equations import Solution, Variances, solve
from feedback_app.impact.needs.gaps import (
    Z95,
    Gaps,
    inflation,
    officer_gaps,
    place_contrasts,
    place_gaps,
)
from feedback_app.impact.needs.panel import Design, NeedsPanel, designs
from feedback_app.impact.needs.units import UnitGap, unit_gaps
from feedback_app.impact.needs.variances import fit
from feedback_app.impact.panel import Bools, Floats, Ints

METHOD_VERSION = "needs-1"

Causes = Mapping[tuple[Level, str, str], CauseLevel]  # (level, ref, item) -> what people ticked most


@dataclass(frozen=True, slots=True)
class Found:
    """One row; numbers are None where there is none, the nature where there is no need.

    `peer_expected`: for an officer what a colleague would have got in the same counters, services
    and months; for a counter what its people would have got at a mean counter; for a unit its level
    without the gap. `answers_needed` until the reliability suffices, at `months_needed` months'
    rate; None also where only more months help. `below` is P(gap < −δ).
    """

    level: Level
    ref: str
    item: str
    gap: float | None
    ci_lo: float | None
    ci_hi: float | None
    reliability: float | None
    nature: Nature | None
    peer_expected: float | None
    n: int
    answers_needed: int | None
    months_needed: int | None
    below: float


@dataclass(frozen=True, slots=True)
class _Item:
    """One item's model, solved, with what the rows are made of; arrays by officer or counter."""

    item: str
    panel: NeedsPanel
    design: Design
    v: Variances
    found: Solution
    delta: float
    causes: Causes
    officers: Gaps
    places: Gaps
    inflation: Floats


def find_needs(
    panel: NeedsPanel,
    *,
    delta: float = DELTA,
    causes: Causes | None = None,
    progress: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> list[Found]:
    """Every officer, counter and unit of each item that has answers, in the panel's order."""
    known = dict(designs(panel))
    rows: list[Found] = []
    for item in progress(list(known)):
        solved = _solved(panel, item, known[item], delta, causes or {})
        rows += [*_officer_rows(solved), *_counter_rows(solved), *_unit_rows(solved)]
    return rows


def _solved(
    panel: NeedsPanel, item: str, design: Design, delta: float, causes: Causes
) -> _Item:
    v = fit(design)
    found = solve(design, v)
    return _Item(
        item=item,
        panel=panel,
        design=design,
        v=v,
        found=found,
        delta=delta,
        causes=causes,
        officers=officer_gaps(found, v),
        places=place_gaps(design, found, v),
        inflation=inflation(design, v),
    )


def _officer_rows(one: _Item) -> list[Found]:
    design, gaps = one.design, one.officers
    count = len(design.officers)
    below, home = gaps.below(one.delta), home_units(design, units=len(one.panel.units))
    answers = np.bincount(design.officer, design.n, minlength=count)
    over_counters = partial(_mean_by_answers, design.officer, design.n, count)
    places, placed = _of_counter(one.places.gap), one.places.below(one.delta)
    place_gap = over_counters(places[design.counter])
    place_below = over_counters(placed[design.counter])
    expected = over_counters(_elsewhere(one) + one.found.officers.mean())
    has_gap = below >= LIKELY
    rows = []
    for place in range(count):
        ref = one.panel.officers[design.officers[place]]
        colleagues = home == home[place]
        figures = OfficerFigures(
            gap=_known(gaps.gap[place]),
            below=float(below[place]),
            reliability=_known(gaps.reliability[place]),
            inflation=float(one.inflation[place]),
            place_gap=float(place_gap[place]),
            place_below=float(place_below[place]),
            sharing=int((has_gap & colleagues).sum()),
            colleagues=int(colleagues.sum()),
            cause=one.causes.get(("officer", ref, one.item)),
        )
        nature = nature_of_officer(figures, one.item)
        more = _more(one, gaps, place, design.officer, one.v.officer) if nature == "cannot_tell" else None
        rows.append(
            _row(one, "officer", ref, gaps, place, nature, expected[place], answers[place], more)
        )
    return rows


def _counter_rows(one: _Item) -> list[Found]:
    design, gaps = one.design, one.places
    count = len(design.counter_ids)
    below = gaps.below(one.delta)
    answers = np.bincount(design.counter, design.n, minlength=count)
    hidden = (one.inflation > 2)[design.officer].astype(float)
    is_hidden = _mean_by_answers(design.counter, design.n, count, hidden) > 0.5
    fitted = _elsewhere(one) + one.found.officers[design.officer]
    at_mean = _mean_by_answers(design.counter, design.n, count, fitted) - _of_counter(gaps.gap)
    between = place_contrasts(design) ** 2 @ _prior(one)
    rows = []
    for place in range(count):
        ref = one.panel.counters[design.counter_ids[place]]
        figures = CounterFigures(
            gap=_known(gaps.gap[place]),
            below=float(below[place]),
            reliability=_known(gaps.reliability[place]),
            is_separable=not is_hidden[place],
            cause=one.causes.get(("counter", ref, one.item)),
        )
        nature = nature_of_counter(figures, one.item)
        told = nature == "cannot_tell"
        more = _more(one, gaps, place, design.counter, float(between[place])) if told else None
        rows.append(
            _row(one, "counter", ref, gaps, place, nature, at_mean[place], answers[place], more)
        )
    return rows


def _unit_rows(one: _Item) -> list[Found]:
    design, units = one.design, len(one.panel.units)
    answers = np.bincount(design.unit, design.n, minlength=units)
    mean = _mean_by_answers(design.unit, design.n, units, design.y)
    gaps = unit_gaps(design, one.found, one.v, units=units)
    home = home_units(design, units=units)
    has_gap = one.officers.below(one.delta) >= LIKELY
    faulty = np.zeros(units, dtype=bool)
    faulty[design.unit[(one.places.below(one.delta) >= SURE)[design.counter]]] = True
    placed = _mean_by_answers(
        design.unit, design.n, units, one.found.rest[design.counters][design.counter]
    )
    people = _mean_by_answers(design.unit, design.n, units, one.found.officers[design.officer])
    rows = []
    for place in np.flatnonzero(answers > 0):
        ref, gap = one.panel.units[place], gaps[place]
        figures = UnitFigures(
            gap=_known(gap.gap),
            below=gap.below(one.delta),
            place_gap=float(placed[place]),
            officer_gap=float(people[place]),
            has_faulty_counter=bool(faulty[place]),
            sharing=int((has_gap & (home == place)).sum()),
            colleagues=int((home == place).sum()),
            cause=one.causes.get(("unit", ref, one.item)),
        )
        nature = nature_of_unit(figures, one.item)
        rows.append(_unit_row(one, ref, gap, nature, mean[place], answers[place]))
    return rows


def home_units(design: Design, *, units: int) -> Ints:
    """(O,): the unit where each officer has most answers."""
    spots = design.officer * units + design.unit
    answers = np.bincount(spots, design.n, minlength=len(design.officers) * units)
    return answers.reshape(-1, units).argmax(axis=1)


def _elsewhere(one: _Item) -> Floats:
    """(N,): month, counter and service of each cell: what anybody would have had there."""
    return np.asarray(one.design.fixed @ one.found.rest, dtype=np.float64)


def _prior(one: _Item) -> Floats:
    prior = np.zeros(len(one.found.rest))
    prior[one.design.counters], prior[one.design.services] = one.v.counter, one.v.service
    return prior


def _of_counter(gaps: Floats) -> Floats:
    return np.nan_to_num(gaps, nan=0.0)


def _mean_by_answers(key: Ints, n: Floats, size: int, values: Floats) -> Floats:
    """(size,): mean of the cells' values by answers; 0 where there are none."""
    total = np.bincount(key, n, minlength=size)
    return np.bincount(key, n * values, minlength=size) / np.maximum(total, 1e-9)


def _more(one: _Item, gaps: Gaps, place: int, key: Ints, between: float) -> More:
    reliability = _known(gaps.reliability[place])
    if reliability is None:
        return More(None, None)
    own: Bools = key == place
    return more_needed(
        reliability=reliability,
        between=between,
        answers=float(one.design.n[own].sum()),
        months=len(np.unique(one.design.month[own])),
        per_answer=one.v.answer,
        shock=one.v.shock,
    )


def _row(
    one: _Item,
    level: Level,
    ref: str,
    gaps: Gaps,
    place: int,
    nature: Nature | None,
    expected: float,
    answers: float,
    more: More | None,
) -> Found:
    gap, half = _known(gaps.gap[place]), float(gaps.half[place])
    return Found(
        level=level,
        ref=ref,
        item=one.item,
        gap=gap,
        ci_lo=None if gap is None else gap - half,
        ci_hi=None if gap is None else gap + half,
        reliability=_share(gaps.reliability[place]),
        nature=nature,
        peer_expected=None if gap is None else _on_scale(expected),
        n=round(answers),
        answers_needed=more.answers if more else None,
        months_needed=more.months if more else None,
        below=float(gaps.below(one.delta)[place]),
    )


def _unit_row(
    one: _Item, ref: str, gap: UnitGap, nature: Nature | None, mean: float, answers: float
) -> Found:
    value, half = _known(gap.gap), Z95 * float(np.sqrt(gap.variance))
    return Found(
        level="unit",
        ref=ref,
        item=one.item,
        gap=value,
        ci_lo=None if value is None else value - half,
        ci_hi=None if value is None else value + half,
        reliability=None,
        nature=nature,
        peer_expected=None if value is None else _on_scale(mean - value),
        n=round(answers),
        answers_needed=None,
        months_needed=None,
        below=gap.below(one.delta),
    )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _share(value: float) -> float | None:
    return float(min(max(value, 0.0), 1.0)) if np.isfinite(value) else None


def _on_scale(value: float) -> float:
    return float(min(max(value, 1.0), 4.0))
