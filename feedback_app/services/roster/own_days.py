"""The office's own closed and open days, and absences: list them, add days, end any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_app.domain.working_days import Entry
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.roster.days import holidays_of
from feedback_app.services.roster.scope import Scope, scope_of
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.queries import roster as queries

LONGEST = timedelta(days=92)
LONGEST_NAME = 100
HORIZON = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class OwnDays:
    """What lies ahead: own entries, and public holidays of the coming year."""

    entries: Sequence[Entry]
    holidays: Sequence[tuple[date, str]]
    units: Sequence[tuple[int, str]]
    unit_codes: Sequence[tuple[str, str]]
    unit_names: Mapping[int, str]
    called: Mapping[int, str]


def own_days(site: Site, viewer: Viewer) -> OwnDays:
    """Entries of the viewer's units that are not over, and the holidays of a year."""
    today = site.today()
    with site.db.read() as session:
        scope = scope_of(session, viewer)
        found = queries.entries(session, viewer.agency_id, first=today, last=None)
        names = {one.id: one.name for one in queries.units_of_agency(session, viewer.agency_id)}
    holidays = {**holidays_of(today.year), **holidays_of(today.year + 1)}
    return OwnDays(
        entries=[entry for entry in found if _concerns(entry, scope)],
        holidays=sorted((d, n) for d, n in holidays.items() if today <= d <= today + HORIZON),
        units=[(unit.id, unit.name) for unit in scope.units],
        unit_codes=[(unit.code, unit.name) for unit in scope.units],
        unit_names=names,
        called=scope.called,
    )


def add_days(
    site: Site,
    viewer: Viewer,
    *,
    kind: str,
    first: date,
    last: date,
    unit_id: int | None,
    name: str,
) -> None:
    """Say that the office (or one unit) is closed, or open against the rule, on these days."""
    if kind not in ("closed", "open"):
        raise FieldFaultError("kind", "Pilih salah satu dari daftar.")
    if last < first:
        raise FieldFaultError("last", "Hari terakhir tidak boleh sebelum hari pertama.")
    if last - first > LONGEST:
        raise FieldFaultError("last", "Paling lama tiga bulan.")
    if not name.strip() or len(name.strip()) > LONGEST_NAME or not name.isprintable():
        raise FieldFaultError("name", "Isi keterangan, paling banyak 100 huruf.")
    with site.db.transaction() as tx:
        scope = scope_of(tx, viewer)
        _refuse_foreign(viewer, scope, unit_id)
        row = {
            "agency_id": viewer.agency_id,
            "unit_id": unit_id,
            "officer_id": None,
            "change_id": None,
            "kind": kind,
            "first_day": first,
            "last_day": last,
            "name": name.strip(),
            "made_by": viewer.account_id,
            "made_at": site.now(),
            "ended_by": None,
            "ended_at": None,
        }
        bulk.add_rows(tx, "calendar_entry", [row])
        detail = {"kind": kind, "from": first.isoformat(), "to": last.isoformat()}
        log_act(tx, site, viewer, "add_office_days", name.strip(), detail)


def end_entry(site: Site, viewer: Viewer, entry_id: int) -> None:
    """Make an entry count no more; NotThereError for one that is not the viewer's."""
    with site.db.transaction() as tx:
        scope = scope_of(tx, viewer)
        row = queries.entry_with_id(tx, entry_id, agency_id=viewer.agency_id)
        if row is None or row.ended_at is not None:
            raise NotThereError
        entry = Entry(
            row.id, row.kind, row.first_day, row.last_day, row.unit_id, row.officer_id, row.name
        )
        if not _may_end(viewer, scope, entry):
            raise NotThereError
        row.ended_at, row.ended_by = site.now(), viewer.account_id
        subject = entry.name or scope.called[entry.officer_id or 0]
        log_act(tx, site, viewer, "end_calendar_entry", subject)


def may_end(site: Site, viewer: Viewer, entries: Sequence[Entry]) -> set[int]:
    """Which of these entries the viewer may end."""
    with site.db.read() as session:
        scope = scope_of(session, viewer)
    return {entry.entry_id for entry in entries if _may_end(viewer, scope, entry)}


def _concerns(entry: Entry, scope: Scope) -> bool:
    if entry.officer_id is not None:
        return entry.officer_id in {one.id for one in scope.officers}
    return entry.unit_id is None or entry.unit_id in {unit.id for unit in scope.units}


def _may_end(viewer: Viewer, scope: Scope, entry: Entry) -> bool:
    """What holds for every unit is the admin's."""
    is_everybodys = entry.unit_id is None and entry.officer_id is None
    return _concerns(entry, scope) and (viewer.role == "admin" or not is_everybodys)


def _refuse_foreign(viewer: Viewer, scope: Scope, unit_id: int | None) -> None:
    own = {unit.id for unit in scope.units}
    if unit_id not in own and not (unit_id is None and viewer.role == "admin"):
        raise FieldFaultError("unit", "Pilih salah satu unit Anda.")
