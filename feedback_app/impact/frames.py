"""Frames in: an officer × month table and a table of attendances become a panel and events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from feedback_app.domain.training import HORIZON
from feedback_app.impact.events import Event
from feedback_app.impact.panel import Bools, Floats, Ints, Panel, in_own_order, month_number
from feedback_app.impact.results import Aim

ITEM = "score"  # the item's name when a table holds one score only


def panel_from_frame(frame: pd.DataFrame) -> Panel:
    """Rows of officer, counter, month (YYYY-MM), score, n and maybe item become a grid.

    An officer at several counters in one month gets the mean weighted by answers. Rows without
    answers count as a missing month. The frame has been checked (files/panel_files.py).
    """
    months = frame["month"].map({text: month_number(text) for text in frame["month"].unique()})
    officer, officers = pd.factorize(frame["officer"], sort=True)
    unit, units = pd.factorize(frame["counter"], sort=True)
    names = frame["item"] if "item" in frame else pd.Series(ITEM, index=frame.index)
    item, items = pd.factorize(names)
    first = int(months.min())
    grid = (len(items), len(officers), int(months.max()) - first + 1)
    place = np.ravel_multi_index((item, officer, (months - first).to_numpy()), grid)
    weight = frame["n"].to_numpy(dtype=float)
    size = int(np.prod(grid))
    n = np.bincount(place, weight, minlength=size).reshape(grid).astype(float)
    score = np.nan_to_num(frame["score"].to_numpy(dtype=float))
    total = np.bincount(place, weight * score, minlength=size).reshape(grid)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, total / n, np.nan)
    alone = weight > 0
    alone &= np.bincount(place[alone], minlength=size)[place] == 1
    mean.flat[place[alone]] = score[alone]  # exactly as written, not n × score / n
    home = np.full(grid[1] * grid[2], -1)
    order = np.lexsort((-unit, weight))
    order = order[weight[order] > 0]
    home[place[order] % (grid[1] * grid[2])] = unit[order]
    panel = Panel(
        officers=tuple(map(str, officers)),
        items=tuple(map(str, items)),
        units=tuple(map(str, units)),
        first_month=first,
        score=mean,
        n=n,
        unit=home.reshape(grid[1:]),
        top=_means(frame, "top", place, n),
        low=_means(frame, "low", place, n),
        mix=_by_officer_month(frame, "mix", place, grid, missing=0.0),
        visits=_by_officer_month(frame, "visits", place, grid, missing=0.0),
        happened=_marked(frame, "happened", place, grid),
        new_form=_marked(frame, "new_form", place, grid),
    )
    return in_own_order(panel)


def _means(frame: pd.DataFrame, name: str, place: Ints, n: Floats) -> Floats | None:
    """A share (I, O, T), weighted by answers; None where the table has no such column."""
    if name not in frame:
        return None
    weight = frame["n"].to_numpy(dtype=float)
    share = np.nan_to_num(frame[name].to_numpy(dtype=float))
    total = np.bincount(place, weight * share, minlength=n.size).reshape(n.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, total / n, np.nan)
    alone = weight > 0
    alone &= np.bincount(place[alone], minlength=n.size)[place] == 1
    mean.flat[place[alone]] = share[alone]
    return np.asarray(mean)


def _by_officer_month(
    frame: pd.DataFrame, name: str, place: Ints, grid: tuple[int, int, int], *, missing: float
) -> Floats | None:
    """What is said of an officer's month (O, T), the same in all its rows; None without it."""
    if name not in frame:
        return None
    found = np.full(grid[1] * grid[2], missing)
    found[place % (grid[1] * grid[2])] = np.nan_to_num(frame[name].to_numpy(dtype=float))
    return found.reshape(grid[1:])


def _marked(
    frame: pd.DataFrame, name: str, place: Ints, grid: tuple[int, int, int]
) -> Bools | None:
    """Where a column of 0 and 1 says 1 (O, T); None without it."""
    found = _by_officer_month(frame, name, place, grid, missing=0.0)
    return None if found is None else np.asarray(found > 0)


def aims_from_frame(frame: pd.DataFrame) -> dict[str, Aim]:
    """What each training's rows say was fixed beforehand, where they say something."""
    found: dict[str, Aim] = {}
    names = ("elements", "horizon", "fixed_on")
    if not set(names) <= set(frame.columns):
        return found
    for code, elements, horizon, fixed_on in zip(
        frame["training"].astype(str), *(frame[name].astype(str) for name in names), strict=True
    ):
        if elements or horizon or fixed_on:
            months = None if horizon == "all" else int(horizon or HORIZON)
            found.setdefault(code, Aim(tuple(elements.split()), months, fixed_on))
    return found


def events_from_frame(frame: pd.DataFrame) -> list[Event]:
    """Rows of officer, training, date, reason, assigned_unit, cost become events."""
    dates = pd.DatetimeIndex(frame["date"])
    months = (dates.year * 12 + dates.month - 1).to_numpy()
    names = ("officer", "training", "reason", "assigned_unit")
    columns = [frame[name].astype(str).tolist() for name in names]
    costs = frame["cost"].to_numpy(dtype=float)
    lists = frame["drawn_from"].astype(str) if "drawn_from" in frame else [""] * len(frame)
    return [
        Event(
            officer, training, int(month), reason, _sent(unit, officer), float(cost),
            tuple(sorted(names.split())),
        )
        for officer, training, reason, unit, month, cost, names in zip(
            *columns, months, costs, lists, strict=True
        )
    ]  # fmt: skip


def _sent(assigned_unit: str, officer: str) -> str:
    """Empty, "officer" or the officer's own name: the officer; anything else: a counter."""
    return "officer" if assigned_unit in ("", "officer", "petugas", officer) else assigned_unit
