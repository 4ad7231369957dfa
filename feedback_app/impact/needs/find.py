"""Panel in, needs out: one row an officer, counter or unit, and item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from feedback_app.domain.needs import (
    DELTA,
    LIKELY,
    MOST_INFLATION,
    SURE,
    CauseLevel,
    CounterFigures,
    Level,
    More,
    OfficerFigures,
    UnitFigures,
    more_needed,
    nature_of_counter,
    nature_of_officer,
    nature_of_unit,
)
from feedback_app.impact.needs.equations import Solution, Variances, solve
from feedback_app.impact.needs.gaps import (
    Gaps,
    inflation,
    officer_gaps,
    place_contrasts,
    place_gaps,
    prior_variance,
)
from feedback_app.impact.needs.panel import Design, NeedsPanel, designs
from feedback_app.impact.needs.rows import Figure, Found, known, row_of
from feedback_app.impact.needs.units import unit_gaps
from feedback_app.impact.needs.variances import fit
from feedback_app.impact.panel import Floats, Ints

METHOD_VERSION = "needs-1"

# (level, ref, item) -> the level of the causes that people ticked most
Causes = Mapping[tuple[Level, str, str], CauseLevel]


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


def _solved(panel: NeedsPanel, item: str, design: Design, delta: float, causes: Causes) -> _Item:
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
    mean = partial(_mean_by_answers, design.officer, design.n, count)
    place_gap = mean(np.nan_to_num(one.places.gap)[design.counter])
    place_below = mean(one.places.below(one.delta)[design.counter])
    figures = _figures(one, gaps, design.officer, mean(_elsewhere(one)) + one.found.officers.mean())
    sharing = np.bincount(home, below >= LIKELY).astype(int)
    colleagues, months = np.bincount(home), _months(design, design.officer)
    rows = []
    for place, figure in enumerate(figures):
        ref = one.panel.officers[design.officers[place]]
        told = OfficerFigures(
            gap=known(figure.gap),
            below=figure.below,
            reliability=known(figure.reliability),
            inflation=float(one.inflation[place]),
            place_gap=float(place_gap[place]),
            place_below=float(place_below[place]),
            sharing=int(sharing[home[place]]),
            colleagues=int(colleagues[home[place]]),
            cause=one.causes.get(("officer", ref, one.item)),
        )
        nature = nature_of_officer(told, one.item)
        more = _more(one, figure, int(months[place]), one.v.officer)
        needed = more if nature == "cannot_tell" else None
        rows.append(row_of(figure, nature, needed, level="officer", ref=ref, item=one.item))
    return rows


def _counter_rows(one: _Item) -> list[Found]:
    design, gaps = one.design, one.places
    mean = partial(_mean_by_answers, design.counter, design.n, len(design.counter_ids))
    is_hidden = mean((one.inflation > MOST_INFLATION)[design.officer].astype(float)) > 0.5
    fitted = mean(_elsewhere(one) + one.found.officers[design.officer])
    figures = _figures(one, gaps, design.counter, fitted - np.nan_to_num(gaps.gap))
    between = place_contrasts(design) ** 2 @ prior_variance(design, one.v)
    months = _months(design, design.counter)
    rows = []
    for place, figure in enumerate(figures):
        ref = one.panel.counters[design.counter_ids[place]]
        told = CounterFigures(
            gap=known(figure.gap),
            below=figure.below,
            reliability=known(figure.reliability),
            is_separable=not is_hidden[place],
            cause=one.causes.get(("counter", ref, one.item)),
        )
        nature = nature_of_counter(told, one.item)
        more = _more(one, figure, int(months[place]), float(between[place]))
        needed = more if nature == "cannot_tell" else None
        rows.append(row_of(figure, nature, needed, level="counter", ref=ref, item=one.item))
    return rows


def _unit_rows(one: _Item) -> list[Found]:
    design, units = one.design, len(one.panel.units)
    mean = partial(_mean_by_answers, design.unit, design.n, units)
    answers = np.bincount(design.unit, design.n, minlength=units)
    level = mean(design.y)
    placed = mean(one.found.rest[design.counters][design.counter])
    people = mean(one.found.officers[design.officer])
    is_faulty = mean((one.places.below(one.delta) >= SURE)[design.counter].astype(float)) > 0
    home = home_units(design, units=units)
    has_gap = one.officers.below(one.delta) >= LIKELY
    gaps = unit_gaps(design, one.found, one.v, units=units)
    rows = []
    for place in np.flatnonzero(answers > 0):
        ref, gap, at_home = one.panel.units[place], gaps[place], home == place
        below, expected = gap.below(one.delta), level[place] - gap.gap
        figure = Figure(gap.gap, gap.variance, np.nan, below, expected, answers[place])
        told = UnitFigures(
            gap=known(gap.gap),
            below=below,
            place_gap=float(placed[place]),
            officer_gap=float(people[place]),
            has_faulty_counter=bool(is_faulty[place]),
            sharing=int((has_gap & at_home).sum()),
            colleagues=int(at_home.sum()),
            cause=one.causes.get(("unit", ref, one.item)),
        )
        nature = nature_of_unit(told, one.item)
        rows.append(row_of(figure, nature, None, level="unit", ref=ref, item=one.item))
    return rows


def _figures(one: _Item, gaps: Gaps, key: Ints, expected: Floats) -> list[Figure]:
    """Officers' or counters' figures in their order; `key` (N,) says whose each cell is."""
    answers = np.bincount(key, one.design.n, minlength=len(gaps.gap))
    columns = (gaps.gap, gaps.variance, gaps.reliability, gaps.below(one.delta), expected, answers)
    return [Figure(*map(float, values)) for values in zip(*columns, strict=True)]


def home_units(design: Design, *, units: int) -> Ints:
    """(O,): the unit where each officer has most answers."""
    spots = design.officer * units + design.unit
    answers = np.bincount(spots, design.n, minlength=len(design.officers) * units)
    most: Ints = answers.reshape(-1, units).argmax(axis=1)
    return most


def _elsewhere(one: _Item) -> Floats:
    """(N,): month, counter and service of each cell: what anybody would have had there."""
    return np.asarray(one.design.fixed @ one.found.rest, dtype=np.float64)


def _mean_by_answers(key: Ints, n: Floats, size: int, values: Floats) -> Floats:
    """(size,): mean of the cells' values by answers; 0 where there are none."""
    total = np.bincount(key, n, minlength=size)
    return np.bincount(key, n * values, minlength=size) / np.maximum(total, 1e-9)


def _months(design: Design, key: Ints) -> Ints:
    """How many months each officer (or counter) has answers in; `key` (N,)."""
    pairs = np.unique(key * design.months + design.month)
    return np.bincount(pairs // design.months).astype(np.int64)


def _more(one: _Item, figure: Figure, months: int, between: float) -> More:
    if known(figure.reliability) is None:
        return More(None, None)
    return more_needed(
        reliability=figure.reliability,
        between=between,
        answers=figure.answers,
        months=months,
        per_answer=one.v.answer,
        shock=one.v.shock,
    )
