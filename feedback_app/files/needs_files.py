"""Read an analyst's panel for needs: officer, counter, service, month, item, score, n."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from feedback_app.domain.elements import ALL_KEYS, element
from feedback_app.domain.folding import heading_key
from feedback_app.files.analyst_tables import Faults, read_columns
from feedback_app.files.panel_files import (
    Checked,
    means,
    months,
    of_answered,
    wanted_columns,
    whole_counts,
)

COLUMNS = ("officer", "counter", "service", "month", "item", "score", "n")
KEYS = ("officer", "counter", "service", "item")
PANEL = wanted_columns((*COLUMNS, "unit"), COLUMNS)
_ITEMS = {
    heading_key(name): key
    for key in ALL_KEYS
    for name in (key, element(key).unsur, element(key).unsur_en)
}


def read_needs_panel(path: Path) -> Checked:
    """A clean frame, or every fault with its row and column; `unit` may stand beside the seven.

    Rows without answers (n = 0) are passed over, with a note; AnalystFileError when none is left.
    """
    table = read_columns(path, PANEL)
    faults = Faults(table)
    columns = table.columns
    names = (*KEYS, *(["unit"] if "unit" in table else []))
    for name in names:
        faults.add(name, columns[name].is_in(frozenset([""])), "must not be empty")
    item = columns["item"].read(lambda text: _ITEMS.get(heading_key(text), ""), "object")
    is_unknown = (item == "") & ~columns["item"].is_in(frozenset([""]))
    faults.add("item", is_unknown, "must be one of " + ", ".join(ALL_KEYS))
    month = months(table, faults)
    n = whole_counts(columns["n"], faults)
    score = means(table, "score", n, faults)
    frame = pd.DataFrame({name: columns[name].whole() for name in names})
    frame = frame.assign(item=item, month=month, score=score, n=np.nan_to_num(n, nan=0))
    again = frame.duplicated([*KEYS, "month"], keep="first").to_numpy()
    reason = "this officer, counter, service, month and item are there already"
    faults.add("officer", again, reason)
    return of_answered(frame, faults, table.notes)
