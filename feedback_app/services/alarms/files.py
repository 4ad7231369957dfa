"""Alarms for the analyst: from the database or from a file, out as JSON or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from feedback_app.domain.disclosure import MIN_GROUP
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.texts import Text
from feedback_app.files.alarm_panel import read_alarm_panel
from feedback_app.files.result_rows import Row
from feedback_app.impact.alarms import Alarm, Chart, find_alarms
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.impact.measurement import BadFileError, read_named
from feedback_app.services.imports import office as imports
from feedback_app.services.site import Site
from feedback_app.storage.queries import panel as tally

# The contract of find_signals.py: these names in this order.
FIELDS = ("counter", "item", "month", "direction", "since", "limit", "value")
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Source:
    """Charts, and what was passed over."""

    charts: Sequence[Chart]
    notes: tuple[tuple[Path, Text], ...] = ()


def from_file(path: Path) -> Source:
    """An analyst's panel; BadFileError names every bad cell."""
    checked = read_named(path, read_alarm_panel)
    if checked.errors:
        raise BadFileError(path, checked.errors)
    frame = checked.frame
    numbers = {month: 12 * int(month[:4]) + int(month[5:]) - 1 for month in set(frame["month"])}
    frame = frame.assign(month=frame["month"].map(numbers))
    return Source(_charts(frame), tuple((path, note) for note in checked.notes))


def from_site(site: Site, *, agency: str | None) -> Source:
    """Complete forms of closed months of every counter, by element; months of ten forms or more.

    NoDataError when there are none.
    """
    agency_id = imports.only_agency(site, code=agency)
    last = site.today().replace(day=1) - timedelta(days=1)
    with site.db.read() as session:
        codes = tally.counter_codes(session, agency_id=agency_id)
        cells = tally.monthly_counts(session, agency_id=agency_id, keys=ALL_KEYS, last=last)
    rows = [
        (codes[cell.counter_id], key, cell.month, *_mean_of(counts))
        for cell in cells
        for key, counts in cell.counts.items()
        if sum(counts) >= MIN_GROUP
    ]
    if not rows:
        raise NoDataError("belum ada bulan yang sudah selesai dengan sepuluh formulir lengkap")
    frame = pd.DataFrame(rows, columns=["counter", "item", "month", "mean", "n"])
    return Source(_charts(frame))


def rows_of(source: Source, *, per_year: float) -> list[Row]:
    """The contract's rows: months as 2026-11, by month, counter and item."""
    return [_row(one) for one in find_alarms(source.charts, per_year=per_year)]


def _mean_of(counts: Sequence[int]) -> tuple[float, int]:
    n = sum(counts)
    return sum(value * count for value, count in enumerate(counts, start=1)) / n, n


def _charts(frame: pd.DataFrame) -> list[Chart]:
    ordered = frame.sort_values(["counter", "item", "month"])
    return [
        Chart(
            counter=str(counter),
            item=str(item),
            months=group["month"].to_numpy(dtype=np.int64),
            mean=group["mean"].to_numpy(dtype=np.float64),
            n=group["n"].to_numpy(dtype=np.float64),
        )
        for (counter, item), group in ordered.groupby(["counter", "item"], sort=False)
    ]


def _row(alarm: Alarm) -> Row:
    return {
        "counter": alarm.counter,
        "item": alarm.item,
        "month": _month(alarm.month),
        "direction": alarm.direction,
        "since": _month(alarm.since),
        "limit": round(alarm.limit, DECIMALS),
        "value": round(alarm.value, DECIMALS),
    }


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
