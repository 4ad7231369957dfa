"""What the model finds in an agency's closed quarters, as plain values; no page reads this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.impact.needs.find import METHOD_VERSION, find_needs
from feedback_app.impact.needs.rows import Found
from feedback_app.services.needs.causes import cause_levels
from feedback_app.services.needs.panel import read_panel
from feedback_app.services.needs.span import Span
from feedback_app.services.site import Site


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row of the model with the level of the causes that people ticked most."""

    row: Found
    cause_level: str


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Every officer, counter and unit of an agency, whatever may be shown of them."""

    method_version: str
    rows: tuple[FoundRow, ...]


def rows_of(
    site: Site,
    *,
    agency_id: int,
    days: tuple[date, date],
    delta: float,
    progress: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> FoundRows:
    """NoDataError where no verified answer names an officer."""
    span = Span(*days)
    panel = read_panel(site, agency_id=agency_id, span=span)
    with site.db.read() as session:
        causes = cause_levels(session, agency_id=agency_id, span=span)
    found = find_needs(panel, delta=delta, causes=causes, progress=progress)
    rows = tuple(FoundRow(row, causes.get((row.level, row.ref, row.item), "")) for row in found)
    return FoundRows(METHOD_VERSION, rows)
