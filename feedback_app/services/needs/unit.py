"""A supervisor's needs: weak places of the unit, questions to answer, what the unit proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.needs import voices
from feedback_app.services.needs.lines import NeedLine, lines_of
from feedback_app.services.needs.page import newest_of_roles
from feedback_app.services.needs.runs import look_once_a_quarter
from feedback_app.services.needs.voices import Proposal, supervisors_own
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import FollowUp, NeedAnswer
from feedback_app.storage.queries import counters, surveys, trainings
from feedback_app.storage.queries import needs as queries


@dataclass(frozen=True, slots=True)
class UnitNeeds:
    """What the newest run found at the units' places, what is asked, and own proposals."""

    places: tuple[NeedLine, ...]
    asked: tuple[NeedLine, ...]  # officers, without figures; not yet answered
    proposals: tuple[NeedLine, ...]


@dataclass(frozen=True, slots=True)
class UnitNeed:
    """One need of a unit; the figures of officers stay away."""

    line: NeedLine
    answer: NeedAnswer | None  # the supervisor's newest
    plans: tuple[FollowUp, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What a proposal may be about: 'officer:3', 'counter:2', 'unit:1' with names; trainings."""

    places: Sequence[tuple[str, str]]
    trainings: Sequence[tuple[str, str]]


def unit_needs(site: Site, viewer: Viewer) -> UnitNeeds:
    """Needs of the viewer's units."""
    look_once_a_quarter(site, viewer.agency_id)
    with site.db.read() as session:
        run = queries.newest_run(session, agency_id=viewer.agency_id, state="done")
        found = queries.needs_of_run(session, run) if run else []
        rows = [row for row in found if row.unit_id in viewer.unit_ids]
        asked = [row for row in rows if row.nature == "ask" and row.level == "officer"]
        answered = {
            need_id
            for need_id, own in queries.answers_of(session, [row.id for row in asked]).items()
            if any(one.role == Role.SUPERVISOR for one in own)
        }
        own = queries.proposals_by(session, viewer.account_id)
        agency_id = viewer.agency_id
        return UnitNeeds(
            places=tuple(
                lines_of(session, agency_id, [row for row in rows if row.level != "officer"])
            ),
            asked=tuple(
                lines_of(session, agency_id, [row for row in asked if row.id not in answered])
            ),
            proposals=tuple(lines_of(session, agency_id, own)),
        )


def unit_need(site: Site, viewer: Viewer, need_id: int) -> UnitNeed:
    """One need of the viewer's units; NotThereError for any other."""
    with site.db.transaction() as tx:
        row = supervisors_own(tx, viewer, need_id)
        answers = newest_of_roles(queries.answers_of(tx, [need_id]).get(need_id, []))
        plans = surveys.follow_ups_of_units(tx, sorted({row.unit_id, *viewer.unit_ids}))
        return UnitNeed(
            line=lines_of(tx, viewer.agency_id, [row])[0],
            answer=next((one for one in answers if one.role == Role.SUPERVISOR), None),
            plans=tuple(plan for plan in plans if plan.need_id == need_id),
            is_mine=row.proposed_by == viewer.account_id,
        )


def answer(
    site: Site, viewer: Viewer, need_id: int, answers: Mapping[str, str], words: str
) -> None:
    """Answer the five questions."""
    with site.db.transaction() as tx:
        row = supervisors_own(tx, viewer, need_id)
        voices.answer_questions(tx, site, viewer, row, answers, words)


def choices(site: Site, viewer: Viewer) -> Choices:
    """Officers, counters and units of the viewer, and the catalogue."""
    with site.db.read() as session:
        return _choices(session, viewer)


def _choices(session: Session, viewer: Viewer) -> Choices:
    people = trainings.officers(session, agency_id=viewer.agency_id)
    units = queries.unit_names(session, agency_id=viewer.agency_id)
    places = [
        *((f"unit:{key}", units[key]) for key in sorted(viewer.unit_ids)),
        *(
            (f"counter:{one.id}", one.name)
            for one in counters.counters_of_units(session, viewer.unit_ids)
        ),
        *(
            (f"officer:{one.id}", one.name)
            for one in people
            if one.unit_id in viewer.unit_ids and one.retired_on is None
        ),
    ]
    catalogue = trainings.catalogue(session, agency_id=viewer.agency_id)
    return Choices(places, [(row.code, row.title) for row in catalogue])


def propose(
    site: Site, viewer: Viewer, *, place: str, item: str, nature: str, words: str, training: str
) -> int:
    """Propose a training or a mended process for somebody or some place of the own units."""
    with site.db.transaction() as tx:
        if place not in dict(_choices(tx, viewer).places):
            raise FieldFaultError("place", "Pilih salah satu dari daftar.")
        level, key = place.split(":")
        told = Proposal(
            level, int(key), _unit_of(tx, viewer, level, int(key)), item, nature, words, training
        )
        return voices.propose(tx, site, viewer, told)


def _unit_of(session: Session, viewer: Viewer, level: str, key: int) -> int:
    if level == "unit":
        return key
    if level == "counter":
        return queries.unit_of_counter(session, agency_id=viewer.agency_id)[key]
    people = trainings.officers(session, agency_id=viewer.agency_id)
    return next(one.unit_id for one in people if one.id == key)
