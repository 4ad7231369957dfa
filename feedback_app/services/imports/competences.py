"""Take in competences that posts ask for: new ones are added, other levels replace the old."""

from __future__ import annotations

from typing import Any

from feedback_app.files.records import Record
from feedback_app.services.imports.work import Counts, Rows, Work
from feedback_app.storage.models import OfficerCompetence
from feedback_app.storage.queries import needs as queries

TOLD = ("title", "needed", "held")


def save_competences(work: Work, rows: Rows) -> Counts:
    """By officer, post and competence; every NIP must be an officer's."""
    officers = work.officers()
    kept = {
        (person, row.post, row.competence): row
        for person, row in queries.competences_of_persons(work.tx, agency_id=work.agency_id)
    }
    headings = {column.field: column.heading for column in work.kind.columns}
    added = changed = same = 0
    for number, record in rows:
        officer_id = work.look_up(officers, record["nip"], number, "nip")
        if officer_id is None:
            continue
        key = (officer_id, record["post"], record["competence"])
        told = {name: record[name] for name in TOLD if name in record}
        name = f"{record['nip']} · {record['competence']}"
        row = kept.get(key)
        if row is None:
            added += 1
            work.note_new(number, name)
            if not work.errors:
                kept[key] = _add(work, officer_id, record, told)
            continue
        differing = {
            field: (headings[field], getattr(row, field), value)
            for field, value in told.items()
            if getattr(row, field) != value
        }
        changed, same = changed + bool(differing), same + (not differing)
        if differing:
            work.note(number, name, differing, shows={})
        if differing and not work.errors:
            _write(work, row, told)
    return (0, 0, 0) if work.errors else (added, changed, same)


def _add(work: Work, officer_id: int, record: Record, told: dict[str, Any]) -> OfficerCompetence:
    row = OfficerCompetence(
        agency_id=work.agency_id,
        officer_id=officer_id,
        post=record["post"],
        competence=record["competence"],
    )
    _write(work, row, {"held": None} | told)
    work.tx.add(row)
    return row


def _write(work: Work, row: OfficerCompetence, told: dict[str, Any]) -> None:
    for name, value in told.items():
        setattr(row, name, value)
    row.recorded_at = work.site.now()
