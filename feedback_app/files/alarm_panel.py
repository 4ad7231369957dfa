"""Read an analyst's panel for alarms: counter, item, month, mean, n."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from feedback_app.files.analyst_tables import Faults, read_columns
from feedback_app.files.panel_files import (
    Checked,
    means,
    months,
    of_answered,
    wanted_columns,
    whole_counts,
)

COLUMNS = ("counter", "item", "month", "mean", "n")
PANEL = wanted_columns(COLUMNS, COLUMNS)


def read_alarm_panel(path: Path) -> Checked:
    """A clean frame, or every fault with its row and column.

    `item` may be any name: an element, an index, a question of the office. Rows without answers
    (n = 0) are passed over, with a note; AnalystFileError when none is left.
    """
    table = read_columns(path, PANEL)
    faults = Faults(table)
    columns = table.columns
    for name in ("counter", "item"):
        faults.add(name, columns[name].is_in(frozenset([""])), "must not be empty")
    month = months(table, faults)
    n = whole_counts(columns["n"], faults)
    mean = means(table, "mean", n, faults)
    frame = pd.DataFrame({name: columns[name].whole() for name in ("counter", "item")})
    frame = frame.assign(month=month, mean=mean, n=np.nan_to_num(n, nan=0))
    again = frame.duplicated(["counter", "item", "month"], keep="first").to_numpy()
    faults.add("counter", again, "this counter, item and month are there already")
    return of_answered(frame, faults, table.notes)
