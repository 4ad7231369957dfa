"""After a course: who is asked, one reply each, and what is shown of a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from feedback_app.domain.after_course import (
    ASKED_FOR,
    ATTENDED,
    QUESTIONS,
    SUPERVISOR,
    SUPERVISOR_AFTER,
    agreeing,
    is_asked,
)
from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Training
from feedback_app.storage.queries import after_course as queries
from feedback_app.storage.queries import joins, people
from feedback_app.storage.queries.after_course import CourseTaken

LONGEST_AGO = SUPERVISOR_AFTER + ASKED_FOR + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a training's closed groups say: tenths that agree, by question; None below five."""

    attended: tuple[int, ...] | None
    supervisors: tuple[int, ...] | None


def asked_of(site: Site, viewer: Viewer) -> list[CourseTaken]:
    """Attendances that this officer or supervisor may answer about now, newest first."""
    with site.db.read() as session:
        return asked_in(session, site, viewer)


def one_asked(site: Site, viewer: Viewer, run_id: int, officer_id: int) -> CourseTaken:
    """One of them; NotThereError for another's, an answered or an old one."""
    with site.db.read() as session:
        return _one(session, site, viewer, run_id, officer_id)


def reply(site: Site, viewer: Viewer, run_id: int, officer_id: int, answers: Sequence[int]) -> None:
    """Keep one reply. FieldFaultError unless every question has an answer from 1 to 4."""
    role = role_of(viewer)
    if len(answers) != len(QUESTIONS[role]) or set(answers) - {1, 2, 3, 4}:
        raise FieldFaultError("answers", "Pilih satu jawaban untuk setiap kalimat.")
    with site.db.transaction() as tx:
        people.officer_for_change(tx, officer_id, agency_id=viewer.agency_id)
        taken = _one(tx, site, viewer, run_id, officer_id)
        queries.save_reply(tx, taken, answers, agency_id=viewer.agency_id, role=role)


def told_of(site: Site, training: Training) -> Told:
    """What is shown of a training, over all its runs."""
    with site.db.read() as session:
        attended, supervisors = (
            agreeing(queries.shown_answers(session, training.id, role), role)
            for role in (ATTENDED, SUPERVISOR)
        )
    return Told(attended, supervisors)


def role_of(viewer: Viewer) -> str:
    """As whom the viewer answers."""
    return ATTENDED if viewer.role is Role.OFFICER else SUPERVISOR


def asked_in(session: Session, site: Site, viewer: Viewer) -> list[CourseTaken]:
    """The same as `asked_of`, within a read that goes on."""
    role, today = role_of(viewer), site.today()
    if role == ATTENDED:
        if viewer.officer_id is None:
            return []
        whose = {"officer_ids": joins.rows_of(session, viewer.officer_id)}
    else:
        whose = {"unit_ids": tuple(viewer.unit_ids)}
    found = queries.courses_taken(
        session, agency_id=viewer.agency_id, role=role, since=today - LONGEST_AGO, **whose
    )
    return [one for one in found if is_asked(one.ended_on, role, today=today)]


def _one(session: Session, site: Site, viewer: Viewer, run_id: int, officer_id: int) -> CourseTaken:
    for one in asked_in(session, site, viewer):
        if (one.run_id, one.officer_id) == (run_id, officer_id):
            return one
    raise NotThereError
