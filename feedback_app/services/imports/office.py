"""Take in a file of records: the whole file or nothing, with every bad cell named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from feedback_app.domain.roles import Role
from feedback_app.domain.texts import Text
from feedback_app.files import records, tables
from feedback_app.files.cells import CellError
from feedback_app.files.examples import example_csv
from feedback_app.files.kinds import KINDS, example_workbook, parse_file
from feedback_app.files.matching import Matched
from feedback_app.files.reading.formats import ZIP_BEGINS
from feedback_app.files.records import NO_CHOICES, Parsed
from feedback_app.helper.work import Here
from feedback_app.helper.work import Work as Reader
from feedback_app.services.imports import officers, places, siasn
from feedback_app.services.imports import past_results as survey_imports
from feedback_app.services.imports import trainings as training_imports
from feedback_app.services.imports.changes import Change
from feedback_app.services.imports.competences import save_competences
from feedback_app.services.imports.happenings import save_happenings
from feedback_app.services.imports.plan_runs import save_plan_runs
from feedback_app.services.imports.questions import Question
from feedback_app.services.imports.roster import save_roster
from feedback_app.services.imports.work import Counts, Rows, Work
from feedback_app.services.site import Site
from feedback_app.storage.queries import agencies, audit

Kind = records.Kind
Choices = records.Choices
SheetChoiceError = tables.SheetChoiceError
SMALL_TEXT = 64 * 1024  # bytes, some hundred rows: read where the request is
KINDS_THAT_ASK = frozenset({"siasn-kursus", "officers"})
TRAINING_KINDS = frozenset({"trainings", "attendance", "siasn-kursus", "competences", "plan-runs"})


def reader_for(site: Site, content: bytes) -> Reader:
    """Where a file is read: a workbook or a long text beside the web process."""
    is_small = len(content) <= SMALL_TEXT and not content.startswith(ZIP_BEGINS)
    return Here() if is_small else site.documents


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
    notes: tuple[Text, ...] = ()
    changes: tuple[Change, ...] = ()
    questions: tuple[Question, ...] = ()
    matched: Matched | None = None
    has_open_columns: bool = False  # a person has to say which column is which
    is_outdated: bool = False  # it would do other than what was shown: nothing was saved

    @property
    def withdrawn(self) -> int:
        """How many rows of before are withdrawn, as the file does not hold them."""
        return sum(1 for change in self.changes if change.what == "withdrawn")

    @property
    def mark(self) -> str:
        """A mark of what it does and tells; '' while questions are open, which change it."""
        if self.questions or self.errors:
            return ""
        told = [repr((one.row, one.name, one.what, one.cells)) for one in self.changes]
        told += [f"{one.row} {one.column} {one.value} {one.reason}" for one in self.warnings]
        told.append(f"{self.added} {self.changed} {self.same}")
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


class _Refused(Exception):  # noqa: N818 (never leaves this module: it only rolls back)
    """Roll the transaction back; `result` is what the caller gets."""

    def __init__(self, result: Imported) -> None:
        super().__init__("rolled back")
        self.result = result


class NoAgencyError(ValueError):
    """There is no agency, or more than one and none was named."""


def only_agency(site: Site, *, code: str | None) -> int:
    """The agency of this code, or the only one there is."""
    with site.db.read() as session:
        found = [row for row in agencies.agencies(session) if code is None or row.code == code]
    if len(found) != 1:
        raise NoAgencyError("name one agency by its code" if found else "there is no such agency")
    return found[0].id


def check_records(
    site: Site, kind: Kind, content: bytes, *, agency_id: int, choices: Choices = NO_CHOICES
) -> Imported:
    """What importing this file would do; nothing is kept."""
    return _run(
        site, kind, content, agency_id=agency_id, by=None, choices=choices, is_rehearsal=True
    )


def import_records(
    site: Site,
    kind: Kind,
    content: bytes,
    *,
    agency_id: int,
    by: int | None,
    choices: Choices = NO_CHOICES,
    shown: str = "",
) -> Imported:
    """Import the file, unless a single cell is bad; FileFaultError when it is no table.

    `shown` is the mark of the rehearsal that somebody read: where the import would do anything
    else by now, nothing is saved and what it would do is told anew.
    """
    return _run(
        site, kind, content, agency_id=agency_id, by=by, choices=choices,
        is_rehearsal=False, shown=shown,
    )  # fmt: skip


def _run(
    site: Site,
    kind: Kind,
    content: bytes,
    *,
    agency_id: int,
    by: int | None,
    choices: Choices,
    is_rehearsal: bool,
    shown: str = "",
) -> Imported:
    parsed = reader_for(site, content).run(parse_file, kind.key, content, choices)
    if parsed.errors:
        return _refused(parsed)
    try:
        with site.db.transaction() as tx:
            work = Work(
                tx,
                site,
                agency_id,
                errors=[],
                warnings=list(parsed.warnings),
                kind=kind,
                account_id=by,
                lacking=parsed.lacking,
                choices=choices,
                is_rehearsal=is_rehearsal,
            )
            result = _save(work, parsed)
            if result.errors or is_rehearsal:
                raise _Refused(result)
            if shown and result.mark != shown:
                raise _Refused(replace(result, is_outdated=True))
            _log(work, result, by=by)
    except _Refused as refused:
        return refused.result
    return replace(result, is_saved=True)


def _refused(parsed: Parsed) -> Imported:
    """Bad cells, or columns that a person has to match first."""
    return Imported(
        0,
        0,
        0,
        parsed.errors,
        parsed.warnings,
        is_saved=False,
        notes=parsed.notes,
        matched=parsed.matched,
        has_open_columns=parsed.has_open_columns,
    )


def _log(work: Work, result: Imported, *, by: int | None) -> None:
    audit.append(
        work.tx,
        agency_id=work.agency_id,
        at=work.site.now(),
        account_id=by,
        action="import",
        subject=work.kind.key,
        detail={"added": result.added, "changed": result.changed, "same": result.same},
    )


def _save(work: Work, parsed: Parsed) -> Imported:
    counts = _SAVERS[work.kind.key](work, parsed.rows)
    # What no row says, as what is withdrawn, stands first: the page may not show all.
    changes = sorted(work.changes, key=lambda change: change.row or 0)
    return Imported(
        *counts,
        tuple(work.errors),
        tuple(work.warnings),
        is_saved=False,
        notes=parsed.notes,
        changes=tuple(changes),
        questions=tuple(work.questions),
        matched=parsed.matched,
    )


_SAVERS: dict[str, Callable[[Work, Rows], Counts]] = {
    "services": places.save_services,
    "counters": places.save_counters,
    "officers": officers.save_officers,
    "roster": save_roster,
    "visits": places.save_visits,
    "happenings": save_happenings,
    "past-results": survey_imports.save_past_results,
    "trainings": training_imports.save_trainings,
    "attendance": training_imports.save_attendance,
    "siasn-kursus": siasn.save_siasn_courses,
    "competences": save_competences,
    "plan-runs": save_plan_runs,
}
