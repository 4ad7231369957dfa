"""Training records as HR keeps them: the catalogue, runs, attendances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from feedback_app.domain.training import (
    LARGEST_JP,
    REASONS,
    RESULTS,
    SENT,
)
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.db import Session
from feedback_app.storage.models import Attendance, Officer, Training, TrainingRun
from feedback_app.storage.queries import trainings as queries


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """One training of the catalogue with its newest run and how many ever came."""

    training: Training
    runs: int
    attended: int
    newest: date | None


@dataclass(frozen=True, slots=True)
class Attendee:
    """One attendance with the officer's name."""

    attendance_id: int
    officer_id: int
    name: str
    jp: int | None
    result: str
    certificate: str
    reason: str
    sent: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One run with everybody who came."""

    run: TrainingRun
    attendees: tuple[Attendee, ...]


def catalogue(site: Site, viewer: Viewer, *, kind: str, text: str) -> list[CatalogueLine]:
    """Trainings of this kind ('' for all) whose title, code or provider holds the text."""
    with site.db.read() as session:
        found = queries.catalogue(session, agency_id=viewer.agency_id)
        runs = queries.runs_of(session, [row.id for row in found])
    wanted = text.strip().casefold()
    lines = []
    for row in found:
        own = [line for line in runs if line.run.training_id == row.id]
        place = f"{row.title} {row.code} {row.provider} {row.partner}".casefold()
        if (not kind or row.kind == kind) and wanted in place:
            lines.append(
                CatalogueLine(
                    training=row,
                    runs=len(own),
                    attended=sum(line.attended for line in own),
                    newest=own[0].run.starts_on if own else None,
                )
            )
    return lines


def training_coded(site: Site, viewer: Viewer, code: str) -> Training:
    """One training of the agency."""
    with site.db.read() as session:
        return _training(session, viewer, code)


def _training(session: Session, viewer: Viewer, code: str) -> Training:
    found = queries.training_coded(session, code, agency_id=viewer.agency_id)
    if found is None:
        raise NotThereError
    return found


def runs_of(site: Site, viewer: Viewer, code: str) -> tuple[Training, list[RunView]]:
    """A training with its runs and attendees, newest run first."""
    with site.db.read() as session:
        training = _training(session, viewer, code)
        runs = queries.runs_of(session, [training.id])
        attended = queries.attendances(session, agency_id=viewer.agency_id, training_id=training.id)
        names = {row.id: row.name for row in queries.officers(session, agency_id=viewer.agency_id)}
    views = [
        RunView(
            line.run,
            tuple(
                sorted(
                    (_attendee(a.attendance, names) for a in attended if a.run.id == line.run.id),
                    key=lambda attendee: attendee.name,
                )
            ),
        )
        for line in runs
    ]
    return training, views


def _attendee(row: Attendance, names: Mapping[int, str]) -> Attendee:
    return Attendee(
        attendance_id=row.id,
        officer_id=row.officer_id,
        name=names[row.officer_id],
        jp=row.jp,
        result=row.result,
        certificate=row.certificate,
        reason=row.reason,
        sent=row.sent,
    )


def save_training(
    site: Site, viewer: Viewer, values: Mapping[str, Any], *, code: str | None
) -> str:
    """Add a training, or change the one with this code; return its code."""
    with site.db.transaction() as tx:
        kept = None if code is None else _training(tx, viewer, code)
        if kept is None:
            if queries.training_coded(tx, values["code"], agency_id=viewer.agency_id):
                raise FieldFaultError("code", "Kode pelatihan ini sudah dipakai.")
            bulk.add_rows(tx, "training", [{"agency_id": viewer.agency_id, **values}])
        else:
            for name, value in values.items():
                if name != "code":  # scripts and files name trainings by it
                    setattr(kept, name, value)
        final = values["code"] if code is None else code
        log_act(tx, site, viewer, "change_training" if kept else "add_training", final)
    return str(final)


def add_run(
    site: Site,
    viewer: Viewer,
    code: str,
    *,
    starts_on: date,
    ends_on: date,
    seats: int | None,
    horizon: int,
) -> None:
    """Plan or record a run; its days may lie ahead.

    The elements that the training aims at now, and the months after in which its effect will be
    looked for, are written down with it.
    """
    if ends_on < starts_on:
        raise FieldFaultError(
            "ends_on", "Tanggal selesai harus sama dengan atau sesudah tanggal mulai."
        )
    with site.db.transaction() as tx:
        training = _training(tx, viewer, code)
        runs = queries.runs_of(tx, [training.id])
        if any(line.run.starts_on == starts_on for line in runs):
            raise FieldFaultError(
                "starts_on", "Pelatihan ini sudah tercatat mulai pada tanggal itu."
            )
        tx.add(
            TrainingRun(
                agency_id=viewer.agency_id,
                training_id=training.id,
                starts_on=starts_on,
                ends_on=ends_on,
                seats=seats,
                planned_elements=list(training.elements),
                planned_horizon=horizon,
                planned_on=site.today(),
            )
        )
        log_act(tx, site, viewer, "add_run", f"{code} {starts_on}")


def attendance_of(site: Site, viewer: Viewer, attendance_id: int) -> tuple[str, Attendee]:
    """One attendance, with the code of its training."""
    with site.db.read() as session:
        row, officer, code = _attendance(session, viewer, attendance_id)
        return code, _attendee(row, {officer.id: officer.name})


def _attendance(
    session: Session, viewer: Viewer, attendance_id: int
) -> tuple[Attendance, Officer, str]:
    found = queries.attendance_of_agency(session, attendance_id, agency_id=viewer.agency_id)
    if found is None:
        raise NotThereError
    return found


def change_attendance(
    site: Site, viewer: Viewer, attendance_id: int, values: Mapping[str, Any]
) -> str:
    """Correct one attendance; return the code of its training."""
    for field, known in (("reason", REASONS), ("sent", SENT), ("result", RESULTS)):
        if values[field] not in known:
            raise FieldFaultError(field, "Pilihan ini tidak dikenal.")
    jp = values["jp"]
    if jp is not None and not 0 < jp <= LARGEST_JP:
        raise FieldFaultError("jp", "JP harus bilangan bulat mulai dari 1.")
    with site.db.transaction() as tx:
        row, _officer, code = _attendance(tx, viewer, attendance_id)
        for name, value in values.items():
            setattr(row, name, value)
        log_act(tx, site, viewer, "change_attendance", f"{code} {attendance_id}")
    return code


def remove_attendance(site: Site, viewer: Viewer, attendance_id: int) -> str:
    """Take one attendance out; return the code of its training."""
    with site.db.transaction() as tx:
        row, officer, code = _attendance(tx, viewer, attendance_id)
        tx.delete(row)
        log_act(tx, site, viewer, "remove_attendance", f"{code} {officer.id}")
    return code
