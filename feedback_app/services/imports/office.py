"""Take in a file of records: the whole file or nothing, with every bad cell named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from feedback_app.domain.roles import Role
from feedback_app.files import records
from feedback_app.files.cells import CellError, Offer
from feedback_app.files.examples import example_csv
from feedback_app.files.kinds import KINDS, example_workbook, parse_file
from feedback_app.files.records import Parsed
from feedback_app.files.tables import XLSX_BEGINS
from feedback_app.helper.work import Here
from feedback_app.services.imports import past_results as survey_imports
from feedback_app.services.imports import trainings as training_imports
from feedback_app.services.imports.roster import save_roster
from feedback_app.services.imports.work import Counts, Difference, Rows, Work, upsert
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.queries import agencies, audit
from feedback_app.storage.queries import records as queries

Kind = records.Kind
SMALL_CSV = 64 * 1024  # bytes, some hundred rows: read where the request is
TRAINING_KINDS = frozenset({"trainings", "attendance", "siasn-kursus"})


def kinds_for(role: Role) -> dict[str, Kind]:
    """What a role may import: the admin everything, HR what is about trainings."""
    if role == Role.ADMIN:
        return KINDS
    if role == Role.HR:
        return {key: kind for key, kind in KINDS.items() if key in TRAINING_KINDS}
    return {}


def title_of_kind(key: str) -> str | None:
    """What an import of this kind is called; None for another word."""
    return KINDS[key].title if key in KINDS else None


def example_file(site: Site, kind: Kind, ending: str) -> bytes | None:
    """A file to copy from; None when it does not come with this ending."""
    if ending == "csv":
        return example_csv(kind)
    return site.documents.run(example_workbook, kind.key) if ending == "xlsx" else None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do: counts when all was well, else every bad cell."""

    added: int
    changed: int
    same: int
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]
    is_saved: bool
    differences: tuple[Difference, ...] = ()  # row by row, for kinds that tell them

    @property
    def withdrawn(self) -> int:
        """How many rows of before are withdrawn, as the file does not hold them."""
        return len(self.differences) - self.added - self.changed if self.differences else 0


class _Refused(Exception):  # noqa: N818 (never leaves this module: it only rolls back)
    """Roll the transaction back; `result` is what the caller gets."""

    def __init__(self, result: Imported) -> None:
        super().__init__("rolled back")
        self.result = result


USUAL_MINUTES = 5  # of the shortest usual service, until the office tells its own


class NoAgencyError(ValueError):
    """There is no agency, or more than one and none was named."""


def only_agency(site: Site, *, code: str | None) -> int:
    """The agency of this code, or the only one there is."""
    with site.db.read() as session:
        found = [row for row in agencies.agencies(session) if code is None or row.code == code]
    if len(found) != 1:
        raise NoAgencyError("name one agency by its code" if found else "there is no such agency")
    return found[0].id


def check_records(site: Site, kind: Kind, content: bytes, *, agency_id: int) -> Imported:
    """What importing this file would do; nothing is kept."""
    return _run(site, kind, content, agency_id=agency_id, by=None, is_rehearsal=True)


def import_records(
    site: Site, kind: Kind, content: bytes, *, agency_id: int, by: int | None
) -> Imported:
    """Import the file, unless a single cell is bad; FileFaultError when it is no table."""
    return _run(site, kind, content, agency_id=agency_id, by=by, is_rehearsal=False)


def _run(
    site: Site, kind: Kind, content: bytes, *, agency_id: int, by: int | None, is_rehearsal: bool
) -> Imported:
    is_small = len(content) <= SMALL_CSV and not content.startswith(XLSX_BEGINS)
    work = Here() if is_small else site.documents
    parsed = work.run(parse_file, kind.key, content)
    if parsed.errors:
        return Imported(0, 0, 0, parsed.errors, parsed.warnings, is_saved=False)
    try:
        with site.db.transaction() as tx:
            result = _save(tx, site, kind, parsed, agency_id, by)
            if result.errors or is_rehearsal:
                raise _Refused(result)
            audit.append(
                tx,
                agency_id=agency_id,
                at=site.now(),
                account_id=by,
                action="import",
                subject=kind.key,
                detail={"added": result.added, "changed": result.changed, "same": result.same},
            )
    except _Refused as refused:
        return refused.result
    return replace(result, is_saved=True)


