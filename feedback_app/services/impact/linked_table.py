"""The linked table for analysts: officer × month × element, with the trainings so far."""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from feedback_app.domain.codes import derive_key
from feedback_app.domain.interval import mean_of_counts
from feedback_app.domain.skm import TooFew
from feedback_app.files.linked_table import Column, write_table
from feedback_app.impact.cells import Cells
from feedback_app.impact.panel import LEAST_ANSWERS, month_text
from feedback_app.services.impact.events import month_of
from feedback_app.services.impact.panel import read_cells
from feedback_app.services.impact.panel import span as known_span
from feedback_app.services.site import Site
from feedback_app.storage.queries import audit, joins, trainings

COLUMNS = (
    Column("officer", "text", "stable pseudonym of the officer (or the name, with --named)"),
    Column(
        "month", "text", "YYYY-MM, the office's local time; a month that is not over is left out"
    ),
    Column("element", "text", "kompetensi, perilaku, informasi or kecepatan (the officer items)"),
    Column("n", "integer", "counted answers in which the citizen named this officer"),
    Column(
        "mean",
        "points 1 to 4",
        f"mean of the answers; empty below {LEAST_ANSWERS} answers, which could be told apart",
    ),
    Column("low", "points 1 to 4", "lower end of the 95% interval of the mean"),
    Column("high", "points 1 to 4", "upper end of the 95% interval of the mean"),
    Column("share_top", "0 to 1", "share of answers 4; empty as the mean"),
    Column("share_low", "0 to 1", "share of answers 1 or 2; empty as the mean"),
    Column("trainings_so_far", "integer", "trainings begun in or before this month"),
    Column(
        "months_since_last",
        "months",
        "months since the newest of them began, 0 in its own month; empty when there is none",
    ),
    Column("last_training", "text", "code of that training; empty when there is none"),
)


class PurposeNeededError(ValueError):
    """Names are only given out for a stated purpose, which is logged."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    rows: int
    officers: int
    codebook: Path


def export_linked(
    site: Site,
    path: Path,
    *,
    agency_id: int,
    first_month: int | None,
    last_month: int | None,
    purpose: str | None,
) -> Exported:
    """Write the table and its codebook; the export is logged before the file is there.

    Officers are pseudonyms, the same in every export; with a purpose they carry their names.
    """
    if purpose is not None and not purpose.strip():
        raise PurposeNeededError("--named needs --purpose with the reason; it is logged")
    frame = linked_table(site, agency_id=agency_id, first_month=first_month, last_month=last_month)
    names = officer_names(site, frame["officer"].unique(), agency_id, is_named=purpose is not None)
    frame["officer"] = frame["officer"].map(names)
    frame = frame.sort_values(["officer", "month", "element"], ignore_index=True)
    with site.db.transaction() as tx:
        audit.append(
            tx,
            agency_id=agency_id,
            at=site.now(),
            account_id=None,
            action="export_linked_named" if purpose else "export_linked",
            subject=path.name,
            detail={"rows": len(frame), "purpose": purpose or ""},
        )
    codebook = write_table(frame, path, columns=COLUMNS)
    return Exported(len(frame), len(names), codebook)


def linked_table(
    site: Site, *, agency_id: int, first_month: int | None, last_month: int | None
) -> pd.DataFrame:
    """One row an officer, month and element with answers; `officer` is the database's id."""
    with site.db.read() as session:
        first, last = known_span(site, session, agency_id, first_month, last_month)
        cells = read_cells(session, agency_id=agency_id, first=first, last=last)
        attended = trainings.attendances(session, agency_id=agency_id)
        owners = joins.owners_now(session)
    begun: dict[str, list[tuple[int, str]]] = {}
    for a in attended:
        row = a.attendance.officer_id
        one = (month_of(a.run.starts_on), a.training.code)
        if one not in begun.setdefault(str(owners.get(row, row)), []):
            begun[str(owners.get(row, row))].append(one)
    return pd.DataFrame(_rows(cells, begun), columns=[column.name for column in COLUMNS])


def _rows(cells: Cells, begun: dict[str, list[tuple[int, str]]]) -> list[tuple[object, ...]]:
    place = cells.officer * cells.months + cells.month
    used, position = np.unique(place, return_inverse=True)
    rows: list[tuple[object, ...]] = []
    for item, key in enumerate(cells.items):
        sums = np.stack(
            [np.bincount(position, cells.counts[:, item, v]) for v in range(4)], axis=1
        ).astype(int)
        for spot, counts in zip(used, sums, strict=True):
            if not counts.sum():
                continue
            officer = cells.officers[spot // cells.months]
            month = cells.first_month + int(spot % cells.months)
            numbers = _numbers(counts.tolist())
            history = _history(begun.get(officer, []), month)
            rows.append((officer, month_text(month), key, *numbers, *history))
    return rows


def _numbers(counts: list[int]) -> tuple[object, ...]:
    n = sum(counts)
    mean = mean_of_counts(counts, at_least=LEAST_ANSWERS)
    if isinstance(mean, TooFew):
        return n, None, None, None, None, None
    return n, mean.mean, mean.low, mean.high, counts[3] / n, (counts[0] + counts[1]) / n


def _history(begun: list[tuple[int, str]], month: int) -> tuple[object, ...]:
    count = bisect_right([when for when, _code in begun], month)
    if not count:
        return 0, None, None
    when, code = begun[count - 1]
    return count, month - when, code


def officer_names(
    site: Site, ids: Iterable[str], agency_id: int, *, is_named: bool
) -> dict[str, str]:
    """Pseudonyms by id, the same in every export; or names, told apart where two are equal."""
    if is_named:
        with site.db.read() as session:
            rows = trainings.officers(session, agency_id=agency_id)
        known = {str(row.id): row.name for row in rows}
        twice = {name for name in known.values() if list(known.values()).count(name) > 1}
        return {key: f"{known[key]} ({key})" if known[key] in twice else known[key] for key in ids}
    # The place key never changes (cards depend on it), so pseudonyms stay the same for years.
    key = derive_key(site.settings.place_key, "officer pseudonym")
    return {
        officer: "P" + hmac.new(key, officer.encode(), hashlib.sha256).hexdigest()[:12].upper()
        for officer in ids
    }
