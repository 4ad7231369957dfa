"""A training that was entered twice is made one again: its runs and people move to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.training import near_title, title_key
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Attendance, Training, TrainingRun
from feedback_app.storage.queries import after_course
from feedback_app.storage.queries import trainings as queries

# What the one that stays takes over where it says nothing itself.
FILLED = ("provider", "partner", "jp", "cost", "elements", "competences")
_ATTENDANCE_FILLED = ("jp", "certificate", "source_id")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Trainings that another can be merged into; those with a similar title first."""

    training: Training
    near: tuple[Training, ...]
    others: tuple[Training, ...]


@dataclass(frozen=True, slots=True)
class Merging:
    """What a merge would do: runs that move, days both have, people recorded in both."""

    gone: Training
    kept: Training
    runs: tuple[date, ...]
    same_days: tuple[date, ...]
    twice: int
    filled: tuple[str, ...]


def candidates(site: Site, viewer: Viewer, code: str) -> Candidates:
    """What this training may be merged into."""
    with site.db.read() as session:
        training = queries.training_coded(session, code, agency_id=viewer.agency_id)
        rows = queries.catalogue(session, agency_id=viewer.agency_id)
    if training is None or training.code != code:
        raise NotThereError
    others = [row for row in rows if row.id != training.id]
    near = [row for row in others if _is_alike(training.title, row.title)]
    return Candidates(training, tuple(near), tuple(row for row in others if row not in near))


def _is_alike(one: str, other: str) -> bool:
    return title_key(one) == title_key(other) or near_title(one, [other]) is not None


def rehearse(site: Site, viewer: Viewer, code: str, into: str) -> Merging:
    """What merging `code` into `into` would do; FieldFaultError on `into` where it cannot be."""
    with site.db.read() as session:
        return _merging(session, viewer, code, into)


def _merging(session: Session, viewer: Viewer, code: str, into: str) -> Merging:
    gone = queries.training_coded(session, code, agency_id=viewer.agency_id)
    kept = queries.training_coded(session, into, agency_id=viewer.agency_id)
    if gone is None or gone.code != code:  # merged meanwhile
        raise NotThereError
    if kept is None:
        raise FieldFaultError("into", "Pelatihan dengan kode ini tidak ada.")
    if kept.id == gone.id:
        raise FieldFaultError("into", "Pilih pelatihan yang lain.")
    own = [line.run for line in queries.runs_of(session, [gone.id])]
    days = {line.run.starts_on for line in queries.runs_of(session, [kept.id])}
    return Merging(
        gone=gone,
        kept=kept,
        runs=tuple(sorted(run.starts_on for run in own)),
        same_days=tuple(sorted(run.starts_on for run in own if run.starts_on in days)),
        twice=len(_twice(session, viewer, gone, kept)),
        filled=tuple(f for f in FILLED if not getattr(kept, f) and getattr(gone, f)),
    )


def _twice(
    session: Session, viewer: Viewer, gone: Training, kept: Training
) -> dict[int, Attendance]:
    """Attendances of the one that stays, by that of the same officer and day in the other."""
    found = {
        (line.run.starts_on, line.attendance.officer_id): line.attendance
        for line in queries.attendances(session, agency_id=viewer.agency_id, training_id=kept.id)
    }
    own = queries.attendances(session, agency_id=viewer.agency_id, training_id=gone.id)
    keys = {line.attendance.id: (line.run.starts_on, line.attendance.officer_id) for line in own}
    return {number: found[key] for number, key in keys.items() if key in found}


def merge(site: Site, viewer: Viewer, code: str, into: str) -> Merging:
    """Do it, in one transaction; what it did. Studies that were saved stay as they are."""
    with site.db.transaction() as tx:
        done = _merging(tx, viewer, code, into)
        twice = _twice(tx, viewer, done.gone, done.kept)
        own = queries.attendances(tx, agency_id=viewer.agency_id, training_id=done.gone.id)
        places = {line.run.starts_on: line.run for line in queries.runs_of(tx, [done.kept.id])}
        runs = [line.run for line in queries.runs_of(tx, [done.gone.id])]
        for line in own:
            stays = twice.get(line.attendance.id)
            if stays is not None:
                _fill(stays, line.attendance)
                tx.delete(line.attendance)
            elif line.run.starts_on in places:
                line.attendance.run_id = places[line.run.starts_on].id
        tx.flush()
        _move_runs(tx, runs, places, done.kept)
        for name in done.filled:
            setattr(done.kept, name, getattr(done.gone, name))
        queries.point_to(tx, done.gone, done.kept, title_key(done.gone.title))
        log_act(tx, site, viewer, "merge_trainings", f"{done.gone.code} {done.kept.code}")
    return done


def _fill(stays: Attendance, other: Attendance) -> None:
    """What is recorded twice is kept once, with everything that one of the two says."""
    for name in _ATTENDANCE_FILLED:
        if not getattr(stays, name):
            setattr(stays, name, getattr(other, name))
    if stays.reason == "unknown":
        stays.reason = other.reason
    if stays.result == "attended":
        stays.result = other.result


def _move_runs(
    tx: Session, runs: Sequence[TrainingRun], places: dict[date, TrainingRun], kept: Training
) -> None:
    for run in runs:
        same = places.get(run.starts_on)
        if same is None:
            run.training_id = kept.id
            continue
        same.ends_on = max(same.ends_on, run.ends_on)
        if same.seats is None:
            same.seats = run.seats
        if same.planned_on is None:  # how its effect is to be judged goes together
            for name in ("planned_elements", "planned_horizon", "planned_on"):
                setattr(same, name, getattr(run, name))
        after_course.move_replies(tx, run.id, same.id)
        tx.delete(run)
    tx.flush()
