"""Officers of the viewer's units in a closed quarter: over all counters of a unit, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.disclosure import Band
from feedback_app.domain.disclosure.officers import OfficerLine, OfficerPart, Part
from feedback_app.domain.survey import quarter_from, slug, title
from feedback_app.files.exports import Cell, Sheet
from feedback_app.services.access.people import Viewer
from feedback_app.services.counters.closed_officers import (
    Lines,
    closed_quarter_starts,
    officers_of_unit,
)
from feedback_app.services.counters.exports import UNTIL_QUARTER, band_words, mean_cells
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import counters as queries
from feedback_app.storage.queries import surveys, tallies
from feedback_app.storage.queries.happenings import instrument_days

BACK = timedelta(days=366)
OF_EARLY = (
    "Lewat poster (berhenti lebih awal)",
    "Rata-rata (berhenti lebih awal)",
    "Bawah (berhenti lebih awal)",
    "Atas (berhenti lebih awal)",
    "Keterangan (berhenti lebih awal)",
)


@dataclass(frozen=True, slots=True)
class NamedLine:
    """One officer with answers in the quarter."""

    officer_id: int
    name: str
    shown: OfficerLine


@dataclass(frozen=True, slots=True)
class UnitOfficers:
    """A unit's officers by name: an order by score would be a ranking, and of so few answers noise.

    `another` counts answers that name somebody who was not on the roster; `changed_on` is the day
    of the quarter from which the form asked other questions.
    """

    name: str
    lines: tuple[NamedLine, ...]
    another: int
    changed_on: date | None


@dataclass(frozen=True, slots=True)
class OfficersView:
    """One closed quarter; `quarters` are those that may be chosen: key and title. None came out
    yet where it is empty, and `units` too."""

    quarters: tuple[tuple[str, tuple[str, str]], ...]
    key: str
    title: tuple[str, str]
    units: tuple[UnitOfficers, ...]

    @property
    def shown_officers(self) -> tuple[int, ...]:
        """Whose figures the viewer saw."""
        lines = [line for unit in self.units for line in unit.lines]
        return tuple(line.officer_id for line in lines if line.shown.is_shown)


def officers_view(site: Site, viewer: Viewer, *, quarter: str) -> OfficersView:
    """The viewer's units in a quarter; an unknown quarter means the newest one that is closed."""
    starts = closed_quarter_starts(site, oldest=site.today() - BACK)
    keys = {slug(quarter_from(start)): start for start in starts}
    with site.db.read() as session:
        named = surveys.units_named(session, viewer.unit_ids)
        own = {unit_id: unit.name for unit_id, (unit, _agency) in sorted(named.items())}
        found = {
            start: {unit_id: officers_of_unit(site, session, unit_id, start) for unit_id in own}
            for start in starts
        }
        offered = {key: start for key, start in keys.items() if any(found[start].values())}
        key = quarter if quarter in offered else next(iter(offered), "")
        units = [
            _unit(session, name, unit_id, offered[key], found[offered[key]][unit_id])
            for unit_id, name in own.items()
            if key
        ]
    return OfficersView(
        quarters=tuple((name, title(quarter_from(start))) for name, start in offered.items()),
        key=key,
        title=title(quarter_from(offered[key])) if key else ("", ""),
        units=tuple(units),
    )


def _unit(session: Session, name: str, unit_id: int, starts: date, lines: Lines) -> UnitOfficers:
    last = quarter_from(starts).last
    counter_ids = surveys.counter_ids_of_unit(session, unit_id)
    names = queries.officers_named(session, lines)
    days = instrument_days(session, counter_ids)
    return UnitOfficers(
        name=name,
        lines=tuple(
            sorted(
                (NamedLine(who, names[who], line) for who, line in lines.items()),
                key=lambda line: line.name,
            )
        ),
        another=tallies.another_named(session, counter_ids, first=starts, last=last),
        changed_on=min((day for day in days if starts < day <= last), default=None),
    )


def officer_sheet(view: OfficersView) -> Sheet:
    """One row an officer and unit; both sets of forms beside each other, never added up."""
    of_set = ("Lewat poster", "Rata-rata", "Bawah", "Atas", "Keterangan")
    columns = (
        *("Unit", "Petugas", "Formulir lengkap", *of_set),
        *("Berhenti lebih awal", *OF_EARLY),
    )
    rows = tuple(
        (unit.name, line.name, *_cells(line.shown.complete), *_cells(line.shown.early))
        for unit in view.units
        for line in unit.lines
    )
    return Sheet("Petugas", columns, rows, note=UNTIL_QUARTER)


def officer_about(view: OfficersView) -> Sequence[tuple[str, Cell]]:
    """What the file is about."""
    about: list[tuple[str, Cell]] = [("Isi", "Petugas unit Anda, semua loket unit bersama")]
    if view.key:
        about.append(("Triwulan", view.title[0]))
    for unit in view.units:
        about.append(("Unit", unit.name))
        about.append(("Menyebut petugas lain", unit.another))
        if unit.changed_on:
            about.append(("Pertanyaan formulir berubah", unit.changed_on))
    return about


def _cells(part: Part) -> tuple[Cell, ...]:
    if not isinstance(part, OfficerPart):
        return (part.n, None, None, None, None, "tidak ditampilkan" if part.n else "")
    note = "tanpa bukti kunjungan" if part.by_poster == part.n else ""
    if isinstance(part.mean, Band):
        return (part.n, part.by_poster, None, None, None, band_words(part.mean))
    return (part.n, part.by_poster, *mean_cells(part.mean, scale=1), note)
