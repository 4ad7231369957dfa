"""The officer × month panel: scores and answer counts on one grid, and who was trained when."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from feedback_app.impact.events import Event

__all__ = [
    "LEAST_ANSWERS",
    "NEVER",
    "THIN_ANSWERS",
    "Bools",
    "Event",
    "Floats",
    "Ints",
    "Panel",
    "cell_weights",
    "in_own_order",
    "month_number",
    "month_text",
    "variance_parts",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LEAST_ANSWERS = 5  # a cell with fewer is left out
THIN_ANSWERS = 10  # a cell with fewer is weighted down and warned about
NEVER = np.iinfo(np.int64).max  # first training month of an officer who never went


@dataclass(frozen=True, slots=True)
class Panel:
    """Scores of officers over months.

    `officers` names the O rows and `items` the I outcomes; `first_month` is the month number
    (year × 12 + month − 1) of column 0. `score` and `n` are (I, O, T): mean points 1 to 4 (NaN
    where nobody answered) and answers. `unit` is (O, T): place of the counter in `units` where
    the officer had most answers that month, −1 for none. `top` and `low` are the shares of 4 and
    of 1 or 2, (I, O, T), or None when the source does not tell. `mix` (O, T) is what the case mix
    alone would make of the score, or None. `visits` (O, T) are visits to the officer's counter
    that month, or None where nobody counts them. `happened` and `new_form` (O, T) say where
    something happened at the officer's counter that month, and where it began to ask other
    questions; None: nothing is known of it.
    """

    officers: tuple[str, ...]
    items: tuple[str, ...]
    units: tuple[str, ...]
    first_month: int
    score: Floats
    n: Floats
    unit: Ints
    top: Floats | None = None
    low: Floats | None = None
    mix: Floats | None = None
    visits: Floats | None = None
    happened: Bools | None = None
    new_form: Bools | None = None

    @property
    def months(self) -> int:
        """How many months the grid has."""
        return int(self.score.shape[2])

    @property
    def last_month(self) -> int:
        """Month number of the last column."""
        return self.first_month + self.months - 1


def in_own_order(panel: Panel) -> Panel:
    """The same panel in an order of officers and counters that scores give, not names.

    Draws go by place: so a panel under other names, as an export is, gives the same numbers.
    """
    n = panel.n.transpose(1, 0, 2).reshape(len(panel.officers), -1)
    scores = np.nan_to_num(panel.score, nan=-9.0).transpose(1, 0, 2).reshape(n.shape)
    order = np.array(
        sorted(range(len(n)), key=lambda i: (n[i].tolist(), np.round(scores[i], 6).tolist())),
        dtype=np.int64,
    )
    unit = panel.unit[order]
    _, begins = np.unique(unit[unit >= 0], return_index=True)
    used = unit[unit >= 0][np.sort(begins)]
    unused = np.setdiff1d(np.arange(len(panel.units)), used)
    units = np.concatenate([used, unused]).astype(np.int64)
    place = np.empty(len(units) + 1, dtype=np.int64)
    place[units] = np.arange(len(units))
    place[-1] = -1
    return replace(
        panel,
        officers=tuple(panel.officers[i] for i in order),
        units=tuple(panel.units[i] for i in units),
        score=panel.score[:, order],
        n=panel.n[:, order],
        unit=place[unit],
        top=None if panel.top is None else panel.top[:, order],
        low=None if panel.low is None else panel.low[:, order],
        mix=None if panel.mix is None else panel.mix[order],
        visits=None if panel.visits is None else panel.visits[order],
        happened=None if panel.happened is None else panel.happened[order],
        new_form=None if panel.new_form is None else panel.new_form[order],
    )


def month_number(text: str) -> int:
    """Month number of YYYY-MM; ValueError when it is no month."""
    year, dash, month = text.partition("-")
    if dash != "-" or len(year) != 4 or len(month) != 2 or not (year + month).isascii():
        raise ValueError(text)
    number = int(month)
    if not 1 <= number <= 12 or int(year) < 1900:
        raise ValueError(text)
    return int(year) * 12 + number - 1


def month_text(number: int) -> str:
    """YYYY-MM of a month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def variance_parts(score: Floats, n: Floats) -> tuple[float, float]:
    """Between-month variance and variance of one answer, from one item's cells (O, T).

    Squared deviations from the officer's mean are regressed on 1 and 1/n: their expectation is
    between + answer/n. Both are kept at or above zero.
    """
    seen = (n >= LEAST_ANSWERS) & np.isfinite(score)
    enough = seen.sum(axis=1) >= 3
    if not enough.any():
        return 0.0, 1.0
    part, count = np.where(seen, score, np.nan)[enough], n[enough]
    mean = np.nanmean(part, axis=1, keepdims=True)
    freedom = seen[enough].sum(axis=1, keepdims=True)
    squares = (part - mean) ** 2 * freedom / (freedom - 1)
    flat = np.isfinite(squares)
    design = np.column_stack([np.ones(int(flat.sum())), 1 / count[flat]])
    target = squares[flat]
    if np.ptp(design[:, 1]) < 1e-9:  # all cells alike: the split does not matter
        return float(target.mean()), 0.0
    between, answer = np.linalg.lstsq(design, target, rcond=None)[0]
    if between < 0:
        return 0.0, max(float((target * design[:, 1]).sum() / (design[:, 1] ** 2).sum()), 1e-9)
    if answer < 0:
        return float(target.mean()), 0.0
    return float(between), float(answer)


def cell_weights(score: Floats, n: Floats) -> Floats:
    """Weight of each cell (O, T), at most 1: between / (between + answer/n); 0 when left out."""
    between, answer = variance_parts(score, n)
    seen = (n >= LEAST_ANSWERS) & np.isfinite(score)
    safe = np.where(seen, n, 1.0)
    total = between + answer / safe
    floor = between + answer / 1e6
    weight = floor / total if floor > 0 else np.ones_like(total)
    scaled = weight / weight[seen].max() if seen.any() else weight
    return np.where(seen, scaled, 0.0)
