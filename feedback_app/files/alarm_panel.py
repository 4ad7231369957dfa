"""Read an analyst's panel for alarms: counter, item, month, mean, n."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from feedback_app.domain.days import month_of
from feedback_app.domain.texts import Text
from feedback_app.files.analyst_tables import Faults, read_columns
from feedback_app.files.panel_files import Checked, decimal, wanted_columns, whole_counts
from feedback_app.files.tables import AnalystFileError

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
    month = columns["month"].read(lambda text: month_of(text) or "", "object")
    faults.add("month", month == "", "must be a month like 2026-11")
    n = whole_counts(columns["n"], faults)
    mean = np.asarray(columns["mean"].read(decimal, "float64"), dtype=np.float64)
    is_open = columns["mean"].is_in(frozenset([""])) & (n == 0)
    faults.add("mean", ~is_open & ~((mean >= 1) & (mean <= 4)), "must be a number from 1 to 4")
    frame = pd.DataFrame({name: columns[name].whole() for name in ("counter", "item")})
    frame = frame.assign(month=month, mean=mean, n=np.nan_to_num(n, nan=0))
    again = frame.duplicated(["counter", "item", "month"], keep="first").to_numpy()
    faults.add("counter", again, "this counter, item and month are there already")
    errors = faults.found()
    answered = frame[frame["n"] > 0]
    if answered.empty and not errors:
        raise AnalystFileError("the file has no answers: n is 0 in every row")
    left = len(frame) - len(answered)
    notes = (Text("Baris tanpa jawaban (n = 0) yang dilewati: %(n)s.", n=left),) if left else ()
    return Checked(answered.reset_index(drop=True), errors, (*table.notes, *notes))
