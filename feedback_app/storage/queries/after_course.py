"""Questions about answers after a course."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select

from feedback_app.domain.after_course import LEAST_SHOWN
from feedback_app.storage.db import Session
from feedback_app.storage.models import (
    Attendance,
    CourseAnswer,
    CourseReply,
    Officer,
    Training,
    TrainingRun,
)


@dataclass(frozen=True, slots=True)
class CourseTaken:
    """One attendance that may be asked about."""

    run_id: int
    officer_id: int
    officer: str
    training_id: int
    title: str
    ended_on: date


def courses_taken(
    session: Session,
    *,
    agency_id: int,
    role: str,
    since: date,
    officer_ids: Collection[int] | None = None,
    unit_ids: Collection[int] | None = None,
) -> list[CourseTaken]:
    """Attendances that ended since then and that this role has not answered about, newest first."""
    answered = (
        select(CourseReply.run_id)
        .where(
            CourseReply.run_id == Attendance.run_id,
            CourseReply.officer_id == Attendance.officer_id,
            CourseReply.role == role,
        )
        .exists()
    )
    wanted = [Attendance.agency_id == agency_id, TrainingRun.ends_on >= since, ~answered]
    if officer_ids is not None:
        wanted.append(Attendance.officer_id.in_(officer_ids))
    if unit_ids is not None:
        wanted.append(Officer.unit_id.in_(unit_ids))
    rows = session.execute(
        select(
            Attendance.run_id,
            Attendance.officer_id,
            Officer.name,
            Training.id,
            Training.title,
            TrainingRun.ends_on,
        )
        .join(TrainingRun, TrainingRun.id == Attendance.run_id)
        .join(Training, Training.id == TrainingRun.training_id)
        .join(Officer, Officer.id == Attendance.officer_id)
        .where(*wanted)
        .order_by(TrainingRun.ends_on.desc(), Officer.name)
    )
    return [CourseTaken(*row) for row in rows]


def save_reply(
    session: Session, taken: CourseTaken, answers: Sequence[int], *, agency_id: int, role: str
) -> None:
    """Keep the answers apart from who gave them; close a group once five wait together."""
    session.add(
        CourseReply(
            run_id=taken.run_id, officer_id=taken.officer_id, role=role, agency_id=agency_id
        )
    )
    session.add(_answer(taken.training_id, list(answers), agency_id=agency_id, role=role, block=0))
    session.flush()
    every = _answers(session, taken.training_id, role)
    waiting = [row for row in every if row.block == 0]
    if len(waiting) < LEAST_SHOWN:
        return
    # Written anew by keys of chance: nothing tells any more in which order they came.
    kept = sorted((secrets.token_hex(16), row.answers) for row in waiting)
    block = 1 + max(row.block for row in every)
    session.execute(delete(CourseAnswer).where(CourseAnswer.id.in_([row.id for row in waiting])))
    own = {"agency_id": agency_id, "training_id": taken.training_id, "role": role, "block": block}
    session.execute(insert(CourseAnswer), [own | {"id": key, "answers": x} for key, x in kept])


def move_replies(session: Session, run_id: int, to_id: int) -> None:
    """Who has answered about one run has answered about the other; once is enough."""
    known = select(CourseReply.officer_id, CourseReply.role).where(CourseReply.run_id == to_id)
    there = {(row[0], row[1]) for row in session.execute(known)}
    for reply in session.scalars(select(CourseReply).where(CourseReply.run_id == run_id)).all():
        if (reply.officer_id, reply.role) not in there:
            session.add(
                CourseReply(
                    run_id=to_id,
                    officer_id=reply.officer_id,
                    role=reply.role,
                    agency_id=reply.agency_id,
                )
            )
        session.delete(reply)
    session.flush()


def _answer(
    training_id: int, answers: list[int], *, agency_id: int, role: str, block: int
) -> CourseAnswer:
    return CourseAnswer(
        id=secrets.token_hex(16),
        agency_id=agency_id,
        training_id=training_id,
        role=role,
        answers=answers,
        block=block,
    )


def shown_answers(session: Session, training_id: int, role: str) -> list[list[int]]:
    """Answers of closed groups about a training, over all its runs."""
    return [row.answers for row in _answers(session, training_id, role) if row.block > 0]


def _answers(session: Session, training_id: int, role: str) -> Sequence[CourseAnswer]:
    """Of the training and of those merged into it."""
    merged = select(Training.id).where(Training.merged_into_id == training_id)
    own = (CourseAnswer.training_id == training_id) | CourseAnswer.training_id.in_(merged)
    return session.scalars(
        select(CourseAnswer).where(own, CourseAnswer.role == role).order_by(CourseAnswer.id)
    ).all()
