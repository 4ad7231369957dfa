"""Who may be put on a new list: officers by unit, counter and need, and runs that lie ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from feedback_app.domain.local_time import local_instant
from feedback_app.services.access.people import Viewer
from feedback_app.services.faults import NotThereError
from feedback_app.services.lots.lists import days_with_draw, runs_ahead, serving
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Training, TrainingRun
from feedback_app.storage.queries import joins, needs, roster, trainings

LATELY = timedelta(days=90)  # who stood at a counter within it serves there


@dataclass(frozen=True, slots=True)
class Candidate:
    """One officer who could be put on a list; `had` is the last time the training was attended.

    `has_need`: the newest look found a need that the training aims at. `counters`: codes.
    """

    officer_id: int
    name: str
    unit_id: int
    had: date | None
    has_need: bool
    counters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a new list is chosen from: runs that lie ahead, and officers who serve.

    `drawn`: days ahead that have a draw already; they are not among the runs.
    """

    training: Training
    runs: tuple[TrainingRun, ...]
    drawn: tuple[date, ...]
    candidates: tuple[Candidate, ...]
    counters: Mapping[str, str]  # code -> name, of those where somebody served lately

    def asked(self, *, unit: int | None, counter: str, needy: bool) -> list[Candidate]:
        """Those of a unit (None: any), of a counter ('': any); `needy`: only with the need."""
        return [
            one
            for one in self.candidates
            if unit in (None, one.unit_id)
            and (not counter or counter in one.counters)
            and (one.has_need or not needy)
        ]


def choice_for(site: Site, viewer: Viewer, code: str) -> Choice:
    """Planned runs of a training, and every officer who serves; NotThereError for no training."""
    with site.db.read() as session:
        training = trainings.training_coded(session, code, agency_id=viewer.agency_id)
        if training is None:
            raise NotThereError
        attended = trainings.attendances(
            session, agency_id=viewer.agency_id, training_id=training.id
        )
        owners = joins.owners_now(session)
        had = {
            owners.get(one.attendance.officer_id, one.attendance.officer_id): one.run.starts_on
            for one in attended
        }
        needy = frozenset(
            owners.get(one, one) for one in _with_need(session, viewer.agency_id, training)
        )
        names, at = _places(site, session, viewer.agency_id)
        ahead = runs_ahead(session, training, site.today())
        told = days_with_draw(session, training, agency_id=viewer.agency_id)
        return Choice(
            training=training,
            runs=tuple(run for run in ahead if run.starts_on not in told),
            drawn=tuple(run.starts_on for run in ahead if run.starts_on in told),
            candidates=tuple(
                Candidate(
                    officer_id=row.id,
                    name=row.name,
                    unit_id=row.unit_id,
                    had=had.get(row.id),
                    has_need=row.id in needy,
                    counters=frozenset(at.get(row.id, ())),
                )
                for row in serving(session, viewer.agency_id)
            ),
            counters=names,
        )


def _with_need(session: Session, agency_id: int, training: Training) -> frozenset[int]:
    run = needs.newest_run(session, agency_id=agency_id, state="done")
    if run is None:
        return frozenset()
    return frozenset(
        row.ref_id
        for row in needs.needs_of_run(session, run)
        if row.level == "officer" and row.nature == "training" and row.item in training.elements
    )


def _places(
    site: Site, session: Session, agency_id: int
) -> tuple[Mapping[str, str], Mapping[int, set[str]]]:
    """Counters by code, and where each officer stood lately."""
    units = [unit.id for unit in roster.units_of_agency(session, agency_id)]
    counters = {row.id: row for row in roster.counters_in(session, units)}
    owners = joins.owners_now(session)
    shifts = roster.standing_shifts(
        session,
        agency_id=agency_id,
        since=local_instant(site.today() - LATELY, time()),
        until=local_instant(site.today() + timedelta(days=1), time()),
    )
    at: dict[int, set[str]] = {}
    for shift in shifts:
        if shift.counter_id in counters:
            officer = owners.get(shift.officer_id, shift.officer_id)
            at.setdefault(officer, set()).add(counters[shift.counter_id].code)
    served = set().union(*at.values()) if at else set()
    names = {row.code: row.name for row in counters.values() if row.code in served}
    return dict(sorted(names.items())), at
