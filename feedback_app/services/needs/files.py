"""Needs for the analyst: from the database or from a file, out as JSON or CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from feedback_app.domain.needs import CauseLevel
from feedback_app.domain.texts import Text
from feedback_app.files.needs_files import read_needs_panel
from feedback_app.files.result_rows import Row
from feedback_app.impact.needs.find import find_needs
from feedback_app.impact.needs.panel import NeedsPanel, needs_panel
from feedback_app.impact.needs.rows import Found
from feedback_app.services.impact.linked_table import PurposeNeededError, officer_names
from feedback_app.services.impact.measurement import BadFileError, read_named
from feedback_app.services.imports import office as imports
from feedback_app.services.needs.causes import Place, cause_levels
from feedback_app.services.needs.panel import codes_of, read_panel
from feedback_app.services.needs.span import closed_span
from feedback_app.services.site import Site
from feedback_app.storage.queries import audit

# The contract of find_needs.py: these names in this order.
FIELDS = (
    "level",
    "ref",
    "item",
    "gap",
    "ci_lo",
    "ci_hi",
    "reliability",
    "nature",
    "peer_expected",
    "n",
    "answers_needed",
)
DECIMALS = 4

Progress = Callable[[Sequence[str]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """A panel, what its officers, counters and units are called outside, what was passed over."""

    panel: NeedsPanel
    names: Mapping[tuple[str, str], str]
    notes: tuple[tuple[Path, Text], ...] = ()
    causes: Mapping[Place, CauseLevel] = field(default_factory=dict)


def from_file(path: Path) -> Source:
    """An analyst's panel; BadFileError names every bad cell."""
    checked = read_named(path, read_needs_panel)
    if checked.errors:
        raise BadFileError(path, checked.errors)
    return Source(needs_panel(checked.frame), {}, tuple((path, note) for note in checked.notes))


def from_site(site: Site, *, agency: str | None, purpose: str | None) -> Source:
    """Verified answers of closed quarters; that they were read is logged first.

    Officers are pseudonyms, the same in every export; with a purpose they carry their names.
    """
    if purpose is not None and not purpose.strip():
        raise PurposeNeededError("--named needs --purpose with the reason; it is logged")
    agency_id = imports.only_agency(site, code=agency)
    span = closed_span(site.today())
    panel = read_panel(site, agency_id=agency_id, span=span)
    with site.db.read() as session:
        causes = cause_levels(session, agency_id=agency_id, span=span)
    counters, units = codes_of(site, agency_id=agency_id)
    officers = officer_names(site, panel.officers, agency_id, is_named=purpose is not None)
    with site.db.transaction() as tx:
        audit.append(
            tx,
            agency_id=agency_id,
            at=site.now(),
            account_id=None,
            action="export_needs_named" if purpose else "export_needs",
            subject="find_needs",
            detail={"officers": len(panel.officers), "purpose": purpose or ""},
        )
    names = {("officer", key): name for key, name in officers.items()}
    names |= {("counter", key): counters[int(key)] for key in panel.counters}
    names |= {("unit", key): units[int(key)] for key in panel.units}
    return Source(panel, names, causes=causes)


def rows_of(source: Source, *, delta: float, progress: Progress) -> list[Row]:
    """The contract's rows; numbers None where there is none, the nature where there is no need."""
    found = find_needs(source.panel, delta=delta, causes=source.causes, progress=progress)
    return [_row(one, source.names) for one in found]


def _row(one: Found, names: Mapping[tuple[str, str], str]) -> Row:
    row = {name: getattr(one, name) for name in FIELDS}
    row["ref"] = names.get((one.level, one.ref), one.ref)
    return {
        name: round(value, DECIMALS) if isinstance(value, float) else value
        for name, value in row.items()
    }