def _save(
    tx: Session, site: Site, kind: Kind, parsed: Parsed, agency_id: int, by: int | None
) -> Imported:
    work = Work(tx, site, agency_id, errors=[], warnings=list(parsed.warnings), account_id=by)
    counts = _SAVERS[kind.key](work, parsed.rows)
    told = tuple(work.differences)
    return Imported(
        *counts, tuple(work.errors), tuple(work.warnings), is_saved=False, differences=told
    )


def _save_services(work: Work, rows: Rows) -> Counts:
    units = work.known("unit", "code")
    wanted = {}
    for number, record in rows:
        unit_id = work.look_up(units, record["unit"], number, "unit")
        wanted[record["code"]] = {
            "unit_id": unit_id,
            "name": record["name"],
            "name_en": record["name_en"] or record["name"],
            "is_free": record["is_free"],
            "minutes": record["minutes"] or USUAL_MINUTES,
            "retired_on": None,
        }
    return upsert(work, "service", "code", wanted)


def _save_counters(work: Work, rows: Rows) -> Counts:
    units, services = work.known("unit", "code"), work.known("service", "code")
    existing = work.known("counter", "code")
    free_number = queries.highest_counter_number(work.tx)
    wanted: dict[str, dict[str, Any]] = {}
    offered: dict[str, dict[int, Offer]] = {}
    for number, record in rows:
        code = record["code"]
        wanted[code] = {
            "unit_id": work.look_up(units, record["unit"], number, "unit"),
            "name": record["name"],
            "retired_on": None,
        }
        if code not in existing:
            free_number += 1
            wanted[code] |= {"number": free_number, "card_serial": 1}
        found = {
            work.look_up(services, offer.code, number, "layanan"): offer
            for offer in record["services"]
        }
        offered[code] = {key: offer for key, offer in found.items() if key is not None}
    counts = upsert(work, "counter", "code", wanted)
    if not work.errors:
        counters = work.known("counter", "code")
        for code, offers in offered.items():
            links = [
                {"service_id": key, "opens_at": offer.opens_at, "closes_at": offer.closes_at}
                for key, offer in offers.items()
            ]
            queries.set_services(work.tx, counters[code], links, agency_id=work.agency_id)
    return counts


def _save_officers(work: Work, rows: Rows) -> Counts:
    units = work.known("unit", "code")
    wanted = {
        record["nip"]: {
            "unit_id": work.look_up(units, record["unit"], number, "unit"),
            "name": record["name"],
            "display_name": (record["display_name"] or record["name"].split()[0])[:80],
            "employment": record["employment"],
            "retired_on": None,
        }
        for number, record in rows
    }
    return upsert(work, "officer", "nip", wanted)


def _save_visits(work: Work, rows: Rows) -> Counts:
    counters, services = work.known("counter", "code"), work.known("service", "code")
    wanted = []
    for number, record in rows:
        counter_id = work.look_up(counters, record["counter"], number, "loket")
        service_id = work.look_up(services, record["service"], number, "layanan")
        wanted.append(
            {
                "agency_id": work.agency_id,
                "day": record["day"],
                "counter_id": counter_id,
                "service_id": service_id,
                "visits": record["visits"],
            }
        )
    if work.errors:
        return 0, 0, 0
    return queries.upsert_visits(work.tx, wanted)


_SAVERS: dict[str, Callable[[Work, Rows], Counts]] = {
    "services": _save_services,
    "counters": _save_counters,
    "officers": _save_officers,
    "roster": save_roster,
    "visits": _save_visits,
    "past-results": survey_imports.save_past_results,
    "trainings": training_imports.save_trainings,
    "attendance": training_imports.save_attendance,
    "siasn-kursus": training_imports.save_siasn_courses,
}
