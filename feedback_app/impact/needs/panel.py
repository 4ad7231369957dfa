"""Ratings by officer, counter, service, month and item, and the design of one item's model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from feedback_app.impact.panel import Floats, Ints, month_number

ONE_UNIT = "all"  # the unit's name where a file tells none


@dataclass(frozen=True, slots=True)
class NeedsPanel:
    """N cells: places of names in their tuples, months from `first_month` on, mean, answers > 0."""

    officers: tuple[str, ...]
    counters: tuple[str, ...]
    services: tuple[str, ...]
    units: tuple[str, ...]
    items: tuple[str, ...]
    first_month: int
    officer: Ints
    counter: Ints
    service: Ints
    unit: Ints
    item: Ints
    month: Ints
    score: Floats
    n: Floats


@dataclass(frozen=True, slots=True)
class Design:
    """One item's cells as a model's design: y = month + counter + service + officer + error.

    `officer` (N,) numbers the O officers with answers; `fixed` (N, K) has a 1 for the cell's month,
    counter and service, in this order: `months`, `counters`, `services` are how many. Cells of one
    officer and month are a spell: `spell` (N,), `spell_officer` (G,), `spell_month` (G,).
    `officers`, `counter_ids`, `service_ids`, `month_ids` lead back to the panel's names.
    """

    y: Floats
    n: Floats
    officer: Ints
    counter: Ints
    service: Ints
    month: Ints
    unit: Ints
    spell: Ints
    spell_officer: Ints
    officers: Ints
    counter_ids: Ints
    service_ids: Ints
    month_ids: Ints
    fixed: sparse.csr_matrix
    fixed_t: sparse.csr_matrix = field(repr=False)
    spell_sum: sparse.csr_matrix = field(repr=False)  # (G, N)
    officer_sum: sparse.csr_matrix = field(repr=False)  # (O, G)

    @property
    def months(self) -> int:
        """How many months have answers."""
        return len(self.month_ids)

    @property
    def counters(self) -> slice:
        """Where counters stand among the K columns."""
        return slice(self.months, self.months + len(self.counter_ids))

    @property
    def services(self) -> slice:
        """Where services stand among the K columns."""
        return slice(self.counters.stop, self.counters.stop + len(self.service_ids))


def needs_panel(frame: pd.DataFrame, *, items: Sequence[str] | None = None) -> NeedsPanel:
    """Rows of officer, counter, service, month (YYYY-MM), item, score, n and maybe unit.

    The frame has been checked (files/needs_files.py); rows without answers are passed over.
    """
    frame = frame[frame["n"] > 0].reset_index(drop=True)
    months = frame["month"].map({text: month_number(text) for text in frame["month"].unique()})
    officer, officers = pd.factorize(frame["officer"], sort=True)
    counter, counters = pd.factorize(frame["counter"], sort=True)
    service, services = pd.factorize(frame["service"], sort=True)
    units = frame["unit"] if "unit" in frame else pd.Series(ONE_UNIT, index=frame.index)
    unit, unit_names = pd.factorize(units, sort=True)
    order = list(items) if items else sorted(frame["item"].unique())
    first = int(months.min()) if len(frame) else 0
    return NeedsPanel(
        officers=tuple(map(str, officers)),
        counters=tuple(map(str, counters)),
        services=tuple(map(str, services)),
        units=tuple(map(str, unit_names)),
        items=tuple(map(str, order)),
        first_month=first,
        officer=officer.astype(np.int64),
        counter=counter.astype(np.int64),
        service=service.astype(np.int64),
        unit=unit.astype(np.int64),
        item=frame["item"].map({key: place for place, key in enumerate(order)}).to_numpy(np.int64),
        month=(months - first).to_numpy(dtype=np.int64),
        score=frame["score"].to_numpy(dtype=float),
        n=frame["n"].to_numpy(dtype=float),
    )


def designs(panel: NeedsPanel) -> Iterator[tuple[str, Design]]:
    """The design of each item that has answers."""
    for place, item in enumerate(panel.items):
        rows = np.flatnonzero(panel.item == place)
        if len(rows):
            yield item, design_of(panel, rows)


def design_of(panel: NeedsPanel, rows: Ints) -> Design:
    """The model's design for these rows of the panel."""
    found: Mapping[str, tuple[Ints, Ints]] = {
        name: np.unique(getattr(panel, name)[rows], return_inverse=True)
        for name in ("officer", "counter", "service", "month")
    }
    officers, officer = found["officer"]
    counter_ids, counter = found["counter"]
    service_ids, service = found["service"]
    month_ids, month = found["month"]
    spells, spell = np.unique(officer * len(month_ids) + month, return_inverse=True)
    fixed = _indicators(
        (month, len(month_ids)), (counter, len(counter_ids)), (service, len(service_ids))
    )
    spell_officer = spells // len(month_ids)
    return Design(
        y=panel.score[rows],
        n=panel.n[rows],
        officer=officer,
        counter=counter,
        service=service,
        month=month,
        unit=panel.unit[rows],
        spell=spell,
        spell_officer=spell_officer,
        officers=officers,
        counter_ids=counter_ids,
        service_ids=service_ids,
        month_ids=month_ids,
        fixed=fixed,
        fixed_t=fixed.T.tocsr(),
        spell_sum=_indicators((spell, len(spells))).T.tocsr(),
        officer_sum=_indicators((spell_officer, len(officers))).T.tocsr(),
    )


def _indicators(*factors: tuple[Ints, int]) -> sparse.csr_matrix:
    """(N, sum of levels): a 1 in each factor's own columns; every row has as many as factors."""
    starts = np.cumsum([0, *(levels for _codes, levels in factors[:-1])])
    columns = np.stack([codes for codes, _levels in factors], axis=1) + starts
    rows, wide = columns.shape
    total = sum(levels for _codes, levels in factors)
    pointers = np.arange(0, rows * wide + 1, wide)
    return sparse.csr_matrix((np.ones(rows * wide), columns.ravel(), pointers), (rows, total))
